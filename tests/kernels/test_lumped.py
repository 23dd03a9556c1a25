from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.lumped import clusters, divergence_sums, hats, point_blocks, wave_sums
from sceneproof.kernels.variation import block_vertices, variation
from tests.kernels._threads import on_one_and_all_threads
from tests.reference import lumped as twin

RADIUS = 1.1


def _sphere(subdivisions: int) -> tuple[np.ndarray, np.ndarray]:
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=subdivisions, radius=1.0)
    return np.asarray(ball.vertices, dtype=float), np.asarray(ball.faces, dtype=np.int64)


def _one_run(points: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    near = np.full((cells, 27), -1, dtype=np.int64)
    near[:, 13] = 0
    return np.array([0, points], dtype=np.int64), near


def _case(seed: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    random = np.random.default_rng(seed)
    points = np.concatenate([random.uniform(-1, 1, (50, 3)), random.uniform(0, 0.01, (50, 1))], axis=1)
    centres = random.uniform(-1, 1, (5, 3))
    waves = random.normal(size=(5, 3, 4)) * 4
    waves[2, 1:] = 0.0  # waves of no length end those of a cell
    return points, (*_one_run(50, 5), centres), waves


def _expected(points: np.ndarray, centres: np.ndarray, waves: np.ndarray) -> np.ndarray:
    out = np.zeros((len(points), *waves.shape[:2]))
    for i, c, f in np.ndindex(*out.shape):
        if waves[c, f, :3].any():
            out[i, c, f] = twin.divergence(points[i], centres[c], waves[c, f], RADIUS)
    return out


@pytest.mark.parametrize("seed", range(3))
def test_divergences_sums_and_waves_equal_those_of_the_twin(seed: int) -> None:
    points, table, waves = _case(seed)
    expected = _expected(points, table[2], waves)
    random = np.random.default_rng(seed)
    number = random.permutation(50)
    ends, ids, values = on_one_and_all_threads(point_blocks, points, number, table, waves, RADIUS)
    for c in range(5):
        inside = np.flatnonzero(((points[:, :3] - table[2][c]) ** 2).sum(axis=1) < RADIUS**2)
        order = inside[np.argsort(number[inside])]
        assert ids[ends[c] : ends[c + 1]].tolist() == number[order].tolist()
        assert values[:, ends[c] : ends[c + 1]] == pytest.approx(expected[order, c].T, abs=1e-12)
    weight = random.normal(size=50)
    sums = on_one_and_all_threads(divergence_sums, points, weight, table, waves, RADIUS)
    assert sums == pytest.approx((expected * weight[:, None, None]).sum(axis=0), abs=1e-11)
    y = np.where(waves[..., :3].any(axis=2), random.normal(size=(5, 3)), 0.0)
    around = np.full((1, 27), -1, dtype=np.int64)
    around[0, :5] = np.arange(5)
    moved = on_one_and_all_threads(wave_sums, points, table[0], around, table[2], waves, y, RADIUS)
    assert moved == pytest.approx((expected * y).sum(axis=(1, 2)), abs=1e-11)


def test_hats_equal_their_quadrature() -> None:
    vertices, faces = _sphere(1)
    vertices = vertices * [1.0, 0.7, 1.3]
    faces = np.concatenate([faces, faces[:3], [[0, 0, 1]]]).astype(np.int64)
    directions = np.random.default_rng(0).normal(size=vertices.shape)
    lonely = np.concatenate([vertices, [[5.0, 5.0, 5.0]]])  # a vertex without faces
    directions = np.concatenate([directions, [[1.0, 0.0, 0.0]]])
    found = on_one_and_all_threads(hats, lonely, faces, directions)
    assert found == pytest.approx(twin.hats(lonely, faces, directions), abs=1e-12)
    assert found[-1].tolist() == [5, 5, 5, 0, 0]


def test_a_regular_hat_has_its_known_variance() -> None:
    """Six equilateral triangles of side 1: 1/30 (1 + 1 + 1/2) over 1/3, half of it in each direction."""
    angle = np.arange(6) * np.pi / 3
    vertices = np.concatenate([np.zeros((1, 3)), np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)])
    faces = np.array([[0, 1 + k, 1 + (k + 1) % 6] for k in range(6)], dtype=np.int64)
    up = np.tile([0.0, 0.0, 1.0], (7, 1))
    found = hats(vertices, faces, up)[0]
    assert found == pytest.approx([0, 0, 0, 0.125, 6 * np.sqrt(3) / 4 / 3], abs=1e-12)


def test_clusters_are_weighted_means_by_voxel() -> None:
    random = np.random.default_rng(4)
    points, weight = random.uniform(0, 3, (4000, 4)), random.uniform(-0.2, 1, 4000)
    found = clusters(points, weight, 0.25)
    free = weight > 0
    key = ((points[:, :3] - points[:, :3].min(axis=0)) / 0.25).astype(int)
    voxels, group = np.unique(key[free], axis=0, return_inverse=True)
    assert len(found) == len(voxels) > 1024  # more than the first table holds
    total = np.bincount(group, weights=weight[free])
    expected = [np.bincount(group, weights=weight[free] * points[free, k]) / total for k in range(4)]
    expected = np.stack([*expected, total], axis=1)
    assert found[np.lexsort(found.T)] == pytest.approx(expected[np.lexsort(expected.T)])
    assert clusters(points, np.zeros(4000), 0.25).shape == (0, 5)


def test_on_a_fine_mesh_the_formula_equals_the_exact_variation() -> None:
    vertices, faces = _sphere(5)  # edges of .035, against a wave of 1.1
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    place, area = (a + b + c) / 3, 0.5 * np.cross(b - a, c - a)
    centre, wave = np.array([[0.6, 0.5, 0.4]]), np.array([[[3.0, -4.0, 2.0, 0.7]]])
    table = (*_one_run(len(place), 1), centre)
    ends, ids = block_vertices(place, faces, *table, RADIUS)
    points = (place, area, np.full((len(faces), 3), 1 / 3), faces)
    exact = np.zeros(len(vertices))
    exact[ids] = variation(points, table, wave, (ends, ids), vertices, RADIUS)[0]
    found = hats(vertices, faces, vertices)
    around = np.full((1, 27), -1, dtype=np.int64)
    around[0, 0] = 0
    run = np.array([0, len(vertices)], dtype=np.int64)
    lumped = found[:, 4] * wave_sums(found[:, :4].copy(), run, around, centre, wave, np.ones((1, 1)), RADIUS)
    assert np.linalg.norm(lumped - exact) < 0.01 * np.linalg.norm(exact)
    assert ends.tolist() == [0, len(ids)]
