"""The elements of a PLY as columns: views on the file's bytes, or on the numbers of its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import LimitError
from sceneproof.scene import Array

from .header import Element


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of one element.

    Attributes
    ----------
    start, end : where the rows stand in the body: bytes, or tokens of a text.
    rows : structured [shape=(n,)] with fields ``f0`` …, a list of equal lengths a field of its own shape; or float64
        [shape=(n, p)] of a text; ``None`` where the lengths differ.
    body : uint8 or float64 [shape=(m,)], the whole body. order : of bytes.
    begins, lengths : int64 [shape=(n, lists)], of lists of any length.
    """

    element: Element
    start: int
    end: int
    order: str
    body: Array = field(repr=False)
    rows: Array | None = field(default=None, repr=False)
    begins: Array | None = field(default=None, repr=False)
    lengths: Array | None = field(default=None, repr=False)

    @property
    def count(self) -> int:
        return self.element.count

    def has(self, *names: str) -> bool:
        """Whether there are plain properties of all these names."""
        return all(self.index(name) is not None for name in names)

    def index(self, name: str, *, listed: bool = False) -> int | None:
        """The number of the first property of that name that is (not) a list."""
        for number, item in enumerate(self.element.properties):
            if item.name == name and (item.count_kind is not None) is listed:
                return number
        return None

    def column(self, name: str) -> Array | None:
        """A plain property [shape=(n,)], in the file's type (float64 of a text)."""
        number = self.index(name)
        if number is None:
            return None
        if self.rows is not None:
            return np.asarray(self.rows[f"f{number}"] if self.order else self.rows[:, _cells(self, number)[0]])
        kind = np.dtype(self.order + self.element.properties[number].kind) if self.order else np.dtype(np.float64)
        return _gather(self.body, _places(self, number), kind)

    def places(self, name: str) -> Array:
        """Where a plain property stands in the body, in every row: bytes, or tokens of a text, int64 [shape=(n,)]."""
        number = self.index(name)
        if number is None:
            raise KeyError(name)
        if self.rows is None:
            return _places(self, number)
        if not self.order:
            return np.asarray(self.start + _cells(self, number)[0] + np.arange(self.count) * self.rows.shape[1])
        fields: Any = self.rows.dtype.fields
        first = self.start + int(fields[f"f{number}"][1])
        return np.asarray(first + np.arange(self.count) * self.rows.dtype.itemsize)

    def row_end(self, row: int) -> int:
        """Where row number `row` ends in the body; the start of the table for -1."""
        if row < 0:
            return self.start
        if row == self.count - 1:
            return self.end
        if self.rows is not None:
            return self.start + (row + 1) * (self.rows.dtype.itemsize if self.order else self.rows.shape[1])
        return int(_list_ends(self)[row, -1] + _after(self))

    def columns(self, *names: str) -> Array | None:
        """Plain properties side by side [shape=(n, k)], or ``None`` where one is missing."""
        found = [self.column(name) for name in names]
        whole = [item for item in found if item is not None]
        return np.stack(whole, axis=1) if whole and len(whole) == len(names) else None

    def lists(self, *names: str) -> tuple[Array, Array] | None:
        """The first list of one of these names: lengths int64 [shape=(n,)], and all items one after another."""
        number = next((n for name in names if (n := self.index(name, listed=True)) is not None), None)
        if number is None:
            return None
        if self.rows is not None:
            if self.order:
                items = self.rows[f"f{number}"].reshape(self.count, -1)
            else:
                first, size = _cells(self, number)
                items = self.rows[:, first + 1 : first + size]
            return np.full(self.count, items.shape[1], np.int64), items.reshape(-1)
        place = sum(item.count_kind is not None for item in self.element.properties[:number])
        if self.begins is None or self.lengths is None:
            return None
        begins, lengths = self.begins[:, place], self.lengths[:, place]
        kind = np.dtype(self.order + self.element.properties[number].kind) if self.order else np.dtype(np.float64)
        within(int(lengths.sum()) * 8, f"/{self.element.name}")
        inner = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        step = kind.itemsize if self.order else 1
        return lengths, _gather(self.body, np.repeat(begins, lengths) + step * inner, kind)


def _cells(table: Table, number: int) -> tuple[int, int]:
    """First cell and number of cells of a property in the rows of a text."""
    sizes = iter(table.lengths[0]) if table.lengths is not None else iter(())
    first = 0
    for k, item in enumerate(table.element.properties):
        size = 1 if item.count_kind is None else 1 + int(next(sizes))
        if k == number:
            return first, size
        first += size
    raise IndexError(number)


def _places(table: Table, number: int) -> Array:
    """Where a plain property stands in the body, in rows of any length."""
    if not table.count:
        return np.zeros(0, np.int64)
    before, place = 0, -1
    for item in table.element.properties[:number]:
        if item.count_kind is None:
            before += np.dtype(item.kind).itemsize if table.order else 1
        else:
            before, place = 0, place + 1
    ends = _list_ends(table)
    if place >= 0:
        return np.asarray(ends[:, place] + before)
    return np.concatenate([[table.start], ends[:-1, -1] + _after(table)]) + before


def _after(table: Table) -> int:
    """Units of a row after its last list."""
    rest = table.element.properties[_last_list(table.element) + 1 :]
    return sum(np.dtype(item.kind).itemsize if table.order else 1 for item in rest)


def _list_ends(table: Table) -> Array:
    if table.begins is None or table.lengths is None:
        raise ValueError("the table's rows are all of one length")
    kinds = [item.kind for item in table.element.properties if item.count_kind is not None]
    steps = [np.dtype(kind).itemsize if table.order else 1 for kind in kinds]
    return np.asarray(table.begins + table.lengths * np.array(steps, np.int64))


def _last_list(element: Element) -> int:
    return max(n for n, item in enumerate(element.properties) if item.count_kind is not None)


def _gather(body: Array, places: Array, kind: np.dtype[Any]) -> Array:
    """Values of a type that begin at any unit of the body."""
    if not len(places):
        return np.zeros(0, kind)
    if body.dtype == np.float64:
        return np.asarray(body[places])
    every = np.ndarray((len(body) - kind.itemsize + 1,), kind, body, 0, (1,))
    return every[places]


def within(size: int, pointer: str) -> None:
    if size > LIMITS.accessor_bytes:
        raise LimitError(f"takes {size:,} bytes when decoded, limit {LIMITS.accessor_bytes:,}", pointer=pointer)
