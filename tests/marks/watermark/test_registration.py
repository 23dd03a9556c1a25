"""Registration of a suspect to its reference, on shapes made by formula."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.marks.watermark._registration import _body, _fit, _posed
from sceneproof.marks.watermark._registration._articulate import Articulation
from sceneproof.marks.watermark._registration._candidates import _from_matches, candidates, matched
from sceneproof.marks.watermark._registration._connectivity import by_connectivity, by_order
from sceneproof.marks.watermark._registration._icp import rotation
from sceneproof.marks.watermark._registration._rigid import pair
from sceneproof.marks.watermark._registration._types import Body, Floats, Part, Rig, applied
from sceneproof.marks.watermark.codec import Surface

from ._surfaces import blob, cropped, quantised, turned

STRETCH = np.array([[1.06, 0.03, 0.0], [0.0, 0.95, 0.02], [0.01, 0.0, 1.02]])


def body_of(surface: Surface, rig: Rig | None = None, joints: Floats | None = None, parents: list[int] | None = None):
    """One part, whole or with a skin."""
    count = len(surface.positions)
    own = rig or Rig(np.zeros((count, 1), np.int64), np.ones((count, 1)), np.eye(4)[None])
    part = Part(
        0, surface.positions, surface.faces, np.eye(4), surface.faces, np.arange(count), own, skinned=rig is not None
    )
    return _body.joined([part], np.eye(4)[None] if joints is None else joints, np.array(parents or [-1]))


def welded_blob(columns: int) -> Surface:
    lump = blob(columns)
    distinct, group = np.unique(lump.positions, axis=0, return_inverse=True)
    faces = group.reshape(-1)[lump.faces]
    real = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
    return Surface(distinct, faces[real])


def irregular(surface: Surface) -> Surface:
    """Some edges turned by leaving out some faces, so that vertices can be told apart."""
    keep = np.random.default_rng(3).uniform(size=len(surface.faces)) > 0.02
    return Surface(surface.positions, surface.faces[keep])


def shuffled(surface: Surface, seed: int = 1) -> tuple[Surface, np.ndarray]:
    """Vertices and faces in another order, and the old number of each new vertex."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(surface.positions))
    place = np.argsort(order)
    return Surface(surface.positions[order], place[surface.faces][random.permutation(len(surface.faces))]), order


def error(points: Floats, truth: Floats) -> float:
    """Root mean square distance, as a fraction of the diagonal."""
    return float(np.sqrt(((points - truth) ** 2).sum(axis=1).mean()) / np.linalg.norm(np.ptp(truth, axis=0)))


def test_connectivity_finds_vertices_again_whatever_their_places():
    lump = irregular(welded_blob(60))
    other, order = shuffled(lump)
    pairs = by_connectivity((other.faces, len(order)), (lump.faces, len(order)))
    assert len(pairs) > 0.95 * len(order)
    assert (order[pairs[:, 0]] == pairs[:, 1]).mean() > 0.999


def test_connectivity_finds_what_a_crop_left():
    lump = irregular(welded_blob(60))
    left = cropped(lump, 0.6)
    pairs = by_connectivity((left.faces, len(lump.positions)), (lump.faces, len(lump.positions)))
    assert len(pairs) > 0.6 * len(np.unique(left.faces))
    assert (pairs[:, 0] == pairs[:, 1]).mean() > 0.98


def test_two_meshes_that_are_not_the_same_give_no_candidate_by_connectivity():
    other = body_of(irregular(welded_blob(50)))
    thin = Surface(other.points * np.array([1.0, 0.2, 0.6]), other.faces)
    found = candidates(body_of(thin), body_of(irregular(welded_blob(60))))
    assert all("matched" not in candidate.kind for candidate in found)


@pytest.mark.parametrize(("fit", "stretch"), [(_fit.similarity, np.eye(3)), (_fit.affine, STRETCH)])
def test_a_third_of_wrong_pairs_does_not_move_a_robust_fit(fit, stretch):
    random = np.random.default_rng(0)
    source = random.normal(size=(400, 3))
    matrix = np.eye(4)
    matrix[:3, :3] = 2.5 * rotation(np.array([0.4, -1.0, 0.7])) @ stretch
    matrix[:3, 3] = [3.0, -1.0, 0.5]
    target = applied(matrix, source)
    target[:130] = random.normal(size=(130, 3)) * 5.0
    found, weight = _fit.robust(fit, source, target)
    assert np.abs(found - matrix).max() < 1e-6
    assert (weight[:130] > 0.0).mean() < 0.05


def remeshed(surface: Surface) -> Surface:
    """Other triangles over the same surface: every one split at its middle, then the old edges left where they are."""
    middle = surface.positions[surface.faces].mean(axis=1)
    new = len(surface.positions) + np.arange(len(middle))
    a, b, c = surface.faces.T
    faces = np.concatenate([np.stack(t, axis=1) for t in ((a, b, new), (b, c, new), (c, a, new))])
    return Surface(np.concatenate([surface.positions, middle]), faces)


