from __future__ import annotations

from dataclasses import replace

import numpy as np

from sceneproof.derived.topology import mark_meshes, mesh_topology, topology
from tests._scenes import moved, node, primitive, scene
from tests.makers.shapes import box, icosphere, merged, plane


def test_a_box_is_six_open_sides_as_stored_and_closed_as_welded():
    found = mesh_topology(scene(box()), 0)
    assert (found.stored.boundary_edges, found.stored.components) == (24, 6)
    assert (found.welded.boundary_edges, found.welded.components) == (0, 1)
    assert found.duplicates == 16
    assert found.closed


def test_a_surface_split_over_two_materials_is_closed_as_welded():
    shape = icosphere(level=1)
    halves = [replace(shape, faces=shape.faces[:40]), replace(shape, faces=shape.faces[40:])]
    found = mesh_topology(scene([primitive(half) for half in halves]), 0)
    assert found.welded.boundary_edges == 0
    assert found.stored.boundary_edges > 0
    assert found.closed


def test_one_turned_face_leaves_the_mesh_open():
    shape = icosphere(level=1)
    faces = shape.faces.copy()
    faces[3] = faces[3, ::-1]
    found = mesh_topology(scene(replace(shape, faces=faces)), 0)
    assert found.welded.boundary_edges == 0
    assert not found.closed


def test_degenerate_faces_make_no_edges_and_no_pieces():
    shape = icosphere(level=0)
    flat = np.array([[0, 0, 1], [2, 2, 2]], np.uint32)
    found = mesh_topology(scene(replace(shape, faces=np.concatenate([shape.faces, flat]))), 0)
    assert found.degenerate == 2
    assert (found.welded.boundary_edges, found.welded.components) == (0, 1)
    assert found.closed


def test_a_mesh_drawn_twice_counts_once():
    asset = scene(plane(), nodes=[node(0, 0), node(1, 0, moved(x=2))])
    assert topology(asset).welded.components == 1
    assert topology(asset).welded.boundary_edges == 4


def test_pieces_of_several_meshes_add_up():
    asset = scene(merged([icosphere(level=0), icosphere(level=0).moved((3, 0, 0))]), plane())
    found = topology(asset)
    assert found.welded.components == 3
    assert not found.closed


def test_a_mesh_that_only_the_label_draws_is_left_out():
    label = {"sceneproof": {"slot": "label"}}
    asset = scene(icosphere(level=0), plane(), nodes=[node(0, 0), node(1, 1, extras=label)])
    assert mark_meshes(asset) == {1}
    assert topology(asset).closed
    shared = scene(icosphere(level=0), nodes=[node(0, 0), node(1, 0, extras=label)])
    assert mark_meshes(shared) == frozenset()


def test_vertices_that_are_not_numbers_are_counted_and_harm_nothing_else():
    shape = icosphere(level=1)
    shape.positions[5] = np.nan
    shape.positions[6, 1] = np.inf
    found = mesh_topology(scene(shape), 0)
    assert found.nonfinite == 2
    assert found.degenerate > 0
    assert not found.closed


def test_a_mesh_without_faces_has_nothing_to_count():
    assert mesh_topology(scene([]), 0).triangles == 0
    assert not topology(scene([])).closed
