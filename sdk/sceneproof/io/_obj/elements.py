"""``f``, ``l`` and ``p`` statements: references to vertices, texture coordinates and normals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sceneproof.errors import InputError, LimitError
from sceneproof.io._text.scan import MOST_BAD, Lines, chunks, parsed, word_counts, word_starts
from sceneproof.scene import Array

MOST_CORNERS = 12_000_000  # of all faces: each takes some hundred bytes while it is read
_REFERENCE = re.compile(rb"([+-]?\d{1,18})(?:/([+-]?\d{1,18})?)?(?:/([+-]?\d{1,18})?)?$")


@dataclass(frozen=True, eq=False)
class Elements:
    """Statements of one kind.

    Attributes
    ----------
    lines : int64 [shape=(m,)], the line of each, an index into the file's lines.
    counts : int64 [shape=(m,)], corners of each.
    corners : int64 [shape=(c, 3)], vertex, texture coordinate and normal as written: from 1, negative from the end
        so far, 0 where there is none.
    unreadable : lines that could not be read; they are not among the others.
    """

    lines: Array
    counts: Array
    corners: Array
    unreadable: tuple[int, ...] = ()

    def kept(self, which: Array) -> Elements:
        """The statements of a mask."""
        return Elements(
            self.lines[which], self.counts[which], self.corners[np.repeat(which, self.counts)], self.unreadable
        )


def read_elements(lines: Lines, which: Array) -> Elements:
    """The statements on the lines `which`, whose keyword is one letter. Raises `InputError` for many broken ones."""
    counts: list[Array] = []
    corners: list[Array] = []
    unreadable: list[int] = []
    good = np.ones(len(which), bool)
    total = 0
    for first, blob, rows in chunks(lines.chosen(which), 1):
        for begin, part, part_counts in _readable(blob, rows):
            found = part if part is not None else _one(blob[int(rows[begin]) : int(rows[begin + 1])])
            if found is None:
                good[first + begin] = False
                unreadable.append(int(which[first + begin]))
                if len(unreadable) > MOST_BAD:
                    at = lines.number(unreadable[0])
                    raise InputError(f"over {MOST_BAD:,} faces cannot be read (the first: line {at:,})")
                continue
            total += len(found)
            if total > MOST_CORNERS:
                raise LimitError(f"its faces have more than {MOST_CORNERS:,} corners; convert it to GLB or PLY")
            counts.append(part_counts if part is not None else np.array([len(found)], np.int64))
            corners.append(found)
    return Elements(
        which[good],
        np.concatenate(counts) if counts else np.zeros(0, np.int64),
        np.concatenate(corners) if corners else np.zeros((0, 3), np.int64),
        tuple(unreadable),
    )


def _readable(blob: bytes, rows: Array) -> Iterator[tuple[int, Array | None, Array]]:
    """Pieces of the lines as corners and counts; a single line that is no plain list of numbers without."""
    stack = [(0, len(rows) - 1)]
    while stack:
        begin, end = stack.pop()
        low = int(rows[begin])
        part = blob[low : int(rows[end])]
        words = np.flatnonzero(word_starts(part))
        corners = _corners(part, words)
        if corners is not None:
            yield begin, corners, word_counts(words, rows[begin : end + 1] - low)
        elif end - begin == 1:
            yield begin, None, rows[:0]
        else:
            middle = (begin + end) // 2
            stack += [(middle, end), (begin, middle)]


def _corners(part: bytes, words: Array) -> Array | None:
    """Corners of a text of references whose words begin at `words`, ``None`` when something is no reference."""
    out = np.zeros((len(words), 3), np.int64)
    if b"/" not in part:
        values = parsed(part, np.int64)
        if values is None or len(values) != len(words):
            return None
        out[:, 0] = values
        return out
    flat = part.replace(b"/", b" ")
    values = parsed(flat, np.int64)
    fields = np.flatnonzero(word_starts(flat))
    if values is None or len(values) != len(fields):
        return None
    if (columns := _alike(part, words, fields)) is not None:
        out[:, columns] = values.reshape(len(words), -1)
        return out
    word = np.searchsorted(words, fields, "right") - 1
    slashes = np.flatnonzero(np.frombuffer(part, np.uint8) == 47)
    if not len(slashes):
        return None
    column = np.searchsorted(slashes, fields) - np.searchsorted(slashes, words)[word]
    if len(column) and int(column.max()) > 2:
        return None
    out[word, column] = values
    return out


def _alike(part: bytes, words: Array, fields: Array) -> list[int] | None:
    """The columns of the numbers where all words are v/t/n, v//n or v/t; else ``None``."""
    each = len(fields) // max(len(words), 1)
    if each not in (2, 3) or len(fields) != each * len(words) or not np.array_equal(fields[::each], words):
        return None
    slashes, doubled = part.count(b"/"), part.count(b"//")
    if each == 3 and slashes == 2 * len(words):  # every word has three numbers, so two slashes at least
        return [0, 1, 2]
    if each == 2 and slashes == len(words):
        return [0, 1]
    return [0, 2] if each == 2 and slashes == 2 * len(words) and doubled == len(words) else None


def _one(line: bytes) -> Array | None:
    """Corners of one line, read with care; ``None`` where that fails."""
    rows = []
    for word in line.split(b"#")[0].split():
        match = _REFERENCE.match(word)
        if match is None:
            return None
        rows.append([int(item) if item else 0 for item in match.groups()])
    return np.array(rows, np.int64).reshape(-1, 3)
