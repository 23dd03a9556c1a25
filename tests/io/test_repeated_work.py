"""Small files that ask for the same work over and over: each piece of work is done once, or the file is refused.

Without that each of these took a minute and more; the bound is far above what they take, and far below that.
"""

from __future__ import annotations

import json
import struct
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io import load, save
from sceneproof.io._gltf.compact import put_ranges
from sceneproof.io._gltf.container import parse
from sceneproof.io._gltf.editor import Editor
from sceneproof.scene import Scene
from tests.makers._pack import pack_glb

MOST_SECONDS = 20.0


def _glb(members: dict[str, Any], binary: bytes = b"") -> bytes:
    """A GLB with one view over all of its binary chunk."""
    tree = {"asset": {"version": "2.0"}, **members}
    if binary:
        tree.update(buffers=[{"byteLength": len(binary)}], bufferViews=[{"buffer": 0, "byteLength": len(binary)}])
    return pack_glb(tree, binary)


def _quickly(data: bytes, uri: str = "a.glb") -> Scene:
    start = time.perf_counter()
    scene = load(data, uri=uri)
    assert time.perf_counter() - start < MOST_SECONDS
    return scene


def test_key_times_are_looked_at_once_however_many_samplers_share_them() -> None:
    keys = np.arange(1_000_000, dtype="<f4")[::-1]
    accessor = {"bufferView": 0, "componentType": 5126, "count": len(keys), "type": "SCALAR", "min": [0], "max": [1]}
    animation = {"channels": [{"sampler": 0, "target": {}}], "samplers": [{"input": 0, "output": 0}] * 100_000}
    scene = _quickly(_glb({"accessors": [accessor], "animations": [animation]}, keys.tobytes()))
    falling = [problem for problem in scene.problems if problem.code == "accessor-animation-input-non-increasing"]
    assert [problem.count for problem in falling] == [100_000]
    assert scene.animations[0].duration == 999_999


def test_the_root_above_a_joint_is_looked_for_once() -> None:
    chain: list[dict[str, Any]] = [{"children": [index + 1]} for index in range(500)]
    skins = [{"joints": [500] * 400}] * 1500
    scene = _quickly(_glb({"nodes": [*chain, {}], "skins": skins}))
    assert "skin-no-common-root" not in {problem.code for problem in scene.problems}


def test_joints_of_two_trees_have_no_common_root() -> None:
    nodes: list[dict[str, Any]] = [{"children": [1]}, {"children": [2]}, {}, {"children": [4]}, {}]
    apart = _quickly(_glb({"nodes": nodes, "skins": [{"joints": [2, 1]}, {"joints": [2, 4]}]}))
    assert [p.pointer for p in apart.problems if p.code == "skin-no-common-root"] == ["/skins/1/joints"]


def test_more_joints_than_the_file_may_unfold_to_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sceneproof.io._gltf.accessors.LIMITS", replace(LIMITS, free_bytes=1 << 20))
    skins = [{"joints": [0] * 1000}] * 9
    with pytest.raises(LimitError, match=r"/skins/\d+/joints: the file unfolds"):
        load(_glb({"nodes": [{}], "skins": skins}), uri="a.glb")


def test_annotations_of_an_old_avatar_take_one_look_at_the_nodes() -> None:
    notes = [{"mesh": 0, "firstPersonFlag": "Auto"}, *[{}] * 30_000, {"mesh": 0, "firstPersonFlag": "Both"}]
    avatar = {"VRM": {"firstPerson": {"meshAnnotations": notes}}}
    members = {"nodes": [{"mesh": 0}, *[{}] * 30_000], "meshes": [{"primitives": []}], "extensions": avatar}
    found = _quickly(_glb(members), "a.vrm").avatar
    assert found is not None
    assert found.first_person == {0: "Both"}  # an annotation without a mesh means no node


def test_an_extension_that_is_required_often_is_named_once() -> None:
    scene = _quickly(_glb({"extensionsRequired": ["ACME_thing"] * 200_000, "extensionsUsed": ["ACME_thing"]}))
    assert [p.code for p in scene.problems] == ["unknown-required-extension"]


def test_thousands_of_unknown_extensions_are_refused() -> None:
    names = [f"ACME_{number}" for number in range(300)]
    with pytest.raises(LimitError, match="requires 300 unknown extensions, limit 256"):
        load(_glb({"extensionsRequired": names, "extensionsUsed": names}), uri="a.glb")


def test_the_faults_of_a_million_views_are_folded_as_they_are_found() -> None:
    scene = _quickly(json.dumps({"asset": {"version": "2.0"}, "bufferViews": [{}] * 200_000}).encode(), "a.gltf")
    counts = {problem.code: problem.count for problem in scene.problems}
    assert counts["undefined-property"] == 400_000


def test_the_size_of_a_jpeg_is_read_from_its_head_alone() -> None:
    head = bytes.fromhex("ffd8ffc0001108000100010301110002110003110000")
    picture = head + bytes(4 << 20)
    images = [{"bufferView": 0, "mimeType": "image/jpeg"}] * 40_000
    assert len(_quickly(_glb({"images": images}, picture)).images) == 40_000


def test_a_required_extension_in_geometry_is_refused_wherever_it_stands() -> None:
    mesh = {"primitives": [{"attributes": {}, "extensions": {"ACME_b": {}}}]}
    with pytest.raises(InputError, match="ACME_b holds the geometry"):
        load(_glb({"extensionsRequired": ["ACME_a", "ACME_b"], "meshes": [mesh]}), uri="a.glb")


