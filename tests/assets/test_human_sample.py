"""The sample human: a rig that holds together and face shapes that move the part they name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.makers import read_accessor, unpack_glb
from tests.makers.samples._face_targets import names
from tests.makers.samples._rig import FOREARM, WRIST

FILE = Path(__file__).parents[2] / "assets" / "human.glb"


@cache
def figure() -> tuple[dict[str, Any], bytes]:
    return unpack_glb(FILE.read_bytes())


def face() -> dict[str, Any]:
    return next(mesh for mesh in figure()[0]["meshes"] if mesh["name"] == "Face")


@cache
def moves(primitive: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Positions and each shape's displacement of one primitive of the face."""
    p = face()["primitives"][primitive]
    named = zip(face()["extras"]["targetNames"], p["targets"], strict=True)
    return read_accessor(*figure(), p["attributes"]["POSITION"]), {
        n: read_accessor(*figure(), t["POSITION"]) for n, t in named
    }


def centre(name: str) -> np.ndarray:
    """Where a shape acts: the mean place of the skin, weighted by how far it moves."""
    positions, fields = moves()
    return np.average(positions, axis=0, weights=np.linalg.norm(fields[name], axis=1))


def test_it_is_of_human_size_and_stands_on_the_floor() -> None:
    doc, binary = figure()
    points = np.concatenate(
        [read_accessor(doc, binary, p["attributes"]["POSITION"]) for m in doc["meshes"] for p in m["primitives"]]
    )
    assert abs(points[:, 1].min()) < 0.01
    assert 1.72 < points[:, 1].max() < 1.78


def test_weights_sum_to_one_and_name_joints_of_the_skin() -> None:
    doc, binary = figure()
    count = len(doc["skins"][0]["joints"])
    for mesh in doc["meshes"]:
        for p in mesh["primitives"]:
            assert (read_accessor(doc, binary, p["attributes"]["WEIGHTS_0"]).astype(int).sum(1) == 255).all()
            assert read_accessor(doc, binary, p["attributes"]["JOINTS_0"]).max() < count


