"""What is measured: the meshes made by code are what their names say, and files are what the watermark sees of them."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from sceneproof.bench import _made
from sceneproof.bench._assets import HARD, REAL, Source, load, sources
from sceneproof.errors import InputError
from sceneproof.io._bridges import glb_of

CLOSED = ("bumpy-sphere", "bevelled-box", "torus-knot", "three-parts", "capsule-figure")


@pytest.mark.parametrize("name", _made.MAKERS)
def test_a_made_mesh_is_clean_and_looks_outward(name):
    asset = load(Source(f"made:{name}", maker=name))
    for positions, faces in asset.surfaces:
        assert len(np.unique(positions, axis=0)) == len(positions)
        assert (positions == positions.astype(np.float32)).all()
        mesh = trimesh.Trimesh(positions, faces, process=False)
        assert (mesh.area_faces > 0).all()
        assert mesh.is_winding_consistent
        if name in CLOSED:
            assert mesh.is_watertight
            assert mesh.volume > 0


def test_made_meshes_have_the_sizes_that_the_rates_ask_for():
    sizes = {name: load(Source(f"made:{name}", maker=name)).vertices for name in _made.MAKERS}
    dense = {name for name, vertices in sizes.items() if vertices >= 20_000}
    assert dense == {"bumpy-sphere", "bevelled-box", "torus-knot", "three-parts", "cloth", "capsule-figure"}
    assert 2_000 <= sizes["card-bush"] <= 3_500


def test_an_asset_is_known_by_its_content():
    first, second = (load(Source("made:cloth", maker=name)) for name in ("cloth", "cloth-small"))
    assert first.sha256 != second.sha256
    load.cache_clear()
    assert load(Source("made:cloth", maker="cloth")).sha256 == first.sha256


def test_a_file_gives_its_meshes_largest_first_where_the_scene_shows_them(tmp_path):
    small, large = _made.bumpy_sphere(8)[0], _made.cloth(12)[0]
    path = tmp_path / "two.glb"
    path.write_bytes(glb_of([(small[0], small[1]), (large[0], large[1])]))
    asset = load(Source("two", str(path)))
    assert [len(positions) for positions, _ in asset.surfaces] == [144, 98]
    assert asset.bits == 32
    parts = asset.parts([positions for positions, _ in asset.surfaces])
    assert [part.name for part in parts] == ["mesh 1", "mesh 0"]
    placed = asset.placed([positions + 1 for positions, _ in asset.surfaces])
    assert (placed[0][0] == asset.surfaces[0][0] + 1).all()


def test_a_file_without_triangles_is_an_error(tmp_path):
    path = tmp_path / "points.glb"
    path.write_bytes(glb_of([(np.eye(3), np.zeros((0, 3), np.int64))]))
    with pytest.raises(InputError, match="no triangle mesh and no splats"):
        load(Source("points", str(path)))


def test_the_sets_name_their_assets(monkeypatch, tmp_path):
    monkeypatch.setenv("SCENEPROOF_DATA", str(tmp_path))
    names = [source.name for source in sources(("a/b.glb",), ("real", "made"))]
    assert names[0] == "b"
    assert set(REAL) < set(names)
    assert set(HARD) < set(names)
    assert "made:cloth-small" not in names


def test_the_real_assets_are_where_the_set_says(data):
    missing = [path for path in REAL.values() if not (data / path).is_file()]
    assert not missing
