"""The builder that other tests rest on: what it writes is what it was given."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from tests.makers import Builder, hostile, read_accessor, shapes, unpack_glb
from tests.makers.forms import rounded_box, tangents


def volume(shape: shapes.Shape) -> float:
    corners = np.asarray(shape.positions, float)[shape.faces]
    return float(np.einsum("ij,ij->i", np.cross(corners[:, 0], corners[:, 1]), corners[:, 2]).sum() / 6)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (shapes.box((1, 2, 3)), 6.0),
        (shapes.uv_sphere(0.5, 48, 96), np.pi / 6),
        (shapes.icosphere(0.5, 5), np.pi / 6),
        (shapes.torus(0.4, 0.15, 64, 128), 2 * np.pi**2 * 0.4 * 0.15**2),
        (rounded_box((1, 1, 1), 0.001), 1.0),
    ],
)
def test_shapes_face_outwards_and_enclose_the_volume_of_the_formula(shape: shapes.Shape, expected: float) -> None:
    assert volume(shape) == pytest.approx(expected, rel=5e-3)


def test_the_bumpy_sphere_is_closed_and_has_the_asked_number_of_vertices() -> None:
    shape = shapes.bumpy_sphere(3000)
    edges = np.sort(shape.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert len(shape.positions) == 3000
    assert len(shape.faces) == 2 * 3000 - 4
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
    assert volume(shape) > 0


def test_arrays_come_back_as_they_went_in() -> None:
    rng = np.random.default_rng(0)
    shape = shapes.icosphere(level=1)
    count = len(shape.positions)
    given = dict(shape.attributes()) | {
        "COLOR_0": rng.integers(0, 255, (count, 3)).astype(np.uint8),
        "JOINTS_0": rng.integers(0, 3, (count, 4)).astype(np.uint8),
        "_CUSTOM": rng.normal(size=count).astype(np.float32),
    }
    lift = np.where(np.arange(count)[:, None] < 4, np.float32(0.25), np.float32(0)) * np.ones(3, np.float32)
    b = Builder()
    b.node(mesh=b.mesh(given, targets={"lift": lift}))
    doc, binary = unpack_glb(b.glb())
    (p,) = doc["meshes"][0]["primitives"]
    for name, accessor in p["attributes"].items():
        assert np.array_equal(read_accessor(doc, binary, accessor), given[name]), name
        view = doc["bufferViews"][doc["accessors"][accessor]["bufferView"]]
        assert view["byteOffset"] % 4 == 0
        assert view.get("byteStride", 4) % 4 == 0
    assert np.array_equal(read_accessor(doc, binary, p["indices"]), given["indices"])
    target = p["targets"][0]["POSITION"]
    assert np.array_equal(read_accessor(doc, binary, target), lift)
    assert doc["accessors"][target]["sparse"]["count"] == 4
    assert doc["accessors"][target]["max"] == [0.25, 0.25, 0.25]
    assert doc["meshes"][0]["extras"]["targetNames"] == ["lift"]


def test_gltf_with_parts_and_with_data_uris_hold_the_same_binary(tmp_path: Path) -> None:
    b = Builder()
    picture = b.texture(b.image(np.zeros((4, 4, 3), np.uint8)))
    b.node("box", mesh=b.mesh(shapes.box(), material=b.material(textures={"color": picture})))
    apart = json.loads(b.gltf(tmp_path, "apart").read_bytes())
    inside = json.loads(b.gltf(tmp_path, "inside", embed=True).read_bytes())
    assert (tmp_path / apart["images"][0]["uri"]).read_bytes()[:4] == b"\x89PNG"
    assert (
        base64.b64decode(inside["buffers"][0]["uri"].split(",")[1])
        == (tmp_path / apart["buffers"][0]["uri"]).read_bytes()
    )
    assert b.glb() == b.glb()


def test_nodes_without_parent_become_the_scene() -> None:
    b = Builder()
    root = b.node("root")
    b.node("child", parent=root)
    b.node("other")
    assert unpack_glb(b.glb())[0]["scenes"] == [{"nodes": [0, 2]}]


def test_tangents_are_unit_and_stand_on_the_normal() -> None:
    shape = rounded_box((1, 0.5, 0.3), 0.05)
    t = tangents(shape)
    assert np.allclose(np.linalg.norm(t[:, :3], axis=1), 1, atol=1e-5)
    assert np.abs(np.einsum("ij,ij->i", t[:, :3], shape.normals)).max() < 1e-5
    assert set(np.unique(t[:, 3])) <= {-1.0, 1.0}


@pytest.mark.parametrize("name", sorted(hostile.FILES))
def test_each_hostile_file_differs_from_the_sound_one(name: str) -> None:
    assert hostile.FILES[name]() != hostile.good()


@pytest.mark.parametrize("name", sorted(hostile.FOLDERS))
def test_each_hostile_folder_has_its_entry_file(name: str, tmp_path: Path) -> None:
    path = hostile.FOLDERS[name](tmp_path)
    assert path.suffix == ".gltf"
    assert json.loads(path.read_bytes())["asset"]["version"] == "2.0"
