from __future__ import annotations

import time

import numpy as np
import pytest

from sceneproof.errors import InputError
from sceneproof.io import load
from sceneproof.io._picture_header import sniff_image
from tests.makers._pack import pack_glb
from tests.makers.builder import Builder


def material(entry, **extra):
    return load(pack_glb({"asset": {"version": "2.0"}, "materials": [entry], **extra})).materials[0]


def test_defaults_are_those_of_the_format():
    found = material({})
    assert found.base_color == (1, 1, 1, 1)
    assert (found.metallic, found.roughness, found.emissive) == (1, 1, (0, 0, 0))
    assert (found.alpha_mode, found.alpha_cutoff, found.double_sided, found.unlit) == ("OPAQUE", 0.5, False, False)


def test_every_slot_finds_its_image_wrap_and_transform():
    moved = {"KHR_texture_transform": {"offset": [0.5, 0], "rotation": 1, "scale": [2, 3], "texCoord": 1}}
    entry = {
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": 0, "extensions": moved}, "metallicRoughnessTexture": {"index": 1},
        },
        "normalTexture": {"index": 0},
        "occlusionTexture": {"index": 1, "texCoord": 2},
        "emissiveTexture": {"index": 1},
        "extensions": {"KHR_materials_unlit": {}, "XX_own": {"x": 1}},
    }  # fmt: skip
    pictures = [{"uri": "data:,"}, {"uri": "data:,"}]
    textures = [{"source": 0}, {"source": 0, "sampler": 0, "extensions": {"EXT_texture_webp": {"source": 1}}}]
    found = material(entry, images=pictures, textures=textures, samplers=[{"wrapS": 33071}])
    color = found.textures["baseColor"]
    assert (color.image, color.texcoord, color.offset, color.rotation, color.scale) == (0, 1, (0.5, 0), 1, (2, 3))
    assert {slot: ref.image for slot, ref in found.textures.items()} == {
        "baseColor": 0, "metallicRoughness": 1, "normal": 0, "occlusion": 1, "emissive": 1,
    }  # fmt: skip
    assert found.textures["occlusion"].texcoord == 2
    assert found.textures["emissive"].wrap == (33071, 10497)
    assert found.unlit
    assert found.extensions["XX_own"] == {"x": 1}


@pytest.mark.parametrize(
    ("entry", "extra", "pointer"),
    [
        ({"pbrMetallicRoughness": []}, {}, "/materials/0/pbrMetallicRoughness"),
        ({"emissiveFactor": [1, 1]}, {}, "/materials/0/emissiveFactor"),
        ({"alphaCutoff": "half"}, {}, "/materials/0/alphaCutoff"),
        ({"normalTexture": {"index": 1}}, {"textures": [{}]}, "/materials/0/normalTexture/index"),
        ({"normalTexture": {"index": 0}}, {"textures": [{"source": 3}]}, "/textures/0/source"),
        (
            {"normalTexture": {"index": 0}},
            {"textures": [{"sampler": 0}], "samplers": [{"wrapS": []}]},
            "/samplers/0/wrapS",
        ),
    ],
)
def test_a_fault_is_refused_with_its_pointer(entry, extra, pointer):
    with pytest.raises(InputError) as caught:
        material(entry, **extra)
    assert caught.value.pointer == pointer


def test_reading_takes_time_in_proportion_to_the_file():
    count = 3000
    materials = [{"normalTexture": {"index": number}} for number in range(count)]
    document = {"asset": {"version": "2.0"}, "materials": materials, "images": [{"uri": "data:,"}] * count}
    data = pack_glb(document | {"textures": [{"source": 0, "sampler": 0}] * count, "samplers": [{}] * count})
    start = time.perf_counter()
    load(data)
    assert time.perf_counter() - start < 5  # some 0.1 s; a walk of all lists for each texture takes a minute


def test_images_keep_their_bytes_wherever_they_stand(tmp_path):
    b = Builder()
    b.image(np.zeros((2, 2, 3), np.uint8))
    inside = load(b.glb()).images[0]
    beside = load(b.gltf(tmp_path, "scene")).images[0]
    embedded = load(b.gltf(tmp_path / "two", "scene", embed=True)).images[0]
    assert bytes(inside.data) == bytes(beside.data) == bytes(embedded.data)
    assert {inside.mime, beside.mime, embedded.mime} == {"image/png"}
    assert (inside.uri, beside.uri, embedded.uri) == (None, "scene_0.png", None)


def test_an_image_is_what_its_bytes_say():
    assert sniff_image(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert sniff_image(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert sniff_image(b"RIFF\0\0\0\0WAVE") == ""
    assert sniff_image(b"\xabKTX 20\xbb\r\n") == "image/ktx2"
    assert sniff_image(b"") == ""


@pytest.mark.parametrize("entry", [{}, {"bufferView": 0}, {"uri": "none.png"}, {"uri": 5}, {"uri": "data:;base64,@"}])
def test_an_image_that_cannot_be_had_is_told_and_empty(entry, tmp_path):
    (tmp_path / "scene.glb").write_bytes(pack_glb({"asset": {"version": "2.0"}, "images": [entry]}))
    scene = load(tmp_path / "scene.glb")
    assert len(scene.images[0].data) == 0
    assert "image-unreadable" in [problem.code for problem in scene.problems]
