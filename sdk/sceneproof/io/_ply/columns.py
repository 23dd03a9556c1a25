"""What the columns of a vertex mean: places, normals, colours, texture coordinates, splats."""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io import _splats
from sceneproof.io._cloud import linear_of, scaled
from sceneproof.scene import Array, Problem, Splats

from .table import Table

COLORS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
COORDINATES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"), ("texture_s", "texture_t"))
XYZ, NORMAL = ("x", "y", "z"), ("nx", "ny", "nz")
FAR = 256.0  # extents from the origin beyond which float32 loses a ten-thousandth of a vertex's place


def kind_of(table: Table, name: str) -> np.dtype[Any]:
    """The declared type of a plain property, without byte order."""
    number = table.index(name)
    return np.dtype(table.element.properties[number or 0].kind)


def places(table: Table) -> Array:
    """Float32 where the file's numbers fit it, else float64 [shape=(n, 3)]. Raises `InputError` without x, y, z."""
    values = table.columns(*XYZ)
    if values is None:
        raise InputError("the vertices have no x, y and z", pointer="/vertex")
    wide = any(kind_of(table, name).itemsize > (4 if kind_of(table, name).kind == "f" else 2) for name in XYZ)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, np.float64 if wide else np.float32)


def origin_of(positions: Array) -> Array:
    """Float64 [shape=(3,)], whole numbers to take off float64 places before they become float32; mostly zeros.

    A survey's coordinates of 500,000 m keep 3 cm in float32; around their own middle they keep all that was measured.
    """
    if positions.dtype != np.float64 or not len(positions):
        return np.zeros(3)
    finite = positions[np.isfinite(positions).all(axis=1)]
    if not len(finite):
        return np.zeros(3)
    low, high = finite.min(axis=0), finite.max(axis=0)
    extent = float(np.linalg.norm(high - low))
    if not np.isfinite(extent) or float(np.abs(finite).max()) <= FAR * extent or np.abs(finite).max() > 1e15:
        return np.zeros(3)
    middle: Array = np.rint((low + high) / 2)
    return middle


def colors(table: Table) -> Array | None:
    """Linear colours 0..1 with alpha where there is one, float32 [shape=(n, 3 or 4)].

    PLY says nothing of the colour space; writers store what the screen shows (sRGB), and so do the common readers read.
    """
    names = color_names(table)
    values = table.columns(*names)
    if not names or values is None:
        return None
    linear = linear_of(scaled(values, kind_of(table, names[0])))
    alpha = table.column(alpha_name(names))
    if alpha is None:
        return linear
    return np.concatenate([linear, scaled(alpha[:, None], kind_of(table, alpha_name(names)))], axis=1)


def color_names(table: Table) -> tuple[str, ...]:
    """What red, green and blue are called; empty where there are none."""
    return next((names for names in COLORS if table.has(*names)), ())


def alpha_name(names: tuple[str, ...]) -> str:
    return "a" if names == COLORS[2] else "alpha"


def texture_coordinates(table: Table) -> Array | None:
    """Float32 [shape=(n, 2)], v downwards as in glTF (PLY counts it upwards, as OBJ does)."""
    names = next((names for names in COORDINATES if table.has(*names)), None)
    values = table.columns(*names) if names else None
    if values is None:
        return None
    found = np.ascontiguousarray(values, np.float32)
    found[:, 1] = 1 - found[:, 1]
    return found


def is_splats(table: Table) -> bool:
    return table.has("x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "rot_0", "rot_3")


def splats(table: Table, problems: list[Problem]) -> Splats:
    """The splats of a trainer's PLY (Kerbl et al. 2023, reference implementation, ``save_ply``)."""
    named = sorted(int(n[7:]) for n in table.element.names if n.startswith("f_rest_") and n[7:].isdecimal())
    if named != list(range(len(named))) or len(named) % 3 or _splats.degree_of(len(named) // 3) is None:
        raise InputError(f"{len(named)} properties f_rest_* make no whole degree of harmonics", pointer="/vertex")
    rest = table.columns(*(f"f_rest_{n}" for n in named)) if named else None
    scale_names = [f"scale_{k}" for k in range(3) if table.has(f"scale_{k}")]
    logs = table.columns(*scale_names)
    if logs is None or len(scale_names) < 2:
        raise InputError("splats have no scale_0, scale_1 and scale_2", pointer="/vertex")
    if len(scale_names) == 2:  # flat splats (2DGS, Huang et al. 2024): no thickness
        logs = np.concatenate([logs, np.full((len(logs), 1), -np.inf)], axis=1)
    return _splats.make_splats(
        "/splats/0",
        problems,
        positions=_needed(table, XYZ),
        scales=_splats.linear_scales(logs),
        rotations=_splats.xyzw_of_wxyz(_needed(table, ("rot_0", "rot_1", "rot_2", "rot_3"))),
        opacities=_splats.sigmoid(_needed(table, ("opacity",))[:, 0]),
        harmonics=_splats.harmonics_of(_needed(table, ("f_dc_0", "f_dc_1", "f_dc_2")), rest),
    )


def _needed(table: Table, names: tuple[str, ...]) -> Array:
    found = table.columns(*names)
    if found is None:
        raise InputError(f"splats have no {', '.join(names)}", pointer="/vertex")
    return found
