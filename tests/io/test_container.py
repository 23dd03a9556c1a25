from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sceneproof.config import Limits
from sceneproof.errors import InputError, LimitError, SceneproofError
from sceneproof.io import load, to_bytes
from sceneproof.io._gltf import container
from sceneproof.io._paths import inside
from tests.io._fuzz import SMALL, mutated
from tests.makers import hostile
from tests.makers._pack import BIN_CHUNK, JSON_CHUNK, dump_json, pack_glb, unpack_glb
from tests.makers.builder import Builder

# Hostile files that are sound enough to read: what is odd in them is judged elsewhere.
READ = {
    "length_lies_short": False,
    "missing_position": True,
    "required_unknown_extension": True,
    "singular_transform": True,
    "denormal_noise": True,
    "picture_outside": True,
}
# What the line must say of each, and where it must point.
POINTERS = {
    "truncated": "", "truncated_header": "", "truncated_json": "", "wrong_magic": "", "wrong_version": "",
    "length_lies_long": "", "chunk_lies_long": "", "binary_chunk_lies_long": "", "no_json_chunk": "", "bad_json": "",
    "no_asset": "/asset/version", "version_1": "/asset/version", "wrong_types": "/accessors",
    "accessor_beyond_view": "/accessors/0", "accessor_offset_beyond_view": "/accessors/0",
    "view_beyond_buffer": "/bufferViews/0", "negative_offset": "/bufferViews/1/byteOffset",
    "negative_stride": "/bufferViews/0/byteStride", "huge_count": "/accessors/0", "huge_buffer": "/buffers/0",
    "unknown_component_type": "/accessors/0/componentType", "unknown_accessor_type": "/accessors/0/type",
    "sparse_out_of_range": "/accessors/0/sparse/indices", "index_out_of_range": "/accessors/3",
    "nan_positions": "/accessors/0", "denormal_positions": "/accessors/0", "overlapping_indices": "/accessors/0",
    "overlapping_picture": "/accessors/0",
    "required_extension_in_geometry": "/meshes/0/primitives/0/extensions/XX_no_such",
    "mismatched_counts": "/meshes/0/primitives/0",
    "dangling": "/meshes/0/primitives/0/attributes/POSITION", "node_cycle": "/nodes/0", "node_self_cycle": "/nodes/0",
    "doubling_graph": "/nodes/0/children/1", "non_finite_transform": "",
}  # fmt: skip


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load(path)
    check_line(caught.value, path)
    return caught.value


def check_line(error: SceneproofError, path: Path | str = "") -> None:
    """One short line that any terminal can show, and that begins with the file's name."""
    text = str(error)
    assert "\n" not in text
    assert len(text.encode("utf-8")) < 3000
    assert text.startswith(str(path))


@pytest.mark.parametrize("name", sorted(set(hostile.FILES) - {name for name, read in READ.items() if read}))
def test_a_hostile_file_is_refused_in_one_line_that_names_it(name, tmp_path):
    path = tmp_path / f"{name}.glb"
    path.write_bytes(hostile.FILES[name]())
    error = refusal(path)
    if name in POINTERS:
        assert error.pointer == POINTERS[name]


@pytest.mark.parametrize("name", [name for name, read in READ.items() if read])
def test_what_is_odd_but_readable_is_read(name):
    load(hostile.FILES[name]())


@pytest.mark.parametrize("where", ["accessor", "mesh", "child", "view", "scene"])
def test_a_dangling_reference_is_pointed_at(where, tmp_path):
    path = tmp_path / "dangling.glb"
    path.write_bytes(hostile.dangling(where))
    assert refusal(path).pointer != ""


@pytest.mark.parametrize("name", sorted(hostile.FOLDERS))
def test_a_part_that_is_missing_short_or_elsewhere_is_pointed_at(name, tmp_path):
    assert refusal(hostile.FOLDERS[name](tmp_path)).pointer.startswith("/buffers/0")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert "no such file" in str(refusal(tmp_path / "none.glb"))
    assert "is a folder" in str(refusal(tmp_path))


def test_an_unknown_required_extension_is_told():
    found = load(hostile.FILES["required_unknown_extension"]()).problems
    assert [problem.code for problem in found] == ["unknown-required-extension"]
    assert "XX_no_such" in found[0].message


