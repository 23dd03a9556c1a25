"""The compiled meshopt encoder against its slow twin, and its streams through the decoder's twin."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.meshopt_encode import encode_attributes
from tests.kernels.test_meshopt import smooth
from tests.reference import meshopt as decoder
from tests.reference import meshopt_encode as twin

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
