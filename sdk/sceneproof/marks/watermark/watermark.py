"""The mark ``watermark``: a blind keyed payload in the vertex positions of every mesh with room for it.

The codec (`codec`) knows arrays only. This file chooses the meshes, turns displacements into edits, and reports.
A mark shows that a holder of the key made it; it shows neither when, nor who made the asset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.declaration import Declaration
from sceneproof.derived.welded import welded
from sceneproof.edits import Edit, SetPositions
from sceneproof.errors import MarkError
from sceneproof.keys import Key
from sceneproof.scene import Scene

from ._clouds import joined, plan_clouds
from ._grid import Placed, Wanted, on_grid, settle
from ._reading import WatermarkReading, read
from ._surfaces import live_meshes, surface_of

__all__ = ["ID", "STRENGTHS", "WatermarkPlan", "WatermarkReading", "default_payload", "plan", "read"]

ID = "watermark"
MOST_CARRIERS = 12  # meshes with most vertices that get the payload; each holds all of it
FINE_VERTICES = 3000  # distinct vertices from which a mesh is worth the search for room
COARSE_TRIES = 3  # meshes below that are tried when none above it can bear the payload
SHORT = 4  # bytes of the payload that are put in where no mesh can bear all of it
STRENGTHS = ("Q", "R")
ROUNDED = 0.9  # share of the limits that is used where the file rounds positions, which turns normals too


@dataclass(frozen=True, eq=False)
class WatermarkPlan:
    """The edits, what they cost, and which meshes bear the payload or why not.

    Attributes
    ----------
    edits : empty when every carrier bears the payload already.
    carriers : JSON Pointers of the meshes that bear it.
    refused : JSON Pointer to the reason, for meshes that cannot.
    distortion : the largest figures over the carriers; lengths are fractions of the mesh's bounding-box diagonal.
    payload : what was put in: as given, its first 32 bits where no mesh can bear more, or empty for a mark that can
        only be detected.
    replaced : payload (hex) of an earlier mark under the same key, when it was another one.
    """

    edits: tuple[Edit, ...]
    carriers: tuple[str, ...]
    refused: Mapping[str, str]
    distortion: Mapping[str, float] | None
    payload: bytes
    replaced: str | None = None


def default_payload(declaration: Declaration, bits: int = 64) -> bytes | None:
    """Payload that leads back to the record: SHA-256 over producer and content id, cut to `bits`.

    ``None`` where the declaration lacks either.
    """
    if not declaration.producer or not declaration.content_id:
        return None
    fields = ("sceneproof payload/1", declaration.producer, declaration.content_id)
    return hashlib.sha256("\0".join(fields).encode("utf-8")).digest()[: bits // 8]


def plan(scene: Scene, payload: bytes, key: Key, strength: str = "Q", share: float = 1.0) -> WatermarkPlan:
    """Displace the vertices of the meshes with most room; where none is fine enough, try the best of the others.

    Where no mesh can bear the whole payload its first 32 bits are tried, and then a mark that can only be detected.
    ``share`` of the limits of the strength is used; half spares a mark of another key that is there already.
    Raises `MarkError` when no mesh can bear any; the message says why not the payload.
    """
    first: MarkError | None = None
    for shorter in dict.fromkeys((payload, payload[:SHORT], b"")):
        try:
            return _plan(scene, shorter, key, strength, share)
        except MarkError as error:
            first = first or error
    assert first is not None
    raise first


def _plan(scene: Scene, payload: bytes, key: Key, strength: str, share: float) -> WatermarkPlan:
    refused: dict[str, str] = {}
    meshes = _candidates(scene, refused)
    fine = [mesh for mesh in meshes if len(welded(scene, mesh).positions) >= FINE_VERTICES]
    work = _Work(scene, payload, key, strength, share, refused)
    tried = fine[:MOST_CARRIERS]
    work.put_in(tried)
    if not work.carriers:
        coarse = [mesh for mesh in meshes if mesh not in tried][:COARSE_TRIES]
        work.put_in(coarse)
        tried += coarse
    for mesh in meshes:
        if mesh not in tried:
            enough = mesh in fine
            few = f"it has fewer than {FINE_VERTICES:,} distinct vertices"
            refused[scene.meshes[mesh].pointer] = f"{MOST_CARRIERS} larger meshes bear it" if enough else few
    clouds = plan_clouds(scene, payload, key, strength) if payload else None
    carriers = tuple(work.carriers)
    if clouds is None:
        if not carriers:
            raise MarkError(_why_none(refused))
        return WatermarkPlan(tuple(work.edits), carriers, refused, _worst(work.costs), payload, work.replaced)
    refused = {pointer: why for pointer, why in refused.items() if pointer not in clouds.meshes} | {**clouds.refused}
    carriers = (*carriers, *clouds.carriers)
    if not carriers:
        raise MarkError(_why_none(refused))
    distortion, replaced = joined(_worst(work.costs), clouds), work.replaced or clouds.replaced
    return WatermarkPlan((*work.edits, *clouds.edits), carriers, refused, distortion, payload, replaced)


@dataclass(eq=False)
class _Work:
    """One payload on its way into the meshes of one Scene."""

    scene: Scene
    payload: bytes
    key: Key
    strength: str
    share: float
    refused: dict[str, str]
    edits: list[SetPositions] = field(default_factory=list)
    carriers: list[str] = field(default_factory=list)
    costs: list[Mapping[str, float]] = field(default_factory=list)
    replaced: str | None = None

    def put_in(self, meshes: Sequence[int]) -> None:
        """Try each mesh; one that bears the payload already stays as it is."""
        from .codec import CodecError, capacity, embed

        bits = 8 * len(self.payload)
        held = self._held(meshes, bits)
        moved: dict[int, list[SetPositions]] = {}
        costs: dict[int, Mapping[str, float]] = {}
        for mesh in meshes:
            pointer = self.scene.meshes[mesh].pointer
            surface = surface_of(welded(self.scene, mesh))
            if mesh in held and held[mesh] == self.payload:
                self.carriers.append(pointer)
                continue
            room = capacity(surface, bits)
            if not room.ok:
                self.refused[pointer] = room.reason or "too little surface detail"
                continue
            try:
                share = self.share * (ROUNDED if on_grid(self.scene, mesh) else 1.0)
                result = embed(surface, self.payload, self.key.secret, strength=self.strength, share=share)
            except CodecError as error:
                self.refused[pointer] = str(error)
                continue
            moved[mesh] = _edits(self.scene, mesh, result.displacement)
            costs[mesh] = _cost(result)
        self._accept(moved, costs, held)

    def _accept(
        self, moved: dict[int, list[SetPositions]], costs: Mapping[int, Mapping[str, float]], held: Mapping[int, bytes]
    ) -> None:
        """Take what holds as the file will keep it; meshes on a grid are read back from there first."""
        rounded = {mesh: edits for mesh, edits in moved.items() if on_grid(self.scene, mesh)}
        settled = settle(self.scene, rounded, Wanted(self.payload, self.key.secret, self.strength)) if rounded else {}
        for mesh, edits in moved.items():
            pointer = self.scene.meshes[mesh].pointer
            place = settled.get(mesh, Placed(tuple(edits), costs[mesh]))
            if isinstance(place, str):
                self.refused[pointer] = place
                continue
            before = held.get(mesh)
            self.replaced = before.hex() if before is not None else self.replaced
            self.edits += place.edits
            self.carriers.append(pointer)
            self.costs.append(place.cost)

    def _held(self, meshes: Sequence[int], bits: int) -> dict[int, bytes]:
        """What a mesh bears already under the same key; the meshes are asked one by one only if any does."""
        from .codec import detect

        surfaces = [surface_of(welded(self.scene, mesh)) for mesh in meshes]
        if not surfaces or not detect(surfaces, self.key.secret, bits=bits, effort="quick").found:
            return {}
        alone = [detect([surface], self.key.secret, bits=bits, effort="quick") for surface in surfaces]
        return {mesh: found.payload or b"" for mesh, found in zip(meshes, alone, strict=True) if found.found}


def _candidates(scene: Scene, refused: dict[str, str]) -> list[int]:
    """Meshes that could bear a mark, most vertices first; the others go to `refused` with the reason."""
    found: list[tuple[int, int]] = []
    for mesh in live_meshes(scene):
        whole = scene.meshes[mesh]
        if not any(len(primitive.triangles) for primitive in whole.primitives):
            refused[whole.pointer] = "it has no triangles"
        else:
            found.append((-len(welded(scene, mesh).positions), mesh))
    return [mesh for _, mesh in sorted(found)]


def _edits(scene: Scene, mesh: int, displacement: Any) -> list[SetPositions]:
    """The welded displacement carried to every stored vertex at the same place."""
    whole = welded(scene, mesh)
    moved = displacement[whole.vertex_of]
    edits = []
    for place, primitive in enumerate(whole.primitives):
        stored = scene.meshes[mesh].primitives[primitive].positions
        part = moved[whole.offsets[place] : whole.offsets[place + 1]]
        edits.append(SetPositions(mesh, primitive, (stored.astype(np.float64) + part).astype(np.float32)))
    return edits


def _cost(result: Any) -> dict[str, float]:
    return {
        "mrms": float(result.mrms),
        "max": float(result.maximum),
        "normal_deviation_mean_deg": float(result.normal_deviation_mean_deg),
        "normal_deviation_p95_deg": float(result.normal_deviation_p95_deg),
    }


def _worst(costs: Sequence[Mapping[str, float]]) -> dict[str, float] | None:
    return {name: max(cost[name] for cost in costs) for name in costs[0]} if costs else None


def _why_none(refused: Mapping[str, str]) -> str:
    if not refused:
        return "the scene has no mesh"
    reasons: dict[str, list[str]] = {}
    for pointer, reason in refused.items():
        reasons.setdefault(reason, []).append(pointer)
    shown = [
        f"{pointers[0]}{f' and {len(pointers) - 1} more' if pointers[1:] else ''}: {why}"
        for why, pointers in reasons.items()
    ]
    more = f"; and {len(shown) - 3} other reasons" if len(shown) > 3 else ""
    what = "mesh" if all(pointer.startswith("/meshes") for pointer in refused) else "mesh or cloud"
    return f"no {what} can bear it: " + "; ".join(shown[:3]) + more
