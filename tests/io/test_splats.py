"""The arithmetic that every splat format shares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sceneproof import io
from sceneproof.errors import InputError
from sceneproof.io import _splats as shared
from sceneproof.scene import Problem, Splats
from tests.makers import splats as makers


def cloud(count: int = 7, degree: int = 2, seed: int = 3) -> Splats:
    draw = np.random.default_rng(seed)
    return shared.make_splats(
        "/splats/0",
        [],
        positions=draw.normal(size=(count, 3)),
        scales=np.exp(draw.normal(-3, 1, (count, 3))),
        rotations=shared.unit_xyzw(draw.normal(size=(count, 4))),
        opacities=draw.uniform(0.01, 0.99, count),
        harmonics=draw.normal(size=(count, 1 + shared.REST[degree], 3)),
    )


def test_the_activations_have_the_closed_forms() -> None:
    np.testing.assert_allclose(shared.sigmoid(np.array([0.0, math.log(3)])), [0.5, 0.75], rtol=1e-7)
    np.testing.assert_allclose(shared.logit(np.array([0.5, 0.75])), [0.0, math.log(3)], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(shared.linear_scales(np.array([0.0, -2.0])), [1.0, math.exp(-2)], rtol=1e-7)
    np.testing.assert_allclose(
        shared.colors_of_dc(shared.dc_of_colors(np.array([0.0, 0.5, 1.0]))), [0, 0.5, 1], atol=1e-7
    )


def test_opacities_and_scales_at_the_ends_stay_finite_and_come_back() -> None:
    ends = shared.logit(np.array([0.0, 1.0]))
    assert np.isfinite(ends).all()
    np.testing.assert_allclose(shared.sigmoid(ends), [0.0, 1.0], atol=1e-8)
    assert np.isfinite(shared.log_scales(np.array([0.0]))).all()
    assert shared.sigmoid(np.array([-1e30, 1e30])).tolist() == [0.0, 1.0]


def test_a_quaternion_without_a_length_is_no_rotation() -> None:
    turned = shared.xyzw_of_wxyz(np.array([[2.0, 0, 0, 0], [0, 0, 3, 4], [0, 0, 0, 0], [np.nan, 1, 0, 0]]))
    np.testing.assert_allclose(turned, [[0, 0, 0, 1], [0, 0.6, 0.8, 0], [0, 0, 0, 1], [0, 0, 0, 1]], atol=1e-7)
    np.testing.assert_array_equal(shared.wxyz_of_xyzw(turned)[1], turned[1, [3, 0, 1, 2]])


def test_the_rest_of_the_harmonics_runs_by_channel_or_by_coefficient() -> None:
    first = np.zeros((1, 3))
    by_channel = np.arange(9.0).reshape(1, 9)
    assert shared.harmonics_of(first, by_channel)[0, 1:].tolist() == [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
    assert shared.harmonics_of(first, by_channel, by_channel=False)[0, 1].tolist() == [0, 1, 2]
    np.testing.assert_array_equal(shared.rest_of(shared.harmonics_of(first, by_channel)), by_channel)
    assert [shared.degree_of(count) for count in (0, 3, 8, 15, 24, 7)] == [0, 1, 2, 3, 4, None]


@pytest.mark.parametrize("degree", range(5))
def test_the_trainers_ply_has_every_column_in_its_place(degree: int) -> None:
    made = cloud(degree=degree)
    data = shared.ply_bytes(made, ["AIGC {}", "two\nlines"])
    head, _, body = data.partition(b"end_header\n")
    assert b"comment AIGC {}\ncomment two lines\nelement vertex 7\n" in head
    names = [line.split()[-1].decode() for line in head.splitlines() if line.startswith(b"property")]
    table = np.frombuffer(body, "<f4").reshape(7, len(names))
    column = {name: table[:, i].astype(np.float64) for i, name in enumerate(names)}
    np.testing.assert_array_equal(np.stack([column[c] for c in "xyz"], 1).astype(np.float32), made.positions)
    np.testing.assert_allclose(np.exp(column["scale_1"]), made.scales[:, 1], rtol=1e-6)
    np.testing.assert_allclose(1 / (1 + np.exp(-column["opacity"])), made.opacities, rtol=1e-6)
    np.testing.assert_array_equal(column["rot_0"].astype(np.float32), made.rotations[:, 3])
    rest = shared.REST[degree]
    assert sum(name.startswith("f_rest") for name in names) == 3 * rest
    if rest:
        np.testing.assert_array_equal(column[f"f_rest_{rest}"].astype(np.float32), made.harmonics[:, 1, 1])


def test_a_cut_degree_is_filled_and_missing_harmonics_are_grey() -> None:
    made = cloud(degree=1)
    cut = Splats(made.pointer, made.positions, made.scales, made.rotations, made.opacities, made.harmonics[:, :3])
    assert b"f_rest_8" in shared.ply_bytes(cut)
    none = Splats(made.pointer, made.positions, made.scales, made.rotations, made.opacities, made.harmonics[:, :0])
    assert b"f_dc_2" in shared.ply_bytes(none)
    assert b"f_rest_0" not in shared.ply_bytes(none)


def test_a_position_that_is_not_finite_refuses_and_other_values_are_a_problem() -> None:
    made = cloud()
    names = ("positions", "scales", "rotations", "opacities", "harmonics")
    arrays = {name: np.array(getattr(made, name)) for name in names}
    arrays["scales"][2] = np.inf
    arrays["opacities"][3] = np.nan
    problems: list[Problem] = []
    shared.make_splats("/splats/0", problems, **arrays)
    assert [(item.code, item.pointer, item.count) for item in problems] == [
        ("splat-not-finite", "/splats/0/scales", 1),
        ("splat-not-finite", "/splats/0/opacities", 1),
    ]
    arrays["positions"] = np.where(np.arange(7)[:, None] == 5, np.inf, made.positions)
    with pytest.raises(InputError, match="splat 5 has no finite position"):
        shared.make_splats("/splats/0", [], **arrays)


@pytest.mark.parametrize(
    ("comments", "axis"),
    [
        ((), "-y"),
        (("Generated by a trainer",), "-y"),
        (("Generated by Nerfstudio 1.1.5", "Vertical Axis: z"), "+z"),
        (("vertical axis: -Z",), "-z"),
        (("Vertical Axis: y",), "+y"),
        (("Vertical Axis: up",), "-y"),
    ],
)
def test_splats_in_a_ply_are_y_down_unless_a_comment_says_otherwise(comments: tuple[str, ...], axis: str) -> None:
    assert io.load(shared.ply_bytes(cloud(), comments)).up_axis == axis


def test_spz_is_y_up_and_the_formats_of_the_trainers_are_y_down() -> None:
    truth = makers.cloud(degree=0)
    assert io.load(makers.spz(truth, 3)).up_axis == "+y"
    assert io.load(makers.dot_splat(truth), uri="a.splat").up_axis == "-y"
    assert io.load(makers.ksplat(truth)).up_axis == io.load(makers.sog(truth)).up_axis == "-y"
