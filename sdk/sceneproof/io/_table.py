"""Numbers of a text, all at once."""

from __future__ import annotations

import re
import warnings
from itertools import takewhile

import numpy as np

from sceneproof.scene import Array

_ODD = re.compile(rb"([+-]?)1\.#(INF|QNAN|SNAN|IND)[0-9]*")  # how an old C library of Microsoft's writes them
_BLOCK = 4096  # words that are tried together once a text has something that is no number
_BLANK = np.zeros(256, bool)
_BLANK[list(b" \t\r\n\v\f")] = True


def numbers(text: bytes) -> Array:
    """Float64 [shape=(n,)] of the words of a text; what stands after one that is no number is left out."""
    if b"#" in text:
        text = _ODD.sub(lambda found: found[1] + (b"inf" if found[2] == b"INF" else b"nan"), text)
    if not text.strip():
        return np.zeros(0)
    found = _all(text)
    if found is not None:
        return found
    begins, ends = (places.tolist() for places in word_spans(text))
    blocks = []
    for first in range(0, len(begins), _BLOCK):
        last = min(first + _BLOCK, len(begins))
        block = _all(text[begins[first] : ends[last - 1]])
        if block is None or len(block) != last - first:
            words = (_all(text[begins[n] : ends[n]]) for n in range(first, last))
            blocks.append(np.array([word[0] for word in takewhile(_is_one, words) if word is not None]))
            break
        blocks.append(block)
    return np.concatenate(blocks)


def _is_one(word: Array | None) -> bool:
    return word is not None and len(word) == 1


def _all(text: bytes) -> Array | None:
    """The numbers of a text; ``None`` where NumPy meets something else (before 2.3 it warned and stopped there)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            found: Array = np.fromstring(text, np.float64, sep=" ")
        except (ValueError, DeprecationWarning):
            return None
    return found


def word_spans(text: bytes) -> tuple[Array, Array]:
    """Where the words of a text begin and end, int64 each."""
    solid = np.concatenate([[False], ~_BLANK[np.frombuffer(text, np.uint8)], [False]])
    turns = np.flatnonzero(solid[1:] != solid[:-1])
    return turns[::2], turns[1::2]
