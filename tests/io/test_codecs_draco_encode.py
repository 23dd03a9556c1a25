"""New positions in Draco streams of several encoders; Draco's own decoder says what they hold."""

from __future__ import annotations

import random

import DracoPy
import numpy as np
import pytest

from sceneproof.errors import InputError, MarkError
from sceneproof.io._codecs import decode_draco
from sceneproof.io._codecs._draco_stream import GEOMETRIC, MULTI_PARALLELOGRAM, TEXTURE, read_stream
from sceneproof.io._codecs.draco_encode import replace_positions
from tests.io._codec_golden import GOLDEN, document, plain, real_file, stretch
from tests.makers import draco, shapes
from tests.makers.shapes import Shape

CASES = GOLDEN["draco"]
REAL = [name for name in GOLDEN["draco_files"] if "pc_color" not in name]


def waved(points, size=5e-4):
    """Positions moved by smooth waves, a fraction of their extent."""
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    return points + size * extent * np.sin(points.astype(np.float64) * 20 / extent + np.arange(3))


def seamed():
    """Two squares that share an edge of positions and not of texture coordinates, and a third apart."""
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0.1], [0, 1, 0], [2, 0, 0.2], [2, 1, 0], [5, 5, 5], [6, 5, 5.5]])
    used = [0, 1, 2, 3, 1, 4, 5, 2, 6, 7, 5]
    uvs = np.array(
        [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5], [0, 0], [1, 0.1], [1, 1], [0.1, 1], [0.3, 0.2], [0.8, 0.2], [1, 1]]
    )
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7], [8, 9, 10]])
    return Shape(points[used], faces, shapes.vertex_normals(points[used], faces), uvs)


def soup(seed=3):
    """Random triangles over few vertices: edges with many faces, components, holes."""
    rng = np.random.default_rng(seed)
    faces = rng.integers(0, 40, (90, 3))
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    return Shape(rng.normal(size=(40, 3)), faces)


SHAPES = {
    "box": shapes.box(),
    "sphere": shapes.uv_sphere(rows=12, columns=20),
    "torus": shapes.torus(),
    "seams": seamed(),
    "soup": soup(),
    "two": shapes.merged([shapes.icosphere(level=2), shapes.icosphere(level=1).moved((3, 0, 0))]),
}


def check(data, ids, wanted, tolerance=None):
    """Replace positions; every other attribute and the triangles are bit for bit what they were."""
    before = decode_draco(data, ids)
    made = replace_positions(data, ids, wanted, tolerance)
    after = decode_draco(made.data, ids)
    np.testing.assert_array_equal(before.triangles, after.triangles)
    for name, values in before.attributes.items():
        assert after.attributes[name].dtype == values.dtype
        assert after.attributes[name].shape == values.shape
        if name != "POSITION":
            assert after.attributes[name].tobytes() == values.tobytes(), name
    assert after.attributes["POSITION"].tobytes() == made.positions.tobytes()
    return made


def step_of(data, ids):
    place = next(item for item in read_stream(data) if item.number == ids["POSITION"])
    return place.span / (2**place.bits - 1) if place.bits else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("tolerance", [None, 1e-6])
def test_every_kind_of_attribute_comes_back_from_streams_of_the_javascript_encoder(case, tolerance):
    data, ids = plain(case["data"]), case["ids"]
    held = decode_draco(data, ids).attributes["POSITION"]
    made = check(data, ids, waved(held, 0.01), tolerance)
    if made.positions.dtype.kind == "f":
        half = (step_of(made.data, ids) or 0) / 2
        assert np.abs(made.positions - waved(held, 0.01)).max() <= half * 1.001 + 1e-6
        assert tolerance is None or made.bits["POSITION"][0] is None or half <= tolerance


@pytest.mark.parametrize("level", range(11))
@pytest.mark.parametrize("name", SHAPES)
def test_every_level_of_the_encoder_takes_new_positions(name, level):
    data = draco.stream(SHAPES[name], level=level)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"]
    made = check(data, ids, waved(held))
    assert np.abs(made.positions - waved(held)).max() <= step_of(data, ids) / 2 * 1.01
    assert made.bits == {name: (bits, bits) for name, (bits, _) in made.bits.items()}


def test_the_levels_reach_every_method_that_hangs_on_positions():
    found = {a.method for level in range(11) for a in read_stream(draco.stream(SHAPES["sphere"], level=level))}
    assert {MULTI_PARALLELOGRAM, TEXTURE, GEOMETRIC} <= found


@pytest.mark.parametrize("level", [0, 7, 10])
def test_order_is_kept_where_the_input_keeps_it(level):
    shape = SHAPES["torus"]
    data = draco.stream(shape, level=level, order=True)
    made = check(data, draco.ids(data), waved(shape.positions))
    assert np.abs(made.positions - waved(shape.positions)).max() < 1e-4


@pytest.mark.parametrize("level", [0, 5, 10])
def test_positions_that_stay_come_back_bit_for_bit(level):
    data = draco.stream(SHAPES["sphere"], level=level)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"]
    assert replace_positions(data, ids, held).data == data
    moved = held.copy()
    same = (held != held[7]).any(axis=1)
    moved[~same] += np.float32(0.05)
    for tolerance in (None, 1e-6):
        assert replace_positions(data, ids, moved, tolerance).positions[same].tobytes() == held[same].tobytes()


