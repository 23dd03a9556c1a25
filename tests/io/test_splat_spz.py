"""SPZ: every version's numbers, and a label that leaves the packed streams alone."""

from __future__ import annotations

import gzip
import json
import struct
import zlib

import numpy as np
import pytest

from sceneproof.edits import MeshPart, PutMetadata, PutNode, SetPositions
from sceneproof.errors import InputError, LimitError, MarkError
from sceneproof.io import spz
from sceneproof.io._spz import _gzip, container
from sceneproof.io._spz.decode import turned
from tests.io._splat_checks import assert_close
from tests.makers import splats as make

LABEL = PutMetadata({"TC260:AIGC": "{}"}, {"TC260": "x"}, mirror={"AIGC": '{"Label":"1","名":"样"}'})
# Half a step: 24-bit fixed point at 12 bits; ln 1/16; bytes of a component, or 9 bits of the smallest three; 1/255.
STEPS = {
    "positions": 0.5 / 4096 + 1e-7,
    "scales": 1 / 32 + 1e-6,
    "opacities": 0.5 / 255 + 1e-6,
    "first": 0.5 / 255 / 0.15 + 1e-6,
    "rest": 0.5 / 128 + 1e-6,
}


@pytest.mark.parametrize("degree", range(5))
@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_every_version_gives_the_cloud_back_within_its_steps(version: int, degree: int) -> None:
    truth = make.cloud(40, degree)
    scene = spz.load(make.spz(truth, version), "a.spz", None)
    steps = STEPS | {"positions": 0.002 if version == 1 else STEPS["positions"]}
    steps["rotations"] = 0.006 if version >= 3 else 0.25  # w is worst where it is small and rebuilt from bytes
    assert_close(scene.splats[0], truth, **steps)
    assert (scene.format, scene.problems, scene.meshes) == ("spz", (), ())


def test_a_file_without_gzip_reads_the_same() -> None:
    truth = make.cloud()
    plain = spz.load(make.spz(truth, 2, packed=False), None, None).splats[0]
    packed = spz.load(make.spz(truth, 2), None, None).splats[0]
    np.testing.assert_array_equal(plain.positions, packed.positions)
    np.testing.assert_array_equal(plain.harmonics, packed.harmonics)


def test_negative_fixed_point_and_every_fractional_bit() -> None:
    truth = make.cloud(5, 0)
    streams = make.spz_streams(truth, 2, bits=20)
    data = make.spz_header(2, 5, 0, bits=20) + b"".join(streams)
    np.testing.assert_allclose(spz.load(data, None, None).splats[0].positions, truth.positions, atol=1e-6)


def test_the_smallest_three_name_their_largest_in_each_place() -> None:
    truth = make.cloud(4, 0)
    turns = np.full((4, 4), 0.1, np.float32)
    np.fill_diagonal(turns, -0.98)
    object.__setattr__(truth, "rotations", (turns / np.linalg.norm(turns, axis=1, keepdims=True)).astype(np.float32))
    read = spz.load(make.spz(truth, 3), None, None).splats[0]
    assert np.abs(read.rotations).argmax(axis=1).tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(np.abs((read.rotations * truth.rotations).sum(axis=1)), 1, atol=1e-5)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_label_leaves_the_streams_as_they_are_and_is_read_again(version: int) -> None:
    data = make.spz(make.cloud(), version)
    scene = spz.load(data, "a.spz", None)
    marked = spz.apply(scene, [LABEL])
    written = spz.to_bytes(marked)
    again = spz.load(written, "a.spz", None)
    assert again.asset["extras"]["AIGC"] == LABEL.mirror["AIGC"]
    assert scene.asset == {}
    if version == 4:
        at = next(start for start, _, _ in container.frames(data))
        assert written.endswith(data[at:])
    else:
        assert written.endswith(data[_gzip.parse(data).end :])
        assert gzip.decompress(written) == gzip.decompress(data)
    np.testing.assert_array_equal(again.splats[0].positions, scene.splats[0].positions)
    assert spz.to_bytes(spz.apply(again, [LABEL])) == written


def test_a_second_label_takes_the_place_of_the_first() -> None:
    first = spz.apply(spz.load(make.spz(make.cloud(), 4), None, None), [LABEL])
    other = PutMetadata({}, {}, mirror={"AIGC": "second"})
    second = spz.to_bytes(spz.apply(first, [other]))
    assert [kind for kind, _ in container.records(second) or ()] == [container.RECORD]
    assert spz.load(second, None, None).asset["extras"] == {"AIGC": "second"}


