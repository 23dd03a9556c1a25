"""From the bytes of a PLY to the tables of its elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._table import numbers
from sceneproof.kernels.list_rows import FLOAT, walk
from sceneproof.scene import Array, Problem

from .header import Element, Header
from .table import Table, within


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
    within(16 * element.count * lists, f"/{element.name}")
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
