"""A clothed human figure, 1.75 m: skinned to a humanoid skeleton, 52 ARKit face shapes, eyes, teeth, idle animation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.makers.builder import Builder
from tests.makers.forms import tangents
from tests.makers.samples import _body as body
from tests.makers.samples import _face_targets as face
from tests.makers.samples import _head as head
from tests.makers.samples import _rig as rig
from tests.makers.samples import _textures as textures
from tests.makers.shapes import Shape, merged, surface, uv_sphere

TORSO = ("hips", "spine", "chest", "upperChest", "Shoulder", "UpperArm", "LowerArm")
LEGS = ("hips", "spine", "UpperLeg", "LowerLeg")
HAND = ("Hand", "Metacarpal", "Proximal", "Intermediate", "Distal", "LowerArm")


def cloth_uvs(shape: Shape, texel: float) -> Shape:
    """A slanted projection, so that the weave is drawn out nowhere to a streak."""
    x, y, z = np.asarray(shape.positions).T
    return replace(shape, uvs=np.stack([(x + 0.65 * z) / texel, -(y + 0.30 * z) / texel], -1))


def arrays(shape: Shape, bound: tuple[np.ndarray, np.ndarray], *, with_tangents: bool = False) -> dict[str, np.ndarray]:
    """Attributes on a grid of a micrometre, with joints and weights."""
    shape = replace(shape, positions=np.round(shape.positions, 6), normals=np.round(np.asarray(shape.normals), 5))
    made = shape.attributes()
    if with_tangents:
        made["TANGENT"] = tangents(shape)
    return made | {"JOINTS_0": bound[0], "WEIGHTS_0": bound[1]}


def iris_picture(size: int = 256) -> np.ndarray:
    """An eyeball unrolled: v from the pupil (top) to the back of the eye."""
    v, u = np.mgrid[0:size, 0:size] / size
    angle = v * np.pi
    fibre = textures.noise((size, size), 101, slope=0.6, stretch=(0.2, 1))
    white = textures.mix(
        (0.86, 0.83, 0.80),
        (0.80, 0.60, 0.55),
        np.clip(0.14 * textures.noise((size, size), 102) + (angle - 1.0) * 0.5, 0, 1),
    )
    iris = textures.mix(
        (0.30, 0.19, 0.09), (0.13, 0.075, 0.035), 0.5 + 0.28 * fibre + 0.9 * np.clip(angle - 0.38, 0, 1) * 4
    )
    picture = np.where((angle < 0.485)[..., None], iris, white)
    edge = np.clip(1 - np.abs(angle - 0.485) / 0.05, 0, 1)[..., None]
    picture = picture * (1 - 0.6 * edge)
    return np.where((angle < 0.19)[..., None], 0.015, picture) + 0 * u[..., None]


def eyes() -> Shape:
    ball = uv_sphere(head.EYE_RADIUS, 20, 28).turned("x", np.pi / 2)
    return merged([ball.moved(tuple(head.EYE * (s, 1, 1))) for s in (1, -1)])


def teeth(top: float, bottom: float, radius: float) -> Shape:
    """A row of teeth as a closed band in an arc, with a notch between each two."""
    t = np.linspace(-1.15, 1.15, 97)
    notch = 1 - 0.05 * np.abs(np.cos(t * 7 * np.pi / 2.3)) ** 8
    outline = [(0.0, top), (0.0, bottom), (-0.004, bottom), (-0.005, top), (0.0, top)]
    rings = []
    for depth, level in outline:
        r = radius * notch + depth
        rings.append(np.stack([r * np.sin(t) * 0.95, np.full_like(t, level), 0.0480 + r * np.cos(t)], -1))
    return surface(np.stack(rings))


def make_face(b: Builder, materials: dict[str, int], skin: Shape) -> int:
    """The mesh of head, eyes, teeth and tongue, all with the same 52 targets."""
    neck = blend_neck(np.asarray(skin.positions))
    mouth = {"upper": teeth(-0.0555, -0.0690, 0.0230), "lower": teeth(-0.0655, -0.0745, 0.0220)}
    mouth["tongue"] = uv_sphere(1.0, 14, 20).scaled((0.0165, 0.0050, 0.0240)).moved((0, -0.0715, 0.0440))
    ball = eyes()
    order = face.names()
    primitives = [
        b.primitive(
            arrays(skin.moved(tuple(rig.HEAD)), neck),
            material=materials["skin"],
            targets=[{"POSITION": face.skin_move(name, np.asarray(skin.positions))} for name in order],
        ),
        b.primitive(
            arrays(ball.moved(tuple(rig.HEAD)), eye_weights(np.asarray(ball.positions))),
            material=materials["eye"],
            targets=[{"POSITION": face.eye_move(name, np.asarray(ball.positions))} for name in order],
        ),
    ]
    for material, parts in (("teeth", ("upper", "lower")), ("tongue", ("tongue",))):
        shape = merged([mouth[part] for part in parts])
        moves = [
            np.concatenate([face.inside_move(name, np.asarray(mouth[p].positions, float), p) for p in parts])
            for name in order
        ]
        made = arrays(shape.moved(tuple(rig.HEAD)), rig.rigid(len(shape.positions), "head"))
        made.pop("TEXCOORD_0")
        primitives.append(b.primitive(made, material=materials[material], targets=[{"POSITION": m} for m in moves]))
    mesh = b.mesh(primitives, name="Face", extras={"targetNames": order})
    b.doc["meshes"][mesh]["weights"] = [0.0] * len(order)
    return mesh


def blend_neck(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Head above, neck below, upper chest at the collar."""
    order = list(rig.joints())
    high = face.step((p[:, 1] + 0.9 * np.maximum(p[:, 2], -0.03) + 0.130) / 0.055)
    low = face.step((-0.165 - p[:, 1]) / 0.06) * 0.7
    full = np.zeros((len(p), len(order)))
    full[:, order.index("head")] = high
    full[:, order.index("neck")] = (1 - high) * (1 - low)
    full[:, order.index("upperChest")] = (1 - high) * low
    return rig.packed(full)


