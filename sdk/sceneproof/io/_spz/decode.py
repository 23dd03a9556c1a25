"""The numbers of an SPZ: its packed streams as Splats. Source: github.com/nianticlabs/spz, README.md, "File Format"."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io._splats import REST, linear_scales, make_splats, unit_xyzw
from sceneproof.scene import Array, Problem, Splats

from .container import Packed, sizes

COLOR_SCALE = 0.15  # of a first coefficient in the byte of its colour
_BYTES = np.arange(256, dtype=np.float64)
COLORS = ((_BYTES / 255 - 0.5) / COLOR_SCALE).astype(np.float32)
SCALES = linear_scales(_BYTES / 16 - 10)
REMAINDER = ((_BYTES - 128) / 128).astype(np.float32)
_BLOCK = 1 << 17  # splats that are decoded at once
LARGEST = 511  # magnitude of a component of the "smallest three"


def splats_of(packed: Packed, pointer: str, problems: list[Problem]) -> Splats:
    """Unpack. Axes are SPZ's: x right, y up, z back. Raises `InputError` for positions that are not finite."""
    count, rest = packed.count, REST[packed.degree]
    shapes = {"positions": (3,), "scales": (3,), "rotations": (4,), "opacities": (), "harmonics": (1 + rest, 3)}
    columns = {name: np.empty((count, *shape), np.float32) for name, shape in shapes.items()}
    for start in range(0, count, _BLOCK):  # what is needed on the way stays small
        rows = slice(start, min(start + _BLOCK, count))
        part = _rows(packed, rows.start, rows.stop)
        streams = part.streams
        columns["positions"][rows] = positions_of(part)
        columns["scales"][rows] = SCALES[_octets(streams["scales"], 3)]
        columns["rotations"][rows] = rotations_of(part)
        columns["opacities"][rows] = _octets(streams["alphas"], 1)[:, 0] / np.float32(255)
        columns["harmonics"][rows, 0] = COLORS[_octets(streams["colors"], 3)]
        if rest:
            columns["harmonics"][rows, 1:] = REMAINDER[_octets(streams["sh"], 3 * rest)].reshape(-1, rest, 3)
    return make_splats(pointer, problems, **columns)


def _rows(packed: Packed, start: int, stop: int) -> Packed:
    """The same file of some splats alone."""
    each = sizes(packed.version, 1, packed.degree)
    streams = {name: data[start * each[name] : stop * each[name]] for name, data in packed.streams.items()}
    return replace(packed, count=stop - start, streams=streams)


def positions_of(packed: Packed) -> Array:
    """Float32 [shape=(n, 3)]: half floats in version 1, later 24 bits of fixed point."""
    data = packed.streams["positions"]
    if packed.version == 1:
        return np.frombuffer(data, "<f2").reshape(-1, 3).astype(np.float32)
    parts = _octets(data, 9).reshape(-1, 3, 3).astype(np.int32)
    fixed = parts[:, :, 0] | (parts[:, :, 1] << 8) | (parts[:, :, 2] << 16)
    fixed -= (fixed & 0x800000) << 1
    return (fixed * 2.0**-packed.fractional_bits).astype(np.float32)


def rotations_of(packed: Packed) -> Array:
    """Unit quaternions xyzw, float32 [shape=(n, 4)]: x y z as bytes, from version 3 on the smallest three."""
    data = packed.streams["rotations"]
    if packed.version < 3:
        three = _octets(data, 3) / 127.5 - 1.0
        real = np.sqrt(np.maximum(0.0, 1.0 - (three * three).sum(axis=1, keepdims=True)))
        return unit_xyzw(np.concatenate([three, real], axis=1))
    words = np.frombuffer(data, "<u4")
    largest = (words >> 30).astype(np.int64)
    found = np.zeros((len(words), 4))
    shift = np.zeros(len(words), np.uint32)
    for column in (3, 2, 1, 0):  # the last component stands in the lowest bits
        field = (words >> shift) & 0x3FF
        value = (field & LARGEST) * (np.sqrt(0.5) / LARGEST)
        given = largest != column
        found[:, column] = np.where(given, np.where(field >> 9, -value, value), 0.0)
        shift += np.where(given, 10, 0).astype(np.uint32)
    found[np.arange(len(words)), largest] = np.sqrt(np.maximum(0.0, 1.0 - (found * found).sum(axis=1)))
    return unit_xyzw(found)


def turned(splats: Splats) -> Splats:
    """The same splats about the y axis by half a turn: SPZ's right, up, back to glTF's left, up, front.

    A coefficient changes its sign where its function is odd in x and z together.
    """
    if splats.harmonics.shape[1] > 1 + REST[4]:
        raise InputError("spherical harmonics above degree 4 cannot be turned", pointer=splats.pointer)
    flip = np.array([-1, 1, -1], np.float32)
    signs = _signs()[: splats.harmonics.shape[1], None]
    return Splats(
        splats.pointer,
        splats.positions * flip,
        splats.scales,
        splats.rotations * np.array([-1, 1, -1, 1], np.float32),
        splats.opacities,
        splats.harmonics * signs,
    )


def _signs() -> Array:
    """Sign of each real harmonic, degrees 0 to 4, when x and z change theirs.

    Order m of degree l is z ** (l - |m|) times an even function of z, times the cosine (m >= 0) or sine (m < 0) of
    |m| times the azimuth; x to -x maps the azimuth a to pi - a.
    """
    signs = []
    for degree in range(5):
        for order in range(-degree, degree + 1):
            in_z = (-1) ** (degree - abs(order))
            in_x = (-1) ** abs(order) if order >= 0 else -((-1) ** abs(order))
            signs.append(in_z * in_x)
    return np.array(signs, np.float32)


def _octets(data: bytes, width: int) -> Array:
    return np.frombuffer(data, np.uint8).reshape(-1, width)
