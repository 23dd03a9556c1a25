from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels import places
from sceneproof.kernels.places import (
    area_vectors,
    distinct_edges,
    distinct_places,
    surface_sums,
    vertex_vectors,
)
from tests.kernels._threads import on_one_and_all_threads
from tests.reference import places as twin


def _mesh(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points that repeat, -0, NaN, indices that do not exist, edges of many faces."""
    random = np.random.default_rng(seed)
    points = random.integers(-2, 3, (60, 3)) * random.choice([1.0, -1.0], (60, 3))
    points[7, 1] = np.nan
    points[8, 2] = np.inf
    faces = random.integers(0, 60, (80, 3)).astype(np.int64)
    faces[3, 1], faces[4, 2] = -1, 60
    return points, faces


@pytest.mark.parametrize("seed", range(4))
def test_places_are_welded_as_the_twin_does(seed: int) -> None:
    found = distinct_places(*_mesh(seed))
    for a, b in zip(found, twin.places(*_mesh(seed)), strict=True):
        assert a.tolist() == b.tolist()


def test_a_file_made_to_collide_is_welded_by_sorting(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = distinct_places(*_mesh(0))
    monkeypatch.setattr(places, "_same", lambda points, bits, used: (*_unsorted(len(points)), -1))
    found = distinct_places(*_mesh(0))
    for a, b in zip(found, expected, strict=True):
        assert a.tolist() == b.tolist()


def _unsorted(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.empty(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)


@pytest.mark.parametrize("seed", range(3))
def test_edges_and_their_uses_equal_those_of_the_twin(seed: int) -> None:
    vertices, faces, _ = distinct_places(*_mesh(seed))
    edges, uses = on_one_and_all_threads(distinct_edges, faces, len(vertices))
    expected, counts = twin.edges(faces)
    assert edges.tolist() == expected.tolist()
    assert uses.tolist() == counts.tolist()


def test_the_hub_of_a_fan_has_all_its_edges() -> None:
    rim = np.arange(1, 101)
    faces = np.stack([np.zeros(100, dtype=np.int64), rim, np.roll(rim, -1)], axis=1)
    edges, uses = distinct_edges(np.ascontiguousarray(faces), 101)
    assert len(edges) == 200
    assert uses[edges[:, 0] == 0].tolist() == [2] * 100


def test_nothing_has_no_places_and_no_edges() -> None:
    vertices, faces, group = distinct_places(np.zeros((2, 3)), np.zeros((0, 3), dtype=np.int64))
    assert (len(vertices), len(faces), group.tolist()) == (0, 0, [-1, -1])
    assert distinct_edges(faces, 0)[0].shape == (0, 2)
    assert not surface_sums(vertices, faces, np.zeros(3)).any()


@pytest.mark.parametrize("seed", range(3))
def test_sums_over_the_surface_equal_those_of_the_twin(seed: int) -> None:
    vertices, faces, _ = distinct_places(*_mesh(seed))
    origin = np.array([0.3, -0.2, 0.9])
    found = on_one_and_all_threads(surface_sums, vertices, faces, origin)
    assert found == pytest.approx(twin.sums(vertices, faces, origin), abs=1e-9)


def test_a_cube_has_its_known_volume_and_moments() -> None:
    import trimesh

    box = trimesh.creation.box(extents=(1, 2, 3))
    found = surface_sums(np.asarray(box.vertices), np.asarray(box.faces, dtype=np.int64), np.zeros(3))
    assert found[[0, 7]] == pytest.approx([22, 6])
    assert found[11:17] == pytest.approx([6 / 12, 6 * 4 / 12, 6 * 9 / 12, 0, 0, 0])


def test_normals_and_areas_of_vertices_are_sums_over_their_faces() -> None:
    vertices, faces, _ = distinct_places(*_mesh(1))
    vectors, size = on_one_and_all_threads(area_vectors, vertices, faces)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    assert vectors == pytest.approx(0.5 * np.cross(b - a, c - a))
    normals, area = on_one_and_all_threads(vertex_vectors, vertices, faces)
    for v in range(len(vertices)):
        around = np.array([(faces[f] == v).sum() for f in range(len(faces))])
        total = (vectors * around[:, None]).sum(axis=0)
        length = np.linalg.norm(total)
        assert normals[v] == pytest.approx(total / length if length else total, abs=1e-12)
        assert area[v] == pytest.approx((size * around).sum() / 3)
