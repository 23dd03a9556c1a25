"""A furnished living room, 5.2 x 4.2 m, in metres: PBR textures, lights, one camera inside, two dense surfaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.makers.builder import Builder
from tests.makers.forms import rod, rounded_box, tangents
from tests.makers.samples import _furniture as furniture
from tests.makers.samples import _textures as textures
from tests.makers.shapes import Shape, box, merged, plane

WIDTH, DEPTH, HEIGHT = 5.2, 4.2, 2.7
WINDOW = {"z": (-0.75, 0.95), "y": (0.75, 2.2)}
EYE, AIM = np.array([2.15, 1.5, 1.8]), np.array([-0.95, 0.78, -1.05])


class Room:
    """A builder with the room's materials by name."""

    def __init__(self) -> None:
        self.b = Builder(rights="CC0-1.0, the sceneproof authors")
        self.materials: dict[str, int] = {}
        self.with_normal: set[str] = set()
        self._make_materials()

    def _add(self, name: str, *maps: np.ndarray | None, quality: int = 82, **fields: object) -> None:
        """``maps``: colour, normal, occlusion-roughness-metal."""
        used = {}
        for role, pixels in zip(("color", "normal", "rough"), maps, strict=False):
            if pixels is not None:
                used[role] = self.b.texture(
                    self.b.image(pixels, quality=quality if role == "color" else quality - 12, name=f"{name}-{role}")
                )
        fields = {"roughness": 1.0 if "rough" in used else 0.7, "metallic": 1.0 if "rough" in used else 0.0} | fields
        self.materials[name] = self.b.material(name, textures=used, **fields)
        if "normal" in used:
            self.with_normal.add(name)

    def _make_materials(self) -> None:
        t = textures
        self._add("planks", *t.planks())
        self._add("wood", *t.wood())
        self._add("plaster", *t.plaster())
        self._add("sofa", *t.weave((0.10, 0.16, 0.17), (0.34, 0.45, 0.45), seed=41))
        self._add("linen", *t.weave((0.50, 0.42, 0.31), (0.86, 0.79, 0.67), seed=45))
        self._add(
            "ochre", t.weave((0.42, 0.20, 0.04), (0.84, 0.52, 0.18), size=256, threads=32, seed=48)[0], roughness=0.9
        )
        self._add("rug", *t.rug())
        glaze, stone = t.glaze(), t.stone()
        self._add("glaze", glaze[0], None, glaze[1])
        self._add("stone", stone[0], None, stone[1])
        for kind, name in enumerate(("dusk", "mist")):
            self._add(name, t.landscape(kind), roughness=0.6)
        self._add("books", t.book_spines(), roughness=0.75)
        self._add("leaf", t.leaf(), roughness=0.55, doubleSided=True)
        outside = self.b.texture(self.b.image(t.landscape(2), quality=85, name="outside"))
        self.materials["outside"] = self.b.material(
            "outside", color=(0, 0, 0, 1), roughness=1, emissiveTexture={"index": outside}, emissiveFactor=[1, 1, 1]
        )
        plain = self.b.material
        self.materials |= {
            "trim": plain("trim", color=(0.82, 0.80, 0.76, 1), roughness=0.5),
            "ceiling": plain("ceiling", color=(0.86, 0.85, 0.82, 1), roughness=0.95),
            "brass": plain("brass", color=(0.78, 0.57, 0.28, 1), metallic=1, roughness=0.3),
            "enamel": plain("enamel", color=(0.09, 0.10, 0.11, 1), roughness=0.35, doubleSided=True),
            "paper": plain("paper", color=(0.88, 0.86, 0.80, 1), roughness=0.9),
            "shade": plain("shade", color=(0.93, 0.86, 0.70, 1), doubleSided=True, emissiveFactor=[0.55, 0.38, 0.18]),
            "glow": plain("glow", color=(1, 0.9, 0.7, 1), emissiveFactor=[1, 0.85, 0.6]),
            "glass": plain("glass", color=(0.9, 0.95, 1, 0.12), roughness=0.05, alphaMode="BLEND"),
        }

    def put(
        self, name: str, parts: furniture.Parts, at: tuple[float, float, float] = (0, 0, 0), turn: float = 0.0
    ) -> int:
        """One node and mesh per piece, one primitive per material."""
        primitives = []
        for material, shapes in parts.items():
            shape = rounded(merged(shapes))
            arrays = shape.attributes()
            if material in self.with_normal:
                arrays["TANGENT"] = tangents(shape)
            if (
                self.b.doc["materials"][self.materials[material]]["pbrMetallicRoughness"]
                .keys()
                .isdisjoint({"baseColorTexture"})
                and material != "outside"
            ):
                arrays.pop("TEXCOORD_0", None)
            primitives.append(self.b.primitive(arrays, material=self.materials[material]))
        turned = {"rotation": [0, float(np.sin(turn / 2)), 0, float(np.cos(turn / 2))]} if turn else {}
        return self.b.node(name, mesh=self.b.mesh(primitives, name=name), translation=list(at), **turned)