def test_a_crop_of_seventy_percent_is_placed_from_its_shape_alone():
    pytest.importorskip("open3d")
    lump = welded_blob(120)
    true = remeshed(cropped(lump, 0.7))
    suspect = turned(true, seed=4)
    assert len(matched(body_of(suspect), body_of(lump))) < 60
    every = candidates(body_of(suspect), body_of(lump))
    found = next(iter(every))
    used = np.unique(true.faces)
    assert error(found.surfaces[0].points, true.positions[used]) < 5e-4
    assert 0.2 < found.overlap < 0.5
    assert found.rms < 1e-3


def test_a_stretched_copy_is_straightened():
    lump = welded_blob(100)
    true = remeshed(lump)
    suspect = turned(Surface(true.positions @ STRETCH.T, true.faces), seed=2)
    found = next(iter(candidates(body_of(suspect), body_of(lump))))
    assert found.kind == "affine"
    assert error(found.surfaces[0].points, true.positions[np.unique(true.faces)]) < 5e-4


def limb() -> tuple[Body, Floats]:
    """A lump with three joints along x, smooth weights; and the joints of another pose."""
    lump = irregular(welded_blob(90))
    low, high = lump.positions[:, 0].min(), lump.positions[:, 0].max()
    at = (lump.positions[:, 0] - low) / (high - low) * 3.0 - 0.5
    weights = np.clip(1.0 - np.abs(at[:, None] - np.arange(3)), 0.0, 1.0)
    weights[at < 0.0, 0] = 1.0
    weights[at > 2.0, 2] = 1.0
    joints = np.tile(np.eye(4), (3, 1, 1))
    joints[:, 0, 3] = low + (np.arange(3)) / 3.0 * (high - low)
    rig = Rig(np.tile(np.arange(3), (len(at), 1)), weights / weights.sum(axis=1, keepdims=True), np.linalg.inv(joints))
    bent = joints.copy()
    for joint, turn in ((1, [0.0, 0.5, 0.3]), (2, [0.4, 0.2, -0.5])):
        local = np.linalg.inv(joints[joint - 1]) @ joints[joint]
        own = np.eye(4)
        own[:3, :3] = rotation(np.array(turn))
        bent[joint] = bent[joint - 1] @ local @ own
    return body_of(lump, rig, joints, [-1, 0, 1]), bent


def test_a_pose_is_undone_where_vertices_match():
    reference, bent = limb()
    there = turned(quantised(Surface(_posed.pose(reference, bent).points, reference.faces), 14))
    suspect, order = shuffled(there)
    found = next(iter(candidates(body_of(suspect), reference)))
    assert found.kind == "pose of matched vertices"
    used = np.unique(suspect.faces)
    assert error(found.surfaces[0].points, reference.points[order[used]]) < 3e-4


def test_faces_in_one_order_match_vertices_whatever_their_numbers_and_others_do_not():
    lump = welded_blob(40)
    renumbered, order = shuffled(lump, 7)
    place = np.argsort(order)
    same = Surface(renumbered.positions, place[lump.faces])
    matches = by_order(body_of(same), body_of(lump))
    assert len(matches) == len(lump.positions)
    assert (order[matches[:, 0]] == matches[:, 1]).all()
    assert not len(by_order(body_of(renumbered), body_of(lump)))  # faces in another order


def test_a_pose_that_few_vertices_match_is_tried_as_they_say_before_closest_points_are():
    reference, bent = limb()
    there = turned(Surface(_posed.pose(reference, bent).points, reference.faces))
    some = np.flatnonzero(np.random.default_rng(0).uniform(size=len(reference.points)) < 0.5)
    every = list(_from_matches(pair(body_of(there), reference), np.stack([some, some], axis=1)))
    assert [found.kind for found in every] == ["pose of matched vertices"] * 2
    used = np.unique(there.faces)
    assert error(every[0].surfaces[0].points, reference.points[used]) < 1e-3


def test_a_pose_is_found_without_matches():
    reference, bent = limb()
    true = remeshed(Surface(reference.points, reference.faces))
    there = remeshed(Surface(_posed.pose(reference, bent).points, reference.faces))
    both = pair(body_of(there), reference)
    joints, share = Articulation(both, np.eye(4)).solve()
    assert share > 0.85
    assert error(_posed.pose(reference, joints).points, _posed.pose(reference, bent).points) < 2e-3
    found = _posed.unposed(both, joints, np.zeros((0, 2), np.int64), "pose")
    assert len(found.surfaces[0].points) == len(np.unique(there.faces))
    assert error(found.surfaces[0].points, true.positions[np.unique(there.faces)]) < 2e-3
    assert found.overlap > 0.95
