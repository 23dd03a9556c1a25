"""External assets (glTF 2.1 draft): drawn where they are named, inside the folder, within limits, never in a circle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sceneproof.derived.inspection import inspection
from sceneproof.errors import LimitError
from sceneproof.io import load, save
from sceneproof.io._gltf import external
from tests.makers.builder import Builder


def _part(folder: Path, name: str = "part.glb") -> None:
    b = Builder()
    b.node(mesh=b.mesh([b.primitive({"POSITION": np.eye(3, dtype=np.float32)})]), name="leaf")
    b.doc["scenes"] = [{"nodes": [0]}]
    (folder / name).write_bytes(b.glb())


def _host(folder: Path, *uris: str, name: str = "host.gltf", nodes: Any = None) -> Path:
    tree = {
        "asset": {"version": "2.1"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(nodes or uris)))}],
        "nodes": nodes or [{"externalAsset": i, "translation": [10 * i, 0, 0]} for i in range(len(uris))],
        "files": [{"uri": uri, "mimeType": "model/gltf-binary"} for uri in uris],
        "externalAssets": [{"file": i} for i in range(len(uris))],
    }
    (folder / name).write_text(json.dumps(tree))
    return folder / name


def _codes(path: Path) -> list[str]:
    return [problem.code for problem in load(path).problems]


def test_the_parts_of_an_external_asset_are_drawn_under_the_node_that_names_it(tmp_path: Path) -> None:
    _part(tmp_path)
    scene = load(_host(tmp_path, "part.glb", "part.glb"))
    assert scene.problems == ()
    assert [mesh.pointer for mesh in scene.meshes] == ["/externalAssets/0/meshes/0", "/externalAssets/1/meshes/0"]
    assert inspection(scene)["triangles"] == 2
    assert inspection(scene)["bounds_m"] == [[0, 0, 0], [11, 1, 1]]
    assert all(external.is_external(mesh.pointer) for mesh in scene.meshes)


def test_an_embedded_asset_is_read_from_a_data_uri(tmp_path: Path) -> None:
    _part(tmp_path)
    import base64

    uri = "data:model/gltf-binary;base64," + base64.b64encode((tmp_path / "part.glb").read_bytes()).decode()
    assert inspection(load(_host(tmp_path, uri)))["triangles"] == 1


@pytest.mark.parametrize(
    "uri", ["../part.glb", "/etc/part.glb", "http://example.org/part.glb", "%2e%2e/part.glb", "no.glb"]
)
def test_what_is_not_followed_is_named(tmp_path: Path, uri: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    _part(tmp_path)
    assert _codes(_host(inner, uri)) == ["external-asset-not-followed"]


def test_an_asset_that_draws_itself_is_named_and_drawn_once(tmp_path: Path) -> None:
    _part(tmp_path)
    _host(tmp_path, "part.glb", "host.gltf", name="host.gltf")
    scene = load(tmp_path / "host.gltf")
    assert [problem.code for problem in scene.problems] == ["external-asset-not-followed"]
    assert inspection(scene)["triangles"] == 1


def test_a_circle_over_two_files_ends(tmp_path: Path) -> None:
    _host(tmp_path, "b.gltf", name="a.gltf")
    _host(tmp_path, "a.gltf", name="b.gltf")
    assert _codes(tmp_path / "a.gltf") == ["external-asset-not-followed"]


def test_a_doubling_graph_is_refused(tmp_path: Path) -> None:
    _part(tmp_path, "x9.glb")
    names = [f"x{i}.gltf" for i in range(9)]
    for name, below in zip(names, [*names[1:], "x9.glb"], strict=True):
        _host(tmp_path, *[below] * 8, name=name)
    with pytest.raises(LimitError, match="external assets"):
        load(tmp_path / names[0])


def test_saving_takes_the_external_assets_and_their_parts_along(tmp_path: Path) -> None:
    inner = tmp_path / "in" / "sub"
    inner.mkdir(parents=True)
    b = Builder()
    b.node(mesh=b.mesh([b.primitive({"POSITION": np.eye(3, dtype=np.float32)})]))
    b.gltf(inner, "part")
    (part,) = inner.glob("*.gltf")
    host = _host(tmp_path / "in", f"sub/{part.name}")
    (tmp_path / "out").mkdir()
    written = save(load(host), tmp_path / "out" / "host.gltf")
    assert {path.name for path in written} >= {"host.gltf", part.name}
    again = load(tmp_path / "out" / "host.gltf")
    assert again.problems == load(host).problems
    assert inspection(again)["triangles"] == 1