@pytest.mark.parametrize("ending", [b"\0\0\0", b" ", b"\n\0"])
def test_json_padded_with_anything_that_writers_use_is_read(ending):
    document, binary = unpack_glb(hostile.good())
    data = pack_glb(dump_json(document) + ending, binary)
    assert len(load(data).meshes) == 1
    assert to_bytes(load(data)) == data


def test_bytes_behind_the_end_are_told():
    assert [p.code for p in load(hostile.good() + b"tail").problems] == ["glb-trailing"]


def test_a_byte_order_mark_is_told_and_kept(tmp_path):
    path = Builder().gltf(tmp_path, "scene")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    scene = load(path)
    assert [p.code for p in scene.problems] == ["json-bom"]
    assert to_bytes(scene) == path.read_bytes()


def test_more_chunks_than_any_writer_makes_are_refused():
    data = pack_glb(b'{"asset":{"version":"2.0"}}') + struct.pack("<II", 0, 7) * 5000
    with pytest.raises(LimitError):
        load(data[:8] + struct.pack("<I", len(data)) + data[12:])


@pytest.mark.parametrize("depth", [120, 200])
def test_json_is_read_to_a_fixed_depth_whatever_the_stack(depth):
    data = pack_glb(b'{"asset":{"version":"2.0"},"extras":' + b"[" * depth + b"]" * depth + b"}")
    if depth < 128:
        assert to_bytes(load(data)) == data
    else:
        with pytest.raises(LimitError):
            load(data)


def test_sizes_are_checked_before_they_are_read(tmp_path):
    path = tmp_path / "large.glb"
    path.write_bytes(hostile.good())
    with patch("sceneproof.io._paths.LIMITS", Limits(file_bytes=100)), pytest.raises(LimitError, match="limit 100"):
        load(path)
    with patch.object(container, "LIMITS", Limits(json_bytes=100)), pytest.raises(LimitError, match="limit 100"):
        load(path)


def test_a_name_that_would_break_the_line_is_escaped(tmp_path):
    document, binary = unpack_glb(hostile.good())
    document["meshes"][0]["primitives"][0]["attributes"]["A\nB/C~\ud800"] = 99
    path = tmp_path / "line\nbreak.glb"
    path.write_bytes(pack_glb(json.dumps(document).encode(), binary))
    with pytest.raises(InputError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    str(caught.value).encode("utf-8")
    assert caught.value.pointer.endswith("/attributes/A\nB~1C~0\ud800")


# -- URIs -------------------------------------------------------------------------------------------------------

OUTSIDE = [
    "../x.bin", "a/../../x.bin", "%2e%2e/x.bin", "%2E%2E%2Fx.bin", "..%5Cx.bin", "..\\x.bin", "/etc/hostname",
    "%2Fetc/hostname", "//host/x.bin", "\\\\host\\x.bin", "C:\\x.bin", "C:/x.bin", "c%3A/x.bin",
    "file:///etc/hostname", "FILE:/etc/hostname", "http://localhost:9/x.bin",
    "https://localhost:9/x.bin", "ftp://localhost/x", "a%00b", "javascript:0",
]  # fmt: skip


@pytest.mark.parametrize("uri", OUTSIDE)
@pytest.mark.parametrize("kind", ["buffer", "image"])
def test_a_uri_never_leads_out_of_the_folder(uri, kind, tmp_path):
    (tmp_path / "x.bin").write_bytes(bytes(64))
    folder = tmp_path / "in"
    folder.mkdir()
    document: dict[str, Any] = {"asset": {"version": "2.0"}}
    if kind == "buffer":
        document["buffers"] = [{"byteLength": 4, "uri": uri}]
    else:
        document["images"] = [{"uri": uri}]
    path = folder / "scene.gltf"
    path.write_bytes(dump_json(document))
    if kind == "buffer":
        error = refusal(path)
        assert error.pointer == "/buffers/0/uri"
        assert "leaves the asset's folder" in error.reason
    else:  # a picture that cannot be had is told, the rest is read
        scene = load(path)
        assert [problem.pointer for problem in scene.problems] == ["/images/0/uri"]
        assert not len(scene.images[0].data)


def test_links_are_followed_only_within_the_folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(b"secret")
    (folder / "own.bin").write_bytes(b"own")
    try:
        (folder / "good.bin").symlink_to("own.bin")
        (folder / "bad.bin").symlink_to(tmp_path / "secret.bin")
        (folder / "up").symlink_to(tmp_path)
        (folder / "loop").symlink_to("loop")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert inside(folder, "good.bin", "") == (folder / "own.bin").resolve()
    for name in ("bad.bin", "up/secret.bin"):
        with pytest.raises(InputError, match="leaves the asset's folder"):
            inside(folder, name, "")
    (folder / "scene.gltf").write_bytes(
        dump_json({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 1, "uri": "loop"}]})
    )
    refusal(folder / "scene.gltf")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.bin")
    (tmp_path / "scene.gltf").write_bytes(
        dump_json({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 1, "uri": "pipe.bin"}]})
    )
    refusal(tmp_path / "scene.gltf")


