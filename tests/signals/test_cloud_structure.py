"""Planes and outliers of point clouds; what happens without Open3D."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.derived import bridges, planes
from sceneproof.errors import MissingExtraError
from sceneproof.scene import PointCloud, Scene
from sceneproof.signals.capture import cloud_structure


def cloud(points: np.ndarray) -> Scene:
    held = (PointCloud("/points", points.astype(np.float32)),)
    return Scene("ply", None, (), (), (), points=held)


def wall_and_floor(outliers: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    flat = rng.uniform(0, 1, (2000, 2))
    floor = np.column_stack([flat[:1000, 0], np.zeros(1000), flat[:1000, 1]])
    wall = np.column_stack([flat[1000:, 0], flat[1000:, 1], np.zeros(1000)])
    return np.concatenate([floor, wall, rng.uniform(3, 9, (outliers, 3))])


@pytest.fixture
def _open3d() -> None:
    try:
        bridges.open3d()
    except MissingExtraError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("_open3d")
def test_two_planes_and_the_points_off_them_are_found() -> None:
    found = cloud_structure.measure(cloud(wall_and_floor(20)))
    assert found.detail["planes"] == 2
    assert found.detail["plane_share"] >= 0.95  # shares come in steps of 5 %
    assert 0.008 < found.value < 0.03
    assert found.score is None
    assert found == cloud_structure.measure(cloud(wall_and_floor(20)))


@pytest.mark.usefixtures("_open3d")
def test_a_ball_has_no_plane() -> None:
    directions = np.random.default_rng(1).normal(size=(3000, 3))
    found = cloud_structure.measure(cloud(directions / np.linalg.norm(directions, axis=1)[:, None]))
    assert found.detail["planes"] == 0


def test_without_open3d_the_detail_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingExtraError("install it")

    monkeypatch.setattr(planes, "open3d", missing)
    found = cloud_structure.measure(cloud(wall_and_floor(20)))
    assert 0.008 < found.value < 0.03
    assert found.detail["missing"] == "install it"
    assert "planes" not in found.detail


def test_a_scene_without_points_has_no_value() -> None:
    assert cloud_structure.measure(cloud(np.zeros((0, 3)))).value is None
