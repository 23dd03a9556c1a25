"""The sections, buckets and compression levels of a ``.ksplat``.

Source: github.com/mkkellogg/GaussianSplats3D, ``src/loaders/SplatBuffer.js``. A header of 4096 bytes, 1024 bytes per
section, then per section the sizes of its partly filled buckets, the centres of all buckets, and its splats. A level
above 0 stores centres as 16 bits about the bucket's, scales and rotations as half floats.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from sceneproof.errors import InputError
from sceneproof.scene import Array, Problem, Splats

from ._splats import REST, check_count, dc_of_colors, make_splats, xyzw_of_wxyz

_HEAD, _SECTION = 4096, 1024
_FLOATS = ("<f4", "<f2", "<f2")  # of scales and rotations, by level
_CENTERS = ("<f4", "<u2", "<u2")
_HARMONICS = ("<f4", "<f2", "u1")
_RANGE = (1, 32767, 32767)
_SPREAD = 1.5  # of the harmonics of level 2, when the header states none


@dataclass(frozen=True)
class _Section:
    """One section's header, and where its data begin."""

    place: str
    count: int
    most: int
    capacity: int
    buckets: int
    block: float
    storage: int
    half_range: int
    full: int
    partial: int
    degree: int
    start: int

    def record(self, level: int) -> np.dtype[np.void]:
        fields: list[tuple[str, str, int]] = [
            ("center", _CENTERS[level], 3),
            ("scale", _FLOATS[level], 3),
            ("rotation", _FLOATS[level], 4),
            ("rgba", "u1", 4),
        ]
        if self.degree:
            fields.append(("rest", _HARMONICS[level], 3 * REST[self.degree]))
        return np.dtype(fields)

    def end(self, level: int) -> tuple[int, int]:
        """Where the splats begin, and the section ends."""
        splats = self.start + 4 * self.partial + self.storage * self.buckets
        return splats, splats + self.most * self.record(level).itemsize


def splats_of(data: bytes, pointer: str, problems: list[Problem]) -> Splats:
    """Decode a file. Raises `InputError` or `LimitError`, from the headers where these tell."""
    if len(data) < _HEAD:
        raise InputError(f"{len(data):,} bytes; the header of a .ksplat alone takes {_HEAD:,}")
    major, minor = data[0], data[1]
    if (major, minor) < (0, 1) or major:
        raise InputError(f"version {major}.{minor} is not known here (0.1)")
    sections, _, total = struct.unpack_from("<II4xI", data, 4)
    level = struct.unpack_from("<H", data, 20)[0]
    if level > 2:
        raise InputError(f"compression level {level} does not exist (0 to 2)")
    if _HEAD + _SECTION * sections > len(data):
        raise InputError(f"{sections:,} sections do not fit into {len(data):,} bytes")
    low, high = (
        value or default
        for value, default in zip(struct.unpack_from("<ff", data, 36), (-_SPREAD, _SPREAD), strict=True)
    )
    found = _sections(data, sections, level)
    count = sum(section.count for section in found)
    if count != total:
        raise InputError(f"the header states {total:,} splats, its sections {count:,}")
    degree = max((section.degree for section in found), default=0)
    check_count(count, 1 + REST[degree])
    columns = {
        "positions": np.zeros((count, 3), np.float32),
        "scales": np.zeros((count, 3), np.float32),
        "rotations": np.zeros((count, 4), np.float32),
        "opacities": np.zeros(count, np.float32),
        "harmonics": np.zeros((count, 1 + REST[degree], 3), np.float32),
    }
    at = 0
    for section in found:
        rows = slice(at, at + section.count)
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is looked for in the end
            _fill({name: values[rows] for name, values in columns.items()}, data, section, level, (low, high))
        at += section.count
    return make_splats(pointer, problems, **columns)


def _sections(data: bytes, number: int, level: int) -> list[_Section]:
    found, start = [], _HEAD + _SECTION * number
    for index in range(number):
        at, place = _HEAD + _SECTION * index, f"/sections/{index}"
        count, most, capacity, buckets, block, storage = struct.unpack_from("<IIIIfH", data, at)
        half_range = struct.unpack_from("<I", data, at + 24)[0] or _RANGE[level]
        full, partial, degree = struct.unpack_from("<IIH", data, at + 32)
        if degree > 3:
            raise InputError(f"spherical harmonics of degree {degree} do not exist in .ksplat (0 to 3)", pointer=place)
        section = _Section(
            place, count, most, capacity, buckets, block, storage, half_range, full, partial, degree, start
        )
        _check(section, level, len(data))
        start = section.end(level)[1]
        if count:
            found.append(section)
    return found


def _check(section: _Section, level: int, size: int) -> None:
    end = section.end(level)[1]
    if section.count > section.most:
        raise InputError(f"{section.count:,} splats in a section for {section.most:,}", pointer=section.place)
    if end > size:
        raise InputError(f"the section ends at byte {end:,}, the file at {size:,}", pointer=section.place)
    if level and section.count:
        if section.storage < 12 or section.full + section.partial > section.buckets:
            raise InputError("the buckets do not hold their centres", pointer=section.place)
        if not np.isfinite(section.block):
            raise InputError("the size of a bucket is not finite", pointer=section.place)


def _fill(columns: dict[str, Array], data: bytes, section: _Section, level: int, spread: tuple[float, float]) -> None:
    start, _ = section.end(level)
    table = np.frombuffer(data, section.record(level), section.count, start)
    centers = table["center"].astype(np.float64)
    if level:
        factor = section.block / 2 / section.half_range
        centers = (centers - section.half_range) * factor + _bucket_centers(data, section)
    columns["positions"][:] = centers
    columns["scales"][:] = table["scale"]
    columns["rotations"][:] = xyzw_of_wxyz(table["rotation"])
    columns["opacities"][:] = table["rgba"][:, 3] / np.float32(255)
    columns["harmonics"][:, 0] = dc_of_colors(table["rgba"][:, :3] / 255)
    if not section.degree:
        return
    rest = table["rest"].astype(np.float32)
    if level == 2:
        rest = (spread[0] + rest / 255 * (spread[1] - spread[0])).astype(np.float32)
    first = 0
    for degree in range(1, section.degree + 1):  # each degree by itself, and in it all of red, then green, then blue
        width = 2 * degree + 1
        part = rest[:, 3 * first : 3 * (first + width)].reshape(-1, 3, width)
        columns["harmonics"][:, 1 + first : 1 + first + width] = part.transpose(0, 2, 1)
        first += width


def _bucket_centers(data: bytes, section: _Section) -> Array:
    """The centre of each splat's bucket, float64 [shape=(n, 3)]: full buckets first, then those with stated sizes."""
    if section.full > section.count:  # a full bucket holds one at least
        raise InputError(f"{section.full:,} full buckets for {section.count:,} splats", pointer=section.place)
    sizes = np.frombuffer(data, "<u4", section.partial, section.start).astype(np.int64)
    ends = np.concatenate([np.full(section.full, section.capacity, np.int64), sizes]).cumsum()
    bucket = np.searchsorted(ends, np.arange(section.count), side="right")
    if section.count and (not len(ends) or bucket[-1] >= len(ends)):
        held = int(ends[-1]) if len(ends) else 0
        raise InputError(f"the buckets hold {held:,} of {section.count:,} splats", pointer=section.place)
    raw = np.frombuffer(data, np.uint8, section.storage * section.buckets, section.start + 4 * section.partial)
    stored = np.ascontiguousarray(raw.reshape(section.buckets, section.storage)[:, :12]).view("<f4")
    found: Array = stored[bucket].astype(np.float64)
    return found
