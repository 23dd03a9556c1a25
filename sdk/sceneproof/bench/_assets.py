"""The assets of a run: files as the watermark sees them, or meshes made by code."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.errors import InputError, UsageError

from . import _made
from ._skins import of_capsules, of_node

if TYPE_CHECKING:
    from sceneproof.attacks import Parts, Skinned
    from sceneproof.scene import Array, Splats

REAL = {
    "bun_zipper": "reconstructions/bun_zipper.ply",
    "lucy": "reconstructions/lucy.ply",
    "ankylosaurus": "reconstructions/ankylosaurus_mesh.ply",
    "gargo": "reconstructions/gargo.ply",
    "step1x-dragon": "reconstructions/ai_step1x_000.glb",
    "archer": "humans/archer.glb",
    "chess-board": "gltf/chess-board.glb",
    "hotel-room": "gltf/hotel-room.glb",
    "ict-head": "humans/ict_generic_neutral_mesh.obj",
    "cad-cycloidal": "meshes/cycloidal.ply",
    "vrm-godette": "humans/Godette_vrm_v4.vrm",
    "spot": "meshes/spot.obj",
    "splats-biker": "splats/biker.spz",
    "splats-angel": "splats/angel-kneeling.sog",
    "splats-massa": "splats/massa.sog",
    "splats-narcissus": "splats/narcissus.sog",
}
HARD = ("cad-cycloidal", "ict-head", "made:bevelled-box")  # hard surfaces and heads of many parts
FEW_VERTICES = 5000  # below it the payload is of 32 bits
SMOKE = ("bumpy-sphere-small", "cloth-small")


@dataclass(frozen=True)
class Source:
    """Where an asset comes from: a file, or a maker of `_made`."""

    name: str
    path: str | None = None
    maker: str | None = None


@dataclass(frozen=True, eq=False)
class PartFacts:
    """What a scene says of a mesh besides its surface; see `sceneproof.attacks.Part`."""

    name: str
    matrix: Array = field(default_factory=lambda: np.eye(4))
    material: Array | None = None
    skin: Skinned | None = None


@dataclass(frozen=True, eq=False)
class Asset:
    """Surfaces of the meshes, most vertices first: float64 positions that float32 holds exactly, int64 faces.

    `path` is the file, ``None`` for a mesh made by code. An asset of `splats` has no surfaces.
    """

    name: str
    sha256: str
    surfaces: tuple[tuple[Array, Array], ...]
    facts: tuple[PartFacts, ...]
    path: str | None = None
    splats: Splats | None = None

    @property
    def skins(self) -> bool:
        """Whether a mesh hangs on a skeleton."""
        return any(fact.skin is not None for fact in self.facts)

    def placed(self, positions: Sequence[Array]) -> list[tuple[Array, Array]]:
        """The surfaces with other positions, where the scene shows them."""
        found = []
        for number, (_, faces) in enumerate(self.surfaces):
            matrix = self.facts[number].matrix
            found.append((positions[number] @ matrix[:3, :3].T + matrix[:3, 3], faces))
        return found

    def parts(self, positions: Sequence[Array]) -> Parts:
        """The meshes as attacks on scenes take them, with other positions."""
        from sceneproof.attacks import Geometry, Part, Parts

        found = []
        for number, (_, faces) in enumerate(self.surfaces):
            fact = self.facts[number]
            geometry = Geometry(positions[number], faces)
            found.append(Part(fact.name, geometry, fact.matrix, fact.material, fact.skin))
        return Parts(tuple(found))

    @property
    def vertices(self) -> int:
        """Distinct vertices of all surfaces, or splats."""
        return (
            len(self.splats.positions)
            if self.splats is not None
            else sum(len(positions) for positions, _ in self.surfaces)
        )

    @property
    def triangles(self) -> int:
        """Triangles of all surfaces."""
        return sum(len(faces) for _, faces in self.surfaces)

    @property
    def bits(self) -> int:
        """Bits of the payload that is asked of it."""
        return 32 if self.vertices < FEW_VERTICES else 64


def sources(paths: Sequence[str], sets: Sequence[str]) -> list[Source]:
    """The assets that are meant. Raises `UsageError` where the set ``real`` is asked for and is not there."""
    found = [Source(Path(path).stem, str(path)) for path in paths]
    if "real" in sets:
        root = os.environ.get("SCENEPROOF_DATA")
        if not root or not Path(root).is_dir():
            raise UsageError("--set real needs the folder of real assets; name it in SCENEPROOF_DATA")
        found += [Source(name, str(Path(root) / path)) for name, path in REAL.items()]
    if "made" in sets:
        found += [Source(f"made:{name}", maker=name) for name in _made.MAKERS if name not in SMOKE]
    if "smoke" in sets:
        found += [Source(f"made:{name}", maker=name) for name in SMOKE]
    return list(dict.fromkeys(found))


@functools.lru_cache(maxsize=2)
def load(source: Source) -> Asset:
    """Read or make an asset. Raises `InputError` for a file without a triangle mesh."""
    if source.maker is not None:
        joined = [_joined(positions, faces) for positions, faces in _made.MAKERS[source.maker]()]
        surfaces = [(positions, faces) for positions, faces, _ in joined]
        digest = hashlib.sha256()
        for positions, faces in surfaces:
            digest.update(positions.astype("<f4").tobytes() + faces.astype("<i8").tobytes())
        facts = tuple(PartFacts(f"mesh {number}") for number in range(len(surfaces)))
        if source.maker == "capsule-figure":
            facts = (PartFacts("figure", skin=of_capsules(joined[0][2] // _made.CAPSULE)),)
        return Asset(source.name, digest.hexdigest(), tuple(surfaces), facts)
    return _from_file(source)


def _from_file(source: Source) -> Asset:
    from sceneproof import io
    from sceneproof.derived.welded import welded

    path = Path(str(source.path))
    scene = io.load(path)
    nodes = {scene.nodes[index].mesh: scene.nodes[index] for index in reversed(scene.live_nodes())}
    found = []
    for mesh in range(len(scene.meshes)):
        whole = welded(scene, mesh)
        if mesh not in nodes or not len(whole.faces):
            continue
        materials = [scene.meshes[mesh].primitives[number].material for number in whole.primitives]
        each = np.repeat([-1 if m is None else m for m in materials], np.diff(whole.face_offsets)).astype(np.int64)
        skin = of_node(scene, nodes[mesh], whole)
        # a skinned mesh is placed by its joints, not by its node (glTF 2.0, section 3.7.3.3)
        matrix = np.eye(4) if skin is not None else nodes[mesh].world
        fact = PartFacts(scene.meshes[mesh].name or f"mesh {mesh}", matrix, each, skin)
        found.append(((_single(whole.positions), np.ascontiguousarray(whole.faces, np.int64)), fact))
    found.sort(key=lambda pair: -len(pair[0][0]))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not found and scene.splats:
        return Asset(source.name, digest, (), (), str(path), max(scene.splats, key=lambda one: len(one.positions)))
    if not found:
        raise InputError("it has no triangle mesh and no splats to measure", uri=str(path))
    surfaces, facts = tuple(surface for surface, _ in found), tuple(fact for _, fact in found)
    return Asset(source.name, digest, surfaces, facts, str(path))


def _joined(positions: Array, faces: Array) -> tuple[Array, Array, Array]:
    """Vertices at one place made one, in the order in which they appear; faces that this flattens are dropped.

    The third array is the first vertex of each place, as it was numbered before.
    """
    places, first, group = np.unique(_single(positions) + 0.0, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    corners = rank[group.reshape(-1)][faces]
    a, b, c = corners.T
    kept = np.ascontiguousarray(corners[(a != b) & (b != c) & (c != a)])
    return np.ascontiguousarray(places[order]), kept, first[order].astype(np.int64)


def _single(positions: Array) -> Array:
    """What a file of float32 holds."""
    return np.ascontiguousarray(positions.astype(np.float32), np.float64)