def rounded(shape: Shape) -> Shape:
    """Positions on a grid of a micrometre, so that the last bits of a platform's arithmetic do not reach the file."""
    uvs = None if shape.uvs is None else np.round(shape.uvs, 5)
    return replace(
        shape, positions=np.round(shape.positions, 6), uvs=uvs, normals=np.round(np.asarray(shape.normals), 5)
    )


def shell() -> dict[str, furniture.Parts]:
    """Floor, ceiling, three plain walls, and the window wall at -x with its opening."""
    x, z, thick = WIDTH / 2, DEPTH / 2, 0.12
    (z0, z1), (y0, y1) = WINDOW["z"], WINDOW["y"]

    def wall(low: tuple[float, float, float], high: tuple[float, float, float]) -> Shape:
        a, b = np.array(low), np.array(high)
        return box(tuple(b - a), texel=1.2).moved(tuple((a + b) / 2))

    window_wall = [
        wall((-x - thick, 0, -z), (-x, y0, z)),
        wall((-x - thick, y1, -z), (-x, HEIGHT, z)),
        wall((-x - thick, y0, -z), (-x, y1, z0)),
        wall((-x - thick, y0, z1), (-x, y1, z)),
    ]
    others = [
        wall((x, 0, -z), (x + thick, HEIGHT, z)),
        wall((-x - thick, 0, -z - thick), (x + thick, HEIGHT, -z)),
        wall((-x - thick, 0, z), (x + thick, HEIGHT, z + thick)),
    ]
    skirting = [
        rounded_box((WIDTH, 0.09, 0.015), 0.005).moved((0, 0.045, -z + 0.0075)),
        rounded_box((0.015, 0.09, DEPTH), 0.005).moved((-x + 0.0075, 0.045, 0)),
        rounded_box((0.015, 0.09, DEPTH), 0.005).moved((x - 0.0075, 0.045, 0)),
    ]
    return {
        "floor": {"planks": [plane((WIDTH, DEPTH), texel=1.8)]},
        "walls": {"plaster": window_wall + others},
        "ceiling": {"ceiling": [box((WIDTH + 0.24, 0.1, DEPTH + 0.24)).moved((0, HEIGHT + 0.05, 0))]},
        "skirting": {"trim": skirting},
    }


def window() -> furniture.Parts:
    (z0, z1), (y0, y1) = WINDOW["z"], WINDOW["y"]
    x, middle, tall = -WIDTH / 2 - 0.06, (z0 + z1) / 2, y1 - y0
    upright = [
        rounded_box((0.07, tall, 0.055), 0.008).moved((x, (y0 + y1) / 2, z)) for z in (z0 + 0.027, middle, z1 - 0.027)
    ]
    across = [rounded_box((0.07, 0.055, z1 - z0), 0.008).moved((x, y, middle)) for y in (y0 + 0.027, y1 - 0.027)] + [
        rounded_box((0.045, 0.03, z1 - z0), 0.006).moved((x, y0 + 0.68 * tall, middle))
    ]
    sill = rounded_box((0.26, 0.035, z1 - z0 + 0.12), 0.012).moved((-WIDTH / 2 + 0.04, y0 - 0.016, middle))
    pane = box((0.004, tall, z1 - z0)).moved((x, (y0 + y1) / 2, middle))
    view = plane((5.2, 3.9)).turned("x", np.pi / 2).turned("y", np.pi / 2).moved((-WIDTH / 2 - 1.6, 1.75, middle - 0.5))
    return {"trim": [*upright, *across, sill], "glass": [pane], "outside": [view]}


def look_at(eye: np.ndarray, aim: np.ndarray) -> list[float]:
    """The rotation (x, y, z, w) that turns -Z from ``eye`` to ``aim`` with +Y up."""
    away = aim - eye
    yaw, pitch = np.arctan2(-away[0], -away[2]), np.arctan2(away[1], np.hypot(away[0], away[2]))
    cy, sy, cp, sp = np.cos(yaw / 2), np.sin(yaw / 2), np.cos(pitch / 2), np.sin(pitch / 2)
    return [round(float(v), 7) for v in (cy * sp, sy * cp, -sy * sp, cy * cp)]