def garment(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Positions and normals of a mesh with one primitive."""
    (p,) = next(mesh["primitives"] for mesh in figure()[0]["meshes"] if mesh["name"] == name)
    return tuple(read_accessor(*figure(), p["attributes"][k]).astype(float) for k in ("POSITION", "NORMAL"))


def inside(points: np.ndarray, cover: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """How deep points lie under a closed surface, metres; negative outside."""
    from scipy.spatial import cKDTree

    nearest = cKDTree(cover[0]).query(points)[1]
    return np.einsum("ij,ij->i", cover[0][nearest] - points, cover[1][nearest])


def test_the_pullover_lies_over_the_trousers() -> None:
    pullover, (legs, _) = garment("sweater"), garment("trousers")
    hem = pullover[0][:, 1].min()
    covered = legs[legs[:, 1] > hem + 0.009]
    assert len(covered) > 500
    assert inside(covered, pullover).min() > 0.002
    assert legs[:, 1].max() > hem + 0.05


@pytest.mark.parametrize("side", ["left", "right"])
def test_wrists_end_in_closed_cuffs(side: str) -> None:
    """The stump of the hand lies in the sleeve, and the sleeve's end is near its skin."""
    cuff, (hand, _) = garment("sweater"), garment(f"hand-{side}")
    flip = np.array([1 if side == "left" else -1, 1, 1])
    along = (hand * flip - WRIST) @ FOREARM
    assert inside(hand[along < -0.008], cuff).min() > 0.002
    sleeve = cuff[0] * flip - WRIST
    near = sleeve[(np.abs(sleeve @ FOREARM) < 0.012) & (np.linalg.norm(sleeve, axis=1) < 0.08)]
    reach = np.linalg.norm(near - np.outer(near @ FOREARM, FOREARM), axis=1)
    assert 0.027 < reach.max() < 0.038


def test_inverse_bind_matrices_undo_the_rest_pose() -> None:
    doc, binary = figure()
    skin = doc["skins"][0]
    parents = {child: i for i, node in enumerate(doc["nodes"]) for child in node.get("children", ())}
    inverse = read_accessor(doc, binary, skin["inverseBindMatrices"])
    for joint, matrix in zip(skin["joints"], inverse, strict=True):
        place, node = np.zeros(3), joint
        while node is not None:
            place = place + doc["nodes"][node].get("translation", (0, 0, 0))
            node = parents.get(node)
        assert np.allclose(matrix[3, :3], -place, atol=1e-5)


def test_all_52_arkit_shapes_are_there_and_every_one_moves_something() -> None:
    assert face()["extras"]["targetNames"] == names()
    assert len(set(names())) == 52
    for name, field in moves()[1].items():
        moved = np.linalg.norm(field, axis=1)
        assert 0.0005 < moved.max() < 0.06, name
        assert 0 < (moved > 0).mean() < 0.6, name


@pytest.mark.parametrize("name", [n for n in names() if n.endswith("Left") and n not in ("jawLeft", "mouthLeft")])
def test_left_shapes_move_the_left_and_mirror_the_right(name: str) -> None:
    twin = name.removesuffix("Left") + "Right"
    assert centre(name)[0] > 0.008
    assert centre(twin)[0] < -0.008
    assert np.allclose(centre(name) * (-1, 1, 1), centre(twin), atol=1e-3)


def test_shapes_lie_where_their_names_say() -> None:
    level = {
        part: np.mean([centre(n)[1] for n in names() if n.startswith(part)])
        for part in ("brow", "eye", "nose", "mouth")
    }
    assert level["brow"] > level["eye"] > level["nose"] > level["mouth"] > centre("jawOpen")[1]


def test_directions_are_those_of_the_names() -> None:
    positions, fields = moves()

    def mean(name: str) -> np.ndarray:
        return np.average(fields[name], axis=0, weights=np.linalg.norm(fields[name], axis=1))

    assert mean("jawOpen")[1] < -0.005
    assert mean("mouthSmileLeft")[1] > 0 > mean("mouthFrownLeft")[1]
    assert mean("browInnerUp")[1] > 0 > mean("browDownLeft")[1]
    assert mean("jawLeft")[0] > 0 > mean("jawRight")[0]
    assert mean("mouthPucker")[2] > 0
    assert positions[:, 2].max() > 0.1


def test_a_blink_covers_the_eyeball() -> None:
    positions, fields = moves()
    ball, _ = moves(1)
    left = ball[ball[:, 0] > 0].astype(float)
    middle, radius = (left.max(0) + left.min(0)) / 2, np.ptp(left[:, 0]) / 2
    shut = positions + fields["eyeBlinkLeft"]
    near = (np.abs(positions[:, :2] - middle[:2]) < (0.008, 0.004)).all(1) & (positions[:, 2] > middle[2])
    assert near.sum() > 30
    before = np.linalg.norm(positions[near] - middle, axis=1) < radius
    after = np.linalg.norm(shut[near] - middle, axis=1) < radius
    assert before.mean() > 0.5
    assert not after.any()


def test_eyes_turn_under_the_look_shapes_only() -> None:
    _, fields = moves(1)
    assert {n for n, field in fields.items() if field.any()} == {n for n in names() if n.startswith("eyeLook")}


def test_the_idle_animation_loops() -> None:
    doc, binary = figure()
    (idle,) = doc["animations"]
    paths = {channel["target"]["path"] for channel in idle["channels"]}
    assert paths == {"rotation", "weights"}
    for sampler in idle["samplers"]:
        times, values = (read_accessor(doc, binary, sampler[k]) for k in ("input", "output"))
        keys = values.reshape(len(times), -1)
        assert np.allclose(keys[0], keys[-1], atol=1e-5)
        assert (np.diff(times) > 0).all()