def test_positions_beyond_the_grid_are_not_pulled_back():
    data = draco.stream(SHAPES["torus"], level=7)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"]
    made = check(data, ids, held * 1.5)
    assert np.abs(made.positions - held * 1.5).max() <= step_of(data, ids) / 2 * 1.01


def test_a_finer_grid_is_a_halved_one():
    data = draco.stream(SHAPES["torus"], bits=8)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"]
    step = step_of(data, ids)
    made = replace_positions(data, ids, waved(held, 0.02), step / 9)
    assert made.bits["POSITION"] == (8, 11)
    assert step_of(made.data, ids) == pytest.approx(step / 8, rel=1e-6)
    assert np.abs(made.positions - waved(held, 0.02)).max() <= step / 16 * 1.01


def test_smooth_changes_cost_little():
    data = draco.stream(shapes.bumpy_sphere(8000), level=7)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"]
    assert len(replace_positions(data, ids, waved(held)).data) < 1.1 * len(data)


def test_vertices_that_the_stream_keeps_as_one_cannot_part():
    data = draco.stream(SHAPES["seams"], level=5)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"].copy()
    _, first, times = np.unique(held, axis=0, return_index=True, return_counts=True)
    held[first[times == 2][0]] += 0.1
    with pytest.raises(MarkError, match="moved apart"):
        replace_positions(data, ids, held)


def test_raw_and_whole_positions_are_taken_as_they_are():
    raw = next(case for case in CASES if case["name"].startswith("n2 m0 s0"))
    data, ids = plain(raw["data"]), raw["ids"]
    whole = {"POSITION": ids["POSITION"]}
    place = next(item for item in read_stream(data) if item.number == ids["POSITION"])
    made = replace_positions(data, ids, decode_draco(data, whole).attributes["POSITION"] + np.float32(0.3))
    assert made.bits["POSITION"] == (place.bits, place.bits)


@pytest.mark.parametrize("positions", [np.full((48, 3), np.nan), np.full((48, 3), 1e30)])
def test_positions_that_no_grid_holds_are_refused(positions):
    data = draco.stream(shapes.uv_sphere(rows=4, columns=8), level=5)
    held = decode_draco(data, draco.ids(data)).attributes["POSITION"]
    with pytest.raises(MarkError, match="too far"), np.errstate(invalid="ignore"):
        replace_positions(data, draco.ids(data), np.resize(positions, held.shape))


def test_point_clouds_and_other_attributes_are_refused():
    cloud = DracoPy.encode(shapes.icosphere(level=1).positions.astype(np.float32))
    with pytest.raises(MarkError, match="point cloud"):
        replace_positions(cloud, {"POSITION": 0}, np.zeros((42, 3)))
    data = draco.stream(SHAPES["sphere"], level=5)
    ids = draco.ids(data)
    with pytest.raises(MarkError, match="no position"):
        replace_positions(data, {"POSITION": ids["NORMAL"]}, np.zeros((42, 3)))
    with pytest.raises(InputError):
        replace_positions(b"DRACO", ids, np.zeros((42, 3)))


def test_normals_that_hang_on_positions_need_a_name():
    data = draco.stream(SHAPES["sphere"], level=10)
    ids = draco.ids(data)
    held = decode_draco(data, ids).attributes["POSITION"]
    with pytest.raises(MarkError, match="has no name"):
        replace_positions(data, {"POSITION": ids["POSITION"]}, waved(held))


@pytest.mark.parametrize("level", [0, 5, 10])
def test_streams_with_changed_bytes_are_read_or_refused(level):
    data = draco.stream(SHAPES["seams"], level=level)
    rng = random.Random(level)
    refused = 0
    for _ in range(400):
        broken = bytearray(data[: rng.randint(12, len(data))])
        for _ in range(rng.randint(0, 4)):
            broken[rng.randrange(11, len(broken))] = rng.randrange(256)
        try:
            read_stream(bytes(broken))
        except (MarkError, InputError):
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("name", REAL)
def test_real_streams_take_new_positions_and_keep_the_rest(name):
    path = real_file(name)
    if path.suffix == ".drc":
        data = path.read_bytes()
        held = DracoPy.decode(data).attributes
        ids = {
            "POSITION" if int(item["attribute_type"]) == 0 else f"_{item['unique_id']}": int(item["unique_id"])
            for item in held
        }
        work = [(data, ids)]
    else:
        tree, buffers = document(path)
        packed = [
            primitive["extensions"][draco.EXTENSION]
            for mesh in tree["meshes"]
            for primitive in mesh["primitives"]
            if draco.EXTENSION in primitive.get("extensions", {})
        ]
        work = [(bytes(stretch(tree["bufferViews"][p["bufferView"]], buffers)), p["attributes"]) for p in packed]
        work = work[:: max(1, len(work) // 12)]
    before = after = 0
    for data, ids in work:
        made = check(data, ids, waved(decode_draco(data, ids).attributes["POSITION"]))
        before += len(data)
        after += len(made.data)
    assert after <= 1.3 * before
