from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sceneproof.edits import SetPositions
from sceneproof.io import apply, load, save, to_bytes
from tests.conftest import gltf_files
from tests.io import _edits, khronos
from tests.io._lossless import (
    check_accessors,
    check_elements,
    check_positions,
    check_primitives,
    check_scene,
    check_views,
    touched_by,
    tree_of,
    written,
)
from tests.makers import hostile, shapes
from tests.makers.builder import Builder

FOLDERS = ("gltf", "humans", "meshes", "reconstructions", "splats")


@pytest.mark.parametrize("name", gltf_files(*FOLDERS))
def test_marks_change_a_real_file_only_where_they_say(name, data, tmp_path):
    before = load(data / name)
    source = tree_of((data / name).parent) if name.endswith(".gltf") and name.count("/") > 1 else {}
    edits = _edits.marks(before, packed=True)
    out = tmp_path / "out" / Path(name).name
    after = written(before, edits, out)
    touched = touched_by(edits, before, after)
    check_elements(before, after, touched)
    check_views(before, after, touched)
    check_accessors(before, after, touched["accessors"])
    check_primitives(before, after, edits)
    check_positions(before, after, edits)
    check_scene(before, after)
    once = tree_of(out.parent)
    written(after, edits, out)
    assert tree_of(out.parent) == once
    larger = written(
        after, [edit for edit in _edits.marks(before, size=0.3) if not isinstance(edit, SetPositions)], out
    )
    assert len(larger.nodes) == len(after.nodes)
    sizes = [sum(len(part) for part in scene.document.buffers if part is not None) for scene in (larger, after)]
    assert sizes[0] == sizes[1]
    if source:
        assert tree_of((data / name).parent) == source


def test_the_validator_finds_no_error_that_the_input_did_not_have(data, tmp_path):
    names = gltf_files(*FOLDERS)
    marked = []
    for number, name in enumerate(names):
        scene = load(data / name)
        path = tmp_path / str(number) / Path(name).name
        path = path.with_suffix(".glb") if path.suffix == ".vrm" else path
        path.parent.mkdir()
        save(apply(scene, _edits.marks(scene, packed=True)), path)
        marked.append(path)
    inputs = [data / name for name in names]
    worse = {
        name: found - held
        for name, held, found in zip(names, khronos.errors(*inputs), khronos.errors(*marked), strict=True)
        if found - held
    }
    assert not worse
    assert len(names) == 98


def test_the_validator_is_asked_and_does_find_errors(tmp_path):
    (tmp_path / "bad.glb").write_bytes(hostile.dangling("mesh"))
    (tmp_path / "good.glb").write_bytes(hostile.good())
    bad, good = khronos.errors(tmp_path / "bad.glb", tmp_path / "good.glb")
    assert ("UNRESOLVED_REFERENCE", "/nodes/0/mesh") in bad
    assert not good


def test_made_files_with_every_edge_are_valid_after_marking(tmp_path):
    b = Builder()
    b.node("camera", camera=b.camera())
    b.node(mesh=b.mesh(shapes.box(), targets={"up": np.eye(24, 3, dtype=np.float32)}))
    first = dict(b.doc["meshes"][0]["primitives"][0])
    b.node(mesh=b.mesh([first]))
    number = b.accessor(np.array([[0, 0, 0], [100, 0, 0], [0, 100, 50]], np.int8), target=34962, bounds=True)
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    b.use("KHR_mesh_quantization", required=True)
    files = {"glb": b.glb(), "empty": Builder().glb()}
    paths = []
    for name, content in files.items():
        scene = load(content)
        for step, edits in enumerate((_edits.marks(scene), _edits.marks(scene, size=0.4))):
            scene = apply(scene, edits)
            paths.append(tmp_path / f"{name}{step}.glb")
            paths[-1].write_bytes(to_bytes(scene))
    once = apply(load(files["glb"]), [_edits.label(parts=3)])
    paths.append(tmp_path / "fewer.glb")
    paths[-1].write_bytes(to_bytes(apply(once, [_edits.label(parts=1)])))
    assert [path.name for path, found in zip(paths, khronos.errors(*paths), strict=True) if found] == []
