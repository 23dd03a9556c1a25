"""The numbers of a SOG: its images as Splats.

Source: developer.playcanvas.com, "The SOG Format" (version 2: codebooks); version 1, which has no ``version``, spreads
bytes between stated limits instead. Centres are 16 bits of sign(x) ln(1 + |x|), rotations the smallest three.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io._splats import REST, check_count, linear_scales, make_splats, sigmoid, xyzw_of_wxyz
from sceneproof.scene import Array, Problem, Splats

from .archive import Archive

_PALETTE_ROW = 64  # entries of the harmonics' palette in one row of its image
_BLOCK = 1 << 17  # splats whose harmonics are looked up at once
_ENTRIES = 65536  # that two bytes can name
_LARGEST = 252  # alpha of a rotation whose first component is the one left out


def splats_of(archive: Archive, pointer: str, problems: list[Problem]) -> Splats:
    """Decode an archive. Raises `InputError` or `LimitError`, from ``meta.json`` where that tells."""
    try:
        meta = json.loads(archive.meta())
    except (ValueError, RecursionError) as error:
        raise InputError(f"meta.json is no JSON ({str(error)[:80]})") from None
    if not isinstance(meta, dict):
        raise InputError("meta.json holds no object")
    version = meta.get("version", 1)
    if version not in (1, 2) or isinstance(version, bool):
        raise InputError(f"SOG version {str(version)[:20]} is not known here (1, 2)")
    try:
        return _decode(archive, meta, version == 1, pointer, problems)
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise InputError(f"meta.json is malformed ({type(error).__name__}: {str(error)[:80]})") from None


def _decode(archive: Archive, meta: dict[str, Any], old: bool, pointer: str, problems: list[Problem]) -> Splats:
    count = meta["means"]["shape"][0] if old else meta["count"]
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise InputError(f"meta.json counts {str(count)[:20]} splats")
    check_count(count, 1)
    colors, _ = _image(archive, meta["sh0"], 0, count)
    scales, _ = _image(archive, meta["scales"], 0, count)
    if old:
        first = _spread(colors, meta["sh0"])
        dc, opacities = first[:, :3], sigmoid(first[:, 3])
        logs = _spread(scales[:, :3], meta["scales"])
    else:
        dc, opacities = _codebook(meta["sh0"])[colors[:, :3]], colors[:, 3] / np.float32(255)
        logs = _codebook(meta["scales"])[scales[:, :3]]
    return make_splats(
        pointer,
        problems,
        positions=_positions(archive, meta["means"], count),
        scales=linear_scales(logs),
        rotations=_rotations(_image(archive, meta["quats"], 0, count)[0]),
        opacities=opacities,
        harmonics=_harmonics(archive, meta.get("shN"), old, dc.astype(np.float32)),
    )


def _image(archive: Archive, part: dict[str, Any], index: int, count: int) -> tuple[Array, int]:
    """The first `count` pixels of a part's image, and its width."""
    name = part["files"][index]
    if not isinstance(name, str):
        raise InputError("meta.json names a file by something that is no text")
    pixels, width = archive.pixels(name, count)
    return pixels[:count], width


def _numbers(values: Any, size: int, what: str) -> Array:
    """Finite numbers of meta.json, float64 [shape=(size,)]."""
    held = values if isinstance(values, list) else [values]
    good = [isinstance(value, int | float) and not isinstance(value, bool) for value in held]
    if len(held) != size or not all(good) or not all(math.isfinite(value) for value in held):
        raise InputError(f"meta.json: {what} must be {size} finite numbers")
    return np.array(held, np.float64)


def _codebook(part: dict[str, Any]) -> Array:
    """256 values, float64. Some writers leave the first one null; players then continue the others' mean step."""
    book = part["codebook"]
    if isinstance(book, list) and len(book) == 256 and book[0] is None:
        others = _numbers(book[1:], 255, "a codebook")
        book = [float(others[0] + (others[0] - others[-1]) / 255), *book[1:]]
    return _numbers(book, 256, "a codebook")


def _spread(pixels: Array, part: dict[str, Any]) -> Array:
    """Bytes between the limits of their channel, float64."""
    width = pixels.shape[1]
    low, high = _numbers(part["mins"], width, "mins"), _numbers(part["maxs"], width, "maxs")
    found: Array = low + (high - low) * (pixels / 255)
    return found


def _positions(archive: Archive, part: dict[str, Any], count: int) -> Array:
    lower, upper = (_image(archive, part, index, count)[0][:, :3].astype(np.uint32) for index in (0, 1))
    low, high = _numbers(part["mins"], 3, "mins"), _numbers(part["maxs"], 3, "maxs")
    span = np.where(high == low, 1.0, high - low)
    logs = low + span * ((lower | (upper << 8)) / 65535)
    with np.errstate(over="ignore"):
        found: Array = (np.sign(logs) * np.expm1(np.abs(logs))).astype(np.float32)
    return found


def _rotations(pixels: Array) -> Array:
    """Unit quaternions xyzw; alpha names the component of w x y z that is left out, another alpha no rotation."""
    left_out = pixels[:, 3].astype(np.int64) - _LARGEST
    three = (pixels[:, :3] / 127.5 - 1.0) * math.sqrt(0.5)
    found = np.zeros((len(pixels), 4))
    for column in range(4):
        rows = left_out == column
        others = [other for other in range(4) if other != column]
        found[np.ix_(rows, others)] = three[rows]
        found[rows, column] = np.sqrt(np.maximum(0.0, 1.0 - (three[rows] ** 2).sum(axis=1)))
    found[left_out < 0, 0] = 1.0
    return xyzw_of_wxyz(found)


def _harmonics(archive: Archive, part: Any, old: bool, dc: Array) -> Array:
    """First coefficients, and the others by their entry of a palette."""
    if not isinstance(part, dict):
        return dc[:, None, :]
    count = len(dc)
    centroids, width = _palette(archive, part)
    if old:
        rest = {_PALETTE_ROW * size: size for size in REST[1:4]}.get(width, 0)
    else:
        rest = REST[part["bands"]] if part["bands"] in (0, 1, 2, 3) else -1
    if rest == 0:
        return dc[:, None, :]
    if rest < 0 or width != _PALETTE_ROW * rest:
        raise InputError(f"the palette of harmonics is {width} pixels wide, which fits no degree that is stated")
    check_count(count, 1 + rest)
    labels = _image(archive, part, 1, count)[0].astype(np.int64)
    entry = labels[:, 0] | (labels[:, 1] << 8)
    palette = centroids[:, :3].reshape(-1, rest, 3)
    if old:
        low, high = _numbers(part["mins"], 1, "mins")[0], _numbers(part["maxs"], 1, "maxs")[0]
        values = (low + (high - low) * (palette / 255)).astype(np.float32)
        known = len(values)
    else:
        values = _codebook(part).astype(np.float32)[palette]
        known = min(int(_numbers(part["count"], 1, "the palette's count")[0]), len(values))
    found = np.zeros((count, 1 + rest, 3), np.float32)
    found[:, 0] = dc
    for start in range(0, count, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, count))
        rows = rows[entry[rows] < known]  # players draw no harmonics for an entry that is not there
        found[rows, 1:] = values[entry[rows]]
    return found


def _palette(archive: Archive, part: dict[str, Any]) -> tuple[Array, int]:
    name = part["files"][0]
    if not isinstance(name, str):
        raise InputError("meta.json names a file by something that is no text")
    return archive.pixels(name, 1, _ENTRIES * REST[3])
