"""SOG: both versions' numbers, and archives that are not what they say."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
import pytest

from sceneproof.errors import InputError, LimitError
from sceneproof.io import sog
from sceneproof.scene import Splats
from tests.io._splat_checks import assert_close
from tests.makers import splats as make

TRUTH = make.cloud(130, 2)
# Positions: 16 bits of a log scale over a span of 2.8, times the largest 1 + |x|; codebooks of 256 steps; bytes.
STEPS = {"positions": 4 * 2.8 / 65535, "rotations": 0.02}
ENDS = {"scales": 7 / 255 / 2 + 1e-5, "first": 3.55 / 255 / 2 + 1e-5, "rest": 1 / 255 + 1e-5}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("degree", range(4))
@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_give_the_cloud_back_within_their_steps(version: int, degree: int, method: int) -> None:
    truth = make.cloud(130, degree)
    scene = sog.load(make.sog(truth, version, method), "a.sog", None)
    assert_close(scene.splats[0], truth, opacities=0.5 / 255 + 1e-6 if version == 2 else 0.02, **STEPS, **ENDS)
    assert (scene.format, scene.problems) == ("sog", ())


def test_members_in_one_folder_are_found() -> None:
    meta, images = make.sog_parts(TRUTH)
    members = {**images, "meta.json": json.dumps(meta).encode()}
    folded = make.zipped({f"scene/{name}": content for name, content in members.items()})
    np.testing.assert_array_equal(sog.load(folded, None, None).splats[0].positions, _plain().positions)


def _plain() -> Splats:
    return sog.load(make.sog(TRUTH), None, None).splats[0]


def _with(**changes: Any) -> bytes:
    """The archive with parts of meta.json changed: ``scales={"codebook": ...}``, ``count=3``."""
    meta, images = make.sog_parts(TRUTH)
    for name, value in changes.items():
        meta[name] = {**meta[name], **value} if isinstance(value, dict) else value
    return make.zipped({**images, "meta.json": json.dumps(meta).encode()})


def test_a_codebook_that_begins_with_null_goes_on_as_players_have_it() -> None:
    book = make.sog_parts(TRUTH)[0]["scales"]["codebook"]
    read = sog.load(_with(scales={"codebook": [None, *book[1:]]}), None, None).splats[0]
    lowest = _plain().scales.min()
    assert read.scales.min() == pytest.approx(np.exp(book[1] + (book[1] - book[255]) / 255), rel=1e-5)
    assert read.scales.min() == pytest.approx(lowest, rel=1e-2)


def test_an_entry_that_the_palette_lacks_has_no_harmonics() -> None:
    read = sog.load(_with(shN={"count": 100}), None, None).splats[0]
    assert not read.harmonics[100:, 1:].any()
    np.testing.assert_array_equal(read.harmonics[:100], _plain().harmonics[:100])


def test_a_rotation_without_a_tag_is_none() -> None:
    meta, images = make.sog_parts(TRUTH)
    images["quats.webp"] = make.webp(np.full((33, 4, 4), 10, np.uint8))
    data = make.zipped({**images, "meta.json": json.dumps(meta).encode()})
    assert sog.load(data, None, None).splats[0].rotations.tolist() == [[0, 0, 0, 1]] * 130


def test_the_kind_is_told_from_the_first_bytes() -> None:
    assert sog.sniff(make.sog(TRUTH)[:512])
    assert not sog.sniff(make.zipped({"scene.usdc": b"x"}))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04", "no zip"),
        (make.zipped({"a": b"x"}), "no 'meta.json'"),
        (make.zipped({"meta.json": b"{"}), "no JSON"),
        (make.zipped({"meta.json": b"[" * 100_000}), "no JSON"),
        (make.zipped({"meta.json": b"[]"}), "no object"),
        (make.zipped({"meta.json": b'{"version": 2, "count": 1}'}), "malformed"),
        (_with(version=3), "version 3"),
        (_with(version=True), "version True"),
        (_with(count=-1), "counts -1"),
        (_with(count=1.5), "counts 1.5"),
        (_with(count=10**30), "limit"),
        (_with(count=4_000_000_000), "limit"),
        (_with(count=1000), "1,000 pixels are needed"),
        (_with(scales={"codebook": [1.0]}), "256 finite numbers"),
        (_with(scales={"codebook": ["a"] * 256}), "256 finite numbers"),
        (_with(means={"mins": [0, 0, float("inf")]}), "3 finite numbers"),
        (_with(means={"maxs": [0, 0, 1e9]}), "no finite position"),
        (_with(quats={"files": ["../../quats.webp"]}), "archive has no"),
        (_with(quats={"files": [3]}), "no text"),
        (_with(quats={"files": []}), "malformed"),
        (_with(quats={"files": ["meta.json"]}), "no image"),
        (_with(shN={"bands": 3}), "fits no degree"),
        (_with(shN={"bands": 9}), "fits no degree"),
    ],
)
def test_faults_are_refused_with_one_line(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        sog.load(data, None, None)
    assert "\n" not in str(caught.value)


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(make.sog(TRUTH))
    data[data.index(b"RIFF") + 40] ^= 0xFF
    with pytest.raises(InputError, match="checksum"):
        sog.load(bytes(data), None, None)


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    with pytest.raises(LimitError, match="would unfold"):
        sog.load(make.zipped({"meta.json": bytes(1 << 27)}, zipfile.ZIP_DEFLATED), None, None)


def test_an_image_bomb_is_refused_by_its_header() -> None:
    meta, images = make.sog_parts(TRUTH)
    images["sh0.webp"] = make.webp(np.zeros((2048, 2048, 4), np.uint8))
    with pytest.raises(LimitError, match="2048 x 2048"):
        sog.load(make.zipped({**images, "meta.json": json.dumps(meta).encode()}), None, None)


def test_a_png_that_lies_about_its_size_is_refused() -> None:
    meta, images = make.sog_parts(TRUTH)
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    images["sh0.webp"] = b"\x89PNG\r\n\x1a\n" + chunk
    with pytest.raises(LimitError, match="100000 x 100000"):
        sog.load(make.zipped({**images, "meta.json": json.dumps(meta).encode()}), None, None)


def test_a_webp_that_lies_about_its_size_is_refused_by_the_decoder() -> None:
    meta, images = make.sog_parts(TRUTH)
    grey = make.webp(np.zeros((8, 33, 4), np.uint8))
    extended = b"VP8X" + struct.pack("<IB3x", 10, 16) + (199).to_bytes(3, "little") + (9).to_bytes(3, "little")
    images["sh0.webp"] = b"RIFF" + struct.pack("<I", len(grey) + 10) + b"WEBP" + extended + grey[12:]
    with pytest.raises(InputError, match=r"sh0\.webp"):
        sog.load(make.zipped({**images, "meta.json": json.dumps(meta).encode()}), None, None)


def test_two_members_of_one_name_and_too_many_are_refused() -> None:
    with pytest.raises(LimitError, match="members"):
        sog.load(make.zipped({f"{i}": b"" for i in range(65)}), None, None)
    one = make.zipped({"meta.jsoX": b"{}", "meta.json": b"{}"}).replace(b"meta.jsoX", b"meta.json")
    with pytest.raises(InputError, match="one name"):
        sog.load(one, None, None)
