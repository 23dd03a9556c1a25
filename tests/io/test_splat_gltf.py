"""KHR_gaussian_splatting: splats packed as SPZ in a glTF, and one convention for all containers."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from sceneproof.edits import PutMetadata, SetPositions
from sceneproof.errors import InputError, MarkError
from sceneproof.io import gltf, splat
from sceneproof.io._gltf.splats import PACKED, SPLATTING
from sceneproof.scene import Splats
from tests.io._splat_checks import assert_close
from tests.makers import splats as make
from tests.makers._pack import pack_glb
from tests.makers.builder import Builder

TRUTH = make.cloud(12, 2)
STEPS = {"positions": 2e-4, "scales": 0.04, "rotations": 0.006, "opacities": 0.003, "first": 0.02, "rest": 0.005}


def glb(
    truth: Splats, bounds: Splats | None, *, name: str = PACKED[0], kernel: bool = False, **changes: object
) -> bytes:
    """A GLB whose one primitive is packed; `bounds` are those that its accessor states."""
    body = make.spz(truth, 3)
    accessor: dict = {"componentType": 5126, "count": len(truth.positions), "type": "VEC3", **changes}
    if bounds is not None:
        accessor["min"] = bounds.positions.min(axis=0).tolist()
        accessor["max"] = bounds.positions.max(axis=0).tolist()
    own: dict = {"extensions": {name: {"bufferView": 0}}}
    if kernel:
        own |= {"kernel": "ellipse", "colorSpace": "srgb_rec709_display"}
    tree = {
        "asset": {"version": "2.0"},
        "extensionsUsed": [SPLATTING, name],
        "extensionsRequired": [SPLATTING, name],
        "accessors": [accessor, {"componentType": 5121, "count": len(truth.positions), "type": "VEC4"}],
        "buffers": [{"byteLength": len(body)}],
        "bufferViews": [{"buffer": 0, "byteLength": len(body)}],
        "meshes": [
            {"primitives": [{"mode": 0, "attributes": {"POSITION": 0, "COLOR_0": 1}, "extensions": {SPLATTING: own}}]}
        ],
        "nodes": [{"mesh": 0}],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
    }
    return pack_glb(tree, body)


def plain_glb(truth: Splats) -> bytes:
    """A GLB with the splats as plain attributes."""
    builder = Builder()
    attributes = {
        "POSITION": truth.positions,
        f"{SPLATTING}:SCALE": truth.scales,
        f"{SPLATTING}:ROTATION": truth.rotations,
        f"{SPLATTING}:OPACITY": truth.opacities,
    }
    names = [(degree, order) for degree in range(4) for order in range(2 * degree + 1)]
    for index, (degree, order) in enumerate(names[: truth.harmonics.shape[1]]):
        attributes[f"{SPLATTING}:SH_DEGREE_{degree}_COEF_{order}"] = np.ascontiguousarray(truth.harmonics[:, index])
    builder.node("splats", mesh=builder.mesh(attributes, mode=0))
    builder.doc["meshes"][0]["primitives"][0]["extensions"] = {SPLATTING: {"kernel": "ellipse"}}
    builder.use(SPLATTING)
    return builder.glb()


def _turned(truth: Splats) -> Splats:
    """Half a turn about y, by hand, for degree 1."""
    flip = np.float32([-1, 1, -1])
    signs = np.float32([1, 1, -1, -1])[None, :, None]
    turns = truth.rotations * np.float32([-1, 1, -1, 1])
    return Splats(truth.pointer, truth.positions * flip, truth.scales, turns, truth.opacities, truth.harmonics * signs)


@pytest.mark.parametrize("name", PACKED)
def test_packed_splats_reach_the_scene_as_attributes_do(name: str) -> None:
    scene = gltf.load(glb(TRUTH, TRUTH, name=name), "a.glb", None)
    assert_close(scene.splats[0], TRUTH, **STEPS)
    part = scene.meshes[0].primitives[0]
    assert (part.compression, part.undecoded, scene.splats[0].pointer) == (name, None, part.pointer)
    np.testing.assert_allclose(part.attributes["COLOR_0"][:, 3], TRUTH.opacities, atol=0.003)
    assert scene.problems == ()


def test_the_bounds_of_the_accessor_tell_the_axes() -> None:
    truth = make.cloud(12, 1)
    stored = gltf.load(glb(truth, truth, kernel=True), None, None).splats[0]
    turned = gltf.load(glb(truth, _turned(truth)), None, None).splats[0]
    assert_close(stored, truth, **STEPS)
    assert_close(turned, _turned(truth), **STEPS)


def test_without_bounds_the_present_shape_of_the_extension_is_turned_and_the_draft_is_not() -> None:
    truth = make.cloud(12, 1)
    assert_close(gltf.load(glb(truth, None), None, None).splats[0], truth, **STEPS)
    assert_close(gltf.load(glb(truth, None, kernel=True), None, None).splats[0], _turned(truth), **STEPS)


def test_metadata_goes_in_and_the_packed_splats_stay() -> None:
    scene = gltf.load(glb(TRUTH, TRUTH), "a.glb", None)
    edit = PutMetadata({"TC260:AIGC": "{}"}, {"TC260": "https://www.tc260.org.cn/"}, mirror={"AIGC": "{}"})
    written = gltf.to_bytes(gltf.apply(scene, [edit]))
    again = gltf.load(written, "a.glb", None)
    assert again.asset["extras"]["AIGC"] == "{}"
    assert make.spz(TRUTH, 3) in written
    np.testing.assert_array_equal(again.splats[0].positions, scene.splats[0].positions)


def test_positions_of_packed_splats_are_no_mesh_to_move() -> None:
    scene = gltf.load(glb(TRUTH, TRUTH), "a.glb", None)
    with pytest.raises(MarkError, match="SetSplats alone"):
        gltf.apply(scene, [SetPositions(0, 0, np.zeros((12, 3), np.float32))])


def _broken(data: bytes, **own: object) -> bytes:
    size = struct.unpack_from("<I", data, 12)[0]
    tree = json.loads(data[20 : 20 + size])
    tree["meshes"][0]["primitives"][0]["extensions"][SPLATTING]["extensions"][PACKED[0]] = own
    return pack_glb(tree, data[28 + size :])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (glb(TRUTH, TRUTH, count=11), "accessor counts 11"),
        (_broken(glb(TRUTH, TRUTH)), "bufferView"),
        (_broken(glb(TRUTH, TRUTH), bufferView=7), "bufferView"),
        (glb(TRUTH, TRUTH).replace(make.spz(TRUTH, 3)[:40], bytes(40)), "neither NGSP"),
    ],
)
def test_faults_are_refused_with_their_place(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        gltf.load(data, "a.glb", None)
    assert caught.value.pointer.startswith("/meshes/0/primitives/0")


def test_all_containers_agree_on_the_first_coefficient() -> None:
    truth = make.cloud(6, 0)
    from sceneproof.io import ksplat, sog, spz

    read = [
        splat.load(make.dot_splat(truth), None, None),
        ksplat.load(make.ksplat(truth), None, None),
        spz.load(make.spz(truth, 3), None, None),
        sog.load(make.sog(truth), None, None),
        gltf.load(glb(truth, truth), None, None),
    ]
    for scene in read:
        np.testing.assert_allclose(scene.splats[0].harmonics[:, 0], truth.harmonics[:, 0], atol=0.02)
