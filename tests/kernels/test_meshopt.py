"""The compiled meshopt decoders against their slow twins, on streams that use all that the format allows."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from sceneproof.kernels import meshopt as kernels
from sceneproof.kernels._meshopt_filters import COLOR, EXPONENTIAL, NONE, OCTAHEDRAL, QUATERNION
from tests.reference import meshopt as twin
from tests.reference import meshopt_writers as writers

SHAPES = [(1, 4), (15, 4), (16, 8), (17, 12), (256, 4), (257, 16), (300, 64), (70, 200), (33, 256)]


def frozen(data):
    array = np.frombuffer(bytes(data), np.uint8).view()
    array.flags.writeable = False
    return array


def smooth(rng, count, stride):
    """Elements whose bytes differ a little, a lot or not at all from one to the next."""
    step = rng.choice([0, 0, 1, 3, 200], size=stride) * rng.integers(0, 2, (count, stride))
    return (np.cumsum(step, axis=0) % 256).astype(np.uint8)


def outcome(decode, *args):
    """The bytes, or None where the stream is refused; of a kernel or of a twin."""
    try:
        found = decode(*args)
    except twin.BrokenError:
        return None
    if isinstance(found, bytes):
        return found
    output, status = found
    return output.tobytes() if status == kernels.OK else None


def damaged(stream, rng):
    """The stream with flipped bits, cut short, or with bytes put in."""
    data = bytearray(stream)
    way = rng.randrange(3)
    at = rng.randrange(1, len(data))
    if way == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif way == 1:
        del data[at:]
    else:
        data[at:at] = rng.randbytes(rng.randrange(1, 4))
    return bytes(data)


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(("count", "stride"), SHAPES)
def test_attributes_come_back_from_any_mix_of_modes(count, stride, version):
    rng = np.random.default_rng([count, stride, version])
    for table in (smooth(rng, count, stride), rng.integers(0, 256, (count, stride), dtype=np.uint8)):
        stream = writers.write_attributes(table, version, rng)
        assert twin.attributes(stream, count, stride) == table.tobytes()
        assert outcome(kernels.decode_attributes, frozen(stream), count, stride, NONE) == table.tobytes()


@pytest.mark.parametrize("size", [2, 4])
def test_triangles_agree_with_the_twin_on_every_code(size):
    for seed in range(60):
        total = seed if seed < 20 else 200
        stream = writers.write_triangles(total, np.random.default_rng(seed))
        expected = twin.triangles(stream, 3 * total, size)
        assert outcome(kernels.decode_triangles, frozen(stream), 3 * total, size) == expected


@pytest.mark.parametrize("size", [2, 4])
def test_index_sequences_come_back(size):
    for seed in range(30):
        rng = np.random.default_rng(seed)
        values = rng.integers(0, 1 << int(rng.integers(1, 29)), int(rng.integers(1, 200))).tolist()
        stream = writers.write_indices(values, rng)
        expected = b"".join(value.to_bytes(4, "little")[:size] for value in values)
        assert twin.indices(stream, len(values), size) == expected
        assert outcome(kernels.decode_indices, frozen(stream), len(values), size) == expected


def test_damaged_streams_are_refused_exactly_where_the_twin_refuses_them():
    rng = random.Random(7)
    refused = passed = 0
    for seed in range(400):
        draw = np.random.default_rng(seed)
        version = seed % 2
        cases = [
            (writers.write_attributes(smooth(draw, 40, 8), version, draw), kernels.decode_attributes, (40, 8)),
            (writers.write_triangles(30, draw), kernels.decode_triangles, (90, 4)),
            (writers.write_indices(draw.integers(0, 900, 25).tolist(), draw), kernels.decode_indices, (25, 2)),
        ]
        slow = [twin.attributes, twin.triangles, twin.indices]
        for (stream, decode, shape), reference in zip(cases, slow, strict=True):
            data = damaged(stream, rng)
            expected = outcome(reference, data, *shape)
            extra = (NONE,) if decode is kernels.decode_attributes else ()
            assert outcome(decode, frozen(data), *shape, *extra) == expected
            refused += expected is None
            passed += expected is not None
    assert refused > 300
    assert passed > 100


def raw(words, kind):
    """An attribute stream that holds the rows `words` of struct type `kind` as they are."""
    table = np.frombuffer(b"".join(struct.pack(f"<{len(row)}{kind}", *row) for row in words), np.uint8)
    stride = struct.calcsize(f"<{len(words[0])}{kind}")
    return writers.write_attributes(table.reshape(-1, stride), 0, np.random.default_rng(1)), len(words), stride


def undo(words, kind, filter_id, result=None):
    stream, count, stride = raw(words, kind)
    output, status = kernels.decode_attributes(frozen(stream), count, stride, filter_id)
    assert status == kernels.OK
    return np.frombuffer(output.tobytes(), f"<{result or kind}").reshape(count, -1)


@pytest.mark.parametrize(("kind", "most", "bits"), [("b", 127, 4), ("b", 127, 8), ("h", 32767, 10), ("h", 32767, 16)])
def test_octahedral_vectors_are_exact_to_one_unit_and_keep_the_fourth_value(kind, most, bits):
    rng = np.random.default_rng(bits)
    one = 2 ** (bits - 1) - 1
    rows = [(x, y, one, w) for x, y, w in rng.integers(-one, one + 1, (300, 3)).tolist()]
    rows += [(0, 0, one, 5), (one, 0, one, 1), (0, -one, one, 0), (-one, one, one, 0)]
    found = undo(rows, kind, OCTAHEDRAL)
    expected = np.array([twin.octahedral(row, most) for row in rows])
    assert np.abs(found[:, :3] - expected).max() <= 1  # the format grants one unit in the last place
    assert np.abs(found[:, :3] - expected).mean() < 0.27  # and rounding alone costs a quarter on average
    assert found[:, 3].tolist() == [row[3] for row in rows]
    length = np.linalg.norm(found[:, :3].astype(float), axis=1) / most
    assert np.abs(length - 1).max() < 1 / most


def test_octahedral_axes_come_out_as_axes():
    one = 127
    rows = [(one, 0, one, 0), (0, one, one, 0), (0, 0, one, 0), (-one, 0, one, 0), (one, one, one, 0)]
    assert undo(rows, "b", OCTAHEDRAL)[:, :3].tolist() == [
        [127, 0, 0],
        [0, 127, 0],
        [0, 0, 127],
        [-127, 0, 0],
        [0, 0, -127],
    ]


@pytest.mark.parametrize("bits", [4, 9, 12, 16])
def test_quaternions_are_exact_to_one_unit_and_of_length_one(bits):
    rng = np.random.default_rng(bits)
    one = 2 ** (bits - 1) - 1
    parts = rng.normal(size=(300, 4))
    parts /= np.linalg.norm(parts, axis=1, keepdims=True)
    rows = []
    for drawn in parts:
        largest = int(np.argmax(np.abs(drawn)))
        part = drawn * np.sign(drawn[largest])
        small = [round(part[(largest + k) % 4] * 2**0.5 * one) for k in (1, 2, 3)]
        rows.append((*small, (one & ~3) | largest))
    found = undo(rows, "h", QUATERNION).astype(float)
    expected = np.array([twin.quaternion(row) for row in rows])
    assert np.abs(found - expected).max() <= 1
    assert np.abs(np.linalg.norm(found, axis=1) / 32767 - 1).max() < 2 / 32767


def test_exponential_values_are_exact():
    cases = [(e, m) for e in (-100, -24, -1, 0, 5, 100) for m in (-(2**23), -1, 0, 1, 7, 2**23 - 1)]
    found = undo([((e << 24) + (m % 2**24),) for e, m in cases], "i", EXPONENTIAL, "f4")
    assert found.ravel().tolist() == [2.0**e * m for e, m in cases]


@pytest.mark.parametrize(
    ("kind", "sign", "most", "bits"), [("B", 256, 255, 8), ("B", 256, 255, 6), ("H", 65536, 65535, 12)]
)
def test_colours_are_exact_to_one_unit(kind, sign, most, bits):
    rng = np.random.default_rng(bits)
    rows, stored = [], []
    for red, green, blue, alpha in rng.integers(0, 2 ** (bits - 1), (300, 4)).tolist():
        orange, half = red - blue, blue + (red - blue) // 2
        luma, tint = half + (green - half) // 2, (green - half) // 2
        rows.append((luma, orange // 2, tint, alpha | 1 << (bits - 1)))
        stored.append((luma, orange // 2 % sign, tint % sign, alpha | 1 << (bits - 1)))
    expected = np.clip([twin.color(row, most) for row in rows], 0, most)
    assert np.abs(undo(stored, kind, COLOR) - expected).max() <= 1


@pytest.mark.parametrize("filter_id", [OCTAHEDRAL, QUATERNION, EXPONENTIAL, COLOR])
def test_filters_survive_values_that_the_format_leaves_undefined(filter_id):
    extremes = [0, 1, -1, 3, 32767, -32768]
    rows = [(a, b, c, d) for a in extremes for b in extremes for c in extremes for d in extremes]
    assert undo(rows, "h", filter_id).shape == (1296, 4)
    assert undo([(0, 0, 0, 0)], "h", filter_id).shape == (1, 4)


def test_the_formats_own_example_of_a_group_decodes():
    deltas = "175ff0bc77a9210034b5"
    stream = bytes.fromhex("a0" + "02" + deltas + "00" * 3) + bytes(32)
    output, status = kernels.decode_attributes(frozen(stream), 16, 4, NONE)
    assert status == kernels.OK
    steps = np.diff(output.reshape(16, 4)[:, 0].astype(np.int8), prepend=np.int8(0))
    assert steps.tolist() == [-1, -4, -3, 26, -91, 0, -6, 6, -4, -4, 5, -5, 1, -1, 0, 0]
