"""Meshes of a glTF: attributes, triangles of every primitive mode, morph targets, Draco and meshopt streams."""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.errors import InputError
from sceneproof.scene import Array, Mesh, Mode, Primitive, Problem

from . import fields, splats
from .accessors import Accessors, as_floats

DRACO = "KHR_draco_mesh_compression"
_KINDS: dict[str, tuple[str, ...]] = {"POSITION": ("VEC3",), "NORMAL": ("VEC3",), "TANGENT": ("VEC4",)}
_SETS = {"TEXCOORD": ("VEC2",), "COLOR": ("VEC3", "VEC4"), "JOINTS": ("VEC4",), "WEIGHTS": ("VEC4",)}
_DELTAS: dict[str, tuple[str, ...]] = {**_KINDS, "TANGENT": ("VEC3",)}
_ANY = ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")


def read_meshes(tree: dict[str, Any], accessors: Accessors, problems: list[Problem]) -> tuple[Mesh, ...]:
    """All meshes. Raises `InputError` where geometry cannot be trusted; harmless faults go to `problems`."""
    meshes = []
    materials = len(fields.objects(tree, "materials"))
    for number, entry in enumerate(fields.objects(tree, "meshes")):
        place = f"/meshes/{number}"
        extras = entry.get("extras")
        names = extras.get("targetNames", []) if isinstance(extras, dict) else []
        meshes.append(
            Mesh(
                place,
                fields.text(entry, "name"),
                tuple(
                    _primitive(item, f"{place}/primitives/{index}", accessors, problems, materials)
                    for index, item in enumerate(fields.objects(entry, "primitives", place))
                ),
                fields.numbers(entry, "weights", place),
                tuple(str(name) for name in names) if isinstance(names, list) else (),
                extras,
            )
        )
    return tuple(meshes)


def _primitive(
    entry: dict[str, Any], place: str, accessors: Accessors, problems: list[Problem], materials: int
) -> Primitive:
    mode = fields.whole(entry.get("mode", 4))
    if mode is None or mode not in set(Mode):
        raise InputError(f"mode {entry.get('mode')!r} does not exist", pointer=f"{place}/mode")
    semantics = fields.mapping(entry, "attributes", place)
    extensions = fields.mapping(entry, "extensions", place)
    draco = extensions.get(DRACO)
    hint, counts = _hints(entry, semantics, Mode(mode), place, accessors)
    undecoded: str | None = None
    attributes: dict[str, Array] = {}
    triangles = np.zeros((0, 3), np.int64)
    packed = splats.packing(extensions, place)
    if packed:
        attributes = splats.unpacked(packed, entry, hint, place, accessors)
    elif isinstance(draco, dict):
        try:
            attributes, triangles = _draco(draco, semantics, place, accessors)
        except ImportError:
            undecoded = "Draco decoding needs the package DracoPy"
    else:
        attributes = {
            name: _attribute(name, index, f"{place}/attributes/{fields.step(name)}", accessors)
            for name, index in semantics.items()
        }
        if "POSITION" in attributes:
            triangles = _triangles(entry, Mode(mode), len(attributes["POSITION"]), place, accessors)
    compression = packed or DRACO if packed or draco else _meshopt(semantics, place, accessors)
    if "POSITION" not in attributes and not undecoded:
        undecoded = "there is no POSITION attribute"
    _check(attributes, triangles, semantics, place, (accessors, problems))
    return Primitive(
        place,
        Mode(mode),
        attributes,
        triangles,
        _targets(entry, place, accessors, len(attributes.get("POSITION", ()))),
        fields.index(entry, "material", place, materials),
        compression,
        undecoded,
        hint,
        counts,
        extensions,
    )


def _attribute(name: str, index: object, place: str, accessors: Accessors) -> Array:
    kinds = _kinds(name, _KINDS)
    if not name.startswith(("JOINTS_", "_")):
        return accessors.floats(index, place, kinds)
    values = accessors.raw(index, place, kinds)
    if name.startswith("JOINTS_") and values.dtype.kind != "u":
        raise InputError("joints must be unsigned integers", pointer=place)
    return values


