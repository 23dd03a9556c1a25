"""Reading PLY: meshes, clouds and splats of every form, odd files, and faults with their place."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import numpy as np
import pytest

from sceneproof.errors import InputError, SceneproofError
from sceneproof.io import load, to_bytes
from tests.makers import shapes
from tests.makers.ply import FORMS, faces, ply, sphere, splats, vertices

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0.5, 0]], np.float32)
NAME = "file.ply"


def read(data: bytes):
    return load(data, uri=NAME)


def primitive(data: bytes):
    return read(data).meshes[0].primitives[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_every_form_gives_the_same_mesh(form, kind):
    ball = shapes.icosphere(level=2)
    part = primitive(sphere(form, kind))
    np.testing.assert_array_equal(part.positions, np.asarray(ball.positions, np.float32))
    np.testing.assert_array_equal(part.triangles, ball.faces)
    assert part.positions.dtype == np.float32
    assert part.triangles.dtype == np.int64


@pytest.mark.parametrize("form", FORMS)
def test_polygons_of_mixed_sizes_become_triangles_in_their_order(form):
    part = primitive(ply([vertices(CORNERS), faces([[0, 1, 2], [0, 1, 2, 3], [0, 1, 4, 2, 3]])], form))
    expected = [[0, 1, 2], [0, 1, 2], [0, 2, 3], [0, 1, 4], [0, 4, 2], [0, 2, 3]]
    np.testing.assert_array_equal(part.triangles, expected)


@pytest.mark.parametrize("form", FORMS)
def test_plain_columns_beside_lists_of_any_length_do_not_disturb(form):
    element = ("face", [
        ("flag", "i2", [-1, 2, 3]), ("vertex_index", "u1:u2", [[0, 1, 2], [0, 1, 2, 3], [1, 4, 2]]),
        ("weight", "f8", [1, 2, 3]), ("texcoord", "u2:f4", [[0.5], [], [1, 2]]), ("last", "u1", [7, 8, 9]),
    ])  # fmt: skip
    after = ("edge", [("vertex1", "i4", [0, 1]), ("vertex2", "i4", [1, 2])])
    scene = read(ply([vertices(CORNERS), element, after], form))
    np.testing.assert_array_equal(scene.meshes[0].primitives[0].triangles, [[0, 1, 2], [0, 1, 2], [0, 2, 3], [1, 4, 2]])
    table = scene.document.detail.tables["face"]
    for name, values in (("flag", [-1, 2, 3]), ("weight", [1, 2, 3]), ("last", [7, 8, 9])):
        np.testing.assert_array_equal(table.column(name), values)
    lengths, items = table.lists("texcoord")
    assert lengths.tolist() == [1, 0, 2]
    assert items.tolist() == [0.5, 1, 2]
    assert scene.problems == ()


def test_an_element_before_the_vertices_is_passed_over():
    scene = read(ply([("camera", [("rows", "u4:f8", [[1, 2], [3]])]), vertices(CORNERS), faces([[0, 1, 2]])]))
    assert scene.meshes[0].primitives[0].triangles.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("form", FORMS)
def test_strips_are_undone_with_their_turns(form):
    strips = ("tristrips", [("vertex_indices", "i4:i4", [[0, 1, 3, 2, -1, 1, 4, 2]])])
    part = primitive(ply([vertices(CORNERS), strips], form))
    np.testing.assert_array_equal(part.triangles, [[0, 1, 3], [1, 2, 3], [1, 4, 2]])


def test_colours_normals_and_texture_coordinates_reach_the_primitive():
    grey = np.array([0, 255, 128, 10, 255])
    more = dict.fromkeys(("red", "green", "blue", "alpha"), ("u1", grey))
    more |= {name: ("f4", CORNERS[:, axis]) for axis, name in enumerate(("nx", "ny", "nz"))}
    part = primitive(
        ply([vertices(CORNERS, **more, s=("f4", CORNERS[:, 0]), t=("f4", CORNERS[:, 1])), faces([[0, 1, 2]])])
    )
    color = part.attributes["COLOR_0"]
    np.testing.assert_allclose(color[:, 3], grey / 255, atol=1e-6)
    # sRGB 128 is 0.2158605 in linear light (IEC 61966-2-1), 10 lies on the straight part
    np.testing.assert_allclose(color[:4, 0], [0, 1, 0.2158605, 10 / 255 / 12.92], atol=1e-6)
    np.testing.assert_array_equal(part.attributes["NORMAL"], CORNERS)
    np.testing.assert_array_equal(part.attributes["TEXCOORD_0"], np.stack([CORNERS[:, 0], 1 - CORNERS[:, 1]], axis=1))


@pytest.mark.parametrize(("kind", "white"), [("u1", 255), ("u2", 65535), ("f4", 1.0), ("f4", 255.0)])
def test_white_is_white_in_every_type(kind, white):
    more = {name: (kind, [white] * 5) for name in ("red", "green", "blue")}
    cloud = read(ply([vertices(CORNERS, **more)])).points[0]
    np.testing.assert_array_equal(cloud.colors, np.ones((5, 3)))


@pytest.mark.parametrize("form", FORMS)
def test_without_faces_it_is_a_cloud(form):
    scene = read(ply([vertices(CORNERS), faces([])], form))
    assert scene.meshes == ()
    np.testing.assert_array_equal(scene.points[0].positions, CORNERS)
    assert scene.points[0].colors is None


def test_far_double_places_keep_their_detail():
    near = np.asarray(shapes.icosphere(level=2).positions, np.float64)
    far = near + np.array((500_000.0, 5_400_000.0, 300.0))
    scene = read(ply([vertices(far, "f8"), faces(shapes.icosphere(level=2).faces.tolist())]))
    node = scene.nodes[0]
    world = scene.meshes[0].primitives[0].positions.astype(np.float64) + node.world[:3, 3]
    assert np.abs(world - far).max() < 1e-6  # float32 alone would lose up to 0.25 m here
    cloud = read(ply([vertices(far, "f8")])).points[0]
    np.testing.assert_array_equal(cloud.positions, far)


def test_vertices_that_are_not_finite_are_a_problem_unless_a_face_uses_them():
    odd = CORNERS.copy()
    odd[4, 2] = np.nan
    scene = read(ply([vertices(odd), faces([[0, 1, 2]])]))
    assert [(p.code, p.count, p.pointer) for p in scene.problems] == [("non-finite-position", 1, "/vertex/4")]
    with pytest.raises(InputError, match="vertex 4, which a face uses") as caught:
        read(ply([vertices(odd), faces([[0, 1, 4]])]))
    assert caught.value.pointer == "/vertex/4"


def test_words_for_infinity_and_no_number_are_understood():
    rows = b"inf -inf +inf\nnan -nan 1.#QNAN\n1.#INF -1.#INF 1.#IND\n1 2 3\n"
    head = (
        b"ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    )
    cloud = read(head + rows).points[0]
    assert np.isposinf(cloud.positions[0, [0, 2]]).all()
    assert np.isnan(cloud.positions[1]).all()
    assert cloud.positions[3].tolist() == [1, 2, 3]


@pytest.mark.parametrize("form", FORMS)
def test_a_corner_that_no_vertex_has_is_refused_with_its_face(form):
    for corner in (5, -1):
        with pytest.raises(InputError, match="face 1 names vertex") as caught:
            read(ply([vertices(CORNERS), faces([[0, 1, 2], [0, corner, 2]])], form))
        assert caught.value.pointer == "/face/1"


def test_faces_with_too_few_corners_are_left_out_and_named():
    scene = read(ply([vertices(CORNERS), faces([[0, 1], [0, 1, 2], [], [3]])]))
    assert scene.meshes[0].primitives[0].triangles.tolist() == [[0, 1, 2]]
    assert [(p.code, p.count) for p in scene.problems] == [("ply-face-too-small", 3)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("polygons", [[[0, 1, 2], [1, 2, 3]], [[0, 1, 2], [0, 1, 2, 3]]])
def test_a_file_that_is_cut_off_is_refused_with_the_row(form, polygons):
    whole = ply([vertices(CORNERS), faces(polygons)], form)
    with pytest.raises(InputError, match="after 1 of 2 rows") as caught:
        read(whole[:-3])
    assert caught.value.pointer == "/face/1"


def test_an_unused_element_that_is_cut_off_is_a_problem():
    edges = ("edge", [("vertex1", "i4", [0, 1]), ("vertex2", "i4", [1, 2])])
    scene = read(ply([vertices(CORNERS), faces([[0, 1, 2]]), edges])[:-4])
    assert scene.meshes[0].primitives[0].triangles.tolist() == [[0, 1, 2]]
    assert [(p.code, p.pointer) for p in scene.problems] == [("ply-element-malformed", "/edge")]


def test_bytes_after_the_last_row_are_a_problem_and_are_kept():
    data = ply([vertices(CORNERS), faces([[0, 1, 2]])]) + b"signature"
    scene = read(data)
    assert [p.code for p in scene.problems] == ["ply-trailing"]
    assert to_bytes(scene) == data


@pytest.mark.parametrize("line", ["element vertex 4000000000", "element vertex 99999999999999999"])
@pytest.mark.parametrize("form", FORMS)
def test_counts_past_the_file_are_refused_before_memory_is_taken(form, line):
    data = ply([vertices(CORNERS)], form).replace(b"element vertex 5", line.encode())
    with pytest.raises(InputError, match=r"the file has .* left") as caught:
        read(data)
    assert caught.value.pointer == "/vertex"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"format binary_little_endian 1.0", b"format binary_middle_endian 1.0"), "is none of ascii"),
        ((b"format binary_little_endian 1.0\n", b""), "no format line"),
        ((b"property float y", b"property quad y"), "unknown type 'quad'"),
        ((b"property float y", b"property float w"), "no x, y and z"),
        ((b"element vertex 5", b"element vertex -5"), "no element line"),
        ((b"element vertex 5", b"element vertex"), "no element line"),
        ((b"list uchar int", b"list float int"), "length cannot be of type float"),
        ((b"element face 1", b"element vertex 1"), "stands twice"),
        ((b"end_header", b"end_heater"), "no end_header"),
        ((b"element vertex 5\n", b""), "before any element"),
        ((b"element vertex 5", b"element point 5"), "has no element vertex"),
    ],
)  # fmt: skip
def test_a_malformed_header_is_refused_with_its_line(change, reason):
    with pytest.raises(InputError, match=reason):
        read(ply([vertices(CORNERS), faces([[0, 1, 2]])]).replace(*change))


@pytest.mark.parametrize("line", ["element e{} 0\n", "property float p{}\n", "comment sceneproof-label {{}}\n", "\\"])
def test_a_header_of_many_lines_takes_no_long_time(line):
    body = "".join(line.format(number) for number in range(100_000))
    data = f"ply\nformat ascii 1.0\nelement vertex 0\n{body}\nend_header\n".encode()
    start = time.perf_counter()
    with contextlib.suppress(SceneproofError):
        read(data)
    assert time.perf_counter() - start < 10  # takes less than one second


def test_lengths_that_are_no_whole_numbers_are_refused_with_the_row():
    data = ply([vertices(CORNERS), faces([[0, 1, 2], [0, 1, 2, 3]])], "ascii").replace(b"4 0 1 2 3", b"4.5 0 1 2 3")
    with pytest.raises(InputError, match="length of a list") as caught:
        read(data)
    assert caught.value.pointer == "/face/1"
    signed = ply([vertices(CORNERS), faces([[0, 1, 2], [0, 1, 2, 3]], "i1:i4")])
    with pytest.raises(InputError, match="length of a list"):
        read(signed[:-17] + b"\xff" + signed[-16:])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("form", FORMS)
def test_lines_may_end_in_every_way(form, end):
    scene = read(ply([vertices(CORNERS), faces([[0, 1, 2]])], form, end=end, lines=["comment made here"]))
    np.testing.assert_array_equal(scene.meshes[0].primitives[0].positions, CORNERS)


def test_a_body_that_begins_with_a_line_feed_after_a_carriage_return_is_whole():
    places = np.frombuffer(b"\n" * 12, "<f4").reshape(1, 3)
    scene = read(ply([vertices(places)], end="\r"))
    np.testing.assert_array_equal(scene.points[0].positions, places)


def test_words_after_the_rows_are_passed_over_and_words_within_are_refused_with_the_row():
    data = ply([vertices(CORNERS), faces([[0, 1, 2]])], "ascii")
    scene = read(data + b"# made by hand\n")
    assert scene.meshes[0].primitives[0].triangles.tolist() == [[0, 1, 2]]
    with pytest.raises(InputError, match="after 3 of 5 rows") as caught:
        read(data.replace(b"0.0 1.0 0.0", b"0.0 one 0.0"))
    assert caught.value.pointer == "/vertex/3"


def test_rows_without_the_list_that_the_header_announces_are_points():
    head = ply([vertices(CORNERS)], "ascii").replace(
        b"end_header", b"property list uchar uint vertex_indices\nend_header"
    )
    assert len(read(head).points[0].positions) == 5


def test_a_file_without_vertices_is_an_empty_scene():
    scene = read(ply([vertices(np.zeros((0, 3))), faces([])], "ascii"))
    assert (scene.meshes, scene.points) == ((), ())
    assert [p.code for p in scene.problems] == ["no-geometry"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_splats_are_activated(form, degree):
    scene = read(splats(8, degree, form))
    cloud, table = scene.splats[0], scene.document.detail.tables["vertex"]
    np.testing.assert_allclose(cloud.scales[:, 1], np.exp(table.column("scale_1")), rtol=1e-6)
    np.testing.assert_allclose(cloud.opacities, 1 / (1 + np.exp(-table.column("opacity"))), rtol=1e-6)
    length = np.sqrt(sum(np.square(table.column(f"rot_{k}"), dtype=np.float64) for k in range(4)))
    np.testing.assert_allclose(cloud.rotations[:, 3], table.column("rot_0") / length, rtol=1e-5)
    assert cloud.harmonics.shape == (8, (degree + 1) ** 2, 3)
    if degree:  # red of all coefficients comes before green
        np.testing.assert_allclose(cloud.harmonics[:, 1, 1], table.column(f"f_rest_{(degree + 1) ** 2 - 1}"), rtol=1e-6)


def test_a_degree_of_harmonics_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="no whole degree"):
        read(splats(4, 1).replace(b"f_rest_8", b"f_rost_8"))


def test_packed_splats_unfold_between_the_limits_of_their_chunk():
    names = [f"{end}_{name}" for end in ("min", "max") for name in ("x", "y", "z", "scale_x", "scale_y", "scale_z")]
    low, high = [-1, -2, -3, -5, -5, -5], [1, 2, 3, 0, 0, 0]
    chunk = ("chunk", [(name, "f4", [value]) for name, value in zip(names, low + high, strict=True)])
    place = np.array([0, 0xFFFFFFFF, 2047 << 21 | 0 << 11 | 2047], np.uint32)
    turn = np.array([512 << 20 | 512 << 10 | 512, 1 << 30 | 0x3FF << 20 | 512 << 10 | 512, 3 << 30], np.uint32)
    paint = np.array([0xFF8000FF, 0x000000_00, 0xFFFFFF_80], np.uint32)
    columns = zip(("packed_position", "packed_rotation", "packed_scale", "packed_color"), (place, turn, place, paint),
                  strict=True)  # fmt: skip
    harmonics = ("sh", [(f"f_rest_{k}", "u1", [0, 255, 128]) for k in range(9)])
    cloud = read(ply([chunk, ("vertex", [(n, "u4", v) for n, v in columns]), harmonics])).splats[0]
    np.testing.assert_allclose(cloud.positions, [[-1, -2, -3], [1, 2, 3], [1, -2, 3]], atol=1e-6)
    np.testing.assert_allclose(cloud.scales[0], np.exp([-5, -5, -5]), rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(cloud.rotations, axis=1), 1, atol=1e-6)
    assert cloud.rotations[0, 3] > 0.999  # largest is w
    assert cloud.rotations[1, 3] == pytest.approx(np.sqrt(0.5), abs=1e-3)  # w leads the three others of x
    np.testing.assert_allclose(cloud.opacities, [1, 0, 128 / 255], atol=1e-6)
    np.testing.assert_allclose(0.5 + 0.28209479 * cloud.harmonics[0, 0], [1, 128 / 255, 0], atol=1e-6)
    np.testing.assert_allclose(cloud.harmonics[:, 1, 0], [-4, 4, 0.015625], atol=1e-6)


def test_fewer_chunks_than_splats_need_are_refused():
    chunk = ("chunk", [("min_x", "f4", [])])
    columns = [(f"packed_{name}", "u4", [0]) for name in ("position", "rotation", "scale", "color")]
    with pytest.raises(InputError, match="0 chunks of 256 for 1 splats"):
        read(ply([chunk, ("vertex", columns)]))


COUNTS = {  # vertices, triangles, points, splats as the files' headers say
    "meshes/Wuson.ply": (11184, 3732, 0, 0), "meshes/cube_uv.ply": (24, 12, 0, 0),
    "meshes/cycloidal.ply": (21384, 43368, 0, 0), "meshes/empty.ply": (0, 0, 0, 0),
    "meshes/float_inf_point_cloud.ply": (0, 0, 16, 0), "meshes/int_point_cloud.ply": (0, 0, 16, 0),
    "meshes/issue623.ply": (0, 0, 24, 0), "meshes/metadata.ply": (4, 2, 0, 0),
    "meshes/octagonal_pocket.ply": (1658, 3262, 0, 0), "meshes/points_bin.ply": (0, 0, 5, 0),
    "meshes/points_emptyface.ply": (0, 0, 1024, 0), "reconstructions/T.ply": (53789, 61402, 0, 0),
    "reconstructions/ai_point-e_corgi.ply": (1585, 3170, 0, 0),
    "reconstructions/ankylosaurus_mesh.ply": (34820, 69636, 0, 0),
    "reconstructions/bun_zipper.ply": (35947, 69451, 0, 0), "reconstructions/gargo.ply": (25002, 50000, 0, 0),
    "reconstructions/lucy.ply": (49987, 99970, 0, 0), "reconstructions/ripple_bin.ply": (0, 0, 10201, 0),
    "splats/biker.compressed.ply": (0, 0, 0, 152746), "splats/sh64.compressed.ply": (0, 0, 0, 64),
    "splats/unitCube-ascii.ply": (0, 0, 0, 20),
}  # fmt: skip


def test_every_real_ply_loads_with_its_counts_and_comes_back_byte_for_byte(data: Path):
    found = {}
    for path in sorted(data.rglob("*.ply")):
        scene = load(path)
        parts = [part for mesh in scene.meshes for part in mesh.primitives]
        found[path.relative_to(data).as_posix()] = (
            sum(len(part.positions) for part in parts), sum(len(part.triangles) for part in parts),
            sum(len(cloud.positions) for cloud in scene.points), sum(len(cloud.positions) for cloud in scene.splats),
        )  # fmt: skip
        assert to_bytes(scene) == path.read_bytes()
    assert found == COUNTS


def test_trimesh_sees_the_same_triangles_of_real_files(data: Path):
    trimesh = pytest.importorskip("trimesh")
    for name in ("gargo", "ankylosaurus_mesh", "T", "ai_point-e_corgi"):
        path = data / "reconstructions" / f"{name}.ply"
        part = load(path).meshes[0].primitives[0]
        judge = trimesh.load(path, process=False)
        np.testing.assert_array_equal(part.triangles, judge.faces)
        np.testing.assert_array_equal(part.positions, judge.vertices.astype(np.float32))
