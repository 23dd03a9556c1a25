"""Things that the signal tests measure: iso-surfaces, rooms, pictures, rigs."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np

from sceneproof.scene import Image, Material, Mesh, Mode, Node, Primitive, Scene, Skin, TextureRef
from tests.makers.shapes import Shape, box, merged, rotation, smooth_noise


def iso_surface(cells: int = 40, *, seed: int = 1) -> Shape:
    """Marching cubes of a wavy ball on a grid of `cells` cells along each side, box of 1 m."""
    from skimage.measure import marching_cubes

    axis = np.linspace(-1, 1, cells + 1)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)
    field = np.linalg.norm(grid, axis=-1) - 0.7 - 0.08 * smooth_noise(grid * 1.5, seed=seed)
    points, faces, _, _ = marching_cubes(field, 0.0, spacing=(1 / cells,) * 3)
    return Shape(points - 0.5, faces.astype(np.uint32))


def turned(shape: Shape) -> Shape:
    """The shape turned about all three axes."""
    matrix = rotation("x", 0.4) @ rotation("y", 1.1) @ rotation("z", 0.7)
    return Shape(shape.positions @ matrix.T, shape.faces)


def shuffled(shape: Shape, seed: int = 0) -> Shape:
    """The same surface with vertices and faces in another order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(shape.positions))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    faces = place[np.asarray(shape.faces, np.int64)]
    return Shape(np.asarray(shape.positions)[order], faces[rng.permutation(len(faces))])


def room(size: tuple[float, float, float] = (5, 3, 4), unit: float = 1.0) -> Shape:
    """A closed box seen from inside, its floor at 0."""
    shell = box(size)
    inward = replace(shell, faces=shell.faces[:, ::-1], normals=-shell.normals)
    return inward.moved((0, size[1] / 2, 0)).scaled(unit)


