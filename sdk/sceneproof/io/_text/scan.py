"""Lines of a text format and the numbers in them, found by passes over arrays of bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sceneproof.errors import InputError
from sceneproof.scene import Array

CHUNK = 1 << 24  # bytes of lines that are looked at together: bounds the temporaries
MOST_BAD = 1000  # unreadable lines of one kind that are looked at one by one
_INDENT = 32  # blanks before a line that are skipped by array passes; more are skipped line by line
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines that hold something, without what is blank before them.

    Attributes
    ----------
    data : the text; a continuation (backslash at a line's end) is two blanks in it, so that offsets hold.
    starts, ends : int64 [shape=(n,)], where each line begins and ends, its line break left out.
    stops : int64 [shape=(n,)], where its data ends: before a ``#`` that follows a blank.
    """

    data: bytes
    starts: Array
    ends: Array
    stops: Array

    def text(self, line: int) -> bytes:
        """One whole line, blanks at its end left out."""
        return self.data[int(self.starts[line]) : int(self.ends[line])].rstrip()

    def after(self, line: int, keyword: int) -> bytes:
        """What follows the first `keyword` bytes of a line, without blanks around it."""
        return self.text(line)[keyword:].strip()

    def number(self, line: int) -> int:
        """The line's number in the file, from 1."""
        return line_number(self.data, int(self.starts[line]))

    def chosen(self, which: Array) -> Lines:
        """The lines of a mask or of indices."""
        return Lines(self.data, self.starts[which], self.ends[which], self.stops[which])


def line_number(data: bytes, offset: int) -> int:
    """The number of the line at an offset, from 1, whatever the line ends are."""
    return 1 + sum(1 for _ in _LINE_ENDS.finditer(data, 0, offset))


def split_lines(data: bytes, *, continued: bool = False) -> Lines:
    """Find the lines of a text. `continued` joins a line that ends in a backslash with the next, comments apart."""
    if continued and b"\\" in data:
        data = _joined(data)
    raw = np.frombuffer(data, np.uint8)
    starts, ends = _spans(raw)
    starts = _unindented(data, raw, starts, ends)
    kept = starts < ends
    starts, ends = starts[kept], ends[kept]
    return Lines(data, starts, ends, _stops(raw, starts, ends))


def _spans(raw: Array) -> tuple[Array, Array]:
    breaks = np.flatnonzero((raw == 10) | (raw == 13)).astype(np.int64)
    starts = np.concatenate([[0], breaks + 1]).astype(np.int64)
    ends = np.concatenate([breaks, [len(raw)]]).astype(np.int64)
    kept = starts < ends
    return starts[kept], ends[kept]


def _joined(data: bytes) -> bytes:
    raw = np.frombuffer(data, np.uint8)
    slashes = np.flatnonzero(raw[:-1] == 92)
    slashes = slashes[(raw[slashes + 1] == 10) | (raw[slashes + 1] == 13)]
    if not len(slashes):
        return data
    starts, ends = _spans(raw)
    begin = _unindented(data, raw, starts, ends)
    owner = begin[np.searchsorted(starts, slashes, "right") - 1]
    slashes = slashes[raw[owner] != 35]  # a comment may end in a Windows path
    changed = raw.copy()
    changed[slashes] = changed[slashes + 1] = 32
    feeds = slashes[slashes + 2 < len(raw)]
    feeds = feeds[(raw[feeds + 1] == 13) & (raw[feeds + 2] == 10)]
    changed[feeds + 2] = 32
    return changed.tobytes()


def _unindented(data: bytes, raw: Array, starts: Array, ends: Array) -> Array:
    """Starts moved past blanks."""
    starts = starts.copy()
    blank = np.flatnonzero(raw[starts] <= 32)
    for _ in range(_INDENT):
        if not len(blank):
            return starts
        starts[blank] += 1
        blank = blank[starts[blank] < ends[blank]]
        blank = blank[raw[starts[blank]] <= 32]
    for line in blank.tolist():
        held = data[int(starts[line]) : int(ends[line])]
        starts[line] += len(held) - len(held.lstrip(bytes(range(33))))
    return starts


def _stops(raw: Array, starts: Array, ends: Array) -> Array:
    stops = ends.copy()
    if not (raw == 35).any():
        return stops
    marks = np.flatnonzero(raw == 35)
    marks = marks[marks > 0]
    marks = marks[raw[marks - 1] <= 32]
    if len(marks) and len(starts):
        owner = np.searchsorted(starts, marks, "right") - 1
        inside = (owner >= 0) & (marks > starts[owner]) & (marks < ends[owner])
        np.minimum.at(stops, owner[inside], marks[inside])
    return stops


@dataclass(frozen=True, eq=False)
class Ragged:
    """Numbers of lines: `values` one after another, `counts` [shape=(n,)] how many each line has.

    `bad` lists lines (into the lines that were read) with a word that is no number; it stands as NaN.
    """

    values: Array
    counts: Array
    bad: tuple[int, ...] = ()

    def columns(self, first: int, count: int) -> Array:
        """Float64 [shape=(n, count)] from column `first` on; NaN where a line is too short."""
        width = first + count
        if len(self.counts) and (self.counts == self.counts[0]).all() and self.counts[0] >= width:
            return self.values.reshape(len(self.counts), -1)[:, first:width]
        out = np.full((len(self.counts), count), np.nan)
        begin = np.cumsum(self.counts) - self.counts
        for column in range(count):
            has = self.counts > first + column
            out[has, column] = self.values[begin[has] + first + column]
        return out


