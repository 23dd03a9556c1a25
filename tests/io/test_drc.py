from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sceneproof.errors import InputError, MarkError
from sceneproof.io import apply, check_target, load, to_bytes, written_as
from tests.io._text_assets import METADATA, SQUARE, counts


def packed(**more) -> bytes:
    import DracoPy

    return bytes(DracoPy.encode(SQUARE, faces=np.array([[0, 1, 2], [0, 2, 3]], np.uint32), preserve_order=True, **more))


def read(data: bytes):
    return load(data, uri="x.drc")


def test_a_mesh_is_read_with_its_attributes():
    colors = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]], np.uint8)
    scene = read(packed(colors=colors, tex_coord=SQUARE[:, :2].astype(np.float64), quantization_bits=14))
    part = scene.meshes[0].primitives[0]
    np.testing.assert_allclose(part.positions, SQUARE, atol=1e-3)
    assert part.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert part.attributes["COLOR_0"][:, :3].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_allclose(part.attributes["TEXCOORD_0"][:, 1], 1 - SQUARE[:, 1], atol=1e-3)
    assert part.compression
    assert scene.meshes[0].name == "x"


def test_points_are_a_point_cloud():
    import DracoPy

    scene = read(bytes(DracoPy.encode(SQUARE)))
    assert len(scene.points[0].positions) == 4
    assert scene.meshes == ()


def test_it_is_read_only_and_says_so():
    scene = read(packed())
    assert written_as(".drc") == ()
    with pytest.raises(MarkError, match="read, not written"):
        check_target(scene, None)
    with pytest.raises(MarkError, match="read, not written"):
        apply(scene, [METADATA])
    assert to_bytes(scene) == packed()


SEED = packed()


@settings(max_examples=25)
@given(st.integers(1, len(SEED)), st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=3))
def test_cut_and_flipped_files_raise_nothing_unexpected(end, flips):
    data = bytearray(SEED)
    for at, value in flips:
        data[at] = value
    with contextlib.suppress(InputError):
        read(bytes(data[:end]))


@pytest.mark.parametrize(
    ("name", "expected", "points"),
    [("bunny_gltf", (34834, 69451), 0), ("cube_att.obj.edgebreaker.cl4.2.2", (24, 12), 0), ("pc_color", (0, 0), 7733)],
)
def test_real_files_hold_what_their_list_says(data, name, expected, points):
    scene = load(data / f"meshes/{name}.drc")
    assert counts(scene) == expected
    assert sum(len(cloud.positions) for cloud in scene.points) == points