def test_a_long_text_in_a_picture_that_is_used_often_counts_as_work_each_time() -> None:
    body = b"Comment\0" + b"a" * (3 << 20)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"tEXt", body), (b"IEND", b""))
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(c)) + k + c + bytes(4) for k, c in chunks)
    images = _quickly(_glb({"images": [{"bufferView": 0, "mimeType": "image/png"}] * 2000}, picture)).images
    assert images[0].media is not None
    assert images[0].media.fields[0].length == 3 << 20
    assert images[-1].media is not None
    assert "more labels than are looked at" in images[-1].media.problems[0]


@pytest.mark.parametrize("kind", ["materials", "images", "skins", "meshes"])
def test_more_objects_than_any_file_has_are_refused_before_they_are_read(kind: str) -> None:
    data = json.dumps({"asset": {"version": "2.0"}, kind: [{}] * (LIMITS.nodes + 1)}).encode()
    with pytest.raises(LimitError, match=f"/{kind}: 250,001 {kind}, limit 250,000"):
        load(data, uri="a.gltf")


def test_a_sound_beside_the_file_is_read_once_by_whatever_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\x04\0\0\0WAVE")
    uris = ["a.wav", "./a.wav", "%61.wav", "x/../a.wav"]
    audio = {"KHR_audio_emitter": {"audio": [{"uri": uri} for uri in uris]}}
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps({"asset": {"version": "2.0"}, "extensions": audio}))
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.append(self.name) or whole(self))  # type: ignore[func-returns-value]
    assert [sound.mime for sound in load(path).sounds] == ["audio/wav"] * 4
    assert read.count("a.wav") == 1


TRIANGLE = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m0\nf 1 2 3\n"


def _obj(folder: Path, library: bytes, text: bytes = b"mtllib a.mtl\n" + TRIANGLE) -> Path:
    (folder / "a.mtl").write_bytes(library)
    path = folder / "a.obj"
    path.write_bytes(text)
    return path


def test_a_map_with_options_without_end_is_no_map(tmp_path: Path) -> None:
    start = time.perf_counter()
    scene = load(_obj(tmp_path, b"newmtl m0\nmap_Kd " + b"-bm 1 " * 200_000 + b"a.png\n"))
    assert time.perf_counter() - start < MOST_SECONDS
    assert not scene.images


def test_a_texture_is_read_once_by_whatever_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    maps = b"".join(b"newmtl m%d\nmap_Kd %st.png\n" % (number, b"x/../" * number) for number in range(50))
    path = _obj(tmp_path, maps)
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.append(self.name) or whole(self))  # type: ignore[func-returns-value]
    assert {image.mime for image in load(path).images} == {"image/png"}
    assert read.count("t.png") == 1


def test_libraries_beyond_any_use_are_refused(tmp_path: Path) -> None:
    lines = b"".join(b"mtllib x%d.mtl\n" % number for number in range(300))
    with pytest.raises(LimitError, match="more than 256 material libraries"):
        load(_obj(tmp_path, b"", lines + TRIANGLE))


def test_a_library_named_before_every_object_is_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = load(_obj(tmp_path, b"newmtl m0\nKd 1 0 0\n", b"mtllib a.mtl\n" * 500 + TRIANGLE))
    asked: list[str] = []
    monkeypatch.setattr("sceneproof.io._obj.write._library", lambda _folder, name, _work: asked.append(name) or name)
    (tmp_path / "out").mkdir()
    save(scene, tmp_path / "out" / "b.obj")
    assert asked == ["a.mtl"]


def test_thousands_of_labels_are_objects_like_others() -> None:
    head = b'# sceneproof-label {"slot":"%d","extras":{},"materials":[]}\n'
    block = head + b"o sceneproof-%d\nf 1 2 3\n# sceneproof-label end\n"
    text = TRIANGLE + b"".join(block % (number, number) for number in range(20_000))
    own = [node for node in _quickly(text, "a.obj").nodes if node.extras]
    assert len(own) <= 64


def test_a_picture_that_many_images_name_is_copied_once_and_renamed_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.png").write_bytes(b"\x89PNG\r\n\x1a\n1")
    images = [{"uri": "t.png"}] * 300
    (tmp_path / "a.gltf").write_text(json.dumps({"asset": {"version": "2.0"}, "images": images}))
    scene = load(tmp_path / "a.gltf")
    out = tmp_path / "out"
    out.mkdir()
    (out / "t.png").write_bytes(b"another")
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.append(self.name) or whole(self))  # type: ignore[func-returns-value]
    save(scene, out / "b.gltf")
    assert len(read) < 5
    names = {image["uri"] for image in json.loads((out / "b.gltf").read_text())["images"]}
    assert len(names) == 1
    assert (out / names.pop()).read_bytes() == b"\x89PNG\r\n\x1a\n1"
    assert (out / "t.png").read_bytes() == b"another"


def test_thousands_of_streams_get_new_bytes_in_one_pass() -> None:
    count = 10_000
    views = [{"buffer": 0, "byteOffset": 16 * number, "byteLength": 16} for number in range(count)]
    tree = {"asset": {"version": "2.0"}, "buffers": [{"byteLength": 16 * count}], "bufferViews": views}
    editor = Editor(parse(pack_glb(tree, bytes(16 * count)), None))
    start = time.perf_counter()
    put_ranges(editor, {("bufferViews", number): b"x" * 24 for number in range(count)})
    assert time.perf_counter() - start < MOST_SECONDS / 2
    assert editor.length(0) == 24 * count
