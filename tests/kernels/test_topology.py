from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.duplicates import weld
from sceneproof.kernels.topology import LIMIT, edge_topology, half_edges
from tests.kernels._meshes import CASES, random_mesh
from tests.makers.shapes import icosphere, torus
from tests.reference import meshes as twin


def check(faces, count, skip=None):
    got = edge_topology(faces, count, skip)
    left_out = np.zeros(len(faces), bool) if skip is None else skip
    edges, boundary, nonmanifold, unbalanced, labels = twin.edge_topology(faces, left_out)
    assert (got.edges, got.boundary, got.nonmanifold, got.unbalanced) == (edges, boundary, nonmanifold, unbalanced)
    assert got.labels.tolist() == labels
    assert got.components == max(labels, default=-1) + 1


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_the_slow_twin_on_fixed_meshes(name, path):
    points, faces = CASES[name]
    check(faces, len(points))


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_the_slow_twin_on_random_faulty_meshes(seed, path):
    points, faces = random_mesh(seed)
    check(faces, len(points))
    check(faces, len(points), np.random.default_rng(seed).random(len(faces)) < 0.3)


@pytest.mark.parametrize("level", [0, 1, 3])
def test_a_closed_sphere_meets_eulers_formula(level, path):
    shape = icosphere(level=level)
    found = edge_topology(shape.faces, len(shape.positions))
    assert len(shape.positions) - found.edges + len(shape.faces) == 2
    assert (found.boundary, found.nonmanifold, found.unbalanced, found.components) == (0, 0, 0, 1)


def test_a_welded_torus_has_euler_characteristic_zero(path):
    shape = torus(rows=12, columns=20)
    ids, count = weld(shape.positions)
    found = edge_topology(ids[shape.faces], count)
    assert count - found.edges + len(shape.faces) == 0
    assert (found.boundary, found.unbalanced, found.components) == (0, 0, 1)


def test_the_order_of_faces_and_vertices_changes_no_count(path):
    points, faces = random_mesh(7)
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(len(points))[rng.permutation(faces)]
    a, b = edge_topology(faces, len(points)), edge_topology(shuffled, len(points))
    assert (a.edges, a.boundary, a.nonmanifold, a.unbalanced, a.components) == (
        b.edges,
        b.boundary,
        b.nonmanifold,
        b.unbalanced,
        b.components,
    )


def test_a_hub_with_many_edges_is_sorted_like_any_other(path):
    count = 20_000
    rim = np.arange(1, count)
    faces = np.stack([np.zeros_like(rim), rim, np.roll(rim, -1)], axis=1)
    found = edge_topology(np.random.default_rng(1).permutation(faces), count)
    assert (found.edges, found.boundary, found.components) == (2 * (count - 1), count - 1, 1)


def test_inputs_are_left_as_they_were(path):
    points, faces = random_mesh(5)
    before = faces.copy()
    edge_topology(faces, len(points))
    assert np.array_equal(faces, before)
    assert faces.flags.writeable


def test_a_count_beyond_the_packed_keys_is_refused():
    with pytest.raises(ValueError, match="at most"):
        edge_topology(np.zeros((0, 3), np.int64), LIMIT + 1)


def test_half_edges_lie_in_runs_of_the_same_edge():
    points, faces = random_mesh(11)
    edges = half_edges(faces, len(points), (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]))
    for start, stop in zip(edges.runs[:-1], edges.runs[1:], strict=True):
        assert len({(a, b) for a, b in zip(edges.low[start:stop], edges.high[start:stop], strict=True)}) == 1
    assert len(set(zip(edges.low.tolist(), edges.high.tolist(), strict=True))) == len(edges.runs) - 1
