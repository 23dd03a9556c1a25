"""Cameras that the file gives, and whether they look from inside.

What it measures
    ``value`` is the number of cameras in the default scene. ``detail`` says how many stand inside the bounds of the
    geometry, and at which height above the lowest geometry.
Unit
    count. Score towards immersive: 0.5 when a perspective camera stands inside the bounds, else ``None``.
Confounders
    Product turntables and test fixtures have cameras; most rooms that were looked at had none.
Not evidence of
    a room by itself.
"""

from __future__ import annotations

from sceneproof.derived.world import bounds
from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "immersion"
UNIT = "count"
COST = "cheap"
TESTS = ("immersive",)


def measure(scene: Scene) -> Signal:
    """Value 0 without cameras."""
    box = bounds(scene, with_marks=False)
    nodes = [scene.nodes[index] for index in scene.live_nodes() if scene.nodes[index].camera is not None]
    inside, heights = 0, []
    for node in nodes:
        eye = node.world[:3, 3]
        camera = scene.cameras[node.camera or 0]
        if box is not None and camera.kind == "perspective" and bool(((eye > box[0]) & (eye < box[1])).all()):
            inside += 1
            heights.append(round(float(eye[1] - box[0][1]), 4))
    return Signal(
        "entry-camera",
        len(nodes),
        UNIT,
        score=0.5 if inside else None,
        confidence=0.3,
        pointers=tuple(node.pointer for node in nodes)[:16],
        detail={"inside": inside, "heights_m": heights[:16]},
    )
