"""KHR_gaussian_splatting: splats as attributes of a point primitive, plain or packed as SPZ.

``SCALE`` is linear, ``OPACITY`` after the sigmoid, ``ROTATION`` xyzw, ``SH_DEGREE_0_COEF_0`` a coefficient, no colour.
The drafts KHR_gaussian_splatting_compression_spz and _spz_2 keep an SPZ in a buffer view, whose numbers stand for the
attributes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io._splats import REST, colors_of_dc, make_splats, unit_xyzw
from sceneproof.scene import Array, Mesh, Primitive, Problem, Splats

from . import fields
from .accessors import Accessors

SPLATTING = "KHR_gaussian_splatting"
PACKED = ("KHR_gaussian_splatting_compression_spz_2", "KHR_gaussian_splatting_compression_spz")
_DEGREES = range(len(REST))


def packing(extensions: dict[str, Any], place: str) -> str | None:
    """The extension that packs a primitive's splats as SPZ, or ``None``."""
    own = fields.mapping(extensions, SPLATTING, f"{place}/extensions")
    inner = fields.mapping(own, "extensions", f"{place}/extensions/{SPLATTING}")
    return next((name for name in PACKED if name in inner), None)


def unpacked(
    name: str, entry: dict[str, Any], hint: Array | None, place: str, accessors: Accessors
) -> dict[str, Array]:
    """A packed primitive's attributes. Raises `InputError` with the extension's pointer."""
    from sceneproof.io._spz.container import unpack
    from sceneproof.io._spz.decode import splats_of, turned

    within = f"{place}/extensions/{SPLATTING}/extensions/{name}"
    own = entry["extensions"][SPLATTING]
    settings = fields.mapping(own["extensions"], name, f"{place}/extensions/{SPLATTING}/extensions")
    try:
        splats = splats_of(unpack(accessors.view_bytes(settings.get("bufferView"), f"{within}/bufferView")), place, [])
    except InputError as error:
        raise type(error)(error.reason, pointer=error.pointer or within) from None
    turn = turned(splats)
    if _closer(turn, splats, hint, "kernel" in own):
        splats = turn
    semantics = fields.mapping(entry, "attributes", place)
    attributes = _attributes(splats, "COLOR_0" in semantics)
    if "POSITION" in semantics:
        stated = fields.whole(accessors.entry(semantics["POSITION"], f"{place}/attributes/POSITION")[1].get("count"))
        if stated != len(splats.positions):
            raise InputError(
                f"{len(splats.positions):,} splats in the SPZ, the accessor counts {stated}", pointer=within
            )
    return attributes


def _closer(turn: Splats, stored: Splats, hint: Array | None, current: bool) -> bool:
    """Whether the turned splats are meant.

    The drafts ask for glTF's axes (left, up, front) out of SPZ's own (right, up, back); the files of the first
    writers hold glTF's as they are. The accessor's bounds tell the two apart; where they do not, the extension's
    present shape (it has a ``kernel``) is taken at its word.
    """
    if hint is None or not len(stored.positions):
        return current
    misses = [
        float(np.abs(np.array([cloud.positions.min(axis=0), cloud.positions.max(axis=0)]) - hint).max())
        for cloud in (turn, stored)
    ]
    near = 1e-3 * max(1.0, float(np.abs(hint).max()))
    return current if abs(misses[0] - misses[1]) <= near else misses[0] < misses[1]


def _attributes(splats: Splats, with_color: bool) -> dict[str, Array]:
    attributes = {
        "POSITION": splats.positions,
        f"{SPLATTING}:SCALE": splats.scales,
        f"{SPLATTING}:ROTATION": splats.rotations,
        f"{SPLATTING}:OPACITY": splats.opacities.reshape(-1, 1),
    }
    names = coefficients()
    for index in range(splats.harmonics.shape[1]):
        attributes[names[index]] = splats.harmonics[:, index]
    if with_color:
        color = np.clip(colors_of_dc(splats.harmonics[:, 0]), 0, 1)
        attributes["COLOR_0"] = np.concatenate([color, splats.opacities.reshape(-1, 1)], axis=1)
    return attributes


def coefficients() -> list[str]:
    """The attributes of the coefficients, degree 0 first."""
    return [f"{SPLATTING}:SH_DEGREE_{degree}_COEF_{order}" for degree in _DEGREES for order in range(2 * degree + 1)]


def read_splats(meshes: tuple[Mesh, ...], problems: list[Problem]) -> tuple[Splats, ...]:
    """The splats of every primitive that has them. Raises `InputError` for attributes of another width."""
    found = []
    for mesh in meshes:
        for primitive in mesh.primitives:
            have = primitive.attributes
            if SPLATTING in primitive.extensions and f"{SPLATTING}:SCALE" in have and "POSITION" in have:
                found.append(_splats(primitive, problems))
    return tuple(found)


def _splats(primitive: Primitive, problems: list[Problem]) -> Splats:
    count = len(primitive.positions)
    rotations = _column(primitive, f"{SPLATTING}:ROTATION", 4)
    opacities = _column(primitive, f"{SPLATTING}:OPACITY", 1)
    names = coefficients()
    whole = 0
    for rest in REST:  # a degree counts when all of it is there
        if all(name in primitive.attributes for name in names[: 1 + rest]):
            whole = 1 + rest
    columns = [_column(primitive, name, 3) for name in names[:whole]]
    return make_splats(
        primitive.pointer,
        problems,
        positions=primitive.positions,
        scales=_column(primitive, f"{SPLATTING}:SCALE", 3),
        rotations=unit_xyzw(np.tile([0.0, 0.0, 0.0, 1.0], (count, 1)) if rotations is None else rotations),
        opacities=np.ones(count, np.float32) if opacities is None else opacities.ravel(),
        harmonics=np.stack(columns, axis=1) if columns else np.zeros((count, 0, 3), np.float32),
    )


def _column(primitive: Primitive, name: str, width: int) -> Any:
    values = primitive.attributes.get(name)
    if values is not None and (values.ndim != 2 or values.shape[1] != width):
        where = f"{primitive.pointer}/attributes/{fields.step(name)}"
        raise InputError(f"has {values.shape[-1]} components, {width} are needed", pointer=where)
    return values
