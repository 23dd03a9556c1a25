"""Pictures of an asset to pixels, each by the decoder that its kind asks for and where that may run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._picture_header import PictureHeader, jpeg_scans, picture_header

# Decoded here, without the cost of a second process: PNG and JPEG up to 4096 x 4096. Their size is read from the header
# and bounds the memory; Pillow's PNG reader is Python over zlib, libjpeg has been fuzzed for a decade. What makes a
# JPEG slow is its number of scans (a progressive one has about ten), and that is counted first.
_AT_HOME = ("png", "jpeg")
_AT_HOME_PIXELS = 4096 * 4096
_AT_HOME_SCANS = 16
_NATIVE = "sceneproof.io._codecs._picture_native"


def decode_picture(data: bytes | memoryview) -> NDArray[np.uint8]:
    """RGBA as stored, uint8 [shape=(h, w, 4)].

    Raises
    ------
    LimitError : more pixels than `LIMITS.decoded_pixels`, by the header.
    InputError : a kind that is not read, or damage; one line. KTX2 needs the extra ``textures``.
    """
    header = picture_header(data)
    if header is None or header.kind == "gif":
        raise InputError("no decoder for this kind of image")
    if header.pixels > LIMITS.decoded_pixels:
        size = f"{header.width:,} x {header.height:,} pixels"
        raise LimitError(f"{size}, limit {LIMITS.decoded_pixels:,}")
    if not header.pixels:
        raise InputError("the image does not decode: it has no pixels")
    at_home = header.kind in _AT_HOME and header.pixels <= _AT_HOME_PIXELS
    if header.kind == "jpeg" and at_home:
        at_home = jpeg_scans(data) <= _AT_HOME_SCANS
    pixels = _here(bytes(data)) if at_home else _apart(data, header)
    if not _is_picture(pixels):
        raise InputError("the image decoder answered nonsense; the image may be an attack on it")
    return np.ascontiguousarray(pixels, np.uint8)


def _here(data: bytes) -> NDArray[Any]:
    from sceneproof.io._codecs._picture_native import decode
    from sceneproof.io._sandbox_child import Refused

    try:
        return decode(data)
    except Refused as error:
        raise InputError(str(error)) from None


def _apart(data: bytes | memoryview, header: PictureHeader) -> Any:
    from sceneproof.io import _sandbox

    basis = header.kind == "ktx2"
    function = f"{_NATIVE}:{'decode_ktx2' if basis else 'decode'}"
    try:
        return _sandbox.run(function, data, what=f"the {header.kind.upper()} decoder")
    except ImportError:
        need = "KTX2 needs the package opengl_basisu: pip install 'sceneproof[textures]'"
        raise InputError(need if basis else "Pillow is not installed") from None


def _is_picture(pixels: Any) -> bool:
    return (
        isinstance(pixels, np.ndarray)
        and pixels.dtype == np.uint8
        and pixels.ndim == 3
        and pixels.shape[2] == 4
        and pixels.shape[0] * pixels.shape[1] <= LIMITS.decoded_pixels
    )
