"""`SetSplats`: new centres and colours, in every format that is written; all else stays byte by byte."""

from __future__ import annotations

import gzip
from types import ModuleType

import numpy as np
import pytest

from sceneproof.edits import PutMetadata, SetSplats
from sceneproof.errors import MarkError
from sceneproof.io import gltf, ksplat, ply, sog, splat, spz
from sceneproof.io._splats import ply_bytes
from sceneproof.io._spz import container
from sceneproof.scene import Scene
from tests.io.test_splat_gltf import glb, plain_glb
from tests.makers import splats as make

CLOUD = make.cloud(20, 1)
FLAT = make.cloud(20, 0)
# Format, file, most error of a centre and of a first coefficient: half of what the format steps by.
FORMATS: dict[str, tuple[ModuleType, bytes, float, float]] = {
    "splat": (splat, make.dot_splat(FLAT), 0, 0.5 / 255 / make.SH_0),
    "spz 1": (spz, make.spz(CLOUD, 1), 0.002, 0.5 / 255 / 0.15),
    "spz 2 raw": (spz, make.spz(CLOUD, 2, packed=False), 2.0**-13, 0.5 / 255 / 0.15),
    "spz 3": (spz, make.spz(CLOUD, 3, tail=b"more"), 2.0**-13, 0.5 / 255 / 0.15),
    "spz 4": (spz, make.spz(CLOUD, 4), 2.0**-13, 0.5 / 255 / 0.15),
    "ksplat": (ksplat, make.ksplat(CLOUD, 1), 0, 0),
    "sog": (sog, make.sog(CLOUD), 0, 0),
    "ply": (ply, ply_bytes(CLOUD, ["kept"]), 0, 0),
    "glb": (gltf, plain_glb(CLOUD), 0, 0),
    "glb packed": (gltf, glb(CLOUD, CLOUD), 2.0**-13, 0.5 / 255 / 0.15),
}
ROWS = [0, 3, 19]


def _edit(scene: Scene) -> SetSplats:
    """Three splats a little elsewhere and of another colour."""
    cloud = scene.splats[0]
    positions, first = np.array(cloud.positions), np.array(cloud.harmonics[:, :1])
    positions[ROWS] += np.float32([0.01, -0.02, 0.03])
    first[ROWS] = 0.4
    return SetSplats(0, positions, first)


@pytest.mark.parametrize("name", FORMATS)
def test_named_splats_move_and_change_colour_and_the_others_stay(name: str) -> None:
    handler, data, far, off = FORMATS[name]
    scene = handler.load(data, "a", None)
    edit = _edit(scene)
    changed = handler.apply(scene, [edit])
    written = (ply if handler in (ksplat, sog) else handler).to_bytes(changed)
    after = (ply if handler in (ksplat, sog) else handler).load(written, "a", None).splats[0]
    before = scene.splats[0]
    np.testing.assert_allclose(after.positions[ROWS], edit.positions[ROWS], atol=far + 1e-6)
    np.testing.assert_allclose(after.harmonics[ROWS, 0], 0.4, atol=off + 1e-6)
    others = np.setdiff1d(np.arange(20), ROWS)
    np.testing.assert_array_equal(after.positions[others], before.positions[others])
    np.testing.assert_array_equal(after.harmonics[others], before.harmonics[others])
    np.testing.assert_array_equal(after.harmonics[:, 1:], before.harmonics[:, 1:])
    np.testing.assert_allclose(after.scales, before.scales, rtol=2e-6)
    np.testing.assert_array_equal(changed.splats[0].positions, after.positions)
    assert handler.to_bytes(scene) == data


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("ksplat", "sog")])
def test_equal_values_change_nothing(name: str) -> None:
    handler, data, _, _ = FORMATS[name]
    scene = handler.load(data, "a", None)
    cloud = scene.splats[0]
    assert handler.to_bytes(handler.apply(scene, [SetSplats(0, cloud.positions, cloud.harmonics)])) == data


