"""Pictures before and after: what changes them, and by how much."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof._warmup import bumpy_sphere
from sceneproof.bench._gloss import picture, psnr, vertex_normals
from sceneproof.derived.framing import frame

SIZE = 96


@pytest.fixture(scope="module")
def ball() -> tuple[np.ndarray, np.ndarray]:
    positions, faces = bumpy_sphere(64)
    return positions.astype(np.float64), faces


def test_equal_pictures_have_no_noise(ball):
    assert psnr([ball], [ball], SIZE) == float("inf")


def test_a_moved_surface_shows_more_the_more_it_is_moved(ball):
    positions, faces = ball
    waves = np.sin(40 * positions[:, :1]) * positions
    found = [psnr([ball], [(positions + amount * waves, faces)], SIZE) for amount in (1e-6, 1e-5, 1e-2)]
    # ten times the displacement is ten times the change of the normals: 20 dB, while light answers linearly
    assert found[0] - found[1] == pytest.approx(20, abs=0.5)
    assert found[2] < 40


def test_the_same_surface_twice_is_one_picture_and_facets_are_another(ball):
    positions, faces = ball
    doubled = positions[faces.reshape(-1)], np.arange(faces.size).reshape(-1, 3)
    assert psnr([ball], [ball, ball], SIZE) > 100
    assert 30 < psnr([ball], [doubled], SIZE) < 60  # flat faces: the normals are those of the triangles


def test_the_picture_holds_the_subject_and_a_highlight(ball):
    view = frame(ball[0])
    assert view is not None
    grey, filled = picture([ball], view, SIZE)
    assert 0.2 < filled.mean() < 0.9
    assert grey[~filled].min() == 0.0
    assert grey[filled].max() > 0.85
    assert 0.3 < grey[filled].min() < 0.7


def test_nothing_to_see_gives_no_figure():
    flat = np.zeros((3, 3)), np.array([[0, 1, 2]])
    assert np.isnan(psnr([flat], [flat], SIZE))


def test_normals_of_a_plane_are_the_planes():
    positions = np.array([[0.0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])
    normals = vertex_normals(positions, np.array([[0, 1, 2], [0, 2, 3]]))
    assert (normals[:, :2] == 0).all()
    assert normals[:, 2] == pytest.approx([4, 2, 4, 2])
