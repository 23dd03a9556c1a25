"""The compiled meshopt encoder against its slow twin, and its streams through the decoder's twin."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.meshopt_encode import encode_attributes, encode_indices, encode_triangles
from tests.kernels.test_meshopt import smooth
from tests.reference import meshopt as decoder
from tests.reference import meshopt_encode as twin
from tests.reference.meshopt_writers import TABLE

SHAPES = [(1, 4), (15, 4), (16, 8), (17, 12), (256, 4), (257, 8), (129, 64), (33, 256)]


def encoded(table, version, level=2):
    table = np.ascontiguousarray(table).view()
    table.flags.writeable = False
    return encode_attributes(table, version, level).tobytes()


def drawn(rng, count, stride):
    """Rows of bytes that differ a little; of floats that share leading bits; of 16-bit steps; of noise; all equal."""
    yield smooth(rng, count, stride)
    yield (1 + rng.random((count, stride // 4))).astype(np.float32).view(np.uint8)
    yield np.cumsum(rng.integers(-300, 300, (count, stride // 2)), axis=0).astype(np.uint16).view(np.uint8)
    yield rng.integers(0, 256, (count, stride), dtype=np.uint8)
    yield np.full((count, stride), 7, np.uint8)


@pytest.mark.parametrize(("version", "level"), [(0, 2), (1, 0), (1, 1), (1, 2)])
@pytest.mark.parametrize(("count", "stride"), SHAPES)
def test_streams_are_those_of_the_twin_and_decode_to_the_table(count, stride, version, level):
    rng = np.random.default_rng([count, stride, version, level])
    for number, table in enumerate(drawn(rng, count, stride)):
        if number and stride > 12 and level == 2:  # the twin is slow
            break
        stream = encoded(table, version, level)
        assert stream == twin.attributes(table, version, level)
        assert decoder.attributes(stream, count, stride) == table.tobytes()


def test_the_given_table_stays_as_it_is():
    table = np.arange(64, dtype=np.uint8).reshape(16, 4)
    encoded(table, 1)
    assert table.ravel().tolist() == list(range(64))


@pytest.mark.parametrize(("version", "size"), [(0, 1 + 4 + 32), (1, 1 + 1 + 24)])
def test_equal_rows_take_a_header_and_a_tail(version, size):
    """Closed form: 64 equal rows of 4 bytes are four plane headers of one byte, or one control byte; no deltas."""
    assert len(encoded(np.full((64, 4), 9, np.uint8), version)) == size


def test_sixteen_bit_steps_prefer_pairs_of_bytes():
    table = np.zeros((256, 2), np.uint16)
    table[:, 0] = np.arange(256) * -3 + 1000  # across byte borders: one small difference, not two
    stream = encoded(table.view(np.uint8), 1)
    assert stream[-1] == 1
    assert len(stream) < len(encoded(table.view(np.uint8), 1, 0))


def test_flipped_high_bits_prefer_exclusive_or():
    rng = np.random.default_rng(3)
    words = (np.uint32(0x40000000) | (rng.integers(0, 16, 256).astype(np.uint32) << np.uint32(22))).reshape(-1, 1)
    stream = encoded(words.view(np.uint8), 1)
    assert stream[-1] & 15 == 2
    assert len(stream) < len(encoded(words.view(np.uint8), 1, 1))


def frozen(values, dtype=np.uint32):
    array = np.array(values, dtype).view()
    array.flags.writeable = False
    return array


def turned(triangles):
    """Triangles (n, 3), each turned so that its lowest corner comes first; of equal ones the first turn."""
    turns = np.stack([np.roll(triangles, -k, axis=1) for k in range(3)], axis=1)
    return [min(map(tuple, group)) for group in turns.tolist()]


def lists():
    """Triangle lists: a grid, the same shuffled, two grids that count from 0 each, few and many vertices at random,
    repeated and degenerate triangles, corners at the end of the number range, none at all."""
    quads = np.array([[i + 12 * j, i + 12 * j + 1, i + 12 * j + 12] for j in range(8) for i in range(11)])
    grid = np.hstack([quads, quads[:, [2, 1, 2]] + [0, 0, 1]]).reshape(-1, 3)
    first_use = np.unique(grid, return_index=True)[1].argsort().argsort()[grid]
    rng = np.random.default_rng(5)
    yield from (grid, first_use, rng.permutation(grid), np.vstack([first_use, first_use, grid]))
    yield from (rng.integers(0, most, (300, 3)) for most in (3, 6, 20, 60, 2**16, 2**32))
    yield np.vstack([np.repeat(grid, 2, axis=0), [[0, 1, 2], [0, 0, 0], [7, 7, 8], [0, 1, 2], [1, 2, 0]]])
    yield np.array([[2**32 - 1, 0, 2**32 - 2], [0, 2**32 - 1, 1]])
    yield grid[:1]
    yield grid[:0]


@pytest.mark.parametrize("number", range(14))
def test_triangles_are_those_of_the_twin_and_come_back_turned_at_most(number):
    faces = list(lists())[number]
    stream = encode_triangles(frozen(faces.ravel()), frozen(list(TABLE), np.uint8)).tobytes()
    assert stream == twin.triangles(faces.ravel().tolist(), TABLE)
    found = np.frombuffer(decoder.triangles(stream, faces.size, 4), np.uint32).reshape(-1, 3)
    assert turned(found) == turned(faces)


@pytest.mark.parametrize("number", range(14))
def test_index_sequences_are_those_of_the_twin_and_come_back(number):
    values = list(lists())[number].ravel() % 2**30  # what the format can hold
    stream = encode_indices(frozen(values)).tobytes()
    assert stream == twin.indices(values.tolist())
    assert np.frombuffer(decoder.indices(stream, len(values), 4), np.uint32).tolist() == values.tolist()


def test_a_strip_of_first_uses_takes_a_byte_a_triangle():
    """Closed form: after the first triangle each one is an edge that was just written and the next index."""
    strip = [(i, i + 1, i + 2) if i % 2 == 0 else (i + 1, i, i + 2) for i in range(100)]
    stream = encode_triangles(frozen(np.ravel(strip)), frozen(list(TABLE), np.uint8))
    assert len(stream) == 1 + 100 + 16
