"""Splat files of other people's tools: counts that are known, one capture in two formats, conversion and label."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sceneproof import load, mark, verify
from sceneproof.derived.framing import views
from sceneproof.scene import Splats
from tests.io._splat_checks import turn_error

# Count and coefficients; the counts stand in meta.json, headers, or follow from the file's length.
KNOWN = {
    "angel-kneeling.sog": (83_547, 1),
    "massa.sog": (58_649, 1),
    "narcissus.sog": (101_275, 1),
    "biker.spz": (152_746, 1),
    "biker.compressed.ply": (152_746, 1),
    "minimal-raw.spz": (4, 1),
    "minimal-v2.spz": (4, 1),
    "minimal-v3.spz": (4, 1),
    "minimal-v4.spz": (4, 1),
    "minimal.splat": (4, 1),
    "minimal.ksplat": (4, 1),
    "khr_gaussian_splatting_spz.glb": (1, 1),
}
DECLARATION = {"role": "provider", "origin": "ai-generated", "producer": "Studio", "content_id": "S-1"}


@pytest.mark.parametrize("name", KNOWN)
def test_known_files_have_their_splats(data: Path, name: str) -> None:
    scene = load(data / "splats" / name)
    (cloud,) = scene.splats
    assert (len(cloud.positions), cloud.harmonics.shape[1]) == KNOWN[name]
    assert scene.problems == ()
    np.testing.assert_allclose(np.linalg.norm(cloud.rotations, axis=1), 1, atol=1e-6)
    assert 0 <= cloud.opacities.min() <= cloud.opacities.max() <= 1
    assert cloud.scales.min() > 0


def _splats(data: Path, name: str) -> Splats:
    return load(data / "splats" / name).splats[0]


def test_one_capture_reads_alike_as_spz_and_as_compressed_ply(data: Path) -> None:
    """Half a step of SPZ each: 2^-13, ln-scales of 1/32 down to -10, 9 bits of the smallest three, 1/255/0.15/2.

    The PLY has its y down and z ahead, SPZ its y up and z back; both hold the splats in one order.
    """
    ply, spz = _splats(data, "biker.compressed.ply"), _splats(data, "biker.spz")
    np.testing.assert_allclose(ply.positions * [1, -1, -1], spz.positions, atol=2.0**-13 + 1e-7)
    logs = np.maximum(np.log(ply.scales.astype(np.float64)), -10)
    np.testing.assert_allclose(logs, np.log(spz.scales.astype(np.float64)), atol=1 / 32 + 1e-5)
    turned = Splats(
        "", ply.positions, ply.scales, ply.rotations * np.float32([1, -1, -1, 1]), ply.opacities, ply.harmonics
    )
    assert turn_error(turned, spz) < 0.003
    np.testing.assert_allclose(ply.opacities, spz.opacities, atol=0.5 / 255)
    np.testing.assert_allclose(ply.harmonics, spz.harmonics, atol=0.5 / 255 / 0.15 + 1e-5)


def test_the_smallest_files_hold_one_square_in_every_format(data: Path) -> None:
    names = ("minimal.splat", "minimal.ksplat", "minimal-v2.spz")
    read = [_splats(data, name) for name in names]
    for cloud in read:
        np.testing.assert_array_equal(cloud.positions, [[-1, 0, -1], [0, 0, -1], [-1, 0, 0], [0, 0, 0]])
        np.testing.assert_allclose(cloud.scales, 0.1, rtol=0.02)
        np.testing.assert_allclose(cloud.opacities, 0.902, atol=0.001)
    later = _splats(data, "minimal-v4.spz")
    np.testing.assert_array_equal(later.positions, read[0].positions * [1, 1, -1])
    np.testing.assert_allclose(later.harmonics, read[0].harmonics, atol=0.01)


def test_the_packed_splat_of_a_gltf_lies_where_its_accessor_says(data: Path) -> None:
    cloud = _splats(data, "khr_gaussian_splatting_spz.glb")
    np.testing.assert_array_equal(cloud.positions, [[1, 2, 3]])
    np.testing.assert_allclose(np.log(cloud.scales), [[3, 2, 1]], atol=1e-6)


@pytest.mark.parametrize("name", ["minimal.ksplat", "massa.sog"])
def test_a_format_that_is_only_read_is_marked_as_ply(data: Path, name: str, tmp_path: Path) -> None:
    receipt = mark(data / "splats" / name, tmp_path / "out.ply", declaration=DECLARATION).to_dict()
    files = receipt["asset"]
    assert (files["before"]["format"], files["after"]["format"]) == (name.rpartition(".")[2], "ply")
    assert receipt["marks"]["metadata"]["verified"]
    assert [note["codec"].partition(", ")[2] for note in receipt["reencoded"]] == ["written as 3DGS PLY"]
    before, after = _splats(data, name), load(tmp_path / "out.ply").splats[0]
    np.testing.assert_array_equal(after.positions, before.positions)
    np.testing.assert_allclose(after.scales, before.scales, rtol=2e-6)
    np.testing.assert_allclose(after.opacities, before.opacities, atol=1e-6)
    np.testing.assert_array_equal(after.harmonics, before.harmonics)
    assert turn_error(after, before) < 1e-3


@pytest.mark.parametrize("name", ["biker.spz", "minimal-v3.spz", "minimal.splat", "khr_gaussian_splatting_spz.glb"])
def test_a_format_that_is_written_keeps_its_splats(data: Path, name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    receipt = mark(data / "splats" / name, target, declaration=DECLARATION).to_dict()
    assert receipt["marks"]["metadata"]["verified"]
    assert verify(target).to_dict()["metadata"]["found"]
    before, after = _splats(data, name), load(target).splats[0]
    for field in ("positions", "scales", "rotations", "opacities", "harmonics"):
        np.testing.assert_array_equal(getattr(after, field), getattr(before, field))


def test_one_capture_is_framed_alike_in_spz_and_in_compressed_ply(data: Path) -> None:
    """Both are seen upright: half a step of SPZ, 2^-13 m of about 3 m over 360 pixels, is less than a tenth of one."""
    scenes = [load(data / "splats" / name) for name in ("biker.spz", "biker.compressed.ply")]
    spz, ply = (views(scene)[0].project(scene.splats[0].positions, 640, 360)[:, :2] for scene in scenes)
    np.testing.assert_allclose(spz, ply, atol=0.1)
