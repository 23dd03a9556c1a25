"""Every real asset of a format without JSON, marked: only the bytes that had to change differ, and nothing as read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sceneproof.edits import SetPositions, SetSplats
from sceneproof.errors import MarkError
from sceneproof.io import apply, load, save, to_bytes
from sceneproof.io._spz.container import unpack
from sceneproof.io._text.encoding import to_text
from sceneproof.scene import Scene
from tests.all_data import files
from tests.conftest import data_folder
from tests.io._lossless import tree_of
from tests.io._splat_checks import turn_error
from tests.io._text_assets import METADATA, label

SIDECAR = ".aigc.json"
FIELDS = ("positions", "scales", "rotations", "opacities", "harmonics")
REFUSED = ("meshes/inf_nan.obj",)
STL_HEADER = 80
SPZ_HEAD = 160  # header, contents and records of version 4 in the real files; a gzip header is shorter


def chosen(*endings: str) -> list[str]:
    """Real assets with one of the endings; without the data one name, so that the skip shows."""
    root = data_folder()
    if root is None:
        return ["no-data"]
    return [name for name in files(root) if Path(name).suffix.lower() in endings and name not in REFUSED]


def packed_again(name: str) -> bool:
    """Whether a file is written as a plain splat PLY, since its own form is only read."""
    return name.endswith((".compressed.ply", ".sog", ".ksplat"))


WRITTEN = [name for name in chosen(".ply", ".obj", ".stl", ".off", ".splat", ".spz") if not packed_again(name)]
MESHES = [name for name in WRITTEN if not name.startswith("splats/")]
SPLATS = [name for name in WRITTEN if name.startswith(("splats/", "no-data"))]
CONVERTED = [name for name in chosen(".ply", ".sog", ".ksplat") if packed_again(name) or name == "no-data"]


def same_arrays(before: Scene, after: Scene, moved: bool = False) -> None:
    """Everything that was read is there bit for bit, in front of what is new; positions too unless they moved."""
    for held, found in zip(before.meshes, after.meshes, strict=False):
        for part, now in zip(held.primitives, found.primitives, strict=True):
            np.testing.assert_array_equal(now.triangles, part.triangles)
            for name in part.attributes.keys() - ({"POSITION"} if moved else set()):
                assert now.attributes[name].tobytes() == part.attributes[name].tobytes(), f"{part.pointer} {name}"
            assert (now.mode, material(after, now.material)) == (part.mode, material(before, part.material))
    for held, found in zip(before.points, after.points, strict=True):
        for name in ("positions", "colors", "normals"):
            left, right = getattr(held, name), getattr(found, name)
            assert (left is None and right is None) or left.tobytes() == right.tobytes()
    for held, found in zip(before.splats, after.splats, strict=True):
        assert all(getattr(held, name).tobytes() == getattr(found, name).tobytes() for name in FIELDS)
    assert [bytes(image.data) for image in after.images] == [bytes(image.data) for image in before.images]
    assert {problem.code for problem in after.problems} <= {problem.code for problem in before.problems}


def material(scene: Scene, number: int | None) -> Any:
    """What a material is, apart from its place: a label's library is read along, and numbers follow the file."""
    if number is None:
        return None
    held = scene.materials[number]
    maps = {name: None if ref.image is None else scene.images[ref.image].uri for name, ref in held.textures.items()}
    return held.name, held.base_color, held.metallic, held.roughness, held.alpha_mode, maps


def ends_alike(left: bytes, right: bytes) -> tuple[int, int]:
    """How many bytes two files share at the front, and at the back."""
    short = min(len(left), len(right))
    differ = np.frombuffer(left[:short], np.uint8) != np.frombuffer(right[:short], np.uint8)
    front = int(differ.argmax()) if differ.any() else short
    differ = np.frombuffer(left[len(left) - short :], np.uint8) != np.frombuffer(right[len(right) - short :], np.uint8)
    return front, int(differ[::-1].argmax()) if differ.any() else short


@pytest.mark.parametrize("name", WRITTEN)
def test_the_hidden_label_takes_its_own_bytes_and_changes_no_other(name, data, tmp_path):
    source = data / name
    raw, before = source.read_bytes(), load(source)
    target = tmp_path / source.name
    save(apply(before, [METADATA]), target)
    marked, after = target.read_bytes(), load(target)
    front, back = ends_alike(raw, marked)
    if name.endswith(".spz"):
        assert back >= len(raw) - SPZ_HEAD
        assert unpack(marked).streams == unpack(raw).streams
    elif source.suffix.lower() == ".stl" and not raw.startswith(b"solid Empty") and b"facet normal" not in raw:
        assert (len(marked), marked[STL_HEADER:]) == (len(raw), raw[STL_HEADER:])
    else:
        assert len(marked) >= len(raw) <= front + back
    same_arrays(before, after)
    assert len(after.meshes) == len(before.meshes)
    assert after.asset["extras"]["AIGC"] == METADATA.mirror["AIGC"]
    beside = tree_of(tmp_path)
    assert beside.keys() >= {source.name, source.name + SIDECAR}
    for part in beside.keys() - {source.name, source.name + SIDECAR}:  # libraries and textures of an OBJ
        assert beside[part] == (source.parent / part).read_bytes()
    save(apply(after, [METADATA]), target)
    assert tree_of(tmp_path) == beside
    assert source.read_bytes() == raw


