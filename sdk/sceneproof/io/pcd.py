"""PCD of the Point Cloud Library, versions 0.5 to 0.7: text, binary and compressed with LZF. Only read.

Source: "The PCD (Point Cloud Data) file format" (pointclouds.org). The sensor's VIEWPOINT is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.edits import Edit
from sceneproof.errors import InputError, LimitError
from sceneproof.kernels.lzf import unpack
from sceneproof.scene import Array, Problem, Scene

from ._cloud import check_points, cloud, linear_of, read_only, refuse_all, scaled, scene_of
from ._plain import PlainDocument, read_sidecar
from ._table import numbers

EXTENSIONS = (".pcd",)
WRITES: tuple[str, ...] = ()
PRESERVES = "nothing: the format is only read"
MEDIA_TYPES = ("application/octet-stream",)

KINDS = {"F": "f", "I": "i", "U": "u"}
LARGEST = 1 << 20  # bytes of a header
MOST_VALUES = 4096  # of one point
MOST_RATIO = 100  # bytes that one byte of LZF can unfold to: 264 for every 3


@dataclass(frozen=True)
class _Layout:
    """What the header says; a field is (name, NumPy type without byte order, values)."""

    fields: tuple[tuple[str, str, int], ...]
    points: int
    form: str
    viewpoint: str
    size: int

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype([(f"f{n}", "<" + kind, (count,)) for n, (_, kind, count) in enumerate(self.fields)])


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are a PCD's."""
    return re.match(rb"(#[^\n]*\n|\s)*VERSION\s+\.?[0-9]", head) is not None


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    layout = _header(data)
    check_points(layout.points)
    columns = _columns(data, layout)
    if not {"x", "y", "z"} <= columns.keys():
        raise InputError(f"the points have no x, y and z among {', '.join(name for name, *_ in layout.fields)[:120]}")
    if layout.viewpoint not in ("", "0 0 0 1 0 0 0"):
        en = f"VIEWPOINT {layout.viewpoint[:80]} is left aside; points are read as stored"
        problems.append(Problem("pcd-viewpoint", en, "忽略 VIEWPOINT，点按存储坐标读取"))
    wide = any(columns[name].dtype.itemsize > 4 for name in "xyz")
    positions = np.stack([columns[name] for name in "xyz"], axis=1).astype(np.float64 if wide else np.float32)
    names = ("normal_x", "normal_y", "normal_z")
    normals = np.stack([columns[name] for name in names], axis=1) if columns.keys() >= set(names) else None
    points = cloud(positions, _colors(columns), normals)
    return scene_of("pcd", uri, points, PlainDocument(data, sidecar=sidecar), problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """The Scene itself. Raises `MarkError` for any edit."""
    refuse_all("pcd", edits)
    return scene


def to_bytes(scene: Scene) -> bytes:
    """The file as it was read."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:  # noqa: ARG001 - the protocol's parameter
    """Never: raises `MarkError`, as the format is only read."""
    raise read_only("pcd", path)


def _header(data: bytes) -> _Layout:
    found = re.search(rb"(?m)^[ \t]*DATA[ \t]+(\w+)[ \t\r]*(?:\n|\Z)", data[:LARGEST])
    if found is None:
        raise InputError("the header has no DATA line")
    words: dict[str, list[str]] = {}
    for line in re.split(r"[\r\n]+", data[: found.end()].decode("utf-8", "replace")):
        split = line.split()
        if split and not split[0].startswith("#"):
            words.setdefault(split[0].upper(), split[1:])
    form = found[1].decode("ascii", "replace").lower()
    if form not in ("ascii", "binary", "binary_compressed"):
        raise InputError(f"DATA {form[:40]!r} is none of ascii, binary, binary_compressed")
    names = words.get("FIELDS") or words.get("COLUMNS") or []
    sizes, kinds = words.get("SIZE", ["4"] * len(names)), words.get("TYPE", ["F"] * len(names))
    counts = words.get("COUNT", ["1"] * len(names))
    if not names or not len(names) == len(sizes) == len(kinds) == len(counts):
        raise InputError(f"FIELDS, SIZE, TYPE and COUNT name {len(names)}, {len(sizes)}, {len(kinds)}, {len(counts)}")
    fields = tuple(_field(*item) for item in zip(names, kinds, sizes, counts, strict=True))
    if sum(count for *_, count in fields) > MOST_VALUES:
        raise LimitError(f"a point has more than {MOST_VALUES} values")
    rows = _whole(words, "POINTS") if "POINTS" in words else _whole(words, "WIDTH") * _whole(words, "HEIGHT", 1)
    return _Layout(fields, rows, form, " ".join(words.get("VIEWPOINT", [])), found.end())


def _field(name: str, kind: str, size: str, count: str) -> tuple[str, str, int]:
    code = KINDS.get(kind.upper(), "") + size
    allowed = ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")
    if code not in allowed or not re.fullmatch(r"[0-9]{1,6}", count):
        raise InputError(f"the field {name[:40]!r} has TYPE {kind[:8]!r}, SIZE {size[:8]!r}, COUNT {count[:8]!r}")
    return name.lower(), code, int(count)


def _whole(words: dict[str, list[str]], name: str, missing: int | None = None) -> int:
    text = " ".join(words.get(name, []))
    if name not in words and missing is not None:
        return missing
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InputError(f"{name} {text[:40]!r} is no whole number")
    return int(text)


def _columns(data: bytes, layout: _Layout) -> dict[str, Array]:
    """The fields with one value a point, in their own types [shape=(n,)]."""
    rows = _text_rows(data, layout) if layout.form == "ascii" else _binary_rows(data, layout)
    found: dict[str, Array] = {}
    for (name, _, count), values in zip(layout.fields, rows, strict=True):
        if count == 1:
            found.setdefault(name, values.reshape(-1))
    return found


def _text_rows(data: bytes, layout: _Layout) -> list[Array]:
    body = data[layout.size :]
    if len(body) > LIMITS.text_bytes:
        raise LimitError(f"{len(body):,} bytes of text, limit {LIMITS.text_bytes:,}")
    values = numbers(body)
    unit = sum(count for *_, count in layout.fields)
    if not unit or len(values) < unit * layout.points:
        raise _cut(len(values) // max(unit, 1), layout.points)
    table = values[: unit * layout.points].reshape(layout.points, unit)
    out, at = [], 0
    with np.errstate(invalid="ignore", over="ignore"):
        for _, kind, count in layout.fields:
            out.append(table[:, at : at + count].astype(kind))
            at += count
    return out


def _binary_rows(data: bytes, layout: _Layout) -> list[Array]:
    need = layout.dtype.itemsize * layout.points
    body = data[layout.size :]
    if layout.form == "binary":
        if len(body) < need:
            raise _cut(len(body) // max(layout.dtype.itemsize, 1), layout.points)
        table = np.frombuffer(body, layout.dtype, layout.points)
        return [table[f"f{n}"] for n in range(len(layout.fields))]
    if len(body) < 8:
        raise InputError("the file ends before the sizes of its compressed data")
    packed, size = (int(word) for word in np.frombuffer(body, "<u4", 2))
    if size != need or packed > len(body) - 8:
        raise InputError(f"{packed:,} bytes unfold to {size:,}, but {len(body) - 8:,} are there and {need:,} are due")
    if size > LIMITS.accessor_bytes or size > MOST_RATIO * (packed + 16):
        raise LimitError(f"{packed:,} bytes are said to unfold to {size:,}")
    whole = unpack(body[8 : 8 + packed], size)
    if whole is None:
        raise InputError("the compressed data is damaged")
    out, at = [], 0
    for _, kind, count in layout.fields:
        span = np.dtype(kind).itemsize * count * layout.points
        out.append(whole[at : at + span].view("<" + kind).reshape(layout.points, count))
        at += span
    return out


def _cut(done: int, points: int) -> InputError:
    return InputError(f"the file ends after {done:,} of {points:,} points", pointer=f"/points/{done}")


def _colors(columns: dict[str, Array]) -> Array | None:
    """Linear colours [shape=(n, 3)] of ``rgb`` or ``rgba``, 0xRRGGBB in the bits of a float or a whole number."""
    packed = columns.get("rgb", columns.get("rgba"))
    if packed is not None and packed.dtype.itemsize == 4:
        words = np.ascontiguousarray(packed).view("<u4")
        return linear_of(np.stack([words >> shift & 255 for shift in (16, 8, 0)], axis=1) / 255)
    apart = [columns.get(name) for name in "rgb"]
    found = [item for item in apart if item is not None]
    return linear_of(scaled(np.stack(found, axis=1), found[0].dtype)) if len(found) == 3 else None
