from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels import surface
from sceneproof.kernels.surface import face_measures
from tests.kernels._meshes import CASES, random_mesh
from tests.makers.shapes import box, icosphere
from tests.reference import meshes as twin


@pytest.mark.parametrize("case", [*CASES, *range(20)])
def test_agrees_with_exact_arithmetic(case, path):
    points, faces = CASES[case] if isinstance(case, str) else random_mesh(case)
    areas, _, degenerate = face_measures(points.astype(np.float64), faces)
    for number, face in enumerate(faces):
        area, flat = twin.face_measure(points[face].astype(np.float64))
        assert bool(degenerate[number]) == (flat or len(set(face.tolist())) < 3)
        assert areas[number] == pytest.approx(area, rel=1e-12)


@pytest.mark.parametrize("case", [*CASES, *range(20)])
def test_both_paths_are_equal_to_the_last_bit(case, monkeypatch):
    points, faces = CASES[case] if isinstance(case, str) else random_mesh(case)
    points = points.astype(np.float64) * 1.37 + 0.1
    results = []
    for chosen in (True, False):
        monkeypatch.setattr(surface, "compiled", lambda rows, chosen=chosen: chosen)
        results.append(face_measures(points, faces))
    for one, other in zip(*results, strict=True):
        assert np.array_equal(one, other)


def test_a_box_has_its_area_and_volume(path):
    shape = box((2, 3, 4))
    areas, volumes, degenerate = face_measures(shape.positions, shape.faces)
    assert areas.sum() == pytest.approx(52, rel=1e-14)
    assert volumes.sum() == pytest.approx(24, rel=1e-14)
    assert not degenerate.any()


def test_a_fine_sphere_approaches_the_closed_form_with_the_square_of_its_edges(path):
    errors = []
    for level in (3, 4):
        shape = icosphere(radius=2.0, level=level)
        areas, volumes, _ = face_measures(shape.positions, shape.faces)
        errors.append((16 * np.pi - areas.sum(), 32 / 3 * np.pi - volumes.sum()))
    for coarse, fine in zip(*errors, strict=True):
        assert 0 < fine < 0.3 * coarse  # halved edges quarter the error


def test_volume_far_from_the_origin_keeps_its_digits(path):
    shape = box()
    _, volumes, _ = face_measures(shape.positions + 1e6, shape.faces)
    assert volumes.sum() == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_degeneracy_does_not_depend_on_scale(scale, path):
    points, faces = random_mesh(8)
    _, _, degenerate = face_measures(points.astype(np.float64), faces)
    _, _, scaled = face_measures(points.astype(np.float64) * scale, faces)
    assert np.array_equal(degenerate, scaled)


def test_a_thin_but_real_sliver_is_not_degenerate(path):
    _, _, degenerate = face_measures(np.array([[0, 0, 0], [1, 0, 0], [0.5, 1e-9, 0]]), np.array([[0, 1, 2]]))
    assert not degenerate[0]
