from __future__ import annotations

import sys
from unittest.mock import patch

import numpy as np
import pytest

from sceneproof.derived.bridges import open3d
from sceneproof.derived.world import bounds, world_parts
from sceneproof.errors import InputError, MissingExtraError
from sceneproof.io import apply, load, to_bytes
from tests.io._edits import PACKET
from tests.makers import shapes
from tests.makers.builder import Builder


def two_boxes():
    b = Builder()
    box = b.mesh(shapes.box())
    b.node("same name", mesh=box)
    b.node("same name", mesh=box, translation=[3, 0, 0])
    b.node("cloud", mesh=b.mesh({"POSITION": np.array([[0, 9, 0]], np.float32)}, mode=0))
    return load(b.glb())


def need_open3d():
    try:
        return open3d()
    except MissingExtraError as error:
        pytest.skip(str(error))


def test_a_scene_becomes_trimesh_geometry_in_world_space():
    import trimesh

    found = two_boxes().to_trimesh()
    assert isinstance(found, trimesh.Scene)
    assert sorted(type(item).__name__ for item in found.geometry.values()) == ["PointCloud", "Trimesh", "Trimesh"]
    np.testing.assert_allclose(found.bounds, bounds(two_boxes()))
    assert sum(item.volume for item in found.geometry.values() if hasattr(item, "faces")) == pytest.approx(2)


def test_a_trimesh_mesh_is_an_asset():
    import trimesh

    scene = load(trimesh.creation.box((1, 2, 3)))
    (part,) = world_parts(scene)
    assert len(part.triangles) == 12
    np.testing.assert_allclose(bounds(scene), [[-0.5, -1, -1.5], [0.5, 1, 1.5]])
    again = load(to_bytes(apply(scene, [PACKET])))
    assert again.asset["extensions"]["KHR_xmp_json_ld"] == {"packet": 0}


def test_a_trimesh_scene_keeps_its_transforms():
    import trimesh

    source = trimesh.Scene()
    source.add_geometry(trimesh.creation.box(), transform=trimesh.transformations.translation_matrix([5, 0, 0]))
    source.add_geometry(trimesh.PointCloud(np.zeros((4, 3))))
    scene = load(source)
    np.testing.assert_allclose(bounds(scene), [[0, -0.5, -0.5], [5.5, 0.5, 0.5]])
    assert sorted(len(part.triangles) for part in world_parts(scene)) == [0, 12]


def test_there_and_back_is_the_same_geometry():
    scene = two_boxes()
    again = load(scene.to_trimesh())
    np.testing.assert_allclose(bounds(again), bounds(scene))
    assert sum(len(p.triangles) for p in world_parts(again)) == sum(len(p.triangles) for p in world_parts(scene))


@pytest.mark.parametrize(
    "vertices", [np.zeros((0, 3)), np.full((3, 3), np.nan), np.array([[0, 0, 0], [np.inf, 0, 0], [0, 1, 0]])]
)
def test_objects_without_usable_vertices_are_refused(vertices):
    import trimesh

    faces = [[0, 1, 2]] if len(vertices) else []
    with pytest.raises(InputError):
        load(trimesh.Trimesh(vertices, faces, process=False))


def test_without_open3d_one_line_says_what_to_install():
    with patch.dict(sys.modules, {"open3d": None}), pytest.raises(MissingExtraError) as caught:
        two_boxes().to_open3d()
    assert "sceneproof[reconstruction]" in str(caught.value)
    assert "libgl1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_open3d_meshes_go_both_ways():
    o3d = need_open3d()
    mesh = two_boxes().to_open3d()
    assert isinstance(mesh, o3d.geometry.TriangleMesh)
    assert (len(mesh.vertices), len(mesh.triangles)) == (49, 24)
    again = load(mesh)
    assert sum(len(part.triangles) for part in world_parts(again)) == 24


def test_open3d_point_clouds_go_both_ways():
    o3d = need_open3d()
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(np.eye(3)))
    scene = load(cloud)
    assert len(world_parts(scene)[0].positions) == 3
    assert isinstance(scene.to_open3d(), o3d.geometry.PointCloud)


def test_pygltflib_gives_a_typed_view_of_the_document():
    from dataclasses import replace

    from sceneproof.errors import UsageError

    scene = two_boxes()
    view = scene.to_pygltflib()
    assert [node.name for node in view.nodes] == ["same name", "same name", "cloud"]
    assert len(view.binary_blob()) >= view.buffers[0].byteLength
    with pytest.raises(UsageError, match="no glTF document"):
        replace(scene, document=None, format="ply").to_pygltflib()
