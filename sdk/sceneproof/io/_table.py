"""Numbers of a text, all at once."""

from __future__ import annotations

import re
import warnings

import numpy as np

from sceneproof.scene import Array

_ODD = re.compile(rb"([+-]?)1\.#(INF|QNAN|SNAN|IND)[0-9]*")  # how an old C library of Microsoft's writes them
_BLANK = np.zeros(256, bool)
_BLANK[list(b" \t\r\n\v\f")] = True


def numbers(text: bytes) -> Array:
    """Float64 [shape=(n,)] of the words of a text; what stands after one that is no number is left out."""
    if b"#" in text:
        text = _ODD.sub(lambda found: found[1] + (b"inf" if found[2] == b"INF" else b"nan"), text)
    if not text.strip():
        return np.zeros(0)
    with warnings.catch_warnings():  # NumPy warns where it stops early; callers see that by the count
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            found: Array = np.fromstring(text, np.float64, sep=" ")
        except ValueError:
            return np.zeros(0)
    return found


def word_spans(text: bytes) -> tuple[Array, Array]:
    """Where the words of a text begin and end, int64 each."""
    solid = np.concatenate([[False], ~_BLANK[np.frombuffer(text, np.uint8)], [False]])
    turns = np.flatnonzero(solid[1:] != solid[:-1])
    return turns[::2], turns[1::2]
