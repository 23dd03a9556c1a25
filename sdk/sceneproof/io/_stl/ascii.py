"""ASCII STL, read word by word: line breaks, case and blanks are as each writer likes them."""

from __future__ import annotations

import re

import numpy as np

from sceneproof.io._text.encoding import name_of
from sceneproof.io._text.scan import Lines, numbers, word_starts
from sceneproof.scene import Array, Problem

from .facets import MARKER, Facets

MOST_SOLIDS = 10_000
_SOLID = re.compile(rb"(?:^|(?<=[\r\n]))[ \t]*(end)?solid(?=[ \t\r\n]|$)([^\r\n]*)", re.IGNORECASE)
_FACET = re.compile(rb"[ \t]facet[ \t]+normal[ \t]|[ \t]endsolid(?=[ \t]|$)", re.IGNORECASE)
_LOOK = re.compile(rb"\s*solid(?:\s|$)", re.IGNORECASE)


def is_ascii(data: bytes) -> bool:
    """Whether a file looks like an ASCII STL: its first word, and a facet or its end not far behind."""
    head = data[:4096]
    return bool(_LOOK.match(head)) and b"\0" not in head and bool(re.search(rb"facet|endsolid", head, re.IGNORECASE))


def read_ascii(text: bytes, problems: list[Problem]) -> Facets:
    """Decode a text. Facets that do not have three corners are left out, and named."""
    names, solids, hidden, marked = _solids(text)
    begins = np.flatnonzero(word_starts(text)).astype(np.int64)
    if len(hidden):
        span = np.searchsorted(hidden[:, 0], begins, "right") - 1
        begins = begins[(span < 0) | (begins >= hidden[span, 1])]
    padded = np.frombuffer(text + b" " * 8, np.uint8)
    corners = _after(text, begins, np.flatnonzero(_is(padded, begins, b"vertex")))
    facets = begins[_is(padded, begins, b"facet")]
    owner = np.searchsorted(facets, corners.starts) - 1 if len(facets) else np.arange(len(corners.starts)) // 3
    count = len(facets) if len(facets) else (len(corners.starts) + 2) // 3
    each = np.bincount(owner[owner >= 0], minlength=count)
    whole = each == 3
    odd = count - int(np.count_nonzero(whole))
    if odd:
        first = int(np.argmin(whole))
        en = f"facet {first:,} has {int(each[first])} corners; it is left out" + (
            f" (and {odd - 1:,} more)" * (odd > 1)
        )
        zh = f"第 {first:,} 个面片有 {int(each[first])} 个顶点，已略去（共 {odd:,} 个）"
        problems.append(Problem("facet-corners", en, zh, count=odd))
    corners = corners.chosen((owner >= 0) & whole[np.maximum(owner, 0)])
    with np.errstate(over="ignore"):
        positions = numbers(corners, 6).columns(0, 3).astype(np.float32)
        normals = _normals(text, begins, padded, count)[whole]
    solid = np.maximum(np.searchsorted(solids, corners.starts[::3], "right") - 1, 0)
    return Facets(positions, normals, None, None, solid, names, corners, "", marked)


def _solids(text: bytes) -> tuple[tuple[str, ...], Array, Array, bool]:
    """Names and places of the solids, and the spans of all names: words in them mean nothing."""
    names: list[str] = []
    places: list[int] = []
    hidden: list[tuple[int, int]] = []
    marked = False
    for match in _SOLID.finditer(text):
        facet = _FACET.search(match[2])  # a file may be one single line
        end = match.start(2) + facet.start() if facet else match.end(2)
        hidden.append((match.start(2), end))
        if match[1] is None and len(names) < MOST_SOLIDS:
            name = name_of(text[match.start(2) : end]).strip()
            marked |= MARKER in name
            names.append(name.replace(MARKER, "").strip())
            places.append(match.start())
    return tuple(names) or ("",), np.array(places or [0], np.int64), np.array(hidden, np.int64).reshape(-1, 2), marked


def _is(padded: Array, begins: Array, word: bytes) -> Array:
    """Which words are `word`, whatever their case."""
    match: Array = padded[begins + len(word)] <= 32
    for step, letter in enumerate(word):
        match &= (padded[begins + step] | 32) == letter
    return match


def _after(text: bytes, begins: Array, words: Array) -> Lines:
    """From each of `words` (indices into `begins`) to the end of the third word behind it."""
    starts = begins[words]
    fourth = np.minimum(words + 4, len(begins))
    ends = np.concatenate([begins, [len(text)]])[fourth]
    return Lines(text, starts, ends, ends)


def _normals(text: bytes, begins: Array, padded: Array, count: int) -> Array:
    """The facets' normals, or zeros when there is not one for each."""
    found = _after(text, begins, np.flatnonzero(_is(padded, begins, b"normal")))
    if len(found.starts) != count:
        return np.zeros((count, 3), np.float32)
    return numbers(found, 6).columns(0, 3).astype(np.float32)


def with_marker(text: bytes) -> bytes:
    """The text with `MARKER` behind the name of its first solid."""
    if MARKER.encode() in text[: 1 << 16]:
        return text
    for match in _SOLID.finditer(text):
        if match[1] is None:
            facet = _FACET.search(match[2])
            end = match.start(2) + facet.start() if facet else match.start(2) + len(match[2].rstrip())
            return text[:end] + b" " + MARKER.encode() + text[end:]
    return text
