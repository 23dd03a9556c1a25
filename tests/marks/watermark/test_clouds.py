"""The codec in clouds: what is written reads back, survives what happens to splats and points, and says no else."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import (
    CapacityError,
    Cloud,
    CloudEmbedding,
    CodecError,
    capacity_cloud,
    detect_cloud,
    embed_cloud,
    splat_weights,
)
from tests.marks.watermark._point_clouds import KEY, PAYLOAD, point_cloud, splat_cloud

OTHER_KEY = b"another key that nobody marked with"


@functools.cache
def written(kind: str) -> tuple[Cloud, CloudEmbedding]:
    cloud = {"splats": splat_cloud, "spz": lambda: splat_cloud(levels=135.6), "points": point_cloud}[kind]()
    return cloud, embed_cloud(cloud, PAYLOAD, KEY)


@functools.cache
def marked(kind: str) -> Cloud:
    cloud, found = written(kind)
    if found.color_change is not None:
        return replace(cloud, colors=cloud.colors + found.color_change)
    return replace(cloud, positions=cloud.positions + found.displacement)


def rounded(cloud: Cloud, bits: int) -> Cloud:
    low, size = cloud.positions.min(axis=0), float(np.ptp(cloud.positions, axis=0).max())
    unit = size / (2**bits - 1)
    return replace(cloud, positions=low + np.round((cloud.positions - low) / unit) * unit)


def thinned(cloud: Cloud, share: float, seed: int = 1) -> Cloud:
    count = len(cloud.positions)
    return cloud.only(np.sort(np.random.default_rng(seed).permutation(count)[int(share * count) :]))


def pruned(cloud: Cloud, share: float) -> Cloud:
    return cloud.only(np.sort(np.argsort(cloud.weights, kind="stable")[int(share * len(cloud.weights)) :]))


def cropped(cloud: Cloud, share: float) -> Cloud:
    along = cloud.positions @ np.array([0.6, 0.5, -0.62])
    return cloud.only(np.flatnonzero(along > np.quantile(along, share)))


def turned(cloud: Cloud) -> Cloud:
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))
    turn[0] *= np.linalg.det(turn)
    return replace(cloud, positions=3.7 * cloud.positions @ turn.T + np.array([4.0, -9.0, 2.0]))


def bytes_of_colors(cloud: Cloud) -> Cloud:
    return replace(cloud, colors=np.clip(np.round(cloud.colors * 255), 0, 255) / 255)


SPLAT_ATTACKS = {
    "as written": lambda c: c,
    "shuffled": lambda c: c.only(np.random.default_rng(0).permutation(len(c.positions))),
    "least opaque 30 % gone": lambda c: pruned(c, 0.3),
    "least opaque 50 % gone": lambda c: pruned(c, 0.5),
    "random 30 % gone": lambda c: thinned(c, 0.3),
    "16 bit": lambda c: rounded(c, 16),
    "11 bit": lambda c: rounded(c, 11),
    "colours in bytes": bytes_of_colors,
    "crop 30": lambda c: cropped(c, 0.3),
    "similarity": turned,
    "y up to y down": lambda c: replace(c, positions=c.positions * np.array([1.0, -1.0, -1.0])),
}
POINT_ATTACKS = {
    "as written": lambda c: c,
    "random 30 % gone": lambda c: thinned(c, 0.3),
    "random 50 % gone": lambda c: thinned(c, 0.5),
    "11 bit": lambda c: rounded(c, 11),
    "crop 30": lambda c: cropped(c, 0.3),
}


@pytest.mark.parametrize("attack", SPLAT_ATTACKS)
def test_splats_are_read_after(attack: str):
    found = detect_cloud([SPLAT_ATTACKS[attack](marked("splats"))], KEY)
    assert found.payload == PAYLOAD
    assert found.found
    assert found.log10_p < -9
    assert found.carriers == (0,)
    assert found.method.startswith("cloud-qim/1 colour")


@pytest.mark.parametrize("attack", POINT_ATTACKS)
def test_points_are_read_after(attack: str):
    found = detect_cloud([POINT_ATTACKS[attack](marked("points"))], KEY)
    assert found.payload == PAYLOAD
    assert found.method.startswith("cloud-qim/1 height")


def test_colours_with_few_levels_stay_on_them_and_are_read():
    _, found = written("spz")
    steps = found.color_change * 135.6
    assert np.abs(steps - np.round(steps)).max() < 1e-6
    assert (steps != 0).any()
    assert detect_cloud([thinned(marked("spz"), 0.3)], KEY).payload == PAYLOAD


def test_splats_change_colour_alone_points_place_alone_within_the_limits():
    _, splats = written("splats")
    assert splats.displacement is None
    assert 0.1 < splats.color_rms <= 1.0
    assert splats.color_p95 <= 3.0
    luma = splats.color_change @ np.array([0.299, 0.587, 0.114])
    assert np.abs(luma).max() < 1e-9 * 255
    _, points = written("points")
    assert points.color_change is None
    assert 1e-5 < points.mrms <= 0.0005
    assert points.maximum <= 0.004


def test_what_is_not_seen_stays_as_it_is():
    cloud = splat_cloud()
    cloud.weights[::3] = 0.0
    found = embed_cloud(cloud, PAYLOAD, KEY)
    assert not found.color_change[::3].any()


def test_odd_rows_are_left_out():
    cloud = splat_cloud()
    cloud.positions[5], cloud.colors[7], cloud.weights[9], cloud.positions[11] = np.nan, np.inf, np.nan, 1e30
    found = embed_cloud(cloud, PAYLOAD, KEY)
    assert not found.color_change[[5, 7, 9]].any()
    assert np.isfinite(found.color_change).all()
    after = replace(cloud, colors=cloud.colors + found.color_change)
    assert detect_cloud([after], KEY).payload == PAYLOAD


def test_the_same_input_gives_the_same_bytes():
    cloud, found = written("splats")
    again = embed_cloud(cloud, PAYLOAD, KEY)
    assert np.array_equal(again.color_change, found.color_change)


@pytest.mark.parametrize("payload", [b"four", bytes(range(16))])
def test_other_payload_lengths(payload: bytes):
    cloud = splat_cloud()
    found = embed_cloud(cloud, payload, KEY)
    after = replace(cloud, colors=cloud.colors + found.color_change)
    assert detect_cloud([after], KEY, bits=8 * len(payload)).payload == payload


def test_another_payload_over_the_first_replaces_it():
    first = marked("splats")
    found = embed_cloud(first, PAYLOAD[::-1], KEY)
    assert detect_cloud([replace(first, colors=first.colors + found.color_change)], KEY).payload == PAYLOAD[::-1]


def test_a_mark_of_another_key_beside_the_first_leaves_both():
    first = marked("splats")
    found = embed_cloud(first, PAYLOAD[::-1], OTHER_KEY)
    both = replace(first, colors=first.colors + found.color_change)
    assert detect_cloud([both], KEY).payload == PAYLOAD
    assert detect_cloud([both], OTHER_KEY).payload == PAYLOAD[::-1]


@pytest.mark.parametrize("kind", ["splats", "points"])
def test_another_key_finds_nothing(kind: str):
    found = detect_cloud([marked(kind)], OTHER_KEY, effort="quick")
    assert not found.found
    assert found.payload is None
    assert found.log10_p > -5


def test_of_a_very_large_cloud_a_part_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sceneproof.marks.watermark.codec._cloud_detect.MOST_READ", 8000)
    quick, deep = (detect_cloud([marked("splats")], KEY, effort=effort) for effort in ("normal", "deep"))
    assert quick.payload == deep.payload == PAYLOAD
    assert quick.log10_p > deep.log10_p


def test_of_several_clouds_the_one_that_bears_it_is_named():
    found = detect_cloud([splat_cloud(3000), marked("splats")], KEY)
    assert found.payload == PAYLOAD
    assert found.carriers == (1,)
    assert [record.found for record in found.all] == [False, True]


@pytest.mark.parametrize("count", [0, 1, 399, 700])
def test_too_few_splats_are_refused_with_the_reason(count: int):
    cloud = splat_cloud(max(count, 1)).only(np.arange(count))
    room = capacity_cloud(cloud)
    assert not room.ok
    assert "too few points" in room.reason
    with pytest.raises(CapacityError, match="too few points"):
        embed_cloud(cloud, PAYLOAD, KEY)
    assert not detect_cloud([cloud], KEY).found


def test_points_at_one_place_are_refused():
    cloud = Cloud(np.ones((1000, 3)), np.ones(1000))
    with pytest.raises(CapacityError, match="too few places"):
        embed_cloud(cloud, PAYLOAD, KEY)


def test_capacity_says_what_fits():
    room = capacity_cloud(splat_cloud())
    assert room.ok
    assert room.bits == 128
    assert capacity_cloud(point_cloud(1500)).ok is False


def test_arguments_are_checked():
    cloud = splat_cloud()
    with pytest.raises(CodecError, match="strength"):
        embed_cloud(cloud, PAYLOAD, KEY, strength="X")
    with pytest.raises(CodecError, match="effort"):
        detect_cloud([cloud], KEY, effort="most")
    with pytest.raises(CodecError, match="payload"):
        embed_cloud(cloud, b"x", KEY)


def test_weights_follow_opacity_and_size():
    weights = splat_weights(
        np.array([1.0, 0.5, 0.0, 1.0]), np.array([[1, 4, 0.1], [4, 1, 0.1], [4, 4, 4], [1, 1, 1.0]])
    )
    assert weights[0] == 2 * weights[1]
    assert weights[2] == 0
    assert weights[3] < weights[0]
    assert len(splat_weights(np.zeros(0), np.zeros((0, 3)))) == 0