def test_extension_records_of_others_stay_in_order() -> None:
    camera = struct.pack("<IIfff", 0xADBE0002, 12, 0.1, 0.2, 0.3)
    scene = spz.load(make.spz(make.cloud(), 4, records=camera), None, None)
    written = spz.to_bytes(spz.apply(scene, [LABEL]))
    assert [kind for kind, _ in container.records(written) or ()] == [0xADBE0002, container.RECORD]
    assert camera in written


def test_a_zone_that_holds_no_records_is_left_alone() -> None:
    data = make.spz(make.cloud(), 4, records=b"\1\2\3")
    marked = spz.apply(spz.load(data, None, None), [LABEL])
    assert spz.to_bytes(marked) == data
    assert marked.document.sidecar["AIGC"] == LABEL.mirror["AIGC"]


def test_gzip_header_fields_of_others_stay() -> None:
    packed = make.spz(make.cloud(), 3)
    head = bytearray(packed[:10])
    head[3] = 4 | 8 | 16 | 2
    field = b"zz" + struct.pack("<H", 3) + b"abc"
    start = bytes(head) + struct.pack("<H", len(field)) + field + b"a.spz\0a comment\0"
    data = start + struct.pack("<H", zlib.crc32(start) & 0xFFFF) + packed[10:]
    written = spz.to_bytes(spz.apply(spz.load(data, None, None), [LABEL]))
    held = _gzip.parse(written)
    assert list(held.extra) == [b"zz", container.SUBFIELD]
    assert held.names == b"a.spz\0a comment\0"
    assert gzip.decompress(written) == gzip.decompress(data)  # the header's own checksum is right again


def test_what_follows_the_streams_stays() -> None:
    data = make.spz(make.cloud(), 3, tail=b"a tree of levels of detail")
    written = spz.to_bytes(spz.apply(spz.load(data, None, None), [LABEL]))
    assert gzip.decompress(written).endswith(b"a tree of levels of detail")


def test_a_file_without_room_has_its_label_in_the_sidecar(tmp_path) -> None:
    data = make.spz(make.cloud(), 2, packed=False)
    files = spz.save(spz.apply(spz.load(data, None, None), [LABEL]), tmp_path / "a.spz")
    assert [file.name for file in files] == ["a.spz.aigc.json", "a.spz"]
    assert (tmp_path / "a.spz").read_bytes() == data
    assert json.loads(files[0].read_text("utf-8"))["AIGC"] == LABEL.mirror["AIGC"]
    assert spz.load(data, "a.spz", tmp_path).asset["extras"]["AIGC"] == LABEL.mirror["AIGC"]


def test_a_label_without_numbers_and_moved_positions_are_refused() -> None:
    scene = spz.load(make.spz(make.cloud(), 4), None, None)
    part = MeshPart("a", np.full((3, 3), np.nan), np.zeros((3, 3)), np.zeros((1, 3), int), (1, 1, 1, 1), 0.1)
    with pytest.raises(MarkError, match="not finite"):
        spz.apply(scene, [PutNode("label", None, np.eye(4), (part,))])
    with pytest.raises(MarkError, match="no mesh"):
        spz.apply(scene, [SetPositions(0, 0, np.zeros((1, 3)))])


def test_the_kind_is_told_from_the_first_bytes() -> None:
    for version in (1, 2, 3, 4):
        assert spz.sniff(make.spz(make.cloud(), version)[:512])
    assert spz.sniff(make.spz(make.cloud(), 2, packed=False)[:512])
    assert not spz.sniff(gzip.compress(b"something else"))
    assert not spz.sniff(b"\x1f\x8b\0\0")


def _patched(data: bytes, at: int, form: str, *values: int) -> bytes:
    out = bytearray(data)
    struct.pack_into(form, out, at, *values)
    return bytes(out)


