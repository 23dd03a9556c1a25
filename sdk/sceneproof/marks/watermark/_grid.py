"""A watermark in files that keep positions on a grid: what rounding leaves of it is read before it is accepted.

Draco, meshopt and integer accessors (KHR_mesh_quantization) round every position. A displacement is applied as the file
would hold it; it is accepted when the payload reads back from the result and the limits of its strength still hold
there. Else the file is asked for a finer grid, as far as its codec can give one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sceneproof.derived.welded import welded
from sceneproof.edits import SetPositions
from sceneproof.errors import MarkError
from sceneproof.io import apply
from sceneproof.scene import Array, Scene

QUANTISED = "KHR_mesh_quantization"
SHARES = (None, 0.25, 0.125)  # rounding that is asked for, of the root mean square displacement; None: as it is


@dataclass(frozen=True, eq=False)
class Placed:
    """A displacement that holds on the grid: the edits, and what the rounded surface costs."""

    edits: tuple[SetPositions, ...]
    cost: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Wanted:
    """What must read back, and within which limits."""

    payload: bytes
    key: bytes
    strength: str


def on_grid(scene: Scene, mesh: int) -> bool:
    """Whether a mesh's positions are rounded when they are written."""
    packed = any(primitive.compression for primitive in scene.meshes[mesh].primitives)
    return packed or QUANTISED in scene.extensions_used


def settle(scene: Scene, moved: Mapping[int, Sequence[SetPositions]], wanted: Wanted) -> dict[int, Placed | str]:
    """For each mesh the edits that hold on its grid, or the reason why there are none."""
    found: dict[int, Placed | str] = {}
    waiting = dict(moved)
    last: dict[int, bytes] = {}
    for share in SHARES:
        if not waiting:
            break
        tried = {mesh: _with_tolerance(scene, edits, share) for mesh, edits in waiting.items()}
        for mesh, result in _applied(scene, tried).items():
            if isinstance(result, str):
                found[mesh] = result
                del waiting[mesh]
                continue
            places = _places(result, mesh, welded(scene, mesh))
            if last.get(mesh) == places.tobytes():  # the grid cannot be made finer
                del waiting[mesh]
                continue
            last[mesh] = places.tobytes()
            found[mesh] = _judged(scene, result, mesh, tried[mesh], wanted)
            if isinstance(found[mesh], Placed):
                del waiting[mesh]
    return found


def _with_tolerance(scene: Scene, edits: Sequence[SetPositions], share: float | None) -> tuple[SetPositions, ...]:
    if share is None:
        return tuple(edits)
    change = [
        np.linalg.norm(edit.positions - scene.meshes[edit.mesh].primitives[edit.primitive].positions, axis=1)
        for edit in edits
    ]
    size = float(np.sqrt((np.concatenate(change).astype(np.float64) ** 2).mean()))
    return tuple(replace(edit, tolerance=share * size) for edit in edits)


def _applied(scene: Scene, edits: Mapping[int, Sequence[SetPositions]]) -> dict[int, Scene | str]:
    """The scene with all edits; where that is refused, one mesh after the other, to know which."""
    try:
        marked = apply(scene, [edit for group in edits.values() for edit in group])
        return dict.fromkeys(edits, marked)
    except MarkError as error:
        if len(edits) == 1:
            return dict.fromkeys(edits, f"its positions cannot be packed again: {error}")
    found: dict[int, Scene | str] = {}
    for mesh, group in edits.items():
        found |= _applied(scene, {mesh: group})
    return found


def _judged(scene: Scene, marked: Scene, mesh: int, edits: Sequence[SetPositions], wanted: Wanted) -> Placed | str:
    """Read the payload from the rounded surface and measure that."""
    from .codec import Surface, detect
    from .codec._distortion import STRENGTHS, measure
    from .codec._mesh import weld

    before, after = welded(scene, mesh), welded(marked, mesh)
    surface = Surface(np.ascontiguousarray(after.positions, np.float64), np.ascontiguousarray(after.faces, np.int64))
    reading = detect([surface], wanted.key, bits=8 * len(wanted.payload), effort="quick")
    if not reading.found or reading.payload != wanted.payload:
        return "rounded to the grid of the file it cannot be read back"
    whole = weld(Surface(np.ascontiguousarray(before.positions, np.float64), np.ascontiguousarray(before.faces)))
    places = np.array(whole.vertices)
    known = whole.group >= 0
    places[whole.group[known]] = _places(marked, mesh, before)[known]
    cost = measure(whole, places)
    if not STRENGTHS[wanted.strength].hold(cost):
        return (
            f"rounded to the grid of the file it is not invisible at strength {wanted.strength}: normals turn by "
            f"{cost.normal_mean:.1f} degrees on average, {cost.normal_p95:.1f} at the 95th percentile"
        )
    figures = {"mrms": cost.mrms, "max": cost.maximum}
    figures |= {"normal_deviation_mean_deg": cost.normal_mean, "normal_deviation_p95_deg": cost.normal_p95}
    return Placed(tuple(edits), figures)


def _places(marked: Scene, mesh: int, before: Any) -> Array:
    """Where the welded vertices of the unmarked mesh have gone, float64 [shape=(n, 3)]."""
    places: Array = np.array(before.positions, np.float64)
    for number, primitive in enumerate(before.primitives):
        rows = before.vertex_of[before.offsets[number] : before.offsets[number + 1]]
        places[rows] = marked.meshes[mesh].primitives[primitive].positions
    return places