def picture(kind: str, side: int = 256) -> np.ndarray:
    """A base colour map: ``photo`` (noise at every scale), ``paint`` (few even fields) or ``plain``."""
    rng = np.random.default_rng(5)
    if kind == "plain":
        return np.full((side, side, 3), (90, 120, 60), np.uint8)
    if kind == "paint":
        fields = rng.integers(0, 255, (4, 4, 3)).astype(np.uint8)
        return fields.repeat(side // 4, 0).repeat(side // 4, 1)
    total = np.zeros((side, side))
    for step in (2, 4, 8, 16, 32):
        total += np.kron(rng.normal(size=(side // step, side // step)), np.ones((step, step))) * step**0.5
    grey = np.clip(128 + 18 * total, 0, 255)
    return np.stack([grey, grey * 0.9, grey * 0.8], -1).astype(np.uint8)


def image(pixels: np.ndarray, *, quality: int | None = None, number: int = 0) -> Image:
    """An encoded image: PNG, or JPEG with a quality."""
    from PIL import Image as Pillow

    sink = io.BytesIO()
    Pillow.fromarray(pixels).save(
        sink, *(["JPEG"] if quality else ["PNG"]), **({"quality": quality} if quality else {})
    )
    return Image(f"/images/{number}", "", "image/jpeg" if quality else "image/png", sink.getvalue())


def mapped(*roles: str, images: int = 1, **fields: Any) -> Material:
    """A material with maps for these roles, in images 0, 1, …"""
    textures = {role: TextureRef(min(index, images - 1)) for index, role in enumerate(roles)}
    return Material("/materials/0", "", textures=textures, **fields)


def _sided(name: str, place: tuple[float, float, float]) -> tuple[float, float, float]:
    return (-place[0] if name.endswith("R") else place[0], *place[1:])


# name, parent, place: a person of 1.7 m in the T pose; names are left out of the scene on purpose
HUMAN = (
    ("hips", None, (0, 0.95, 0)),
    ("spine", "hips", (0, 1.1, 0)),
    ("chest", "spine", (0, 1.3, 0)),
    ("neck", "chest", (0, 1.48, 0)),
    ("head", "neck", (0, 1.56, 0)),
    *(
        (f"{name}{side}", f"{parent}{side}" if parent not in ("hips", "chest") else parent, (sign * x, y, z))
        for side, sign in (("L", 1), ("R", -1))
        for name, parent, (x, y, z) in (
            ("thigh", "hips", (0.1, 0.9, 0)),
            ("shin", "thigh", (0.1, 0.5, 0.02)),
            ("foot", "shin", (0.1, 0.08, 0)),
            ("toe", "foot", (0.1, 0.02, 0.12)),
            ("shoulder", "chest", (0.05, 1.42, 0)),
            ("arm", "shoulder", (0.18, 1.42, 0)),
            ("forearm", "arm", (0.46, 1.42, 0)),
            ("hand", "forearm", (0.72, 1.42, 0)),
            ("finger", "hand", (0.82, 1.42, 0)),
        )
    ),
)


ON_ALL_FOURS = {
    **{"spine": (0, 0.95, 0.3), "chest": (0, 0.95, 0.6), "neck": (0, 0.95, 0.85), "head": (0, 0.95, 1.0)},
    **{"shoulder": (0.12, 0.9, 0.7), "arm": (0.12, 0.8, 0.7), "forearm": (0.12, 0.5, 0.7)},
    **{"hand": (0.12, 0.18, 0.7), "finger": (0.12, 0.1, 0.75)},
}
QUADRUPED = tuple(
    (name, parent, place if (stem := name.rstrip("LR")) not in ON_ALL_FOURS else _sided(name, ON_ALL_FOURS[stem]))
    for name, parent, place in HUMAN
)


def rigged(
    rig: tuple[tuple[str, str | None, tuple[float, float, float]], ...] = HUMAN,
    *,
    body: bool = True,
    thickness: float = 0.12,
    order_seed: int | None = None,
) -> Scene:
    """A skinned scene: a box around each bone, or one card far away from all of them."""
    rig = tuple(np.random.default_rng(order_seed).permutation(np.array(rig, object))) if order_seed else rig
    slot = {name: index for index, (name, _, _) in enumerate(rig)}
    places = np.array([place for _, _, place in rig], np.float64)
    parents = [None if parent is None else slot[parent] for _, parent, _ in rig]
    shapes, owners = [], []
    for joint, above in enumerate(parents):
        if above is None:
            continue
        start, end = places[above], places[joint]
        part = _bone(start, end, thickness) if body else box((0.01, 0.01, 0.001)).moved((3, 3, 3))
        shapes.append(part)
        owners += [above] * len(part.positions)
    surface = merged(shapes)
    joints = np.zeros((len(owners), 4), np.uint16)
    # A second, slight weight goes round all joints: so the tips move some surface too.
    joints[:, 0], joints[:, 1] = owners, np.resize(np.arange(len(rig)), len(owners))
    weights = np.tile(np.array([0.99, 0.01, 0, 0], np.float32), (len(owners), 1))
    attributes = {"POSITION": surface.positions.astype(np.float32), "JOINTS_0": joints, "WEIGHTS_0": weights}
    part = Primitive("/meshes/0/primitives/0", Mode.TRIANGLES, attributes, surface.faces.astype(np.int64))
    inverse = np.tile(np.eye(4), (len(rig), 1, 1))
    inverse[:, :3, 3] = -places
    nodes = []
    for joint, _ in enumerate(rig):
        world = np.eye(4)
        world[:3, 3] = places[joint]
        children = tuple(other for other, above in enumerate(parents) if above == joint)
        nodes.append(Node(f"/nodes/{joint}", f"bone {joint}", children, world, world))
    nodes.append(Node(f"/nodes/{len(rig)}", "body", (), np.eye(4), np.eye(4), mesh=0, skin=0))
    roots = (*(joint for joint, above in enumerate(parents) if above is None), len(rig))
    skin = Skin("/skins/0", "", tuple(range(len(rig))), inverse)
    return Scene("glb", None, tuple(nodes), roots, (Mesh("/meshes/0", "body", (part,)),), skins=(skin,))


def _bone(start: np.ndarray, end: np.ndarray, thickness: float) -> Shape:
    """A box from one joint to the next."""
    way = end - start
    length = float(np.linalg.norm(way))
    axis = way / length
    side = np.cross(axis, (1.0, 0, 0) if abs(axis[0]) < 0.8 else (0, 1.0, 0))
    side /= np.linalg.norm(side)
    frame = np.stack([side, axis, np.cross(side, axis)], axis=1)
    part = box((thickness, length + thickness / 2, thickness))
    return Shape(part.positions @ frame.T + (start + end) / 2, part.faces)


def moved_vertices(points: np.ndarray, centre: tuple[float, float, float], reach: float) -> np.ndarray:
    """Morph deltas that lift the vertices around a place."""
    near = np.linalg.norm(points - np.asarray(centre), axis=1) < reach
    deltas = np.zeros_like(points, dtype=np.float32)
    deltas[near] = (0, 0.01, 0)
    return deltas
