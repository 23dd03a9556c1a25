"""Rays against triangles: closed forms, a slow twin, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.ray_scene import hidden_nodes, is_label, ray_scene
from tests import _scenes
from tests.makers import shapes
from tests.makers.shapes import Shape


def first_hit(corners: np.ndarray, origin: np.ndarray, direction: np.ndarray) -> tuple[int, float]:
    """Möller and Trumbore, one ray against all triangles, the slow way."""
    best, at = -1, np.inf
    for number, (a, b, c) in enumerate(corners):
        across = np.cross(direction, c - a)
        turn = (b - a) @ across
        if turn == 0:
            continue
        u = (origin - a) @ across / turn
        v = direction @ np.cross(origin - a, b - a) / turn
        t = (c - a) @ np.cross(origin - a, b - a) / turn
        if u >= 0 and v >= 0 and u + v <= 1 and 0 < t < at:
            best, at = number, t
    return best, at


def test_a_ray_into_a_unit_box_stops_at_its_face() -> None:
    hits = ray_scene(_scenes.scene(shapes.box())).cast(
        np.array([[0.1, 0.2, 5.0], [3, 3, 5]]), np.array([[0, 0, -2.0]] * 2)
    )
    assert hits.part.tolist() == [0, -1]
    assert hits.distance[0] == pytest.approx(4.5, rel=1e-6)
    assert np.isinf(hits.distance[1])
    assert hits.triangle[1] == -1


def test_it_agrees_with_the_slow_twin() -> None:
    rng = np.random.default_rng(7)
    corners = rng.uniform(-1, 1, (40, 3, 3))
    soup = Shape(corners.reshape(-1, 3).astype(np.float32), np.arange(120).reshape(-1, 3).astype(np.uint32), None, None)
    scene = _scenes.scene(soup)
    origins, directions = rng.uniform(-2, 2, (300, 3)), rng.normal(size=(300, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    hits = ray_scene(scene).cast(origins, directions)
    stored = np.asarray(soup.positions, np.float64).reshape(-1, 3, 3)
    expected = [first_hit(stored, o, d) for o, d in zip(origins, directions, strict=True)]
    assert hits.triangle.tolist() == [number for number, _ in expected]
    found = hits.triangle >= 0
    assert hits.distance[found] == pytest.approx(np.array([t for _, t in expected])[found], rel=1e-5, abs=1e-6)
    at = np.einsum("nk,nkj->nj", hits.barycentric[found], stored[hits.triangle[found]])
    assert at == pytest.approx((origins + hits.distance[:, None] * directions)[found], abs=1e-5)


def test_parts_and_rows_lead_back_to_the_asset() -> None:
    scene = _scenes.scene(
        shapes.box(), shapes.icosphere(0.5, 1), nodes=[_scenes.node(0, 0), _scenes.node(1, 1, _scenes.moved(5))]
    )
    hits = ray_scene(scene).cast(np.array([[5.0, 0.1, 9]]), np.array([[0.0, 0, -1]]))
    assert hits.part.tolist() == [1]
    assert 0 <= hits.triangle[0] < 80


def test_broken_triangles_are_left_out() -> None:
    positions = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [np.nan, 0, 0], [2, 0, 0]], np.float32)
    faces = np.array([[0, 1, 3], [0, 1, 4], [0, 0, 1], [0, 1, 99], [0, 1, 2]], np.uint32)
    rays = ray_scene(_scenes.scene(Shape(positions, faces, None, None)))
    assert rays.triangle.tolist() == [4]


@pytest.mark.parametrize("faces", [np.zeros((0, 3), np.uint32), np.array([[0, 0, 0]], np.uint32)])
def test_nothing_to_hit_hits_nothing(faces: np.ndarray) -> None:
    rays = ray_scene(_scenes.scene(Shape(np.zeros((3, 3), np.float32), faces, None, None)))
    hits = rays.cast(np.zeros((4, 3)), np.ones((4, 3)))
    assert (hits.part == -1).all()
    assert len(rays.cast(np.zeros((0, 3)), np.zeros((0, 3))).part) == 0


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e6])
def test_scale_and_distance_do_not_cost_precision(scale: float) -> None:
    place = _scenes.moved(1e3 * scale, -2e3 * scale, 5e2 * scale, scale)
    rays = ray_scene(_scenes.scene(shapes.box(), nodes=[_scenes.node(0, 0, place)]))
    start = place[:3, 3] + np.array([0.1, 0.2, 300.0]) * scale
    hits = rays.cast(start[None], np.array([[0, 0, -1.0]]))
    assert hits.distance[0] == pytest.approx(299.5 * scale, rel=1e-6)


def test_hidden_nodes_stop_no_ray() -> None:
    scene = _scenes.scene(shapes.box(), shapes.box())
    child = replace(scene.nodes[1], pointer="/nodes/1")
    parent = replace(scene.nodes[0], children=(1,), extensions={"KHR_node_visibility": {"visible": False}})
    hidden = replace(scene, nodes=(parent, child), roots=(0,))
    assert hidden_nodes(hidden) == {0, 1}
    assert len(ray_scene(hidden).part) == 0
    assert len(ray_scene(scene).part) == 24


def test_which_slots_are_labels() -> None:
    assert [is_label(word) for word in ("label", "label-2", "labels", "watermark", None)] == [
        True,
        True,
        False,
        False,
        False,
    ]
