"""The images of a SOG: their size from the header, their pixels from the decoder process."""

from __future__ import annotations

import io

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io import _sandbox
from sceneproof.io._picture_header import picture_header
from sceneproof.io._sandbox_child import Refused
from sceneproof.scene import Array


def pixels(data: bytes, name: str, least: int, most: int) -> tuple[Array, int]:
    """Rows of pixels, uint8 [shape=(pixels, 4)], and the image's width.

    An image of fewer pixels than `least` or more than `most` is refused by its header. Raises `InputError`.
    """
    header = picture_header(data)
    if header is None or header.kind not in ("webp", "png"):
        raise InputError(f"{name!r} is no image that is read here (WebP, PNG)")
    limit = min(most, LIMITS.decoded_pixels)
    if header.pixels > limit:
        raise LimitError(f"{name!r} is {header.width} x {header.height}, limit {limit:,} pixels")
    if header.pixels < least:
        raise InputError(f"{name!r} is {header.width} x {header.height}, {least:,} pixels are needed")
    try:
        found = _sandbox.run("sceneproof.io._sog.image:decode", data, what="the image decoder")
    except InputError as error:
        raise type(error)(f"{name!r}: {error.reason}") from None
    if found.shape != (header.height, header.width, 4):
        raise InputError(f"{name!r} is {found.shape[1]} x {found.shape[0]}, its header states another size")
    return found.reshape(-1, 4), header.width


def decode(data: bytes) -> Array:
    """Pixels, uint8 [shape=(height, width, 4)]; runs in the decoder process. Raises `Refused`."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit here is ours, and was checked
    try:
        with Image.open(io.BytesIO(data), formats=("WEBP", "PNG")) as image:
            return np.asarray(image.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused(f"is no image that can be read ({str(error).partition('<')[0].strip()[:80]})") from None
