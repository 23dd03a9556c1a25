"""Labels inside images and sounds: what is read, from whom it may come, and what no stranger's bytes can do."""

from __future__ import annotations

import io
import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.config import LIMITS
from sceneproof.derived.media import media, statements
from sceneproof.io import load
from sceneproof.io._media import Work, cbor, read_media, sniff_audio
from sceneproof.scene import Image
from sceneproof.signals.provenance import embedded_media
from tests._scenes import scene
from tests.io import _media_files as make
from tests.makers.builder import Builder
from tests.makers.shapes import box

FILES = make.every_kind()
C2PA = {
    ("c2pa", "claim_generator", "maker/1.0"),
    ("c2pa", "claim_generator_info", "Maker 1.0"),
    ("c2pa", "title", "a picture"),
    ("c2pa", "action", "c2pa.created"),
    ("c2pa", "digitalSourceType", make.SOURCE),
    ("c2pa", "softwareAgent", "Maker"),
    ("c2pa", "assertions", "c2pa.actions.v2, c2pa.hash.data"),
    ("c2pa", "bytes", str(len(make.c2pa_store()))),
}
EXIF = {("exif", "Software", "Painter 3"), ("exif", "UserComment", make.AIGC)}
EXPECTED = {
    "png": EXIF | C2PA | make.XMP_FIELDS | {("text", "parameters", "a cat"), ("text", "prompt", "a dog")},
    "jpeg": EXIF
    | C2PA
    | make.XMP_FIELDS
    | {("iptc", "OriginatingProgram", "Painter"), ("text", "comment", "made by hand")},
    "webp": EXIF | C2PA | make.XMP_FIELDS,
    "ktx2": {("ktx", "KTXwriter", "toktx 4"), ("ktx", "AIGC", make.AIGC)},
    "wav": C2PA
    | make.XMP_FIELDS
    | {
        ("riff", "ISFT", "synth"),
        ("riff", "bext Description", "a voice"),
        ("riff", "bext Originator", "studio"),
        ("id3", "TSSE", "coder"),
    },
    "mp3": C2PA
    | make.XMP_FIELDS
    | {("id3", "TSSE", "coder 1"), ("id3", "TXXX:AIGC", make.AIGC), ("id3", "COMM", "spoken by nobody")},
    "ogg": {("vorbis", "vendor", "libmaker"), ("vorbis", "ENCODER", "coder 2"), ("vorbis", "AIGC", make.AIGC)},
    "mp4": C2PA | make.XMP_FIELDS,
}


def fields(data: bytes) -> set[tuple[str, str, str]]:
    return {(field.kind, field.key, field.value) for field in read_media(data, "", "/images/0").fields}


@pytest.mark.parametrize("kind", FILES)
def test_every_label_of_every_container_is_read(kind):
    found = read_media(FILES[kind], "x/y", "/images/0", "a name")
    assert found.problems == ()
    got = {(field.kind, field.key, field.value) for field in found.fields}
    assert got >= EXPECTED[kind]
    assert {key for _, key, _ in got - EXPECTED[kind]} <= {"COMMENT"}  # the long one
    assert (found.pointer, found.name, found.mime, found.bytes) == ("/images/0", "a name", "x/y", len(FILES[kind]))


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "ktx2"])
def test_an_image_that_says_ai_made_it_states_synthesis(kind):
    asset = scene(box(), images=(Image("/images/0", "", "", FILES[kind]),))
    assert any(entry.synthetic for entry in statements(asset))
    assert embedded_media.measure(asset).detail["states_synthesis"]


def test_what_other_writers_write_is_read():
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

    picture = Pillow.new("RGB", (2, 2))
    block = Pillow.Exif()
    block[0x0131], block[0x013B] = "Painter 3", "Someone"
    text = PngInfo()
    text.add_text("parameters", "a cat", zip=True)
    text.add_itxt("Description", "一只猫", zip=True)
    text.add_itxt("XML:com.adobe.xmp", make.XMP.decode())
    for format_, more in (("PNG", {"pnginfo": text}), ("JPEG", {"xmp": make.XMP}), ("WEBP", {"xmp": make.XMP})):
        stream = io.BytesIO()
        picture.save(stream, format_, exif=block, **more)
        found = fields(stream.getvalue())
        assert ("exif", "Software", "Painter 3") in found
        assert ("exif", "Artist", "Someone") in found
        assert found >= make.XMP_FIELDS
        if format_ == "PNG":
            assert found >= {("text", "parameters", "a cat"), ("text", "Description", "一只猫")}


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_is_read_in_both_byte_orders_and_codings(order):
    coding = "utf-16-le" if order == "<" else "utf-16-be"
    block = make.exif(
        order,
        Software=b"abc\0",
        XPComment="说明".encode("utf-16-le") + b"\0\0",
        UserComment=b"UNICODE\0" + "一段文字".encode(coding),
    )
    found = fields(make.png((b"eXIf", block)))
    assert found == {("exif", "Software", "abc"), ("exif", "XPComment", "说明"), ("exif", "UserComment", "一段文字")}