def eye_weights(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = list(rig.joints())
    index = np.where(p[:, 0] > 0, order.index("leftEye"), order.index("rightEye"))
    bound = np.zeros((2, len(p), 4), np.uint8)
    bound[0, :, 0], bound[1, :, 0] = index, 255
    return bound[0], bound[1]


def make_materials(b: Builder, lattice: np.ndarray) -> dict[str, int]:
    def tex(pixels: np.ndarray, quality: int, name: str) -> int:
        return b.texture(b.image(pixels, quality=quality, name=name))

    colour, rough = head.skin_pictures(lattice)
    made = {
        "skin": b.material(
            "skin",
            roughness=1,
            metallic=1,
            textures={"color": tex(colour, 86, "skin-color"), "rough": tex(rough, 72, "skin-rough")},
        ),
        "hand": b.material("hand", color=(0.57, 0.285, 0.175, 1), roughness=0.55),
        "eye": b.material("eye", roughness=0.12, textures={"color": tex(iris_picture(), 90, "eye-color")}),
        "teeth": b.material("teeth", color=(0.82, 0.78, 0.70, 1), roughness=0.3, doubleSided=True),
        "tongue": b.material("tongue", color=(0.42, 0.11, 0.10, 1), roughness=0.4),
        "shoes": b.material("shoes", color=(0.075, 0.050, 0.038, 1), roughness=0.42),
    }
    for name, low, high, seed in (
        ("sweater", (0.10, 0.15, 0.22), (0.30, 0.38, 0.47), 111),
        ("trousers", (0.16, 0.145, 0.125), (0.36, 0.33, 0.29), 115),
    ):
        maps = textures.weave(low, high, threads=48, seed=seed)
        used = {"color": tex(maps[0], 80, name + "-color"), "normal": tex(maps[1], 70, name + "-normal")}
        made[name] = b.material(name, roughness=0.92, textures=used)
    return made


def mirrored(shape: Shape) -> Shape:
    flip = np.array([-1, 1, 1])
    return replace(
        shape,
        positions=shape.positions * flip,
        faces=shape.faces[:, ::-1].copy(),
        normals=np.asarray(shape.normals) * flip,
    )


def make() -> bytes:
    b = Builder(rights="CC0-1.0, the sceneproof authors")
    shape, lattice = head.head()
    materials = make_materials(b, lattice)
    nodes: dict[str, int] = {}
    root = b.node("human")
    armature = b.node("armature", parent=root)
    places = rig.joints()
    for name, (parent, place) in places.items():
        origin = places[parent][1] if parent else np.zeros(3)
        nodes[name] = b.node(
            name, parent=nodes[parent] if parent else armature, translation=[round(float(v), 6) for v in place - origin]
        )
    inverse = np.tile(np.eye(4), (len(nodes), 1, 1))
    inverse[:, :3, 3] = [-np.round(place, 6) for _, place in places.values()]
    skin = b.skin(list(nodes.values()), inverse, skeleton=nodes["hips"], name="rig")

    face_node = b.node("Face", mesh=make_face(b, materials, shape), skin=skin)
    only = {"sweater": TORSO, "trousers": LEGS, "shoes": ("Foot", "Toes")}
    for name, shape in body.clothes().items():
        bound = rig.weights(np.asarray(shape.positions), shape.faces, only[name], rounds=14 if name != "shoes" else 6)
        textured = name != "shoes"
        made = arrays(cloth_uvs(shape, 0.16) if textured else shape, bound, with_tangents=textured)
        b.node(name, mesh=b.mesh([b.primitive(made, material=materials[name])], name=name), skin=skin)
    left = body.left_hand()
    for name, shape in (("hand-left", left), ("hand-right", mirrored(left))):
        bound = rig.weights(np.asarray(shape.positions), shape.faces, HAND, rounds=3)
        made = b.primitive(arrays(shape, bound), material=materials["hand"])
        b.node(name, mesh=b.mesh([made], name=name), skin=skin)
    roots = [root, *(i for i, node in enumerate(b.doc["nodes"]) if "mesh" in node)]
    b.add("scenes", {"name": "human", "nodes": roots})
    b.doc["scene"] = 0
    idle(b, nodes, face_node)
    return b.glb()


def idle(b: Builder, nodes: dict[str, int], face_node: int) -> None:
    """Four seconds of breathing, swaying and one blink, looping."""
    times = np.linspace(0, 4, 17)
    phase = 2 * np.pi * times / 4

    def turn(axis: int, angle: np.ndarray) -> np.ndarray:
        q = np.zeros((len(angle), 4))
        q[:, axis], q[:, 3] = np.sin(angle / 2), np.cos(angle / 2)
        return np.round(q, 6)

    tracks = [
        (nodes["spine"], "rotation", times, turn(0, 0.012 * np.sin(phase))),
        (nodes["upperChest"], "rotation", times, turn(0, -0.020 * np.sin(phase))),
        (nodes["neck"], "rotation", times, turn(1, 0.05 * np.sin(phase))),
        (nodes["head"], "rotation", times, turn(2, 0.025 * np.sin(phase + 0.6))),
        (nodes["leftUpperArm"], "rotation", times, turn(2, 0.02 * np.sin(phase) - 0.02)),
        (nodes["rightUpperArm"], "rotation", times, turn(2, -0.02 * np.sin(phase) + 0.02)),
    ]
    order = face.names()
    moments = np.array([0, 2.5, 2.6, 2.7, 4.0])
    values = np.zeros((5, len(order)))
    values[2, [order.index("eyeBlinkLeft"), order.index("eyeBlinkRight")]] = 1
    values[:, order.index("mouthSmileLeft")] = values[:, order.index("mouthSmileRight")] = 0.12
    b.animation([*tracks, (face_node, "weights", moments, values)], name="idle")
