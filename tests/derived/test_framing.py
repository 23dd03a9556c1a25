"""Views: closed forms of the default framing, cameras of any aspect ratio, and that rays and projection agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.framing import ASPECTS, UPRIGHT, View, frame, framed_points, views
from sceneproof.errors import InputError
from sceneproof.scene import Camera, PointCloud, Scene
from tests import _scenes
from tests.makers import shapes

LENS = Camera("/cameras/0", "lens", "perspective", 0.1, 100.0, yfov=np.radians(60))


def with_camera(matrix: np.ndarray, camera: Camera = LENS) -> Scene:
    base = _scenes.scene(shapes.box())
    node = _scenes.node(1, matrix=matrix, camera=0)
    return replace(base, nodes=(*base.nodes, node), roots=(0, 1), cameras=(camera,))


def test_a_sphere_is_framed_at_105_percent_of_the_distance_that_fits_it() -> None:
    """A sphere of radius r fits a 30 degree cone from r / sin 15 degrees."""
    scene = _scenes.scene(shapes.icosphere(0.5, 4), nodes=[_scenes.node(0, 0, _scenes.moved(1, 2, 3))])
    view = views(scene)[0]
    distance = 1.05 * 0.5 / np.sin(np.radians(15))
    up, out = np.cos(np.radians(75)), np.sin(np.radians(75))
    assert view.eye == pytest.approx(np.array([1, 2 + distance * up, 3 + distance * out]), rel=1e-4)
    assert view.fit == pytest.approx(1.0, abs=0.01)
    assert view.node is None


def test_the_default_framing_holds_every_point_at_every_aspect() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        points = rng.normal(size=(50, 3)) * rng.uniform(0.01, 3, 3)
        view = frame(points)
        assert view is not None
        for _, aspect in ASPECTS:
            seen = view.project(points, round(400 * aspect), 400)
            assert (seen[:, :2] > 0).all()
            assert (seen[:, :2] < (400 * aspect, 400)).all()


def test_a_narrow_picture_grows_until_the_scene_fits_across() -> None:
    wide = frame(np.array([[-1.0, 0, 0], [1.0, 0, 0]]))
    assert wide is not None
    across, up = wide.half(9 / 16)
    assert across == pytest.approx(wide.half_height * wide.fit)
    assert up == pytest.approx(across * 16 / 9)
    assert wide.half(16 / 9)[1] == pytest.approx(np.tan(np.radians(15)))


@pytest.mark.parametrize(
    ("used", "side"),
    [((), 1), (("VRM",), -1), (("VRMC_vrm",), 1), (("VRM", "VRMC_vrm"), 1), (("VRM", "KHR_materials_unlit"), -1)],
)
def test_an_avatar_of_vrm_0_is_looked_at_from_where_it_faces(used: tuple[str, ...], side: int) -> None:
    """Azimuth 180 degrees: the same picture of a scene turned half round about Y."""
    node = _scenes.node(0, 0, _scenes.moved(1, 2, 3))
    view = views(replace(_scenes.scene(shapes.icosphere(0.5, 3), nodes=[node]), extensions_used=used))[0]
    distance = 1.05 * 0.5 / np.sin(np.radians(15))
    up, out = np.cos(np.radians(75)), np.sin(np.radians(75))
    assert view.eye == pytest.approx(np.array([1, 2 + distance * up, 3 + side * distance * out]), rel=1e-3)
    assert view.rotation[:, 0] == pytest.approx((side, 0, 0))
    assert np.linalg.det(view.rotation) == pytest.approx(1)
    assert view.project(np.array([[1.0, 2, 3]]), 200, 100)[0] == pytest.approx((100, 50, distance), rel=1e-3)


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.ones((5, 3)), np.full((2, 3), 1e6)])
def test_no_extent_is_no_view(points: np.ndarray) -> None:
    assert frame(points) is None


def test_a_camera_looks_along_minus_z_of_its_node() -> None:
    turn = np.eye(4)
    turn[:3, :3] = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]  # a quarter turn about Y: -Z becomes -X
    turn[:3, 3] = 5, 0, 0
    view = views(with_camera(turn))[0]
    middle = view.project(np.array([[0.0, 0, 0]]), 200, 100)[0]
    assert middle == pytest.approx((100, 50, 5))
    assert view.pointer == "/nodes/1"
    top = view.project(np.array([[0.0, 5 * np.tan(np.radians(30)), 0]]), 200, 100)[0]
    assert top[1] == pytest.approx(0, abs=1e-9)


def test_the_scale_of_a_node_is_no_part_of_a_view() -> None:
    plain, scaled = np.eye(4), np.diag([2.0, 3.0, 0.5, 1.0])
    plain[:3, 3] = scaled[:3, 3] = 0, 0, 4
    one, two = views(with_camera(plain))[0], views(with_camera(scaled))[0]
    assert one.rotation == pytest.approx(two.rotation)
    assert one.eye == pytest.approx(two.eye)


@pytest.mark.parametrize("kind", ["perspective", "orthographic", "default"])
def test_projection_undoes_rays(kind: str) -> None:
    matrix = np.eye(4)
    matrix[:3, 3] = 0.3, 0.2, 4
    flat = Camera("/cameras/0", "flat", "orthographic", 0.5, 50.0, xmag=2.0, ymag=1.5)
    scene = (
        _scenes.scene(shapes.box())
        if kind == "default"
        else with_camera(matrix, LENS if kind == "perspective" else flat)
    )
    view: View = views(scene)[0]
    origins, directions = view.rays(16, 9)
    assert np.linalg.norm(directions, axis=1) == pytest.approx(1)
    assert view.local(origins)[:, 2] == pytest.approx(view.znear)
    seen = view.project(origins + 3.7 * directions, 16, 9)
    assert seen[0, :2] == pytest.approx((0.5, 0.5))
    assert seen[16, :2] == pytest.approx((0.5, 1.5))
    assert seen[-1, :2] == pytest.approx((15.5, 8.5))


def test_a_point_behind_the_eye_has_no_pixel() -> None:
    matrix = np.eye(4)
    seen = views(with_camera(matrix))[0].project(np.array([[0.0, 0, 1.0], [0, 0, -1.0]]), 10, 10)
    assert np.isnan(seen[0, :2]).all()
    assert np.isfinite(seen[1]).all()


@pytest.mark.parametrize("matrix", [np.diag([1.0, 0, 1, 1]), np.diag([0.0, 0, 0, 1]), np.full((4, 4), np.nan)])
def test_a_singular_camera_is_named(matrix: np.ndarray) -> None:
    with pytest.raises(InputError, match="singular") as caught:
        views(with_camera(matrix))
    assert caught.value.pointer == "/nodes/1"


def test_positions_that_are_not_finite_do_not_count() -> None:
    shape = shapes.box()
    positions = np.array(shape.positions, np.float32)
    positions[3] = np.nan
    broken = _scenes.primitive(shape, attributes={"POSITION": positions})
    assert len(framed_points(_scenes.scene(broken))) == 23


def test_loose_points_count() -> None:
    cloud = PointCloud("/points/0", np.array([[0.0, 0, 0], [2, 0, 0]], np.float32))
    scene = Scene("ply", None, (), (), (), points=(cloud,))
    assert framed_points(scene)[:, 0].tolist() == [0, 2]
    assert views(scene)[0].name == "default"


def test_data_that_is_not_decoded_counts_with_the_corners_of_its_bounds() -> None:
    closed = replace(
        _scenes.primitive(shapes.box()),
        attributes={},
        triangles=np.zeros((0, 3), np.int64),
        undecoded="draco",
        bounds_hint=np.array([[-1.0, -2, -3], [1, 2, 3]]),
    )
    points = framed_points(_scenes.scene(closed, nodes=[_scenes.node(0, 0, _scenes.moved(10))]))
    assert points.min(axis=0) == pytest.approx((9, -2, -3))
    assert points.max(axis=0) == pytest.approx((11, 2, 3))
    assert len(points) == 8


@pytest.mark.parametrize("axis", list(UPRIGHT))
def test_a_cloud_is_seen_the_right_way_up_whatever_its_axes(axis: str) -> None:
    """Turned into the file's axes, points are seen where they are seen in glTF's."""
    points = np.random.default_rng(5).normal(size=(40, 3)) * (1, 3, 0.5)
    upright = UPRIGHT[axis]
    assert np.linalg.det(upright) == 1  # a turn; a mirror would swap left and right
    up = np.eye(3)["xyz".index(axis[1])] * (1 if axis[0] == "+" else -1)
    assert (upright @ up).tolist() == [0, 1, 0]
    straight = Scene("spz", None, (), (), (), points=(PointCloud("/points/0", points),))
    turned = replace(straight, up_axis=axis, points=(PointCloud("/points/0", points @ upright),))
    seen = views(turned)[0].project(points @ upright, 640, 360)
    assert seen == pytest.approx(views(straight)[0].project(points, 640, 360))
