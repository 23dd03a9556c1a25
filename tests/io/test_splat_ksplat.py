"""``.ksplat``: sections, buckets and the three compression levels."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from sceneproof.errors import InputError
from sceneproof.io import ksplat
from tests.io._splat_checks import assert_close
from tests.makers import splats as make

HALF = 2.0**-11  # relative step of a half float
LEVELS = {
    0: {"positions": 0, "scales": 1e-6, "rotations": 1e-3, "rest": 1e-6},
    1: {"positions": 12 / 32767 / 2 + 1e-6, "scales": 2 * HALF, "rotations": 0.002, "rest": HALF},
    2: {"positions": 12 / 32767 / 2 + 1e-6, "scales": 2 * HALF, "rotations": 0.002, "rest": 1.5 / 255 + 1e-6},
}


@pytest.mark.parametrize("sections", [1, 3])
@pytest.mark.parametrize("degree", range(4))
@pytest.mark.parametrize("level", [0, 1, 2])
def test_every_level_gives_the_cloud_back_within_its_steps(level: int, degree: int, sections: int) -> None:
    truth = make.cloud(23, degree)
    scene = ksplat.load(make.ksplat(truth, level, sections=sections), "a.ksplat", None)
    byte = 0.5 / 255 + 1e-6
    assert_close(scene.splats[0], truth, opacities=byte, first=byte / make.SH_0, **LEVELS[level])
    assert (scene.format, scene.problems) == ("ksplat", ())


def test_a_range_of_harmonics_that_is_not_stated_is_one_and_a_half() -> None:
    truth = make.cloud(5, 1)
    data = bytearray(make.ksplat(truth, 2))
    stated = ksplat.load(bytes(data), None, None).splats[0]
    struct.pack_into("<ff", data, 36, 0, 0)
    np.testing.assert_array_equal(ksplat.load(bytes(data), None, None).splats[0].harmonics, stated.harmonics)


def test_sections_of_unlike_degree_are_filled_with_zeros() -> None:
    flat, rich = make.ksplat(make.cloud(4, 0)), make.ksplat(make.cloud(6, 1, seed=2))
    head = bytearray(flat[:4096])
    struct.pack_into("<IIII", head, 4, 2, 2, 10, 10)
    data = bytes(head) + flat[4096:5120] + rich[4096:5120] + flat[5120:] + rich[5120:]
    read = ksplat.load(data, None, None).splats[0]
    assert read.harmonics.shape == (10, 4, 3)
    assert not read.harmonics[:4, 1:].any()
    np.testing.assert_array_equal(read.positions[4:], make.cloud(6, 1, seed=2).positions)


def test_the_kind_is_told_from_the_first_bytes() -> None:
    assert ksplat.sniff(make.ksplat(make.cloud(), 2)[:512])
    assert not ksplat.sniff(bytes(512))


def _patched(at: int, form: str, *values: float, level: int = 1) -> bytes:
    data = bytearray(make.ksplat(make.cloud(10, 1), level))
    struct.pack_into(form, data, at, *values)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bytes(4095), "header of a .ksplat alone"),
        (_patched(0, "<BB", 1, 0), "version 1.0"),
        (_patched(1, "<B", 0), "version 0.0"),
        (_patched(20, "<H", 3), "level 3"),
        (_patched(4, "<I", 1 << 31), "sections do not fit"),
        (_patched(16, "<I", 11), "states 11 splats, its sections 10"),
        (_patched(4096, "<I", 4_000_000_000), "in a section for 10"),
        (_patched(4096, "<II", 4_000_000_000, 4_000_000_000), "the section ends at byte"),
        (_patched(4096 + 40, "<H", 4), "degree 4"),
        (_patched(4096 + 20, "<H", 11), "do not hold their centres"),
        (_patched(4096 + 12, "<I", 2), "do not hold their centres"),
        (_patched(4096 + 16, "<f", float("nan")), "size of a bucket"),
        (_patched(5120, "<I", 1), "the buckets hold 9 of 10"),
        (make.ksplat(make.cloud(), 1)[:-1], "the section ends at byte"),
    ],
)
def test_faults_are_refused_with_one_line(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        ksplat.load(data, None, None)
    assert "\n" not in str(caught.value)
