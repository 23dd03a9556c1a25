"""Signals on assets that nobody here made, and on the project's own samples."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sceneproof.io import load
from sceneproof.scene import Scene
from sceneproof.signals import assess, measure_all
from sceneproof.signals.capture import iso_surface_lattice, mirror_symmetry, surface_form
from sceneproof.signals.human import face_morphs, humanoid_skeleton
from sceneproof.signals.immersion import walkable_area

DATA = os.environ.get("SCENEPROOF_DATA")
SAMPLES = Path(__file__).parents[2] / "assets"
real = pytest.mark.skipif(not DATA, reason="SCENEPROOF_DATA is not set")


@cache
def asset(name: str) -> Scene:
    return load(str(Path(DATA or "") / name))


@cache
def judged(name: str) -> dict[str, object]:
    return assess(measure_all(load(str(SAMPLES / name)))[0], None)


@real
@pytest.mark.parametrize("name", ["CesiumMan.glb", "lumberjack.glb", "Godette_vrm_v4.vrm"])
def test_human_rigs_of_three_makers_are_found(name):
    assert humanoid_skeleton.measure(asset(f"humans/{name}")).score > 0.9


@real
@pytest.mark.parametrize(
    ("name", "most"), [("bear/scene.gltf", 0.9), ("Fox.glb", 0.5), ("hand_left.glb", 0.2), ("vrm_triangle.vrm", 0.2)]
)
def test_animals_hands_and_cards_stay_below(name, most):
    assert humanoid_skeleton.measure(asset(f"humans/{name}")).score < most


@real
def test_an_animal_head_with_human_names_is_never_high():
    scene = asset("humans/raccoon-head.glb")
    assert face_morphs.measure(scene).detail["places"] == 1
    assert assess(measure_all(scene)[0], None)["digital_human"]["level"] == "medium"


@real
@pytest.mark.parametrize(("name", "unit"), [("hotel-room.glb", "mm"), ("garage/garage.gltf", "m")])
def test_rooms_are_interiors_in_their_own_unit(name, unit):
    found = walkable_area.measure(asset(f"gltf/{name}"))
    assert found.detail["interior"]
    assert found.detail["unit"] == unit


@real
@pytest.mark.parametrize("name", ["chess-board.glb", "LittlestTokyo.glb", "chr_knight.glb", "cat.glb", "terrain.glb"])
def test_objects_and_dioramas_are_no_interiors(name):
    assert not walkable_area.measure(asset(f"gltf/{name}")).detail["interior"]


@real
def test_the_lattice_of_a_generated_mesh_is_found():
    found = iso_surface_lattice.measure(asset("reconstructions/ai_step1x_000.glb"))
    assert found.detail["strong"]
    assert found.detail["pitch_m"] == pytest.approx(0.0054545, rel=0.01)


@real
@pytest.mark.parametrize(
    "name",
    ["mars.glb", "AttenuationTest.glb", "morph-stress-test.glb", "cat.glb", "many-cubes/many-cubes.gltf", "VET.glb"],
)
def test_hand_made_meshes_have_no_strong_lattice(name):
    assert not iso_surface_lattice.measure(asset(f"gltf/{name}")).detail["strong"]


@real
@pytest.mark.parametrize("name", ["humans/CesiumMan.glb", "gltf/cat.glb", "humans/raccoon-head.glb"])
def test_a_hundredfold_scale_moves_no_trace(name):
    scene = asset(name)
    grow = np.diag([100.0, 100.0, 100.0, 1.0])
    grown = replace(scene, nodes=tuple(replace(node, world=grow @ node.world) for node in scene.nodes))
    for signal in (mirror_symmetry, surface_form, iso_surface_lattice, humanoid_skeleton):
        before, after = signal.measure(scene).score, signal.measure(grown).score
        assert (before is None) == (after is None)
        assert before is None or after == pytest.approx(before, abs=0.02)


def test_the_sample_interior_is_immersive():
    assert judged("interior.glb")["realism_risk"]["tests"]["immersive"] == "for"


def test_the_sample_human_is_a_digital_human():
    assert judged("human.glb")["digital_human"]["level"] == "high"
    assert judged("human.glb")["digital_human"]["because"] == ["humanoid-skeleton", "face-morphs"]


def test_the_sample_reconstruction_bears_its_lattice():
    found = judged("reconstruction.glb")
    assert found["realism_risk"]["tests"]["synthesised"] == "for"
    assert found["synthesised"]["because"] == ["iso-surface-lattice"]
    assert found["reconstruction"]["level"] == "high"


def test_the_sample_points_are_captured_points():
    assert judged("points.glb")["reconstruction"]["because"] == ["captured-points"]


@pytest.mark.parametrize("name", ["interior.glb", "human.glb"])
def test_hand_made_samples_are_not_called_reconstructions(name):
    assert judged(name)["reconstruction"]["score"] < 0.5
