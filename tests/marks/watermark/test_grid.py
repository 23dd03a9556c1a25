"""Watermarks in files that keep positions on a grid: read back as the file holds them, or left out with the reason."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import sceneproof as sp
from sceneproof._warmup import bumpy_sphere
from sceneproof.errors import MarkError
from sceneproof.io import apply, load, reencoded, to_bytes
from sceneproof.keys import Key
from sceneproof.marks.watermark import _grid
from sceneproof.marks.watermark.codec._distortion import STRENGTHS
from sceneproof.marks.watermark.watermark import WatermarkPlan, plan, read
from sceneproof.scene import Scene
from tests._marked import SECRET
from tests.makers import draco, meshopt, shapes
from tests.makers.builder import Builder

KEY = Key(SECRET)
PAYLOAD = bytes.fromhex("0123456789abcdef")


def ball() -> shapes.Shape:
    return shapes.Shape(*bumpy_sphere(72))


@functools.cache
def packed(bits: int, level: int = 7) -> bytes:
    return draco.glb(draco.stream(ball(), level=level, bits=bits))


@functools.cache
def whole(dtype: str) -> bytes:
    """Integer positions (KHR_mesh_quantization), one mesh."""
    shape = ball()
    b = Builder()
    most = np.iinfo(dtype).max
    points = np.rint(shape.positions / 1.25 * most).astype(dtype)
    number = b.accessor(points, target=34962, normalized=True, bounds=True)
    corners = b.accessor(shape.faces.astype(np.uint32).ravel(), target=34963)
    b.node("ball", mesh=b.mesh([{"attributes": {"POSITION": number}, "indices": corners}]))
    b.use("KHR_mesh_quantization", required=True)
    return b.glb()


@functools.cache
def fine() -> tuple[Scene, WatermarkPlan]:
    scene = load(packed(14))
    return scene, plan(scene, PAYLOAD, KEY)


def written(scene: Scene, edits: tuple[object, ...]) -> Scene:
    return load(to_bytes(apply(scene, edits)))  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [lambda: packed(14), lambda: packed(12, 0), lambda: whole("int16")])
def test_the_payload_reads_back_from_the_written_file(make):
    scene = load(make())
    made = plan(scene, PAYLOAD, KEY)
    found = written(scene, made.edits)
    assert read(found, [KEY], "quick").payload == PAYLOAD
    assert made.carriers == ("/meshes/0",)
    again = plan(found, PAYLOAD, KEY)
    assert again.edits == ()


def test_a_fine_grid_stays_as_it_is():
    scene, made = fine()
    (note,) = reencoded(apply(scene, made.edits))
    assert note["bits"]["POSITION"] == {"before": 14, "after": 14}
    assert note["bytes_after"] < 1.3 * note["bytes_before"]


def test_a_coarse_grid_is_made_finer_until_the_mark_is_invisible_on_it():
    scene = load(packed(8))
    made = plan(scene, PAYLOAD, KEY)
    found = apply(scene, made.edits)
    (note,) = reencoded(found)
    assert note["bits"]["POSITION"]["before"] == 8
    assert note["bits"]["POSITION"]["after"] > 8
    assert read(written(scene, made.edits), [KEY], "quick").payload == PAYLOAD
    assert made.distortion is not None
    limits = STRENGTHS["Q"]
    assert made.distortion["mrms"] <= limits.mrms
    assert made.distortion["normal_deviation_mean_deg"] <= limits.normal_mean
    assert made.distortion["normal_deviation_p95_deg"] <= limits.normal_p95


def test_the_distortion_is_that_of_the_rounded_positions():
    scene, made = fine()
    held = scene.meshes[0].primitives[0].positions.astype(np.float64)
    moved = written(scene, made.edits).meshes[0].primitives[0].positions
    most = np.linalg.norm(moved - held, axis=1).max() / np.linalg.norm(np.ptp(held, axis=0))
    assert made.distortion is not None
    assert made.distortion["max"] == pytest.approx(most, rel=1e-6)


def test_a_grid_too_coarse_for_any_mark_is_refused_with_the_reason():
    with pytest.raises(MarkError, match=r"rounded to the grid|cannot be marked|cannot bear|too coarse"):
        plan(load(whole("int8")), PAYLOAD, KEY)


def test_what_rounding_makes_unreadable_is_left_out(monkeypatch):
    scene = load(packed(14))
    real = _grid.apply
    monkeypatch.setattr(_grid, "apply", lambda before, edits: real(before, edits[:0]))
    with pytest.raises(MarkError, match="rounded to the grid of the file it cannot be read back"):
        plan(scene, PAYLOAD, KEY)


def test_a_mesh_whose_codec_refuses_leaves_the_others_their_mark(monkeypatch):
    b = Builder()
    data = draco.stream(ball(), level=7)
    for name in ("one", "two"):
        b.node(name, mesh=b.mesh([draco.put(b, data)]))
    scene = load(b.glb())
    real = _grid.apply

    def refusing(before, edits):
        if any(edit.mesh == 0 for edit in edits):
            raise MarkError("draco: it cannot")
        return real(before, edits)

    monkeypatch.setattr(_grid, "apply", refusing)
    made = plan(scene, PAYLOAD, KEY)
    assert made.carriers == ("/meshes/1",)
    assert made.refused == {"/meshes/0": "its positions cannot be packed again: draco: it cannot"}


@pytest.mark.parametrize("name", ["draco", "meshopt"])
def test_the_receipt_says_that_it_was_packed_again_and_read_back(name, tmp_path):
    b = Builder()
    b.node("ball", mesh=b.mesh(ball()))
    data = packed(14) if name == "draco" else meshopt.compressed(b.glb())
    source, output = tmp_path / "in.glb", tmp_path / "out.glb"
    source.write_bytes(data)
    receipt = sp.mark(source, output, key=SECRET, payload=PAYLOAD, marks=["watermark"]).to_dict()
    assert receipt["marks"]["watermark"]["verified"]
    (note,) = receipt["reencoded"]
    assert name in note["codec"]
    assert receipt["asset"]["after"]["bytes"] < 1.3 * receipt["asset"]["before"]["bytes"]
