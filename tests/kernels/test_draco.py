"""Draco's entropy coding against a slow twin, and its corner tables against what they must be."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.io._codecs._draco_stream import read_stream
from sceneproof.kernels import draco_connectivity as connectivity
from sceneproof.kernels import draco_entropy as entropy
from sceneproof.kernels import draco_prediction as prediction
from sceneproof.kernels import draco_traversal as traversal
from tests.makers import draco, shapes
from tests.reference import draco as twin


def frozen(data):
    array = np.frombuffer(bytes(data), np.uint8).view()
    array.flags.writeable = False
    return array


def table(rng, size, precision):
    """Probabilities of ``size`` symbols, some 0."""
    shares = rng.integers(0, 50, size) * rng.integers(0, 2, size)
    shares[0] = 1
    shares = np.maximum(shares * ((1 << precision) // 2) // shares.sum(), (shares > 0).astype(np.int64))
    shares[0] += (1 << precision) - shares.sum()
    return shares


@pytest.mark.parametrize("precision", [12, 15, 20])
@pytest.mark.parametrize("size", [1, 2, 7, 300])
@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_symbols_come_back_and_the_twin_reads_the_same(precision, size, count):
    rng = np.random.default_rng(size * 31 + count)
    shares = table(rng, size, precision)
    symbols = rng.choice(np.flatnonzero(shares), count).astype(np.int64)
    coded = entropy.write_symbols(symbols, shares, precision)
    found, status = entropy.read_symbols(frozen(coded), 0, len(coded), shares, precision, count)
    assert status == 0
    assert found.tolist() == symbols.tolist() == twin.symbols(coded.tobytes(), shares.tolist(), precision, count)


def test_symbols_take_what_their_entropy_says():
    rng = np.random.default_rng(1)
    shares = np.array([1 << 11, 1 << 10, 1 << 9, 1 << 9], np.int64)
    symbols = rng.choice(4, 80_000, p=shares / shares.sum()).astype(np.int64)
    bits = -np.log2(shares / shares.sum())[symbols].sum()
    assert len(entropy.write_symbols(symbols, shares, 12)) * 8 == pytest.approx(bits, rel=2e-3)


@pytest.mark.parametrize("zero", [1, 40, 128, 255])
@pytest.mark.parametrize("count", [0, 1, 9, 3000])
def test_flags_come_back_and_the_twin_reads_the_same(zero, count):
    flags = (np.random.default_rng(count).random(count) * 256 >= zero).astype(np.uint8)
    coded = entropy.write_flags(flags, zero)
    found, status = entropy.read_flags(frozen(coded), 0, len(coded), zero, count)
    assert status == 0
    assert found.tolist() == flags.tolist() == twin.flags(coded.tobytes(), zero, count)


def test_bit_fields_come_back():
    rng = np.random.default_rng(5)
    lengths = rng.integers(0, 33, 200)
    values = np.repeat(1 << lengths, 3) - 1 - rng.integers(0, 2, 600) * (np.repeat(lengths, 3) > 0)
    coded = entropy.write_fields(values.astype(np.int64), lengths, 3)
    found, end = entropy.read_fields(frozen(coded), 0, lengths, 3)
    assert end == len(coded)
    assert found.tolist() == values.tolist() == twin.fields(coded.tobytes(), lengths.tolist(), 3)


@pytest.mark.parametrize("cut", [0, 1, 3])
def test_what_ends_too_early_is_said(cut):
    shares = np.array([1, 4095], np.int64)
    assert entropy.read_symbols(frozen(b"\xff" * cut), 0, cut, shares, 12, 5)[1] == -1
    assert entropy.read_table(frozen(b"\x02" * cut), 0, 4)[1] == -1
    assert entropy.read_fields(frozen(b"\x02" * cut), 0, np.array([30], np.int64), 1)[1] == -1
    assert entropy.read_edge_symbols(frozen(b"\xff" * cut), 0, cut, 9)[1] == -1


def tables_of(shape, level=5):
    return [item.sequence for item in read_stream(draco.stream(shape, level=level)) if item.sequence]


@pytest.mark.parametrize(
    ("shape", "euler", "boundary"),
    [
        (shapes.icosphere(level=3), 2, 0),
        (shapes.Shape(*(getattr(shapes.torus(), name) for name in ("positions", "faces"))), None, None),
    ],
)
def test_the_corner_table_of_a_closed_surface_has_its_euler_number(shape, euler, boundary):
    sequence = tables_of(shapes.Shape(shape.positions, shape.faces))[0]
    vertices = len(np.unique(sequence.vertex))
    faces = len(sequence.vertex) // 3
    open_edges = int((sequence.opposite < 0).sum())
    edges = open_edges + int((sequence.opposite >= 0).sum()) // 2
    if euler is not None:
        assert (vertices - edges + faces, open_edges) == (euler, boundary)
    inner = np.flatnonzero(sequence.opposite >= 0)
    assert (sequence.opposite[sequence.opposite[inner]] == inner).all()


@pytest.mark.parametrize("level", [0, 5, 10])
def test_each_vertex_has_one_row(level):
    for sequence in tables_of(shapes.uv_sphere(rows=9, columns=11), level):
        used = np.unique(sequence.vertex)
        assert sorted(sequence.entry_of[used]) == list(range(len(sequence.corner_of)))
        np.testing.assert_array_equal(sequence.vertex[sequence.corner_of][sequence.entry_of[used]], used)


def test_a_single_triangle():
    nothing = np.zeros(0, np.int64)
    opposite, vertex, leftmost, count = connectivity.decode_edgebreaker(
        np.array([connectivity.E], np.int64),
        nothing,
        1,
        np.zeros((0, 3), np.int64),
        np.zeros(1, np.uint8),
        (1, 3, True),
    )
    assert (opposite.tolist(), vertex.tolist(), leftmost.tolist(), count) == ([-1] * 3, [0, 1, 2], [0, 1, 2], 3)
    for walk in (traversal.depth_first, traversal.by_degree):
        assert walk(opposite, vertex, leftmost)[1].tolist() == [1, 2, 0]


@pytest.mark.parametrize("symbols", [[0], [1], [2], [4, 1], [4, 0], [4, 9], [4, 4, 4, 4]])
def test_symbols_that_make_no_mesh_are_refused(symbols):
    array = np.array(symbols, np.int64)
    starts = np.zeros(8, np.uint8)
    nothing = np.zeros(0, np.int64)
    sizes = (3, 9, True)
    assert connectivity.decode_edgebreaker(array, nothing, len(array), np.zeros((0, 3), np.int64), starts, sizes)[3] < 0


def test_a_plane_is_predicted_exactly():
    rows, columns = np.meshgrid(np.arange(20), np.arange(30), indexing="ij")
    points = np.stack([rows, columns, 0 * rows], axis=-1).astype(np.float64)
    flat = shapes.surface(points)
    sequence = tables_of(shapes.Shape(flat.positions, flat.faces))[0]
    height = np.zeros(len(sequence.corner_of), np.int64)
    stream = draco.stream(shapes.Shape(flat.positions, flat.faces))
    decoded = draco.decode_draco(stream, draco.ids(stream))
    places = np.rint(decoded.attributes["POSITION"]).astype(np.int64)
    rows_of = decoded.triangles.ravel()[sequence.corner_of]
    values = np.ascontiguousarray(np.column_stack([places[rows_of][:, :2], height]))
    error = np.abs(values - prediction.parallelogram(sequence.table, values)).sum(axis=1)
    assert (error == 0).mean() > 0.85
    better, flags, numbers = prediction.multi_parallelogram(sequence.table, values)
    assert (np.abs(values - better).sum(axis=1) <= error).all()
    assert flags.shape == (len(values), 4)
    assert (numbers >= 1).sum() >= (error == 0).sum() - 2
