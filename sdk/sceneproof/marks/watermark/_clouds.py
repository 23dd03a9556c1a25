"""The watermark in clouds: splats bear it in the chroma of their first colour, points in their places.

What the codec knows as clouds is gathered from a Scene here, and its changes become edits. A mark is accepted when it
reads back from the Scene that the edits make, as the file will hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.edits import Edit, SetPoints, SetPositions, SetSplats
from sceneproof.errors import MarkError
from sceneproof.io import apply
from sceneproof.keys import Key
from sceneproof.scene import Array, Mode, Scene, Splats

if TYPE_CHECKING:
    from .codec import Cloud, CloudEmbedding

MOST_CLOUDS = 6  # with most points that get the payload; each holds all of it
SH_0 = 0.28209479177387814  # display colour is 0.5 + SH_0 times the first coefficient
SPZ_LEVELS = 255.0 * 0.15 / SH_0  # an SPZ keeps 0.15 times the coefficient in a byte
POINT_FORMATS = ("ply",)  # whose own clouds can be written


@dataclass(frozen=True, eq=False)
class _Held:
    """One cloud of a Scene: where it stands, and which edit changes it. `why` says why there is none."""

    pointer: str
    cloud: Cloud
    splats: int | None = None
    points: int | None = None
    primitive: tuple[int, int] | None = None
    why: str | None = None


@dataclass(frozen=True, eq=False)
class CloudPlan:
    """As `WatermarkPlan`, of the clouds alone; `meshes` are pointers of meshes that are nothing but clouds."""

    edits: tuple[Edit, ...] = ()
    carriers: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    distortion: Mapping[str, float] = field(default_factory=dict)
    replaced: str | None = None
    meshes: tuple[str, ...] = ()


def plan_clouds(scene: Scene, payload: bytes, key: Key, strength: str = "Q") -> CloudPlan:
    """Put the payload into every cloud with room for it; one that bears it already stays as it is. Never raises."""
    from .codec import CodecError, detect_cloud, embed_cloud

    held = sorted(_gather(scene), key=lambda one: -len(one.cloud.positions))
    only = tuple(
        mesh.pointer for mesh in scene.meshes if all(_is_cloud(primitive.mode) for primitive in mesh.primitives)
    )
    refused: dict[str, str] = {}
    carriers: list[str] = []
    replaced = None
    made: dict[str, tuple[_Held, CloudEmbedding]] = {}
    for place, one in enumerate(held):
        why = one.why or (f"{MOST_CLOUDS} larger clouds bear it" if place >= MOST_CLOUDS else None)
        if why:
            refused[one.pointer] = why
            continue
        before = detect_cloud([one.cloud], key.secret, bits=8 * len(payload), effort="quick").payload
        if before == payload:
            carriers.append(one.pointer)
            continue
        try:
            made[one.pointer] = one, embed_cloud(one.cloud, payload, key.secret, strength=strength)
        except CodecError as error:
            refused[one.pointer] = str(error)
            continue
        replaced = before.hex() if before is not None else replaced
    kept, failed = _settled(scene, made, payload, key)
    refused |= failed
    costs = [_cost(made[pointer][1]) for pointer in kept]
    return CloudPlan(
        edits=tuple(kept.values()),
        carriers=(*carriers, *kept),
        refused=refused,
        distortion={name: max(cost[name] for cost in costs if name in cost) for cost in costs for name in cost},
        replaced=replaced,
        meshes=only,
    )


def _settled(
    scene: Scene, made: Mapping[str, tuple[_Held, CloudEmbedding]], payload: bytes, key: Key
) -> tuple[dict[str, Edit], dict[str, str]]:
    """The edits that read back from the Scene they make, and the reason for the others."""
    from .codec import detect_cloud

    kept: dict[str, Edit] = {}
    refused: dict[str, str] = {}
    for pointer, (one, found) in made.items():
        edit = _edit(scene, one, found)
        try:
            after = {held.pointer: held for held in _gather(apply(scene, [edit]))}
        except MarkError as error:
            refused[pointer] = f"the file cannot hold it: {error}"
            continue
        read = detect_cloud([after[pointer].cloud], key.secret, bits=8 * len(payload), effort="quick")
        if read.found and read.payload == payload:
            kept[pointer] = edit
        else:
            refused[pointer] = "as the file stores it, it cannot be read back"
    return kept, refused


def read_clouds(scene: Scene, key: Key, effort: str, bits: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fields of a `WatermarkReading`, and the entries of `all`, for the clouds of a Scene."""
    from .codec import detect_cloud

    held = list(_gather(scene))
    if not held:
        return {"bits": bits}, []
    result = detect_cloud([one.cloud for one in held], key.secret, bits=bits, effort=effort)
    everything = [
        {
            "key_id": key.id,
            "mesh": held[record.surface].pointer,
            "payload": record.payload.hex() if record.payload else None,
            "log10_p": record.log10_p,
            "method": record.method,
        }
        for record in result.all
        if record.found
    ]
    fields = {
        "found": result.found,
        "payload": result.payload,
        "log10_p": result.log10_p,
        "bits": bits,
        "corrected": result.corrected,
        "carriers": tuple(held[index].pointer for index in result.carriers),
        "method": result.method if result.found else None,
        "key_id": key.id,
        "hypotheses": result.hypotheses,
    }
    return fields, everything