def make() -> bytes:
    room = Room()
    for name, parts in (shell() | {"window": window()}).items():
        room.put(name, parts)
    f = furniture
    back = -DEPTH / 2
    room.put("sofa", f.sofa(), (0.25, 0, back + 0.52))
    for k, (x, turn, cloth) in enumerate(((-0.42, 0.12, "ochre"), (0.9, -0.15, "linen"))):
        room.put(f"cushion-{k}", {cloth: [f.cushion(turn)]}, (x, 0.74, back + 0.55))
    room.put("rug", {"rug": [rug_shape()]}, (0.2, 0, -0.15))
    room.put("coffee-table", f.table(1.1, 0.58, 0.42), (0.15, 0.01, -0.2))
    room.put("vase", {"glaze": [f.vase()]}, (-0.12, 0.43, -0.25), 0.4)
    stack = [
        rounded_box((0.24 - 0.02 * k, 0.028, 0.17), 0.003).turned("y", 0.2 * k).moved((0, 0.014 + 0.029 * k, 0))
        for k in range(2)
    ]
    room.put("magazines", {"paper": stack}, (0.4, 0.43, -0.15), 0.3)
    room.put("bookcase", f.shelf(), (-1.85, 0, back + 0.17))
    room.put("floor-lamp", f.floor_lamp(), (1.6, 0, back + 0.40))
    room.put("painting-dusk", f.picture(0.95, 0.66, "dusk"), (-0.02, 1.62, back + 0.02))
    room.put("painting-mist", f.picture(0.42, 0.56, "mist"), (0.95, 1.62, back + 0.02))
    room.put("dining-table", f.table(0.9, 0.9, 0.75), (-1.75, 0, 0.75))
    room.put("chair-1", f.chair(), (-1.0, 0, 0.72), np.pi / 2 + 0.25)
    room.put("chair-2", f.chair(), (-1.72, 0, 1.5), 0.1)
    room.put("bowl", {"glaze": [bowl()]}, (-1.75, 0.75, 0.72))
    room.put("pendant", f.pendant(0.95), (-1.75, HEIGHT, 0.75))
    room.put("plant", f.plant(), (-2.25, 0, -0.95))
    room.put("plinth", {"trim": [rounded_box((0.34, 0.62, 0.34), 0.008).moved((0, 0.31, 0))]}, (-1.08, 0, back + 0.22))
    room.put("sculpture", {"stone": [f.sculpture()]}, (-1.08, 0.62, back + 0.22), 0.5)
    rail = rod((-2.49, 2.32, -1.0), (-2.49, 2.32, 1.2), 0.012)
    room.put("curtain-rail", {"brass": [rail]})
    for k, z in enumerate((-0.85, 1.05)):
        room.put(f"curtain-{k}", {"linen": [f.curtain(0.42, 2.25, k)]}, (-2.49, 0.06, z), np.pi / 2)
    lights(room.b)
    camera = room.b.camera(yfov=0.9, aspect=16 / 9, znear=0.05, name="entry")
    room.b.node("camera", camera=camera, translation=EYE.tolist(), rotation=look_at(EYE, AIM))
    return room.b.glb()


def rug_shape() -> Shape:
    shape = rounded_box((2.5, 0.012, 1.67), 0.005, middle=2)
    x, _, z = np.asarray(shape.positions).T
    return replace(shape, uvs=np.stack([x / 2.5 + 0.5, z / 1.67 + 0.5], -1))


def bowl() -> Shape:
    t = np.linspace(0, 1, 12)
    outside = np.stack([0.05 + 0.10 * np.sin(t * np.pi / 2), 0.075 * t**1.6], -1)
    inside = outside[::-1] - (0.006, -0.004)
    profile = np.concatenate([[(0, 0)], outside, inside, [(0, 0.006)]])
    return furniture.lathe(profile, 56)


def lights(b: Builder) -> None:
    half = np.sqrt(0.5)
    sun = b.light("directional", color=(1, 0.95, 0.85), intensity=3.0, name="sun")
    b.node("sun", light=sun, rotation=look_at(np.array([-4.0, 3.4, 1.2]), np.array([0.0, 0.0, -0.2])))
    b.node(
        "lamp-light",
        light=b.light("point", color=(1, 0.78, 0.5), intensity=9, range=6, name="lamp"),
        translation=[1.6, 1.46, -1.70],
    )
    b.node(
        "pendant-light",
        light=b.light("point", color=(1, 0.85, 0.65), intensity=12, range=6, name="pendant"),
        translation=[-1.75, 1.70, 0.75],
    )
    fill = b.light("point", color=(0.85, 0.92, 1.0), intensity=10, name="fill")
    b.node("fill-light", light=fill, translation=[0.4, 2.4, 0.6], rotation=[-float(half), 0, 0, float(half)])
