"""Scenes for the label's tests: made by code, read by the project's own reader."""

from __future__ import annotations

import numpy as np

from sceneproof import io
from sceneproof.edits import PutNode
from sceneproof.marks.label.label import LabelOptions, plan
from sceneproof.scene import Scene
from tests.makers import Builder, shapes


def turned(yaw: float, pitch: float = 0.0) -> list[float]:
    """A quaternion xyzw: pitch about X, then yaw about Y, radians."""
    a, b, c, d = np.sin(yaw / 2), np.cos(yaw / 2), np.sin(pitch / 2), np.cos(pitch / 2)
    return [float(b * c), float(a * d), float(-a * c), float(b * d)]


def room(scale: float = 1.0, *, znear: float = 0.05, **camera: object) -> Builder:
    """A box of 4 x 3 x 5 metres, seen from inside, with a table; times `scale`."""
    b = Builder()
    walls = b.material("walls", color=(0.7, 0.65, 0.6, 1), doubleSided=True)
    b.node("walls", mesh=b.mesh(shapes.box((4 * scale, 3 * scale, 5 * scale)), material=walls))
    b.node(
        "table",
        mesh=b.mesh(shapes.box((scale, 0.7 * scale, scale)), material=b.material("wood")),
        translation=[0, -scale, 0],
    )
    place = {"translation": [0.0, 0.2 * scale, 2.2 * scale]} | camera
    b.node("view", camera=b.camera(yfov=0.9, znear=znear * scale), **place)
    return b


def figure(scale: float = 1.0, offset: tuple[float, float, float] = (0, 0, 0)) -> Builder:
    """A column 1.7 m tall on its base, no camera."""
    b = Builder()
    skin = b.material("skin", color=(0.8, 0.6, 0.5, 1))
    place = [o + s for o, s in zip(offset, (0.0, 0.85 * scale, 0.0), strict=True)]
    b.node("body", mesh=b.mesh(shapes.box((0.5 * scale, 1.7 * scale, 0.3 * scale)), material=skin), translation=place)
    return b


def load(builder: Builder) -> Scene:
    return io.load(builder.glb())


def marked(scene: Scene, **options: object) -> tuple[Scene, list[PutNode]]:
    """The scene with its label, read back from the bytes that it is written as."""
    edits = plan(scene, LabelOptions(**options))  # type: ignore[arg-type]
    return io.load(io.to_bytes(io.apply(scene, edits))), edits