def _is_cloud(mode: Mode) -> bool:
    return mode == Mode.POINTS


def _gather(scene: Scene) -> list[_Held]:
    """Every cloud of a Scene, those of primitives in their own space: nodes may place them anywhere."""
    found = []
    shown = {scene.nodes[index].mesh for index in scene.live_nodes()}
    primitives = {
        primitive.pointer: (m, p, primitive)
        for m, mesh in enumerate(scene.meshes)
        for p, primitive in enumerate(mesh.primitives)
        if _is_cloud(primitive.mode) and m in shown
    }
    for index, splats in enumerate(scene.splats):
        place = primitives.pop(splats.pointer, None)
        packed = place is not None and "compression_spz" in str(dict(place[2].extensions))
        levels = 255.0 if scene.format == "splat" else SPZ_LEVELS if scene.format == "spz" or packed else None
        found.append(_Held(splats.pointer, _of_splats(splats, levels), splats=index))
    for index, points in enumerate(scene.points):
        place = primitives.pop(points.pointer, None)
        why = None
        if place is None and scene.format not in POINT_FORMATS:
            why = f"points of {scene.format.upper()} are not moved by this version; convert them to PLY or GLB"
        where = None if place is None else place[:2]
        found.append(_Held(points.pointer, _of_points(points.positions), points=index, primitive=where, why=why))
    for pointer, (mesh, number, primitive) in primitives.items():
        if len(primitive.positions):
            found.append(_Held(pointer, _of_points(primitive.positions), primitive=(mesh, number)))
    return found


def _of_splats(splats: Splats, levels: float | None) -> Cloud:
    from .codec import Cloud, splat_weights

    positions = np.ascontiguousarray(splats.positions, np.float64)
    colors = None
    if splats.harmonics.shape[1]:
        colors = 0.5 + SH_0 * splats.harmonics[:, 0].astype(np.float64)
    weights = splat_weights(splats.opacities.astype(np.float64), splats.scales.astype(np.float64))
    return Cloud(positions, weights, colors, levels)


def _of_points(positions: Array) -> Cloud:
    from .codec import Cloud

    return Cloud(np.ascontiguousarray(positions, np.float64), np.ones(len(positions)))


def _edit(scene: Scene, one: _Held, found: CloudEmbedding) -> Edit:
    if found.color_change is not None and one.splats is not None:
        old = scene.splats[one.splats].harmonics[:, :1]
        new = (old.astype(np.float64) + found.color_change[:, None, :] / SH_0).astype(np.float32)
        return SetSplats(one.splats, harmonics=np.where((found.color_change == 0.0)[:, None, :], old, new))
    moved = one.cloud.positions + (0.0 if found.displacement is None else found.displacement)
    if one.splats is not None:
        return SetSplats(one.splats, positions=moved.astype(np.float32))
    if one.primitive is not None:
        return SetPositions(*one.primitive, moved.astype(np.float32))
    return SetPoints(one.points or 0, moved)


def _cost(found: CloudEmbedding) -> dict[str, float]:
    if found.color_change is not None:
        return {
            "color_rms_levels": found.color_rms,
            "color_mean_levels": found.color_mean,
            "color_p95_levels": found.color_p95,
        }
    return {"mrms": found.mrms, "max": found.maximum}


def joined(distortion: Mapping[str, float] | None, clouds: CloudPlan) -> dict[str, float] | None:
    """Figures of meshes and clouds side by side, the larger where both have one."""
    whole = dict(distortion or {})
    for name, value in clouds.distortion.items():
        whole[name] = max(value, whole.get(name, 0.0))
    return whole or None
