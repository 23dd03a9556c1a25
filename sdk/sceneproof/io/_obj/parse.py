"""From the text of an OBJ to its statements as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io._text.encoding import name_of
from sceneproof.io._text.scan import Lines, Ragged, numbers, split_lines
from sceneproof.kernels.rows import finite_rows
from sceneproof.scene import Array, Problem

from .elements import Elements, read_elements

MOST_BAD_SHARE = 0.5  # of the faces; with more the file is damaged, not merely odd
_FEWEST = {"f": 3, "l": 2, "p": 1}


@dataclass(frozen=True, eq=False)
class Names:
    """Statements that name something: the lines and the names, in the file's order."""

    lines: Array
    names: tuple[str, ...]

    def at(self, lines: Array) -> Array:
        """Which of the statements is in force on each line, -1 before the first."""
        return np.searchsorted(self.lines, lines) - 1


@dataclass(frozen=True, eq=False)
class Statements:
    """A whole OBJ.

    Attributes
    ----------
    lines : all lines. vertex_lines : those of ``v``.
    positions : float64 [shape=(n, 3)] of ``v``. colors : float64 [shape=(n, 3)], or ``None``; `colored` says which.
    texcoords : float64 [shape=(k, 2)]. normals : float64 [shape=(m, 3)].
    elements : by keyword, corners from 0 and -1 where there is none, all references in range.
    objects, groups, materials : ``o``, ``g``, ``usemtl``. libraries : what ``mtllib`` lines say, with their line.
    """

    lines: Lines
    vertex_lines: Array
    positions: Array
    colors: Array | None
    colored: Array
    texcoords: Array
    normals: Array
    elements: dict[str, Elements]
    objects: Names
    groups: Names
    materials: Names
    libraries: tuple[tuple[int, str], ...]


def parse(text: bytes, problems: list[Problem]) -> Statements:
    """Read all statements. Raises `InputError` where the geometry cannot be trusted."""
    lines = split_lines(text, continued=True)
    kinds = _Kinds(lines)
    v_lines, t_lines, n_lines = kinds.of("v"), kinds.of("vt"), kinds.of("vn")
    held = numbers(lines.chosen(v_lines), 1)
    positions = held.columns(0, 3)
    colored = held.counts >= 6
    colors = _colors(held) if colored.any() else None
    texcoords = numbers(lines.chosen(t_lines), 2).columns(0, 2)
    if len(texcoords):
        texcoords[:, 1] = np.where(np.isnan(texcoords[:, 1]), 0.0, texcoords[:, 1])  # a map of one dimension
    normals = numbers(lines.chosen(n_lines), 2).columns(0, 3)
    elements = {}
    with np.errstate(over="ignore"):  # what is too large for float32 is not finite in the Scene either
        finite = finite_rows(positions.astype(np.float32))
    positions = np.where(finite[:, None], positions, np.nan)
    for keyword, fewest in _FEWEST.items():
        found = read_elements(lines, kinds.of(keyword))
        resolved = _resolved(found, (v_lines, t_lines, n_lines))
        elements[keyword] = _sound(resolved, finite, (len(texcoords), len(normals)), fewest, lines, problems)
    return Statements(
        lines, v_lines, positions, colors, colored, texcoords, normals, elements,
        kinds.names(b"o"), kinds.names(b"g"), kinds.names(b"usemtl"), kinds.libraries(),
    )  # fmt: skip