@pytest.mark.parametrize(
    ("uri", "stored"), [("my%20part.bin", "my part.bin"), ("dir/part.bin", "dir/part.bin"), ("部件.bin", "部件.bin")]
)
def test_relative_uris_name_files_beside_the_asset(uri, stored, tmp_path):
    (tmp_path / stored).parent.mkdir(exist_ok=True)
    (tmp_path / stored).write_bytes(b"abcd")
    (tmp_path / "scene.gltf").write_bytes(
        dump_json({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 4, "uri": uri}]})
    )
    assert bytes(load(tmp_path / "scene.gltf").document.buffers[0]) == b"abcd"


@pytest.mark.parametrize(
    "uri", ["data:,%00%ff%C3%A9", "data:application/octet-stream;base64,AP/DqQ==", "DATA:;base64,AP/DqQ=="]
)
def test_data_uris_hold_bytes(uri):
    text = dump_json({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 4, "uri": uri}]})
    assert bytes(load(text).document.buffers[0]) == b"\x00\xff\xc3\xa9"


@pytest.mark.parametrize(
    "uri", ["data:", "data:;base64,@@@", "data:;base64,AAA", "data:;base64,\ud800", "data:,\ud800"]
)
def test_broken_data_uris_are_refused(uri):
    text = json.dumps({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 3, "uri": uri}]}).encode()
    with pytest.raises(InputError, match="data URI"):
        load(text)


def test_parts_of_bytes_in_memory_are_asked_for_by_path():
    text = dump_json({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 3, "uri": "part.bin"}]})
    with pytest.raises(InputError, match="load it by its path"):
        load(text)


# -- files that nobody made on purpose ---------------------------------------------------------------------------


def survives(data: bytes) -> None:
    """Reading gives a Scene whose arrays fit each other, or an error of our own, in one line."""
    from sceneproof.derived.world import bounds

    try:
        scene = load(data)
        bounds(scene)
    except SceneproofError as error:
        check_line(error)


@settings(max_examples=150)
@given(mutated())
def test_a_value_of_the_wrong_kind_anywhere_never_crashes(broken):
    survives(broken)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(SMALL) * 8 - 1)), min_size=1, max_size=8))
def test_flipped_bits_never_crash(bits):
    data = bytearray(SMALL)
    for (bit,) in bits:
        data[bit // 8] ^= 1 << (bit % 8)
    survives(bytes(data))


@given(st.integers(0, len(SMALL)), st.binary(max_size=20))
def test_a_cut_file_never_crashes(at, tail):
    survives(SMALL[:at] + tail)


@given(st.integers(0, 200), st.binary(max_size=200))
def test_bytes_of_any_kind_never_crash(size, body):
    head = struct.pack("<4sIIII", b"glTF", 2, 20 + len(body), min(size, len(body)), JSON_CHUNK)
    survives(head + body)
    survives(body)
    survives(pack_glb(b'{"asset":{"version":"2.0"}}') + struct.pack("<II", size, BIN_CHUNK) + body)


def test_real_files_with_flipped_bits_never_crash(data):
    generator = np.random.default_rng(3)
    for name in ("gltf/Lights.glb", "gltf/simple-instancing.glb", "gltf/box_sparse.glb", "humans/vrm_triangle.vrm"):
        whole = (data / name).read_bytes()
        json_end = 20 + struct.unpack_from("<I", whole, 12)[0]
        for _ in range(40):
            broken = bytearray(whole)
            for at in generator.integers(0, json_end, 3):
                broken[at] = generator.integers(32, 127)
            survives(bytes(broken))


def test_every_invalid_file_is_read_or_refused_in_one_line(data):
    paths = [path for path in (data / "invalid").rglob("*") if path.suffix in (".gltf", ".glb")]
    assert len(paths) > 200
    for path in paths:
        try:
            load(path)
        except InputError as error:
            check_line(error, path)