def _kinds(name: str, fixed: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The accessor types that a semantic allows (glTF 2.0, section 3.7.2.1); studios' own semantics take any."""
    return fixed.get(name) or _SETS.get(name.partition("_")[0], _ANY)


def _hints(
    entry: dict[str, Any], semantics: dict[str, Any], mode: Mode, place: str, accessors: Accessors
) -> tuple[Array | None, tuple[int, int]]:
    """Bounds and (vertices, triangles) as the accessors state them."""
    if "POSITION" not in semantics:
        return None, (0, 0)
    _, position = accessors.entry(semantics["POSITION"], f"{place}/attributes/POSITION")
    vertices = fields.whole(position.get("count", 0))
    corners = vertices
    if "indices" in entry:
        corners = fields.whole(accessors.entry(entry["indices"], f"{place}/indices")[1].get("count", 0))
    if vertices is None or corners is None or vertices < 0 or corners < 0:
        raise InputError("count is no whole number", pointer=f"{place}/attributes/POSITION")
    triangles = corners // 3 if mode is Mode.TRIANGLES else max(0, corners - 2) if mode > Mode.TRIANGLES else 0
    low, high = position.get("min"), position.get("max")
    if not (isinstance(low, list) and isinstance(high, list) and len(low) == len(high) == 3):
        return None, (vertices, triangles)
    try:
        box = np.array([low, high], np.float64)
    except (TypeError, ValueError, OverflowError):
        return None, (vertices, triangles)
    if box.shape != (2, 3):
        return None, (vertices, triangles)
    component = position.get("componentType")
    if position.get("normalized") and component != 5126:
        box /= {5120: 127, 5121: 255, 5122: 32767, 5123: 65535}.get(component, 1)  # type: ignore[arg-type]
    return (box if np.isfinite(box).all() else None), (vertices, triangles)


def _triangles(entry: dict[str, Any], mode: Mode, vertices: int, place: str, accessors: Accessors) -> Array:
    """Corner indices, int64 [shape=(t, 3)], with strips and fans resolved (glTF 2.0, section 3.7.2.1)."""
    if "indices" in entry:
        stored = accessors.raw(entry["indices"], f"{place}/indices", ("SCALAR",))
        number, _ = accessors.entry(entry["indices"], "")
        if stored.dtype.kind != "u":
            raise InputError("indices must be unsigned integers", pointer=f"{place}/indices")
        accessors.charge(8 * stored.size * (4 if mode > Mode.TRIANGLES else 1), f"/accessors/{number}")
        corners = stored.ravel().astype(np.int64)
        if len(corners) and corners.max() >= vertices:
            first = int(np.argmax(corners >= vertices))
            raise InputError(
                f"index {corners[first]:,} at position {first:,}, there are {vertices:,} vertices",
                pointer=f"/accessors/{number}",
            )
    elif mode < Mode.TRIANGLES:
        return np.zeros((0, 3), np.int64)
    else:
        accessors.charge(8 * vertices * (4 if mode > Mode.TRIANGLES else 1), place)
        corners = np.arange(vertices, dtype=np.int64)
    if mode < Mode.TRIANGLES:
        return np.zeros((0, 3), np.int64)
    if mode is Mode.TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    steps = max(0, len(corners) - 2)
    at = np.arange(steps)
    if mode is Mode.TRIANGLE_STRIP:  # every second triangle turns its last two corners
        odd = at % 2
        return np.stack([corners[at], corners[at + 1 + odd], corners[at + 2 - odd]], axis=1)
    return np.stack([corners[at + 1], corners[at + 2], np.full(steps, corners[0] if steps else 0)], axis=1)


def _draco(
    settings: dict[str, Any], semantics: dict[str, Any], place: str, accessors: Accessors
) -> tuple[dict[str, Array], Array]:
    """Attributes and triangles of a stream; integers become floats as the attribute's accessor says."""
    from sceneproof.io._codecs import decode_draco

    within = f"{place}/extensions/{DRACO}"
    ids = {str(name): value for name, value in fields.mapping(settings, "attributes", within).items()}
    data = accessors.view_bytes(settings.get("bufferView"), f"{within}/bufferView")
    try:
        decoded = decode_draco(data, ids)
    except InputError as error:
        raise type(error)(error.reason, pointer=within) from None
    unfolded = sum(values.nbytes for values in decoded.attributes.values()) + decoded.triangles.nbytes
    accessors.charge(unfolded, within)
    attributes = dict(decoded.attributes)
    for name, values in attributes.items():
        if not name.startswith(("JOINTS_", "_")):
            _, accessor = accessors.entry(semantics.get(name), f"{place}/attributes/{fields.step(name)}")
            attributes[name] = as_floats(values, normalized=accessor.get("normalized") is True)
    for name in [name for name in semantics if name not in attributes]:  # a stream need not hold every attribute
        where = f"{place}/attributes/{fields.step(name)}"
        attributes[name] = _attribute(name, semantics[name], where, accessors)
    return attributes, decoded.triangles


def _meshopt(semantics: dict[str, Any], place: str, accessors: Accessors) -> str | None:
    if "POSITION" not in semantics:
        return None
    return accessors.is_compressed(semantics["POSITION"], f"{place}/attributes/POSITION")


def _targets(entry: dict[str, Any], place: str, accessors: Accessors, vertices: int) -> tuple[dict[str, Array], ...]:
    targets = []
    for number, target in enumerate(fields.objects(entry, "targets", place)):
        deltas: dict[str, Array] = {}
        if not vertices:  # no positions, or none that were decoded: there is nothing that the deltas could move
            targets.append(deltas)
            continue
        for name, index in target.items():
            where = f"{place}/targets/{number}/{fields.step(name)}"
            values = accessors.floats(index, where, _kinds(name, _DELTAS))
            if len(values) != vertices:
                raise InputError(f"{len(values):,} deltas for {vertices:,} vertices", pointer=where)
            if not accessors.finite(values):
                raise InputError("holds values that are not finite", pointer=where)
            deltas[name] = values
        targets.append(deltas)
    return tuple(targets)


def _check(
    attributes: dict[str, Array],
    triangles: Array,
    semantics: dict[str, Any],
    place: str,
    told: tuple[Accessors, list[Problem]],
) -> None:
    """Refuse geometry that cannot be trusted; name what is merely odd."""
    accessors, problems = told
    positions = attributes.get("POSITION")
    if positions is None:
        return
    owner = f"/accessors/{semantics['POSITION']}" if "POSITION" in semantics else place
    if not accessors.finite(positions):
        finite = np.isfinite(positions).all(axis=1)
        bad = int(np.argmin(finite))
        raise InputError(
            f"vertex {bad:,} is not finite ({int((~finite).sum()):,} such vertices)",
            pointer=owner,
        )
    denormal, all_of_them = accessors.denormal(positions)
    if all_of_them:
        raise InputError("the positions are denormal numbers: there is no shape that can be measured", pointer=owner)
    if denormal:
        en = f"{denormal:,} coordinates are denormal numbers, too small for any arithmetic; they count as zero"
        problems.append(Problem("denormal-position", en, f"{denormal:,} 个坐标为非规格化数，按零处理", owner))
    if len(triangles) and triangles.max(initial=0) >= len(positions):
        raise InputError(f"a triangle names vertex {triangles.max():,} of {len(positions):,}", pointer=place)
    for name, values in attributes.items():
        if len(values) != len(positions):
            raise InputError(f"{name} has {len(values):,} values for {len(positions):,} vertices", pointer=place)
        if values.dtype.kind == "f" and name != "POSITION" and not accessors.finite(values):
            problems.append(
                Problem(
                    "non-finite-attribute", f"{name} holds values that are not finite", f"{name} 含有非有限数值", place
                )
            )
