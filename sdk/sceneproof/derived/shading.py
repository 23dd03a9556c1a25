"""Whether faces look the way that their neighbours, their normals and the outside say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.kernels.surface import face_measures

from ._memo import derived
from .inspection import handedness
from .pieces import pieces
from .places import SHOWN, between, box, folded, pointers
from .welded import world_edges, world_surface
from .world import is_surface, world_parts

if TYPE_CHECKING:
    from sceneproof.scene import Array, Primitive, Scene

THIN = 1e-6  # of the area's own volume: two sheets back to back enclose nothing and look neither way
UNIT = 0.01  # how far the length of a stored normal may be from 1 (glTF 2.0 asks for unit length)


@derived
def shading(scene: Scene) -> dict[str, Any] | None:
    """The ``normals`` object; ``None`` without faces.

    Returns
    -------
    ``without`` : primitives that store none (viewers then shade flat).
    ``against`` : faces whose corner normals, summed, point to their back; folded by primitive, each with ``faces``,
    ``share``, ``centre_m`` and ``size_m`` (of the mesh, node-local).
    ``not_unit`` : vertices whose normal is zero, not finite or not of unit length.
    ``winding_edges`` : edges whose two faces run through them the same way, so that one of the faces is inside out;
    folded by part, each with ``edges`` and the box of their places.
    ``inside_out`` : closed pieces whose faces look inwards; folded, largest area first.
    """
    if not len(world_surface(scene).faces):
        return None
    without, bad = 0, 0
    entries: list[dict[str, Any]] = []
    for mesh in sorted({part.mesh for part in world_parts(scene) if len(part.triangles) and not part.slot}):
        for primitive in scene.meshes[mesh].primitives:
            if not is_surface(primitive):
                continue
            normals = primitive.attributes.get("NORMAL")
            if normals is None or len(normals) != len(primitive.positions):
                without += 1
                continue
            faults, entry = _stored(primitive, normals.astype(np.float64))
            bad += faults
            entries += [entry] if entry else []
    entries.sort(key=lambda entry: -entry["faces"])
    against = sum(entry["faces"] for entry in entries)
    return {
        "without": without,
        "against": {"faces": against, **folded(entries)},
        "not_unit": bad,
        "winding_edges": _winding(scene),
        "inside_out": _inside_out(scene),
    }


def _stored(primitive: Primitive, normals: Array) -> tuple[int, dict[str, Any] | None]:
    """Vertices with a faulty normal, and the faces that their normals contradict."""
    with np.errstate(invalid="ignore", over="ignore"):
        length = np.sqrt((normals * normals).sum(axis=1))
        faults = int(np.count_nonzero(~(np.abs(length - 1) <= UNIT)))
        faces = primitive.triangles
        places = primitive.positions.astype(np.float64)
        a, b, c = (places[faces[:, k]] for k in range(3))
        looks = np.cross(b - a, c - a)
        stored = normals[faces[:, 0]] + normals[faces[:, 1]] + normals[faces[:, 2]]
        back = (looks * stored).sum(axis=1) < 0  # never true where something is not finite
    count = int(np.count_nonzero(back))
    if not count:
        return faults, None
    place = box(places[np.unique(faces[back])])
    return faults, {"faces": count, "share": count / len(faces), **place, "pointer": primitive.pointer}


def _signs(scene: Scene) -> Array:
    """-1 for the faces of `world_surface` that a mirroring node turns, else 1."""
    part = world_surface(scene).part
    parts = world_parts(scene)
    signs = np.ones(len(parts))
    for number in np.unique(part):
        signs[number] = handedness(scene, parts[number])
    return signs[part]


def _winding(scene: Scene) -> dict[str, Any]:
    surface, sides = world_surface(scene), world_edges(scene)
    lead = sides.runs[:-1][np.diff(sides.runs) == 2]
    ways = sides.back ^ (_signs(scene)[sides.face] < 0)
    wrong = lead[ways[lead] == ways[lead + 1]]
    part = surface.part[sides.face[wrong]]
    middle = (surface.positions[sides.low[wrong]] + surface.positions[sides.high[wrong]]) / 2
    names, edges = np.unique(part, return_counts=True)
    found = [
        {"edges": int(edges[n]), **box(middle[part == names[n]]), **pointers(scene, int(names[n]))}
        for n in np.lexsort((names, -edges))[:SHOWN]
    ]
    return {"edges": len(wrong), **folded(found, len(names))}


def _inside_out(scene: Scene) -> dict[str, Any]:
    surface, sides, found = world_surface(scene), world_edges(scene), pieces(scene)
    signs = _signs(scene)
    ways = np.where(sides.back ^ (signs[sides.face] < 0), -1, 1)
    unbalanced = np.add.reduceat(ways, sides.runs[:-1]) != 0
    open_ = np.zeros(len(found.faces), bool)
    open_[found.label[sides.face[sides.runs[:-1][unbalanced]]]] = True
    _, volume, _ = face_measures(surface.positions, surface.faces)
    enclosed = np.bincount(found.label, volume * signs, minlength=len(open_))
    inwards = enclosed < -THIN * found.areas**1.5
    chosen = np.flatnonzero(inwards & ~open_)
    chosen = chosen[np.lexsort((chosen, -found.areas[chosen]))]
    entries = [
        {
            "faces": int(found.faces[n]),
            **between(found.low[n], found.high[n]),
            **pointers(scene, int(surface.part[found.first[n]])),
        }
        for n in chosen[:SHOWN]
    ]
    return folded(entries, len(chosen))