def test_only_the_bytes_of_named_splats_change() -> None:
    _, data, _, _ = FORMATS["splat"]
    scene = splat.load(data, None, None)
    written = splat.to_bytes(splat.apply(scene, [_edit(scene)]))
    differ = {at // 32 for at in range(len(data)) if data[at] != written[at]}
    assert differ == set(ROWS)
    _, data, _, _ = FORMATS["ply"]
    scene = ply.load(data, None, None)
    written = ply.to_bytes(ply.apply(scene, [_edit(scene)]))
    start, row = data.index(b"end_header\n") + 11, 4 * (17 + 9)
    assert written[:start] == data[:start]
    assert {(at - start) // row for at in range(start, len(data)) if data[at] != written[at]} == set(ROWS)


def test_a_text_ply_keeps_the_words_of_the_others() -> None:
    binary = ply_bytes(FLAT)
    head, _, body = binary.partition(b"end_header\n")
    rows = [" ".join(f"{value:.7g}" for value in row) for row in np.frombuffer(body, "<f4").reshape(20, -1)]
    head = head.replace(b"binary_little_endian", b"ascii") + b"end_header\n"
    scene = ply.load(head + "\n".join(rows).encode() + b"\n", None, None)
    written = ply.to_bytes(ply.apply(scene, [_edit(scene)]))
    lines = written[len(head) :].decode().splitlines()
    assert [row for row in range(20) if lines[row] != rows[row]] == ROWS
    np.testing.assert_array_equal(ply.load(written, None, None).splats[0].positions, _edit(scene).positions)


def test_frames_that_stay_keep_their_packed_bytes() -> None:
    data = FORMATS["spz 4"][1]
    scene = spz.load(data, None, None)
    written = spz.to_bytes(spz.apply(scene, [SetSplats(0, _edit(scene).positions)]))
    old, new = container.frames(data), container.frames(written)
    for (start, size, _), (then, length, _) in list(zip(old, new, strict=True))[1:]:
        assert data[start : start + size] == written[then : then + length]


def test_gzip_keeps_what_follows_the_streams_and_takes_a_label_beside() -> None:
    scene = spz.load(FORMATS["spz 3"][1], None, None)
    label = PutMetadata({}, {}, mirror={"AIGC": "x"})
    marked = spz.apply(scene, [_edit(scene), label])
    written = spz.to_bytes(marked)
    assert gzip.decompress(written).endswith(b"more")
    assert spz.load(written, None, None).asset == {"extras": {"AIGC": "x"}}


@pytest.mark.parametrize("name", FORMATS)
def test_what_does_not_fit_is_refused(name: str) -> None:
    handler, data, _, _ = FORMATS[name]
    scene = handler.load(data, "a", None)
    wrong = np.zeros((3, 3), np.float32)
    for edit, why in (
        (SetSplats(1, wrong), "no splats 1"),
        (SetSplats(0, wrong), "do not fit"),
        (SetSplats(0, None, np.zeros((20, 9, 3))), "do not fit"),
        (SetSplats(0, None, wrong), "do not fit"),
        (SetSplats(0, np.full((20, 3), np.nan)), "not finite"),
    ):
        with pytest.raises(MarkError, match=why):
            handler.apply(scene, [edit])


@pytest.mark.parametrize(("version", "why"), [(1, "half float"), (2, "24 bits")])
def test_a_centre_out_of_reach_of_the_packing_is_refused(version: int, why: str) -> None:
    scene = spz.load(make.spz(CLOUD, version), None, None)
    with pytest.raises(MarkError, match=why):
        spz.apply(scene, [SetSplats(0, np.array(scene.splats[0].positions) + 1e6)])


def test_packed_splats_that_were_turned_are_turned_back() -> None:
    scene = gltf.load(glb(CLOUD, None, kernel=True), "a.glb", None)
    edit = _edit(scene)
    after = gltf.load(gltf.to_bytes(gltf.apply(scene, [edit])), "a.glb", None).splats[0]
    np.testing.assert_allclose(after.positions, edit.positions, atol=2.0**-13 + 1e-6)
    np.testing.assert_allclose(after.harmonics[:, 1:], scene.splats[0].harmonics[:, 1:], atol=1e-6)
