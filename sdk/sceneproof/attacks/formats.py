"""Through a file in float32 and back.

What it models: saving as GLB, OBJ or PLY and loading again.
Definition: positions become float32. GLB and PLY are written by trimesh (``process=False``), OBJ as text with nine
significant digits, which hold a float32 exactly; all are read by Sceneproof's own readers.
Limits: nothing but positions and faces travels. Tools that print OBJ with six decimals round more; ``survive`` runs
them.
"""

from __future__ import annotations

import numpy as np

from sceneproof import io

from ._amount import choice
from ._subject import AttackError, Geometry

ID = "formats"
KIND = "surface"
AMOUNTS = ("glb", "obj", "ply")
SUMMARY = {
    "en": "written as GLB, OBJ or PLY in float32 and read again",
    "zh": "以 float32 写成 GLB、OBJ 或 PLY 后重新读取",
}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """What a reader makes of the file."""
    ending = choice(ID, amount, AMOUNTS)
    data = _obj(subject) if ending == "obj" else _by_trimesh(subject, ending)
    scene = io.load(data, uri=f"round-trip.{ending}")
    primitives = [primitive for mesh in scene.meshes for primitive in mesh.primitives]
    if len(primitives) != 1:
        raise AttackError(f"{ID}: the {ending} came back as {len(primitives)} primitives")
    return Geometry(primitives[0].positions.astype(np.float64), primitives[0].triangles)


def _by_trimesh(subject: Geometry, ending: str) -> bytes:
    import trimesh

    mesh = trimesh.Trimesh(subject.positions.astype(np.float32), subject.faces, process=False)
    data = mesh.export(file_type=ending)
    if not isinstance(data, bytes):
        raise AttackError(f"{ID}: trimesh wrote no bytes as {ending}")
    return data


def _obj(subject: Geometry) -> bytes:
    lines = [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in subject.positions.astype(np.float32).tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (subject.faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode("ascii")
