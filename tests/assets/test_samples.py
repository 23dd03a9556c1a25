"""The sample assets: what the code makes is what is committed, and each is what its card says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.assets._content import ply_columns, same_glb, same_ply
from tests.makers import read_accessor, unpack_glb
from tests.makers.samples import ASSETS, build

FOLDER = Path(__file__).parents[2] / "assets"
CARDS = sorted({Path(name).stem for name in ASSETS})


@cache
def opened(name: str) -> tuple[dict[str, Any], bytes]:
    return unpack_glb((FOLDER / f"{name}.glb").read_bytes())


def array(name: str, accessor: int) -> np.ndarray:
    return read_accessor(*opened(name), accessor)


def primitives(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(mesh["name"], p) for mesh in opened(name)[0]["meshes"] for p in mesh["primitives"]]


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n == "human.glb" else n for n in ASSETS])
def test_the_code_makes_what_is_committed(name: str) -> None:
    made, kept = build(name), (FOLDER / name).read_bytes()
    if made != kept:
        (same_glb if name.endswith(".glb") else same_ply)(made, kept)


def test_making_twice_gives_the_same_bytes() -> None:
    assert build("interior.glb") == build("interior.glb")


@pytest.mark.parametrize("name", ["interior", "human", "reconstruction"])
def test_comparing_content_notices_a_moved_vertex(name: str) -> None:
    kept = (FOLDER / f"{name}.glb").read_bytes()
    doc, _ = opened(name)
    view = doc["bufferViews"][
        doc["accessors"][doc["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]["bufferView"]
    ]
    at = len(kept) - len(opened(name)[1]) + view["byteOffset"]
    moved = bytearray(kept)
    moved[at : at + 4] = np.float32(9.5).tobytes()
    with pytest.raises(AssertionError, match="/accessors/"):
        same_glb(kept, bytes(moved))


def test_the_folder_holds_the_listed_assets_and_stays_small() -> None:
    held = {path.name for path in FOLDER.iterdir() if path.suffix in (".glb", ".gltf", ".ply", ".spz", ".splat")}
    assert set(ASSETS) <= held
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 20_000_000


@pytest.mark.parametrize("name", CARDS)
def test_each_asset_has_a_card_with_origin_licence_and_reason(name: str) -> None:
    card = (FOLDER / f"{name}.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([A-Z][\w ]*) \| (.+) \|$", card, re.MULTILINE))
    assert {"What", "Origin", "Licence", "Why"} <= rows.keys()
    assert rows["Licence"] in {"CC0-1.0", "Apache-2.0"}
    assert f"tests/makers/samples/{name}.py" in rows["Origin"]
    assert (FOLDER / f"previews/{name}.jpg").stat().st_size < 150_000
    assert f"({name}.md)" in (FOLDER / "README.md").read_text("utf-8")

    counted = [array(name, p["attributes"]["POSITION"]) for _, p in primitives(name)]
    triangles = sum(
        opened(name)[0]["accessors"][p["indices"]]["count"] // 3 for _, p in primitives(name) if "indices" in p
    )
    assert rows["Vertices"] == f"{sum(map(len, counted)):,}"
    assert rows["Triangles"] == f"{triangles:,}"


@pytest.mark.parametrize("name", CARDS)
def test_bounds_are_those_of_the_data_and_values_are_finite(name: str) -> None:
    for _, p in primitives(name):
        for semantic, accessor in p["attributes"].items():
            values = array(name, accessor)
            assert np.isfinite(values.astype(float)).all(), semantic
            if semantic == "POSITION":
                entry = opened(name)[0]["accessors"][accessor]
                assert np.array_equal(np.float32(entry["min"]), values.min(0))
                assert np.array_equal(np.float32(entry["max"]), values.max(0))
        if "indices" in p:
            assert array(name, p["indices"]).max() < len(array(name, p["attributes"]["POSITION"]))


@pytest.mark.parametrize(
    ("name", "mesh"), [("interior", "sculpture"), ("interior", "vase"), ("human", "Face"), ("reconstruction", "scan")]
)
def test_dense_meshes_can_carry_a_watermark(name: str, mesh: str) -> None:
    positions = next(array(name, p["attributes"]["POSITION"]) for n, p in primitives(name) if n == mesh)
    assert len(np.unique(positions, axis=0)) >= 15_000


def test_the_interior_is_seen_from_a_camera_inside_it() -> None:
    doc, _ = opened("interior")
    camera = [node for node in doc["nodes"] if "camera" in node]
    walls = next(array("interior", p["attributes"]["POSITION"]) for n, p in primitives("interior") if n == "walls")
    assert len(camera) == 1
    assert (np.array(camera[0]["translation"]) > walls.min(0) + 0.12).all()
    assert (np.array(camera[0]["translation"]) < walls.max(0) - 0.12).all()
    assert 2.4 < np.ptp(walls[:, 1]) < 3.0
    assert len(doc["extensions"]["KHR_lights_punctual"]["lights"]) >= 3
    roles = {role for m in doc["materials"] for role in (*m, *m["pbrMetallicRoughness"]) if role.endswith("Texture")}
    assert roles >= {"baseColorTexture", "metallicRoughnessTexture", "normalTexture"}


def test_the_reconstruction_is_open_and_has_floaters() -> None:
    _, p = primitives("reconstruction")[0]
    assert set(p["attributes"]) == {"POSITION", "NORMAL", "COLOR_0"}
    faces = array("reconstruction", p["indices"]).reshape(-1, 3).astype(np.int64)
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert (uses == 1).sum() > 500
    assert (uses > 2).sum() == 0
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(edges)), edges.T), (faces.max() + 1,) * 2)
    assert connected_components(graph, directed=False)[0] >= 7


def test_the_reconstruction_stands_on_one_surface() -> None:
    """Seen from straight above, the turntable has no tear: each ray meets a triangle, and one that faces up."""
    doc, _ = opened("reconstruction")
    _, p = primitives("reconstruction")[0]
    assert doc["materials"][p["material"]]["doubleSided"] is True
    points, faces = array("reconstruction", p["attributes"]["POSITION"]), array("reconstruction", p["indices"])
    corners = points[faces.reshape(-1, 3)].astype(float)
    corners = corners[(corners[:, :, 1] < 0.004).all(1)][:, :, [2, 0]]
    edge, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = edge[:, 0] * other[:, 1] - edge[:, 1] * other[:, 0]
    corners, edge, other, area = (a[area > 0] for a in (corners, edge, other, area))
    turn = np.linspace(0.1, 6.3, 60)
    rays = np.concatenate([r * np.stack([np.cos(turn), np.sin(turn)], 1) for r in (0.150, 0.165, 0.180, 0.190)])
    bare = rays[np.linalg.norm(rays - (0.075, -0.08), axis=1) > 0.14]  # away from the book
    assert len(bare) > 120
    for ray in bare:
        to = ray - corners[:, 0]
        u = (to[:, 0] * other[:, 1] - to[:, 1] * other[:, 0]) / area
        v = (edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0]) / area
        assert ((u >= 0) & (v >= 0) & (u + v <= 1)).any(), ray


CLOSED = [("human", n) for n in ("sweater", "trousers", "shoes", "hand-left", "hand-right")]


@pytest.mark.parametrize(("name", "mesh"), [*CLOSED, ("reconstruction", "scan"), ("interior", "sculpture")])
def test_triangles_face_outward(name: str, mesh: str) -> None:
    """glTF draws the side from which a triangle runs counterclockwise: the volume that it bounds is then positive."""
    p = next(p for n, p in primitives(name) if n == mesh)
    points = array(name, p["attributes"]["POSITION"]).astype(float)
    corners = (points - points.mean(0))[array(name, p["indices"]).reshape(-1, 3)]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    volume = np.einsum("ij,ij->", corners[:, 0], across) / 6
    assert volume > 0.03 * np.prod(np.ptp(points, axis=0))
    normals = array(name, p["attributes"]["NORMAL"])[array(name, p["indices"]).reshape(-1, 3)].mean(axis=1)
    assert (np.einsum("ij,ij->i", across, normals) > 0).mean() > 0.99


def test_points_are_the_same_in_both_files() -> None:
    columns = ply_columns((FOLDER / "points.ply").read_bytes())
    _, p = primitives("points")[0]
    assert p["mode"] == 0
    assert np.array_equal(np.stack([columns[c] for c in "xyz"], 1), array("points", p["attributes"]["POSITION"]))
    assert len(columns["x"]) == 30_000


def test_splats_are_the_same_in_both_files_each_by_its_own_convention() -> None:
    columns = ply_columns((FOLDER / "splats.ply").read_bytes())
    _, p = primitives("splats")[0]
    at = {name.split(":")[-1]: array("splats", accessor) for name, accessor in p["attributes"].items()}
    assert np.allclose(np.exp(np.stack([columns[f"scale_{k}"] for k in range(3)], 1)), at["SCALE"], rtol=1e-4)
    assert np.allclose(1 / (1 + np.exp(-columns["opacity"])), at["OPACITY"], atol=1e-6)
    assert np.array_equal(np.stack([columns[f"rot_{k}"] for k in (1, 2, 3, 0)], 1), at["ROTATION"])
    assert np.allclose(np.linalg.norm(at["ROTATION"], axis=1), 1, atol=1e-5)
    assert np.array_equal(columns["f_rest_3"], at["SH_DEGREE_1_COEF_0"][:, 1])
    assert (at["SCALE"] > 0).all()