class _Kinds:
    """Lines by keyword."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        raw = np.frombuffer(lines.data + b"   ", np.uint8)
        self._heads = [raw[lines.starts + k] for k in range(3)] if len(lines.starts) else [raw[:0]] * 3

    def of(self, keyword: str) -> Array:
        """Indices of the lines with a keyword of one or two letters."""
        match = np.ones(len(self._lines.starts), bool)
        for head, letter in zip(self._heads, keyword.encode(), strict=False):
            match &= head == letter
        return np.flatnonzero(match & (self._heads[len(keyword)] <= 32))

    def names(self, keyword: bytes) -> Names:
        found = self._long(keyword)
        return Names(np.array([line for line, _ in found], np.int64), tuple(name for _, name in found))

    def libraries(self) -> tuple[tuple[int, str], ...]:
        return tuple(self._long(b"mtllib"))

    def _long(self, keyword: bytes) -> list[tuple[int, str]]:
        found = []
        for line in np.flatnonzero(self._heads[0] == keyword[0]).tolist():
            words = self._lines.text(line).split(None, 1)
            if words[0] == keyword:
                found.append((line, name_of(words[1].strip()) if len(words) > 1 else ""))
        return found


def _colors(held: Ragged) -> Array:
    colors = held.columns(3, 3)
    colors = np.array(colors)
    colors[held.counts < 6] = np.nan
    with np.errstate(invalid="ignore"):
        if np.nanmax(colors, initial=0.0) > 1.0:  # some writers count to 255
            colors /= 255.0
    return colors


def _resolved(found: Elements, kinds: Sequence[Array]) -> Elements:
    """References counted from 0; negative ones from what stands before their line."""
    corners = found.corners.copy()
    for column, owners in enumerate(kinds):
        values = corners[:, column]
        if len(values) and int(values.min()) < 0:
            before = np.repeat(np.searchsorted(owners, found.lines), found.counts)
            # 0 means that there is none; a negative one that reaches before the first is out of range, and not that.
            relative = np.where(before + values < 0, len(owners), before + values)
            corners[:, column] = np.where(values < 0, relative, values - 1)
        else:
            corners[:, column] = values - 1
    return Elements(found.lines, found.counts, corners, found.unreadable)


def _sound(
    found: Elements, finite: Array, others: tuple[int, int], fewest: int, lines: Lines, problems: list[Problem]
) -> Elements:
    """The elements that can be used; those that cannot are named. Raises `InputError` when that is most of them."""
    vertices = len(finite)
    reference = found.corners[:, 0]
    inside = (reference >= 0) & (reference < vertices)
    sound = inside.copy()
    sound[inside] = finite[reference[inside]]
    owner = np.repeat(np.arange(len(found.counts)), found.counts)
    few = found.counts < fewest
    beyond = np.zeros(len(found.counts), bool)
    beyond[owner[~inside]] = True
    broken = np.zeros(len(found.counts), bool)
    broken[owner[inside & ~sound]] = True
    broken &= ~beyond
    total = len(found.counts) + len(found.unreadable)
    bad = int(np.count_nonzero((beyond | broken) & ~few)) + len(found.unreadable)
    faults = (
        ("face-too-few-corners", few, "has too few corners", "顶点数不足"),
        ("face-index-out-of-range", beyond & ~few, f"names none of {vertices:,} vertices", "引用了不存在的顶点"),
        ("face-not-finite", broken & ~few, "has a corner that is not finite", "含有非有限坐标的顶点"),
    )  # fmt: skip
    for code, which, en, zh in faults:
        skipped(code, found.lines[which].tolist(), (en, zh), lines, problems)
    skipped("face-unreadable", list(found.unreadable), ("cannot be read", "无法解析"), lines, problems)
    if bad > MOST_BAD_SHARE * total:
        what = next(entry for entry in reversed(problems) if entry.code.startswith("face-") and "few" not in entry.code)
        raise InputError(f"{bad:,} of {total:,} faces cannot be used: {what.message}")
    kept = found.kept(~(few | beyond | broken)) if (few | beyond | broken).any() else found
    _without_strays(kept, others, lines, problems)
    return kept


def _without_strays(kept: Elements, others: tuple[int, int], lines: Lines, problems: list[Problem]) -> None:
    """References to texture coordinates and normals that are not there become none, in place."""
    for column, (name, have) in enumerate(zip(("vt", "vn"), others, strict=True), start=1):
        values = kept.corners[:, column]
        wrong = (values >= have) | (values < -1)
        if wrong.any():
            kept.corners[wrong, column] = -1
            first = kept.lines[np.repeat(np.arange(len(kept.counts)), kept.counts)[int(np.argmax(wrong))]]
            count, at = int(np.count_nonzero(wrong)), lines.number(int(first))
            en = f"{count:,} corners name a {name} that is not there (the first: line {at:,}); they are read without"
            zh = f"{count:,} 处引用了不存在的 {name}（首处：第 {at:,} 行），已忽略"
            problems.append(Problem(f"{name}-index-out-of-range", en, zh, count=count))


def skipped(code: str, at: list[int], words: tuple[str, str], lines: Lines, problems: list[Problem]) -> None:
    """One problem for all elements left out for one reason, with the first line and the count."""
    if not at:
        return
    number = lines.number(at[0])
    more = f" (and {len(at) - 1:,} more)" if len(at) > 1 else ""
    more_zh = f"（共 {len(at):,} 处）" if len(at) > 1 else ""
    en = f"line {number:,}: the element {words[0]}; it is left out{more}"
    problems.append(Problem(code, en, f"第 {number:,} 行：该图元{words[1]}，已略去{more_zh}", count=len(at)))


def count_statements(text: bytes) -> tuple[int, int]:
    """How many ``v`` and ``vn`` statements a text has."""
    kinds = _Kinds(split_lines(text, continued=True))
    return len(kinds.of("v")), len(kinds.of("vn"))


def library_spans(text: bytes) -> list[tuple[int, int]]:
    """Where the names of each ``mtllib`` statement stand."""
    lines = split_lines(text, continued=True)
    found = []
    for line, _ in _Kinds(lines).libraries():
        whole = lines.text(line)
        rest = whole[len(b"mtllib") :].lstrip()
        begin = int(lines.starts[line]) + len(whole) - len(rest)
        if rest:
            found.append((begin, begin + len(rest)))
    return found
