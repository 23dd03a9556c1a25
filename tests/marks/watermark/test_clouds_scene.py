"""Clouds of a Scene: which edit a mark becomes in each format, that it holds there, and what stays as it was."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import sceneproof as sp
from sceneproof.edits import SetPoints, SetPositions, SetSplats
from sceneproof.errors import MarkError
from sceneproof.io import apply, to_bytes
from sceneproof.io._splats import ply_bytes
from sceneproof.keys import Key
from sceneproof.marks.watermark.watermark import WatermarkPlan, plan, read
from sceneproof.scene import Scene
from tests.makers import splats as maker
from tests.makers.builder import POINTS, Builder
from tests.marks.watermark._point_clouds import KEY as SECRET
from tests.marks.watermark._point_clouds import PAYLOAD, lump, point_cloud, splats

KEY = Key(SECRET)


def _points_ply() -> bytes:
    points = point_cloud(9000).positions
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
    head += "property double x\nproperty double y\nproperty double z\nproperty uchar flag\nend_header\n"
    table = np.zeros(len(points), [("place", "<f8", 3), ("flag", "u1")])
    table["place"], table["flag"] = points, np.arange(len(points)) % 251
    return head.encode() + table.tobytes()


def _points_glb() -> bytes:
    b = Builder()
    b.node("points", mesh=b.mesh({"POSITION": point_cloud(9000).positions.astype(np.float32)}, mode=POINTS))
    return b.glb()


SOURCES = {
    "ply": (lambda: ply_bytes(splats(7000)), "splats.ply"),
    "splat": (lambda: maker.dot_splat(splats(7000)), "splats.splat"),
    "spz": (lambda: maker.spz(splats(7000), 3), "splats.spz"),
    "points ply": (_points_ply, "points.ply"),
    "points glb": (_points_glb, "points.glb"),
}


@functools.cache
def loaded(kind: str) -> Scene:
    make, name = SOURCES[kind]
    return sp.io.load(make(), uri=name)


@functools.cache
def planned(kind: str) -> WatermarkPlan:
    return plan(loaded(kind), PAYLOAD, KEY)


@functools.cache
def written(kind: str) -> Scene:
    return sp.io.load(to_bytes(apply(loaded(kind), planned(kind).edits)), uri=SOURCES[kind][1])


@pytest.mark.parametrize("kind", SOURCES)
def test_a_cloud_bears_the_payload_in_the_written_file(kind: str):
    reading = read(written(kind), [KEY])
    assert reading.found
    assert reading.payload == PAYLOAD
    assert reading.carriers == planned(kind).carriers
    assert not planned(kind).refused
    assert reading.to_dict()["all"][0]["payload"] == PAYLOAD.hex()


@pytest.mark.parametrize("kind", ["ply", "splat", "spz"])
def test_splats_change_their_first_colour_and_nothing_else(kind: str):
    (edit,) = planned(kind).edits
    assert isinstance(edit, SetSplats)
    before, after = loaded(kind).splats[0], written(kind).splats[0]
    assert np.array_equal(after.positions, before.positions)
    assert np.array_equal(after.scales, before.scales)
    assert np.array_equal(after.rotations, before.rotations)
    assert np.array_equal(after.opacities, before.opacities)
    assert np.array_equal(after.harmonics[:, 1:], before.harmonics[:, 1:])
    change = 255 * 0.28209479 * np.abs(after.harmonics[:, 0] - before.harmonics[:, 0])
    assert 0.05 < change.mean() < 2.0
    figures = planned(kind).distortion
    assert set(figures) == {"color_rms_levels", "color_mean_levels", "color_p95_levels"}


def test_points_of_a_ply_move_in_their_own_type_and_keep_their_other_values():
    (edit,) = planned("points ply").edits
    assert isinstance(edit, SetPoints)
    before, after = loaded("points ply"), written("points ply")
    assert np.array_equal(after.points[0].positions, edit.positions)
    moved = np.linalg.norm(after.points[0].positions - before.points[0].positions, axis=1)
    assert 0 < moved.max() < 0.02
    size = len(before.document.raw) - 25 * len(moved)
    flags = [np.frombuffer(scene.document.raw[size:], "u1").reshape(-1, 25)[:, 24] for scene in (before, after)]
    assert np.array_equal(*flags)


def test_points_of_a_gltf_take_set_positions():
    (edit,) = planned("points glb").edits
    assert isinstance(edit, SetPositions)
    assert planned("points glb").carriers == ("/meshes/0/primitives/0",)


def test_marking_again_changes_nothing_and_another_payload_is_recorded():
    again = plan(written("splat"), PAYLOAD, KEY)
    assert again.edits == ()
    assert again.carriers == ("/splats/0",)
    other = plan(written("splat"), PAYLOAD[::-1], KEY)
    assert other.replaced == PAYLOAD.hex()


def test_a_tiny_cloud_is_refused_with_the_reason():
    with pytest.raises(MarkError, match=r"no mesh or cloud can bear it: /splats/0: the cloud has too few points"):
        plan(sp.io.load(ply_bytes(splats(50)), uri="few.ply"), PAYLOAD, KEY)


def test_points_of_a_format_that_does_not_move_them_say_so():
    text = "\n".join(" ".join(f"{v:.5f}" for v in row) for row in lump(500)).encode()
    with pytest.raises(MarkError, match="points of XYZ are not moved by this version"):
        plan(sp.io.load(text, uri="points.xyz"), PAYLOAD, KEY)


def test_points_that_do_not_fit_are_refused():
    scene = loaded("points ply")
    with pytest.raises(MarkError, match="do not fit the file"):
        apply(scene, [SetPoints(0, np.zeros((3, 3)))])
    broken = np.array(scene.points[0].positions)
    broken[4, 1] = np.nan
    with pytest.raises(MarkError, match="not finite"):
        apply(scene, [SetPoints(0, broken)])
