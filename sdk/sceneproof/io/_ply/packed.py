"""SuperSplat's compressed PLY: splats packed into four whole numbers, with the ranges of each 256 in a chunk.

Source: PlayCanvas, "Compressed PLY" (developer.playcanvas.com, Gaussian splatting formats), and the files that
SuperSplat writes. Position 11-10-11 bits between the chunk's minimum and maximum; rotation: 2 bits for the largest of
w x y z, 10 bits for each other one in -1/sqrt 2 .. 1/sqrt 2; log scale 11-10-11; colour and opacity 8 bits each, the
colour between the chunk's minimum and maximum where it states them. Harmonics: one byte each, -4 .. 4.
"""

from __future__ import annotations

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io import _splats
from sceneproof.scene import Array, Problem, Splats

from .table import Table

PER_CHUNK = 256
PACKED = ("packed_position", "packed_rotation", "packed_scale", "packed_color")


def is_packed(tables: dict[str, Table]) -> bool:
    return "chunk" in tables and "vertex" in tables and tables["vertex"].has("packed_position")


def unpack(tables: dict[str, Table], problems: list[Problem]) -> Splats:
    """Decode them all. Raises `InputError` where a chunk or a column is missing."""
    vertex, chunk = tables["vertex"], tables["chunk"]
    packed = vertex.columns(*PACKED)
    if packed is None:
        raise InputError(f"packed splats need {', '.join(PACKED)}", pointer="/vertex")
    if chunk.count * PER_CHUNK < vertex.count:
        raise InputError(f"{chunk.count:,} chunks of {PER_CHUNK} for {vertex.count:,} splats", pointer="/chunk")
    words = packed.astype(np.int64) & 0xFFFFFFFF
    of = np.arange(vertex.count) // PER_CHUNK
    positions = _between(chunk, of, _three(words[:, 0]), ("x", "y", "z"))
    logs = _between(chunk, of, _three(words[:, 2]), ("scale_x", "scale_y", "scale_z"))
    bytes_ = np.stack([words[:, 3] >> shift & 255 for shift in (24, 16, 8, 0)], axis=1) / 255
    shades = bytes_[:, :3]
    if chunk.has(*(f"{end}_{c}" for end in ("min", "max") for c in "rgb")):
        shades = _between(chunk, of, shades, ("r", "g", "b"))
    return _splats.make_splats(
        "/splats/0",
        problems,
        positions=positions,
        scales=_splats.linear_scales(logs),
        rotations=_rotations(words[:, 1]),
        opacities=bytes_[:, 3],
        harmonics=_splats.harmonics_of(_splats.dc_of_colors(shades), _rest(tables)),
    )


def _three(words: Array) -> Array:
    """11, 10 and 11 bits as 0..1 [shape=(n, 3)]."""
    return np.stack([(words >> 21 & 2047) / 2047, (words >> 11 & 1023) / 1023, (words & 2047) / 2047], axis=1)


def _between(chunk: Table, of: Array, shares: Array, names: tuple[str, str, str]) -> Array:
    low, high = (chunk.columns(*(f"{end}_{name}" for name in names)) for end in ("min", "max"))
    if low is None or high is None:
        raise InputError(f"chunks state no range of {', '.join(names)}", pointer="/chunk")
    with np.errstate(all="ignore"):
        start, end = low.astype(np.float64)[of], high.astype(np.float64)[of]
        return np.asarray(start * (1 - shares) + end * shares)


def _rotations(words: Array) -> Array:
    """Unit quaternions xyzw."""
    largest = words >> 30
    others = np.stack([words >> shift & 1023 for shift in (20, 10, 0)], axis=1)
    others = (others / 1023 - 0.5) * np.sqrt(2)
    rest = np.sqrt(np.maximum(0.0, 1 - (others**2).sum(axis=1)))
    wxyz = np.empty((len(words), 4))
    for which in range(4):
        rows = largest == which
        wxyz[rows] = np.insert(others[rows], which, rest[rows], axis=1)
    return _splats.xyzw_of_wxyz(wxyz)


def _rest(tables: dict[str, Table]) -> Array | None:
    table = tables.get("sh")
    if table is None or not table.element.properties:
        return None
    count = len(table.element.properties)
    values = table.columns(*(f"f_rest_{n}" for n in range(count)))
    if values is None or count % 3 or _splats.degree_of(count // 3) is None or table.count != tables["vertex"].count:
        raise InputError(f"{count} columns and {table.count:,} rows of harmonics do not fit the splats", pointer="/sh")
    shares = (values.astype(np.float64) + 0.5) / 256  # the middle of a byte's step, but for the two ends
    shares = np.where(values == 0, 0.0, np.where(values == 255, 1.0, shares))
    return ((shares - 0.5) * 8).astype(np.float32)