@pytest.mark.parametrize("name", chosen(".obj"))
def test_an_obj_takes_its_libraries_and_textures_along(name, data, tmp_path):
    before = load(data / name)
    save(apply(before, [METADATA]), tmp_path / Path(name).name)
    after = load(tmp_path / Path(name).name)
    found = [(image.uri, bytes(image.data)) for image in before.images]
    assert [(image.uri, bytes(image.data)) for image in after.images] == found
    libraries = {word.decode() for word in re.findall(rb"(?m)^mtllib[ \t]+(\S+)", (data / name).read_bytes())}
    for library in libraries:
        assert (tmp_path / library).is_file() == ((data / name).parent / library).is_file()


def waved(scene: Scene, step: float = 1e-4) -> list[SetPositions]:
    """Every mesh moved a little by a wave over space, so that what lies in one place stays together."""
    parts = [(m, p, part.positions) for m, mesh in enumerate(scene.meshes) for p, part in enumerate(mesh.primitives)]
    parts = [(m, p, points.astype(np.float64)) for m, p, points in parts if len(points)]
    if not parts:
        return []
    extent = max(float(np.ptp(points, axis=0).max()) for _, _, points in parts)
    return [
        SetPositions(m, p, (points + step * extent * np.sin(20 * points / extent + np.arange(3))).astype(np.float32))
        for m, p, points in parts
    ]


def words(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Words of a text, and the blanks between them."""
    split = re.split(rb"(\s+)", to_text(data)[0])
    return split[::2], split[1::2]


@pytest.mark.parametrize("name", MESHES)
def test_a_moved_mesh_changes_the_places_in_the_file_and_nothing_beside_them(name, data, tmp_path):
    source = data / name
    raw, before = source.read_bytes(), load(source)
    edits = waved(before)
    target = tmp_path / source.name
    save(apply(before, edits), target)
    marked, after = target.read_bytes(), load(target)
    same_arrays(before, after, moved=True)
    moved = 0
    for edit in edits:
        found = after.meshes[edit.mesh].primitives[edit.primitive].positions
        np.testing.assert_array_equal(found, edit.positions)
        moved += len(found)
    binary = (source.suffix.lower() == ".stl" and b"facet normal" not in raw) or b"format binary" in raw[:200]
    if binary:
        assert len(marked) == len(raw)
        back = [
            SetPositions(edit.mesh, edit.primitive, before.meshes[edit.mesh].primitives[edit.primitive].positions)
            for edit in edits
        ]
        restored = to_bytes(apply(after, back))
        if b"property double x" in raw[:1000]:  # float32 does not say all of a double
            assert sum(a != b for a, b in zip(restored, raw, strict=True)) <= 3 * 4 * moved
        else:
            assert restored == raw  # so nothing but the places had changed
    else:
        (old, blanks), (new, others) = words(raw), words(marked)
        assert (len(new), others) == (len(old), blanks)
        differ = [number for number, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
        assert len(differ) <= 3 * moved
        for number in differ:
            float(old[number]), float(new[number])
    assert bool(edits) == (marked != raw)


@pytest.mark.parametrize("name", [name for name in MESHES if name.endswith((".ply", ".obj", "no-data"))])
def test_all_marks_of_a_mesh_leave_the_subject_and_are_made_once(name, data, tmp_path):
    before = load(data / name)
    if not before.meshes and name.endswith(".ply"):  # points and splats bear no visible label, and say so
        with pytest.raises(MarkError):
            apply(before, [label()])
        return
    target = tmp_path / Path(name).name
    edits = [*waved(before), METADATA, label()]
    save(apply(before, edits), target)
    after, once = load(target), tree_of(tmp_path)
    same_arrays(before, after, moved=True)
    assert len(after.meshes) == len(before.meshes) + 1
    assert sum(len(part.triangles) for part in after.meshes[-1].primitives) == 4
    for edit in edits[:-2]:
        np.testing.assert_array_equal(after.meshes[edit.mesh].primitives[edit.primitive].positions, edit.positions)
    save(apply(after, edits), target)
    assert tree_of(tmp_path) == once


@pytest.mark.parametrize("name", SPLATS)
def test_moved_splats_leave_the_others_as_they_were(name, data):
    before = load(data / name)
    (cloud,) = before.splats
    rows = np.arange(0, len(cloud.positions), 7)
    positions, colours = np.array(cloud.positions), np.array(cloud.harmonics[:, :1])
    positions[rows] += np.float32(0.01)
    colours[rows] = 0.4
    after = load(to_bytes(apply(before, [SetSplats(0, positions, colours)])), uri=Path(name).name).splats[0]
    others = np.setdiff1d(np.arange(len(positions)), rows)
    for field in FIELDS:
        assert getattr(after, field)[others].tobytes() == getattr(cloud, field)[others].tobytes()
    for field in ("scales", "rotations", "opacities"):
        assert getattr(after, field).tobytes() == getattr(cloud, field).tobytes()
    step = 0.5 ** unpack((data / name).read_bytes()).fractional_bits if name.endswith(".spz") else 0.0
    np.testing.assert_allclose(after.positions[rows], positions[rows], atol=step / 2 + 1e-6, rtol=0)
    assert (after.positions[rows] != cloud.positions[rows]).any()


@pytest.mark.parametrize("name", CONVERTED)
def test_a_form_that_is_only_read_keeps_its_splats_as_a_plain_ply(name, data, tmp_path):
    before = load(data / name).splats[0]
    save(apply(load(data / name), [METADATA]), tmp_path / "out.ply")
    after = load(tmp_path / "out.ply").splats[0]
    np.testing.assert_array_equal(after.positions, before.positions)
    np.testing.assert_allclose(after.scales, before.scales, rtol=2e-6)
    np.testing.assert_allclose(after.opacities, before.opacities, atol=1e-6)
    np.testing.assert_array_equal(after.harmonics, before.harmonics)
    assert turn_error(after, before) < 1e-3
