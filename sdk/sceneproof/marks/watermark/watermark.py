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
from sceneproof.derived.welded import Welded, welded
from sceneproof.derived.world import slot_of
from sceneproof.edits import Edit, SetPositions
from sceneproof.errors import MarkError
from sceneproof.keys import Key
from sceneproof.scene import Scene

from ._clouds import joined, plan_clouds, read_clouds
from ._grid import Placed, Wanted, on_grid, settle

ID = "watermark"
MOST_CARRIERS = 6  # meshes with most vertices that get the payload; each holds all of it
FINE_VERTICES = 3000  # distinct vertices from which a mesh is worth the search for room
COARSE_TRIES = 3  # meshes below that are tried when none above it can bear the payload
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
    replaced : payload (hex) of an earlier mark under the same key, when it was another one.
    """

    edits: tuple[Edit, ...]
    carriers: tuple[str, ...]
    refused: Mapping[str, str]
    distortion: Mapping[str, float] | None
    replaced: str | None = None


def default_payload(declaration: Declaration, bits: int = 64) -> bytes | None:
    """Payload that leads back to the record: SHA-256 over producer and content id, cut to `bits`.

    ``None`` where the declaration lacks either.
    """
    if not declaration.producer or not declaration.content_id:
        return None
    fields = ("sceneproof payload/1", declaration.producer, declaration.content_id)
    return hashlib.sha256("\0".join(fields).encode("utf-8")).digest()[: bits // 8]


def plan(scene: Scene, payload: bytes, key: Key, strength: str = "Q") -> WatermarkPlan:
    """Displace the vertices of the meshes with most room; where none is fine enough, try the best of the others.

    Raises `MarkError` when no mesh can bear the payload; the message says why.
    """
    refused: dict[str, str] = {}
    meshes = _candidates(scene, refused)
    fine = [mesh for mesh in meshes if len(welded(scene, mesh).positions) >= FINE_VERTICES]
    work = _Work(scene, payload, key, strength, refused)
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
    clouds = plan_clouds(scene, payload, key, strength)
    refused = {pointer: why for pointer, why in refused.items() if pointer not in clouds.meshes} | {**clouds.refused}
    carriers = (*work.carriers, *clouds.carriers)
    if not carriers:
        raise MarkError(_why_none(refused))
    distortion = joined(_worst(work.costs), clouds)
    return WatermarkPlan((*work.edits, *clouds.edits), carriers, refused, distortion, work.replaced or clouds.replaced)


@dataclass(eq=False)
class _Work:
    """One payload on its way into the meshes of one Scene."""

    scene: Scene
    payload: bytes
    key: Key
    strength: str
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
            surface = _surface(welded(self.scene, mesh))
            if held.get(mesh) == self.payload:
                self.carriers.append(pointer)
                continue
            room = capacity(surface, bits)
            if not room.ok:
                self.refused[pointer] = room.reason or "too little surface detail"
                continue
            try:
                share = ROUNDED if on_grid(self.scene, mesh) else 1.0
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
        """Payload under the same key that a mesh bears already; the meshes are asked one by one only if any does."""
        from .codec import detect

        surfaces = [_surface(welded(self.scene, mesh)) for mesh in meshes]
        if not surfaces or detect(surfaces, self.key.secret, bits=bits, effort="quick").payload is None:
            return {}
        alone = [detect([surface], self.key.secret, bits=bits, effort="quick").payload for surface in surfaces]
        return {mesh: payload for mesh, payload in zip(meshes, alone, strict=True) if payload is not None}


@dataclass(frozen=True)
class WatermarkReading:
    """What a search found; `to_dict` is the ``watermark`` object of the contract."""

    found: bool = False
    payload: bytes | None = None
    log10_p: float | None = None
    bits: int = 64
    corrected: int = 0
    carriers: tuple[str, ...] = ()
    method: str | None = None
    key_id: str | None = None
    hypotheses: int = 0
    all: tuple[Mapping[str, Any], ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        return {
            "found": self.found,
            "payload": self.payload.hex() if self.payload else None,
            "log10_p": self.log10_p,
            "bits": self.bits,
            "corrected": self.corrected,
            "carriers": len(self.carriers),
            "method": self.method,
            "key_id": self.key_id,
            "all": [dict(entry) for entry in self.all],
            "detail": {"hypotheses": self.hypotheses, "pointers": list(self.carriers)},
        }


def read(scene: Scene, keys: Sequence[Key], effort: str = "normal", bits: int = 64) -> WatermarkReading:
    """Look for a payload under each key of a ring; the surest reading wins, every mark found is in `all`."""
    from .codec import Surface, detect

    meshes: list[int] = []
    surfaces: list[Surface] = []
    for mesh in _live_meshes(scene):
        whole = welded(scene, mesh)
        if len(whole.faces):
            meshes.append(mesh)
            surfaces.append(_surface(whole))
    best = WatermarkReading(bits=bits, key_id=keys[0].id if len(keys) == 1 else None)
    everything: list[dict[str, Any]] = []
    for key in keys:
        fields, records = read_clouds(scene, key, effort, bits)
        everything += records
        best = max(best, WatermarkReading(**fields), key=_rank)
        if not surfaces:
            continue
        result = detect(surfaces, key.secret, bits=bits, effort=effort)
        pointers = tuple(scene.meshes[meshes[index]].pointer for index in result.carriers)
        everything += [
            {
                "key_id": key.id,
                "mesh": scene.meshes[meshes[record.surface]].pointer,
                "payload": record.payload.hex() if record.payload else None,
                "log10_p": record.log10_p,
                "method": record.method,
            }
            for record in result.all
            if record.found
        ]
        reading = WatermarkReading(
            result.found, result.payload, result.log10_p, bits, result.corrected, pointers,
            result.method if result.found else None, key.id, result.hypotheses,
        )  # fmt: skip
        if _rank(reading) > _rank(best):
            best = reading
    return WatermarkReading(**{**best.__dict__, "all": tuple(everything)})


def _rank(reading: WatermarkReading) -> tuple[bool, bool, float]:
    return reading.found, reading.payload is not None, -(reading.log10_p if reading.log10_p is not None else 1.0)


def _live_meshes(scene: Scene) -> list[int]:
    """Meshes that the default scene shows, Sceneproof's own left out; all meshes where there is no scene."""
    nodes = scene.live_nodes()
    own = {scene.nodes[index].mesh for index in nodes if slot_of(scene.nodes[index])}
    shown = [scene.nodes[index].mesh for index in nodes if scene.nodes[index].mesh is not None]
    return [mesh for mesh in dict.fromkeys(shown) if mesh is not None and mesh not in own]


def _candidates(scene: Scene, refused: dict[str, str]) -> list[int]:
    """Meshes that could bear a mark, most vertices first; the others go to `refused` with the reason."""
    found: list[tuple[int, int]] = []
    for mesh in _live_meshes(scene):
        whole = scene.meshes[mesh]
        if not any(len(primitive.triangles) for primitive in whole.primitives):
            refused[whole.pointer] = "it has no triangles"
        else:
            found.append((-len(welded(scene, mesh).positions), mesh))
    return [mesh for _, mesh in sorted(found)]


def _surface(whole: Welded) -> Any:
    from .codec import Surface

    return Surface(np.ascontiguousarray(whole.positions, np.float64), np.ascontiguousarray(whole.faces, np.int64))


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
