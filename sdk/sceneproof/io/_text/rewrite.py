"""Changing single words of a text: every byte outside them stays."""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Array

from .scan import Lines, chunks, word_starts


def word_spans(lines: Lines, skip: int, count: int) -> Array:
    """Where the first `count` words of each line stand after its first `skip` bytes: int64 [shape=(n, count, 2)].

    Every line must have that many.
    """
    found = []
    for first, blob, rows in chunks(lines, skip):
        raw = np.frombuffer(blob, np.uint8)
        begins = np.flatnonzero(word_starts(blob))
        last = raw > 32
        last[:-1] &= raw[1:] <= 32
        ends = np.flatnonzero(last) + 1
        at = np.searchsorted(begins, rows[:-1])[:, None] + np.arange(count)
        shift = (lines.starts[first : first + len(rows) - 1] + skip - rows[:-1])[:, None]
        found.append(np.stack([begins[at] + shift, ends[at] + shift], axis=2))
    if not found:
        return np.zeros((0, count, 2), np.int64)
    spans = np.concatenate(found)
    marks = np.flatnonzero(np.frombuffer(lines.data, np.uint8) == 35)
    if len(marks):  # a comment may begin right behind a number
        following = np.append(marks, len(lines.data))[np.searchsorted(marks, spans[..., 0])]
        spans[..., 1] = np.minimum(spans[..., 1], following)
    return spans


def replaced(data: bytes, spans: Array, words: list[bytes]) -> bytes:
    """`data` with the spans [shape=(n, 2)], in ascending order, replaced by words."""
    pieces = []
    at = 0
    for (begin, end), word in zip(spans.tolist(), words, strict=True):
        pieces += [data[at:begin], word]
        at = end
    pieces.append(data[at:])
    return b"".join(pieces)


def shortest(values: Array) -> list[bytes]:
    """Float32 values in the fewest digits that give them back; without an exponent where that stays short."""
    stored = np.ascontiguousarray(values, np.float32).ravel()
    words: list[bytes] = stored.astype("S32").tolist()
    for number, word in enumerate(words):
        if b"e" in word and 1e-12 < abs(float(stored[number])) < 1e16:
            words[number] = np.format_float_positional(stored[number], unique=True, trim="-").encode()
    return words
