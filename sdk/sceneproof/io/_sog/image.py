"""The images of a SOG: their size from the header, their pixels from the decoder process."""

from __future__ import annotations

import io
import struct

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io import _sandbox
from sceneproof.io._sandbox_child import Refused
from sceneproof.scene import Array


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP (RFC 9649, section 2) or PNG, or ``None`` when the bytes begin as neither."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        return width, height
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        word = int.from_bytes(data[21:25], "little")
        return 1 + (word & 0x3FFF), 1 + (word >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def pixels(data: bytes, name: str, least: int, most: int) -> tuple[Array, int]:
    """Rows of pixels, uint8 [shape=(pixels, 4)], and the image's width.

    An image of fewer pixels than `least` or more than `most` is refused by its header. Raises `InputError`.
    """
    size = size_of(data)
    if size is None:
        raise InputError(f"{name!r} is no image that is read here (WebP, PNG)")
    count, limit = size[0] * size[1], min(most, LIMITS.image_pixels)
    if count > limit:
        raise LimitError(f"{name!r} is {size[0]} x {size[1]}, limit {limit:,} pixels")
    if count < least:
        raise InputError(f"{name!r} is {size[0]} x {size[1]}, {least:,} pixels are needed")
    try:
        found = _sandbox.run("sceneproof.io._sog.image:decode", data, what="the image decoder")
    except InputError as error:
        raise type(error)(f"{name!r}: {error.reason}") from None
    if found.shape != (size[1], size[0], 4):
        raise InputError(f"{name!r} states {size[0]} x {size[1]} and is {found.shape[1]} x {found.shape[0]}")
    return found.reshape(-1, 4), size[0]


def decode(data: bytes) -> Array:
    """Pixels, uint8 [shape=(height, width, 4)]; runs in the decoder process. Raises `Refused`."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit here is ours, and was checked
    try:
        with Image.open(io.BytesIO(data), formats=("WEBP", "PNG")) as image:
            return np.asarray(image.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused(f"is no image that can be read ({str(error).partition('<')[0].strip()[:80]})") from None