def test_a_raw_profile_in_hexadecimal_is_read():
    profile = b"\nexif\n  %d\n" % 10 + make.exif(Software=b"Painter 3\0").hex().encode() + b"\n"
    found = fields(make.png((b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))))
    assert found == {("exif", "Software", "Painter 3")}


def test_an_extended_packet_over_several_segments_is_put_together():
    lead = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">I", len(make.XMP))
    parts = [(k, make.XMP[k : k + 300]) for k in range(0, len(make.XMP), 300)]
    segments = [(0xE1, lead + struct.pack(">I", k) + part) for k, part in reversed(parts)]
    assert fields(make.jpeg(*segments)) == make.XMP_FIELDS


def test_older_tags_of_sounds_are_read():
    assert fields(make.id3(("TENC", b"\0old"), major=3)) == {("id3", "TENC", "old")}
    two = b"ID3\2\0\0\0\0\0\x0d" + b"TEN\0\0\7\0second"
    assert fields(two) == {("id3", "TEN", "second")}
    assert fields(make.ogg(b"\x03vorbis", "TITLE=a")) == {("vorbis", "vendor", "libmaker"), ("vorbis", "TITLE", "a")}
    assert [sniff_audio(FILES[kind]) for kind in ("mp3", "wav", "ogg", "png")] == [
        "audio/mpeg",
        "audio/wav",
        "audio/ogg",
        "",
    ]
    assert sniff_audio(b"\xff\xfb\x90\0") == "audio/mpeg"


@pytest.mark.parametrize(
    "text", [make.AIGC, f'{{"AIGC":{make.AIGC}}}', f'{{"AIGC":"{make.AIGC}"}}'.replace('"{"', '"{\\"')]
)
def test_a_label_in_a_text_of_any_key_is_a_statement_where_it_can_be_one(text):
    asset = scene(box(), images=(Image("/images/3", "", "", make.png((b"tEXt", b"AIGC\0" + text.encode()))),))
    assert [(entry.kind, entry.pointer) for entry in statements(asset)] == [("aigc", "/images/3")]


def test_a_label_inside_a_comment_is_found():
    asset = scene(
        box(), images=(Image("/images/0", "", "", make.jpeg((0xFE, f'x {{"AIGC": {make.AIGC}}} y'.encode()))),)
    )
    assert [(entry.kind, entry.value, entry.synthetic) for entry in statements(asset)] == [("aigc", "1", True)]


@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><x>&c;</x>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"<x>&undefined;</x>",
        b"<a>" * 100,
        b"<a/>" * 10,
        b"<r>" + b"<a/>" * 60_000 + b"</r>",
        b"\xff\xfe\0",
    ],
)
def test_xml_that_wants_more_than_to_be_read_is_a_problem(packet):
    found = read_media(make.png(make.international("XML:com.adobe.xmp", packet)), "", "")
    assert found.fields == ()
    assert all(problem.startswith("xmp: ") for problem in found.problems)
    assert len(found.problems) == 1


def test_what_stood_before_a_fault_is_kept():
    broken = make.XMP[: make.XMP.index(b"<dc:creator>")]
    found = read_media(make.png(make.international("XML:com.adobe.xmp", broken)), "", "")
    assert ("xmp", "TC260:AIGC", make.AIGC) in {(f.kind, f.key, f.value) for f in found.fields}
    assert found.problems


def test_compressed_texts_grow_no_further_than_the_limit():
    bomb = zlib.compress(b"\0" * (LIMITS.media_text_bytes + 9), 9)
    found = read_media(make.png((b"zTXt", b"a\0\0" + bomb), (b"tEXt", b"b\0c")), "", "")
    assert [field.key for field in found.fields] == ["b"]
    assert "grows past" in found.problems[0]


def test_fields_are_bounded_in_number_and_length():
    many = make.png(*[(b"tEXt", b"key %d\0value" % n) for n in range(LIMITS.media_fields + 50)])
    found = read_media(many, "", "")
    assert (len(found.fields), found.more) == (LIMITS.media_fields, 50)
    long = read_media(make.png((b"tEXt", b"k\0" + b"x" * 99_999)), "", "").fields[0]
    assert (len(long.value), long.length) == (4096, 99_999)


def test_many_images_that_share_costly_bytes_have_one_share_of_work():
    costly = make.png(*[(b"tEXt", b"k\0v")] * 60_000)
    work = Work()
    start = time.perf_counter()
    found = [read_media(costly, "", f"/images/{n}", "", work) for n in range(500)]
    assert time.perf_counter() - start < 10
    assert found[0].problems == ()
    assert "in one file" in found[-1].problems[0]


