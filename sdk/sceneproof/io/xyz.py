"""Points as lines of text: ``.xyz`` and ``.pts``. Only read, and only by the name: nothing in the bytes tells.

A line holds x y z, then none or several of colour, intensity and normal, parted by blanks, commas or semicolons. A
count before the points, comments (``#``, ``//``) and one line of column names are passed over; names decide what the
columns are, else their values do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.edits import Edit
from sceneproof.errors import InputError, LimitError
from sceneproof.scene import Array, Problem, Scene

from ._cloud import check_points, cloud, linear_of, read_only, refuse_all, scaled, scene_of
from ._plain import PlainDocument, read_sidecar
from ._table import numbers, word_spans

EXTENSIONS = (".xyz", ".pts")
WRITES: tuple[str, ...] = ()
PRESERVES = "nothing: the format is only read"
MEDIA_TYPES = ("text/plain",)

_COMMENT = re.compile(rb"(?m)(#|//)[^\r\n]*")
_NAMES = {
    "x": ("x", "//x"), "y": ("y",), "z": ("z",), "r": ("r", "red"), "g": ("g", "green"), "b": ("b", "blue"),
    "nx": ("nx", "normal_x", "normalx"), "ny": ("ny", "normal_y", "normaly"), "nz": ("nz", "normal_z", "normalz"),
}  # fmt: skip
MOST_COLUMNS = 64
_CHUNK = 8 << 20  # bytes that are looked at together


def sniff(head: bytes) -> bool:  # noqa: ARG001 - the protocol's parameter
    """Never: a text of numbers may be anything."""
    return False


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError` with the line."""
    if len(data) > LIMITS.text_bytes:
        raise LimitError(f"{len(data):,} bytes of text, limit {LIMITS.text_bytes:,}")
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    table, names = _table(data)
    check_points(len(table))
    columns = names if set("xyz") <= names.keys() else _guessed(table, pts=(uri or "").lower().endswith(".pts"))
    positions = np.ascontiguousarray(table[:, [columns[name] for name in "xyz"]])
    tint = _pick(table, columns, "rgb")
    colors = None if tint is None else linear_of(scaled(tint, np.dtype(np.float64)))
    points = cloud(positions, colors, _pick(table, columns, ("nx", "ny", "nz")))
    return scene_of("xyz", uri, points, PlainDocument(data, sidecar=sidecar), problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """The Scene itself. Raises `MarkError` for any edit."""
    refuse_all("xyz", edits)
    return scene


def to_bytes(scene: Scene) -> bytes:
    """The file as it was read."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:  # noqa: ARG001 - the protocol's parameter
    """Never: raises `MarkError`, as the format is only read."""
    raise read_only("xyz", path)


def _table(data: bytes) -> tuple[Array, dict[str, int]]:
    """The numbers [shape=(n, k)], and the columns that a first line names."""
    text = _cleaned(data)
    names: dict[str, int] = {}
    row, at, line = _next(text, 0, 1)
    if _counts(row) and _next(text, at, line)[0]:
        row, at, line = _next(text, at, line)
    elif not _numeric(row):
        names = _named(row)
        if not names:
            raise _fault(line - 1, "is no point", row)
        row, at, line = _next(text, at, line)
    width = len(row.split())
    if not row:
        raise InputError("holds no points")
    if not 3 <= width <= MOST_COLUMNS:
        raise InputError(f"line {line - 1} has {width} columns; a point has at least 3")
    blocks = []
    at, line = at - len(row) - 1, line - 1
    while at < len(text):
        end = text.find(b"\n", at + _CHUNK)
        piece = text[at : end if end >= 0 else len(text)]
        blocks.append(_parsed(piece, line, width))
        line += piece.count(b"\n") + 1
        at += len(piece) + 1
    return np.concatenate(blocks).reshape(-1, width), names


def _cleaned(data: bytes) -> bytes:
    """Lines that end in a line feed, words parted by blanks, no comments; the number of lines stays."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    if b"#" in text or b"//" in text:
        text = _COMMENT.sub(b"", text)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.translate(bytes.maketrans(b",;\t", b"   ")) if re.search(rb"[,;\t]", text) else text


def _next(text: bytes, at: int, line: int) -> tuple[bytes, int, int]:
    """The next line that is not blank, where the one after it begins, and that one's number; empty at the end."""
    while at < len(text):
        end = text.find(b"\n", at)
        end = end if end >= 0 else len(text)
        row = text[at:end]
        at, line = end + 1, line + 1
        if row.strip():
            return row, at, line
    return b"", at, line


def _parsed(piece: bytes, line: int, width: int) -> Array:
    """The numbers of whole lines, each of which must hold `width` or none; `line` is the number of the first."""
    words = word_spans(piece)[0]
    breaks = np.flatnonzero(np.frombuffer(piece, np.uint8) == 10)
    counts = np.diff(np.searchsorted(words, np.concatenate([[0], breaks, [len(piece)]])))
    values = numbers(piece)
    odd = (counts != 0) & (counts != width)
    if odd.any() or len(values) != len(words):
        first = int(np.argmax(odd)) if odd.any() else len(counts)
        if len(values) != len(words):
            first = min(first, int(np.searchsorted(breaks, words[len(values)])))
        raise _fault(line + first, f"has not {width} numbers as the first has", piece.split(b"\n")[first])
    return values


def _fault(line: int, what: str, row: bytes) -> InputError:
    return InputError(f"line {line} {what}: {row.strip()[:60].decode('utf-8', 'replace')!r}")


def _counts(row: bytes) -> bool:
    return re.fullmatch(rb"\s*[0-9]{1,18}\s*", row) is not None


def _numeric(row: bytes) -> bool:
    return len(numbers(row)) == len(row.split())


def _named(row: bytes) -> dict[str, int]:
    """Columns by the names of a first line; empty where they do not name x, y and z."""
    words = [word.strip('"').lower() for word in row.decode("utf-8", "replace").split()]
    found = {
        name: next(number for number, word in enumerate(words) if word in known)
        for name, known in _NAMES.items()
        if any(word in known for word in words)
    }
    return found if set("xyz") <= found.keys() else {}


def _guessed(table: Array, *, pts: bool) -> dict[str, int]:
    """Columns by their values: normals have length 1, colours lie in 0..255; ``.pts`` has intensity before colour."""
    columns = {"x": 0, "y": 1, "z": 2}
    width = table.shape[1]
    at = 4 if width == 7 and (pts or not _colorful(table[:, 3:6])) else 3
    while at + 3 <= width:
        block = table[:, at : at + 3]
        if "nx" not in columns and _unit(block):
            columns |= {"nx": at, "ny": at + 1, "nz": at + 2}
        elif "r" not in columns and _colorful(block):
            columns |= {"r": at, "g": at + 1, "b": at + 2}
        else:
            break
        at += 3
    return columns


def _unit(block: Array) -> bool:
    lengths = np.linalg.norm(block, axis=1)
    return bool((np.abs(lengths[np.isfinite(lengths)] - 1) < 0.02).mean() > 0.9) if len(block) else False


def _colorful(block: Array) -> bool:
    return bool(((block >= 0) & (block <= 255)).all()) and bool((block == np.rint(block)).all() or block.max() <= 1)


def _pick(table: Array, columns: dict[str, int], names: Sequence[str]) -> Array | None:
    numbers_ = [columns[name] for name in names if name in columns]
    return np.ascontiguousarray(table[:, numbers_]) if len(numbers_) == 3 else None
