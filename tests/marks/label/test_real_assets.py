"""Assets that nobody here made: the label shows on each, written and read back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sceneproof import io
from sceneproof.marks.label.label import read

from ._scenes import marked

ASSETS = [
    "humans/CesiumMan.glb",
    "humans/Fox.glb",
    "humans/lumberjack.glb",
    "gltf/garage/garage.gltf",
    "gltf/hotel-room.glb",
    "gltf/cat.glb",
    "gltf/BoxMeshopt.glb",
    "gltf/CesiumMilkTruck/CesiumMilkTruck.gltf",
    "gltf/primitive-modes/Mesh_PrimitiveMode_00.gltf",
    "gltf/many-cubes/many-cubes.gltf",
]


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("SCENEPROOF_DATA")
    if not folder:
        pytest.skip("SCENEPROOF_DATA is not set")
    return Path(folder)


@pytest.mark.parametrize("name", ASSETS)
def test_it_shows_at_the_edge(data: Path, name: str) -> None:
    scene = io.load(data / name)
    if scene.format == "gltf":
        from sceneproof.marks.label.label import plan

        after = io.apply(scene, plan(scene))
    else:
        after, _ = marked(scene)
    reading = read(after)
    assert reading.visible
    assert reading.at_edge
    assert reading.problems == ()
    assert (reading.height_ratio or 0) >= 0.055
    assert (reading.contrast_ratio or 0) >= 4.5