def test_a_directory_that_points_at_itself_ends():
    loop = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + bytes(4)
    assert fields(make.png((b"eXIf", loop))) == set()


@pytest.mark.parametrize(
    "data", [b"\x9f" * 100_000, b"\x81" * 50, b"\xbb" + b"\xff" * 8, b"\x9a\xff\xff\xff\xff", b"\x5f\x41", b""]
)
def test_cbor_that_never_ends_is_refused(data):
    with pytest.raises(ValueError, match="CBOR"):
        cbor.loads(data)


@pytest.mark.parametrize("value", [0, 23, 24, 300, -1, 1.5, "字", b"\0", [1, [2]], {"a": {"b": None}}, True])
def test_cbor_comes_back_as_it_was(value):
    assert cbor.loads(make.cbor(value)) == value


def test_a_store_of_boxes_within_boxes_ends():
    deep = b""
    for _ in range(200):
        deep = make.box(b"jumb", deep)
    found = read_media(make.png((b"caBX", deep)), "", "")
    assert [field.key for field in found.fields] == ["bytes"]
    assert "more boxes" in found.problems[0]


@given(st.sampled_from(sorted(FILES)), st.data())
def test_damaged_files_are_read_as_far_as_they_go(kind, data):
    raw = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(12, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    start = time.perf_counter()
    found = read_media(bytes(raw[:cut] if data.draw(st.booleans()) else raw), "", "/images/0")
    assert time.perf_counter() - start < 1
    assert all(isinstance(field.value, str) for field in found.fields)
    media(scene(box(), images=(Image("/images/0", "", "", bytes(raw[:cut])),)))


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=300))
def test_any_bytes_after_a_head_are_no_more_than_a_problem(kind, tail):
    read_media(FILES[kind][:16] + tail, "", "")


@given(st.binary(max_size=200))
def test_any_bytes_are_no_more_than_nothing(data):
    assert read_media(data, "", "").fields == ()


def test_images_and_sounds_of_a_gltf_reach_the_scene_with_their_pointers(tmp_path):
    import base64
    import json

    def inline(kind: str, mime: str) -> str:
        return f"data:{mime};base64,{base64.b64encode(FILES[kind]).decode()}"

    (tmp_path / "steps.mp3").write_bytes(FILES["mp3"])
    document = {
        "asset": {"version": "2.0"},
        "images": [{"uri": inline("png", "image/png")}, {"uri": inline("webp", "image/webp"), "name": "leaf"}],
        "extensionsUsed": ["KHR_audio_emitter", "MSFT_audio_emitter"],
        "extensions": {
            "KHR_audio_emitter": {"audio": [{"uri": "steps.mp3"}, {"uri": "../out.mp3"}, 3]},
            "MSFT_audio_emitter": {"clips": [{"uri": inline("wav", "audio/wav")}]},
        },
    }
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(document))
    loaded = load(path)
    assert [image.media.pointer for image in loaded.images] == ["/images/0", "/images/1"]
    assert [(sound.pointer, sound.mime, bool(sound.fields)) for sound in loaded.sounds] == [
        ("/extensions/KHR_audio_emitter/audio/0", "audio/mpeg", True),
        ("/extensions/KHR_audio_emitter/audio/1", "", False),
        ("/extensions/MSFT_audio_emitter/clips/0", "audio/wav", True),
    ]
    assert [problem.code for problem in loaded.problems if problem.code == "sound-unreadable"] == ["sound-unreadable"]
    found = media(loaded)
    assert (found["images"], found["sounds"], found["labelled"]) == (2, 3, 4)
    signal = embedded_media.measure(loaded)
    assert (signal.value, signal.score) == (4, None)
    assert signal.detail["c2pa"] == 4
    assert signal.detail["prompts"] == ["parameters", "prompt"]
    assert {"Painter 3", "coder 1", "synth"} <= set(signal.detail["tools"])
    assert signal.detail["source_types"] == ["trainedAlgorithmicMedia"]


def test_an_asset_without_images_has_nothing():
    found = embedded_media.measure(scene(box()))
    assert (found.value, found.pointers, found.detail["states_synthesis"]) == (0, (), False)


def test_a_plain_picture_states_nothing():
    b = Builder()
    paint = b.material("paint", textures={"color": b.texture(b.image(np.zeros((2, 2, 3), np.uint8)))})
    b.node("box", mesh=b.mesh(box(), material=paint))
    loaded = load(b.glb())
    assert media(loaded)["fields"] == []
    assert embedded_media.measure(loaded).value == 0


def test_the_textures_of_a_real_model_name_their_tools(data):
    found = media(load(str(data / "gltf/Ingenuity.glb")))
    assert (found["images"], found["labelled"], found["problems"]) == (9, 6, [])
    assert {"GIMP 2.10.18", "Adobe Photoshop CC 2019 (Windows)"} <= {field["value"] for field in found["fields"]}
