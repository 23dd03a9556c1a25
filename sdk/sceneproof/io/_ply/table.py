"""The elements of a PLY as columns: views on the file's bytes, or on the numbers of its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._table import numbers
from sceneproof.kernels.list_rows import FLOAT, walk
from sceneproof.scene import Array, Problem

from .header import Element, Header


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
        _within(int(lengths.sum()) * 8, f"/{self.element.name}")
        inner = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        step = kind.itemsize if self.order else 1
        return lengths, _gather(self.body, np.repeat(begins, lengths) + step * inner, kind)


def read(data: bytes, header: Header, needed: tuple[str, ...], problems: list[Problem]) -> dict[str, Table]:
    """Every element as a table. One that is cut off is an `InputError` where it is `needed`, else a problem."""
    body = _numbers(data, header) if header.ascii else np.frombuffer(data, np.uint8, offset=header.size)
    tables: dict[str, Table] = {}
    at = 0
    for element in header.elements:
        try:
            table = _table(body, at, element, header.order)
        except InputError as error:
            if element.name in needed or isinstance(error, LimitError):
                raise
            en = f"the element {element.name[:40]!r}, which is not used here, is cut off or malformed: {error.reason}"
            zh = f"元素 {element.name[:40]!r}（此处不使用）被截断或格式错误"
            problems.append(Problem("ply-element-malformed", en, zh, f"/{element.name}"))
            return tables
        tables[element.name] = table
        at = table.end
    extra = len(body) - at
    if extra and not (header.order and bytes(body[at : at + 64]).strip(b" \t\r\n\0") == b"" and extra <= 64):
        unit = "numbers" if header.ascii else "bytes"
        en = f"{extra:,} {unit} after the last row that the header announces"
        problems.append(Problem("ply-trailing", en, f"文件头声明的最后一行之后还有 {extra:,} 个多余数据"))
    return tables


def _numbers(data: bytes, header: Header) -> Array:
    """The body of a text as float64."""
    size = len(data) - header.size
    if size > LIMITS.text_bytes:
        raise LimitError(f"{size:,} bytes of text, limit {LIMITS.text_bytes:,}")
    return numbers(data[header.size :])


def _table(body: Array, at: int, element: Element, order: str) -> Table:
    if element.fixed:
        return _fixed(body, at, element, order)
    if not element.count:
        none = np.zeros((0, sum(item.count_kind is not None for item in element.properties)), np.int64)
        return Table(element, at, at, order, body, None, none, none)
    least = element.least(False) if order else len(element.properties)
    if element.count * least > len(body) - at and order:
        raise _cut(element, 0, order)
    even = _even(body, at, element, order)
    return even or _uneven(body, at, element, order)


def _fixed(body: Array, at: int, element: Element, order: str) -> Table:
    unit = element.dtype(order).itemsize if order else len(element.properties)
    whole = (len(body) - at) // unit if unit else element.count
    if whole < element.count:
        raise _cut(element, whole, order)
    end = at + unit * element.count
    if not unit:
        return Table(element, at, end, order, body, np.zeros((0, 0)))
    if not order:
        return Table(element, at, end, order, body, body[at:end].reshape(element.count, unit))
    return Table(element, at, end, order, body, body[at:end].view(element.dtype(order)))


def _even(body: Array, at: int, element: Element, order: str) -> Table | None:
    """The table as one array, where all its lists are as long as those of the first row."""
    begins, lengths, done, _ = walk(body, at, 1, _chain(element, order), order == ">")
    if done < 1:
        return None
    sizes = [int(size) for size in lengths[0]]
    if not order:
        unit = len(element.properties) + sum(sizes)
        end = at + unit * element.count
        if end > len(body):
            return None
        rows = body[at:end].reshape(element.count, unit)
        for cell, size in zip(begins[0] - at - 1, sizes, strict=True):
            if not (rows[:, cell] == size).all():
                return None
        return Table(element, at, end, order, body, rows, None, lengths)
    fields: list[Any] = []
    left = iter(sizes)
    for number, item in enumerate(element.properties):
        if item.count_kind is None:
            fields.append((f"f{number}", order + item.kind))
        else:
            fields += [(f"n{number}", order + item.count_kind), (f"f{number}", order + item.kind, (next(left),))]
    dtype = np.dtype(fields)
    end = at + dtype.itemsize * element.count
    if end > len(body):
        return None
    table = body[at:end].view(dtype)
    for number, item in enumerate(element.properties):
        if item.count_kind is not None and not (table[f"n{number}"] == table[f"n{number}"][0]).all():
            return None
    return Table(element, at, end, order, body, table, None, lengths)


def _uneven(body: Array, at: int, element: Element, order: str) -> Table:
    lists = sum(item.count_kind is not None for item in element.properties)
    _within(16 * element.count * lists, f"/{element.name}")
    begins, lengths, done, end = walk(body, at, element.count, _chain(element, order), order == ">")
    if end >= 0:
        return Table(element, at, end, order, body, None, begins, lengths)
    if not order and len(body) - at == element.count * (len(element.properties) - lists):
        return _without_lists(body, at, element)
    if end == -2:
        raise InputError("the length of a list is no whole number from 0 on", pointer=f"/{element.name}/{done}")
    raise _cut(element, done, order)


def _without_lists(body: Array, at: int, element: Element) -> Table:
    """A text that ends with rows of a plain count: its writer announced lists and then left them out."""
    plain = tuple(item for item in element.properties if item.count_kind is None)
    cut = Element(element.name, element.count, plain, element.line)
    return _fixed(body, at, cut, "")


def _cut(element: Element, done: int, order: str) -> InputError:
    why = "the file ends" if order else "the file ends, or something stands there that is no number,"
    reason = f"{why} after {done:,} of {element.count:,} rows"
    return InputError(reason, pointer=f"/{element.name}/{done}")


def _chain(element: Element, order: str) -> Array:
    """The properties as `walk` takes them."""
    rows = []
    for item in element.properties:
        size = np.dtype(item.kind).itemsize if order else 1
        if item.count_kind is None:
            rows.append((0, 0, size))
        elif order:
            rows.append((np.dtype(item.count_kind).itemsize, int(item.count_kind[0] == "i"), size))
        else:
            rows.append((1, FLOAT, 1))
    return np.array(rows, np.int64).reshape(-1, 3)


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


def _within(size: int, pointer: str) -> None:
    if size > LIMITS.accessor_bytes:
        raise LimitError(f"takes {size:,} bytes when decoded, limit {LIMITS.accessor_bytes:,}", pointer=pointer)