RAW = make.spz(make.cloud(), 2, packed=False)
FOUR = make.spz(make.cloud(), 4)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"NGSP", "missing or cut off"),
        (b"NGSQ" + bytes(40), "neither NGSP nor a gzip header"),
        (_patched(RAW, 4, "<I", 0), "version 0"),
        (_patched(FOUR, 4, "<I", 5), "version 5"),
        (_patched(RAW, 12, "<B", 9), "degree 9"),
        (_patched(RAW, 13, "<B", 60), "60 fractional bits"),
        (_patched(RAW, 8, "<I", 4_000_000_000), "4,000,000,000 splats"),
        (_patched(RAW, 8, "<I", 1000), "are needed for 1,000 splats"),
        (RAW[:-1], "are needed for 9 splats"),
        (gzip.compress(RAW[:-1]), "ends 1 bytes early"),
        (gzip.compress(RAW)[:-12], "cut off"),
        (gzip.compress(FOUR), "inside gzip"),
        (FOUR[:31], "cut off"),
        (FOUR[:40], "table of contents"),
        (_patched(FOUR, 16, "<I", 3), "table of contents"),
        (_patched(FOUR, 15, "<B", 5), "5 streams, 6 are needed"),
        (_patched(FOUR, 32, "<Q", 1 << 62), "stream 0 ends at"),
        (_patched(FOUR, 40, "<Q", 80), "states 80 bytes, 81 are needed"),
        (_patched(FOUR, 8, "<I", 8), "states 81 bytes, 72 are needed"),
    ],
)
def test_faults_are_refused_with_one_line(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        spz.load(data, None, None)
    assert "\n" not in str(caught.value)


def test_bombs_are_refused_before_they_unfold() -> None:
    """Twelve million splats take 240 MB of streams; neither file holds one of them, which nothing gets to see."""
    count = 12_000_000
    with pytest.raises(LimitError, match=r"would unfold from .* to 240,000,000 bytes"):
        spz.load(gzip.compress(make.spz_header(3, count, 0) + bytes(1 << 16)), None, None)
    sizes = [9 * count, count, 3 * count, 3 * count, 4 * count]
    head = make.spz_header(4, count, 0, last=5) + struct.pack("<I12x", 32)
    with pytest.raises(LimitError, match=r"would unfold from .* to 240,000,000 bytes"):
        spz.load(head + b"".join(struct.pack("<QQ", 0, size) for size in sizes), None, None)


def test_blocks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make.spz(make.cloud(50, 2), 3)
    whole = spz.load(data, None, None).splats[0]
    monkeypatch.setattr("sceneproof.io._spz.decode._BLOCK", 7)
    parts = spz.load(data, None, None).splats[0]
    for name in ("positions", "scales", "rotations", "opacities", "harmonics"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_a_frame_that_goes_on_past_its_size_is_refused() -> None:
    import zstandard

    truth = make.cloud(5, 0)
    data = make.spz(truth, 4)
    places = container.frames(data)
    longer = zstandard.compress(bytes(1 << 24))
    out = bytearray(data[: places[0][0]]) + longer + data[places[1][0] :]
    struct.pack_into("<Q", out, 32, len(longer))
    with pytest.raises(InputError, match="positions unfolds to more of 45 bytes"):
        spz.load(bytes(out), None, None)


def test_half_a_turn_about_y_keeps_what_a_splat_looks_like() -> None:
    """Degree 1 to 4 by their definition: a harmonic of the turned direction is the turned splat's."""
    truth = make.cloud(6, 4)
    turn = turned(truth)
    draw = np.random.default_rng(1).normal(size=(50, 3))
    seen = draw / np.linalg.norm(draw, axis=1, keepdims=True)
    flipped = seen * [-1, 1, -1]
    np.testing.assert_allclose(_colors(truth.harmonics, seen), _colors(turn.harmonics, flipped), atol=1e-5)
    np.testing.assert_array_equal(turn.positions, truth.positions * np.float32([-1, 1, -1]))
    np.testing.assert_array_equal(turned(turn).harmonics, truth.harmonics)


def _colors(harmonics: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Colours towards directions, by real harmonics without their constants (those do not change in a turn)."""
    x, y, z = seen.T
    basis = [
        np.ones_like(x), y, z, x,
        x * y, y * z, 2 * z * z - x * x - y * y, x * z, x * x - y * y,
        y * (3 * x * x - y * y), x * y * z, y * (4 * z * z - x * x - y * y), z * (2 * z * z - 3 * x * x - 3 * y * y),
        x * (4 * z * z - x * x - y * y), z * (x * x - y * y), x * (x * x - 3 * y * y),
        x * y * (x * x - y * y), y * z * (3 * x * x - y * y), x * y * (7 * z * z - 1), y * z * (7 * z * z - 3),
        35 * z**4 - 30 * z * z + 3, x * z * (7 * z * z - 3), (x * x - y * y) * (7 * z * z - 1),
        x * z * (x * x - 3 * y * y), x**4 - 6 * x * x * y * y + y**4,
    ]  # fmt: skip
    return np.einsum("kd,nkc->ndc", np.array(basis), harmonics.astype(np.float64))