def numbers(lines: Lines, skip: int) -> Ragged:
    """The numbers of lines after the first `skip` bytes of each. Raises `InputError` when too many are unreadable."""
    values: list[Array] = []
    counts: list[Array] = []
    bad: list[int] = []
    for first, blob, rows in chunks(lines, skip):
        for begin, part, part_rows in _readable(blob, rows, 0):
            if part is None:
                words = blob[int(rows[begin]) : int(part_rows[0])].split(b"#")[0].split()
                values.append(np.array([float(w) if _NUMBER.match(w) else np.nan for w in words], np.float64))
                counts.append(np.array([len(words)], np.int64))
                bad.append(first + begin)
                if len(bad) > MOST_BAD:
                    at = lines.number(bad[0])
                    raise InputError(f"over {MOST_BAD:,} lines hold words that are no numbers (the first: line {at:,})")
            else:
                values.append(part)
                counts.append(part_rows)
    return Ragged(_joined_arrays(values, np.float64), _joined_arrays(counts, np.int64), tuple(bad))


def _joined_arrays(arrays: list[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)


def chunks(lines: Lines, skip: int) -> Iterator[tuple[int, bytes, Array]]:
    """Lines put together in pieces: the first line's index, the bytes, and where in them each line begins.

    The offsets have one more entry than there are lines; what lies between two lines is blank.
    """
    begins = lines.starts + skip
    sizes = np.maximum(lines.stops - begins, 0) + 1
    total = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        before = int(total[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(total, before + CHUNK, "right")))
        close = _slice(lines, first, last, skip)
        if close is not None:
            yield first, *close
        else:
            rows = np.concatenate([[0], total[first:last] - before]).astype(np.int64)
            yield first, _gathered(lines.data, begins[first:last], sizes[first:last] - 1), rows
        first = last


def _gathered(data: bytes, begins: Array, sizes: Array) -> bytes:
    rows = np.concatenate([[0], np.cumsum(sizes + 1)])
    raw = np.frombuffer(data, np.uint8)
    out = np.full(int(rows[-1]), 32, np.uint8)
    held = sizes > 0  # a line shorter than its keyword would begin within the next one
    if not held.any():
        return out.tobytes()
    low, high = int(begins[held][0]), int((begins + sizes)[held].max())
    tangled = bool((begins[1:] < (begins + sizes)[:-1]).any())  # a broken file's lines reach into one another
    if tangled or high - low > 4 * len(out):  # positions byte by byte; cheaper than a mask for lines that lie far apart
        within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        out[within + np.repeat(rows[:-1], sizes)] = raw[within + np.repeat(begins, sizes)]
        return out.tobytes()
    steps = np.zeros(high - low + 1, np.int8)
    steps[begins[held] - low] += 1  # no two of these begin, or end, at one place
    steps[(begins + sizes)[held] - low] -= 1
    place = np.ones(len(out), bool)
    place[rows[1:] - 1] = False
    out[place] = raw[low:high][np.cumsum(steps[:-1], dtype=np.int8) > 0]
    return out.tobytes()


def _slice(lines: Lines, first: int, last: int, skip: int) -> tuple[bytes, Array] | None:
    """Lines that follow each other closely, as they stand with their keywords blanked; else ``None``."""
    starts, ends = lines.starts[first:last], lines.ends[first:last]
    if (starts[1:] - ends[:-1] > 2).any() or (lines.stops[first:last] != ends).any():
        return None
    low = int(starts[0])
    out = np.frombuffer(lines.data, np.uint8)[low : int(ends[-1])].copy()
    for step in range(skip):
        out[starts - low + step] = 32
    rows = np.concatenate([starts + skip, ends[-1:] + 1]) - low
    return out.tobytes() + b" ", rows


def word_starts(blob: bytes) -> Array:
    """Mask [shape=(bytes,)] of the first byte of each word."""
    raw = np.frombuffer(blob, np.uint8)
    solid = raw > 32
    solid[1:] &= raw[:-1] <= 32
    return solid


def word_counts(words: Array, rows: Array) -> Array:
    """How many words begin in each line, from where words and lines begin."""
    counts: Array = np.diff(np.searchsorted(words, rows))
    return counts


def _readable(blob: bytes, rows: Array, first: int) -> Iterator[tuple[int, Array | None, Array]]:
    """Pieces whose words are all numbers, with their counts; a single line that is not comes with its end instead."""
    stack = [(first, len(rows) - 1)]
    while stack:
        begin, end = stack.pop()
        low, high = int(rows[begin]), int(rows[end])
        part = blob[low:high]
        counts = word_counts(np.flatnonzero(word_starts(part)), rows[begin : end + 1] - low)
        found = parsed(part, np.float64)
        if found is not None and len(found) == int(counts.sum()):
            yield begin, found, counts
        elif end - begin == 1:
            yield begin, None, rows[end : end + 1]
        else:
            middle = (begin + end) // 2
            stack += [(middle, end), (begin, middle)]


def parsed(blob: bytes, dtype: type[np.generic]) -> Array | None:
    """All numbers of a text, or ``None`` when a word is none. Each is rounded to nearest, as C's ``strtod`` does."""
    if not blob.strip():
        return np.zeros(0, dtype)
    if b"(" in blob:  # strtod takes nan(chars) for one number
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            return np.fromstring(blob.decode("latin-1"), dtype=dtype, sep=" ")
    except (ValueError, DeprecationWarning, UnicodeEncodeError):
        return None
