"""What the fuzzer found: each file once crashed or hung a reader, and is now one line."""

from __future__ import annotations

import struct
import time

import pytest

from sceneproof.derived.world import bounds
from sceneproof.errors import InputError
from sceneproof.io import load
from tests.makers import hostile
from tests.makers._pack import pack_glb, unpack_glb


def las_with_records_without_end() -> bytes:
    """LAS 1.4 that states four billion extended records: laspy read them one by one past the end of the file."""
    data = bytearray(400)
    data[:4] = b"LASF"
    data[24:26] = bytes((1, 4))
    struct.pack_into("<HII", data, 94, 375, 375, 0)
    struct.pack_into("<BHI", data, 104, 7, 36, 0)
    struct.pack_into("<QI", data, 235, 380, 0xF1000000)
    return bytes(data)


def off_without_vertices() -> bytes:
    """A face and nothing that it could name."""
    return b" 0 1\n3 0 1 2"


@pytest.mark.parametrize(("make", "ending"), [(las_with_records_without_end, "las"), (off_without_vertices, "off")])
def test_a_find_is_refused_in_one_line_and_at_once(make, ending):
    started = time.monotonic()
    with pytest.raises(InputError) as caught:
        load(make(), uri=f"find.{ending}")
    assert "\n" not in str(caught.value)
    assert time.monotonic() - started < 10


def test_a_vertex_of_an_ascii_stl_that_lacks_numbers_does_not_take_those_of_the_next():
    """The line reached into the one behind it, and the two were counted as one."""
    facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    broken = "facet normal 0 0 1\nouter loop\nvehrte 0 0 0\nvertex 1 0 0\nvertex -0.5\nvertex 0 1 0\nendsolid x"
    scene = load(f"solid x\n{facet * 3}{broken}".encode(), uri="find.stl")
    assert scene.problems
    assert len(scene.meshes[0].primitives[0].triangles) == 3


def test_morph_targets_of_a_primitive_without_positions_move_nothing():
    """Three deltas were added to no vertex when the scene was placed."""
    doc, binary = unpack_glb(hostile.good())
    primitive = doc["meshes"][0]["primitives"][0]
    primitive["targets"] = [{"POSITION": primitive["attributes"].pop("POSITION")}]
    doc["nodes"][0]["weights"] = [0.5]
    scene = load(pack_glb(doc, binary))
    assert bounds(scene) is None
    assert [dict(target) for target in scene.meshes[0].primitives[0].targets] == [{}]
