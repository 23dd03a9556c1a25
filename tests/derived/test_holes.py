from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.holes import holes
from tests._scenes import moved, node, primitive, scene
from tests.makers.shapes import box, icosphere, merged, plane, uv_sphere

ROWS, COLUMNS, RADIUS = 24, 48, 0.5


def opened(rows: int):
    """A sphere without its uppermost rows of faces."""
    shape = uv_sphere(RADIUS, ROWS, COLUMNS)
    low = RADIUS * np.cos(np.pi * rows / ROWS) + 1e-6
    return replace(shape, faces=shape.faces[~(np.asarray(shape.positions)[shape.faces][:, :, 1] > low).any(axis=1)])


def grid(without, size: int = 6):
    """A flat lattice of unit cells without the given cells."""
    shape = plane((size, size), (size, size))
    cells = np.arange(2 * size * size).reshape(size * size, 2)
    return replace(shape, faces=np.delete(shape.faces, cells[list(without)].ravel(), axis=0))


def test_a_round_hole_has_the_length_and_area_of_its_polygon():
    found = holes(scene(opened(3)))
    ring = RADIUS * np.sin(np.pi * 3 / ROWS)
    assert found["count"] == 1
    hole = found["largest"][0]
    assert hole["edges"] == COLUMNS
    assert hole["length_m"] == pytest.approx(2 * COLUMNS * ring * np.sin(np.pi / COLUMNS), rel=1e-5)
    assert hole["area_m2"] == pytest.approx(COLUMNS / 2 * ring**2 * np.sin(2 * np.pi / COLUMNS), rel=1e-5)
    assert hole["least_area_m2"] == pytest.approx(hole["area_m2"], rel=1e-5)
    assert hole["radius_m"] == pytest.approx(ring, rel=1e-4)
    assert hole["centre_m"] == pytest.approx([0, RADIUS * np.cos(np.pi * 3 / ROWS), 0], abs=1e-5)
    assert (hole["pointer"], hole["node"]) == ("/meshes/0/primitives/0", "/nodes/0")
    assert (found["rims"], found["open_chains"], found["more"]) == (0, 0, 0)


def test_a_closed_surface_has_none_and_its_seams_are_none():
    assert holes(scene(uv_sphere()))["count"] == 0
    assert holes(scene(box()))["rims"] == 0


def test_the_border_of_a_sheet_is_a_rim_and_the_hole_in_it_is_a_hole():
    found = holes(scene(grid([14])))
    assert (found["count"], found["rims"]) == (1, 1)
    assert found["length_m"] == pytest.approx(4)
    assert found["area_m2"] == pytest.approx(1)
    assert found["rim_length_m"] == pytest.approx(24)


def test_holes_that_touch_at_a_corner_are_two():
    found = holes(scene(grid([14, 21])))
    assert found["count"] == 2
    assert [hole["edges"] for hole in found["largest"]] == [4, 4]


def test_the_largest_comes_first_and_the_rest_is_counted():
    found = holes(scene(grid([*range(28, 32), *(8 * 20 + 2 * k for k in range(3))], size=20)))
    lengths = [hole["length_m"] for hole in found["largest"]]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == pytest.approx(10)
    many = holes(scene(grid([40 * row + 2 * k + 1 for row in (3, 6, 9) for k in range(1, 15)], size=40)))
    assert many["count"] == 42
    assert len(many["largest"]) + many["more"] == 42


def test_a_saddle_needs_more_than_its_vector_area():
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    inner = np.stack([np.cos(angle), 0.5 * np.cos(2 * angle), np.sin(angle)], axis=1)
    outer = inner * [4, 1, 4]
    k = np.arange(16)
    n = (k + 1) % 16
    faces = np.concatenate([np.stack([k, k + 16, n + 16], 1), np.stack([k, n + 16, n], 1)])
    shape = replace(box(), positions=np.concatenate([inner, outer]), faces=faces, normals=None, uvs=None)
    found = holes(scene(shape))
    assert found["count"] == 1
    assert found["largest"][0]["area_m2"] > 1.1 * found["largest"][0]["least_area_m2"]


def test_places_are_in_world_space_with_every_instance():
    copies = np.stack([moved(x=10.0 * k) for k in range(3)])
    found = holes(scene(opened(3), nodes=[node(0, 0, moved(scale=2), instances=copies)]))
    assert found["count"] == 3
    assert sorted(round(hole["centre_m"][0]) for hole in found["largest"]) == [0, 20, 40]


def test_the_part_that_bears_the_hole_is_named():
    asset = scene([primitive(icosphere()), primitive(opened(3).moved((3, 0, 0)))])
    assert holes(asset)["largest"][0]["pointer"] == "/meshes/0/primitives/1"


def test_an_edge_of_three_faces_leaves_no_false_loop():
    fin = replace(box(), faces=np.concatenate([box().faces, [[0, 1, 24]]]), normals=None, uvs=None)
    fin = replace(fin, positions=np.concatenate([box().positions, [[2, 2, 2]]]))
    found = holes(scene(fin))
    assert found["count"] == 0
    assert found["open_chains"] == 1


def test_nothing_and_not_a_number():
    broken = merged([box(), plane()])
    broken.positions[0] = np.nan
    holes(scene(broken))
    assert holes(scene())["count"] == 0
