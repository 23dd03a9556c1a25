"""The calls of the picture decoders themselves: Pillow, and the Basis transcoder. Pixels are uint8 RGBA."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.io._sandbox_child import Refused

# What Pillow raises for damage, by its documentation and by what was seen.
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError)
_READABLE = ("PNG", "JPEG", "WEBP")


def decode(data: bytes) -> NDArray[Any]:
    """PNG, JPEG or WebP (of an animation the first picture). Raises `Refused`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=_READABLE) as opened:
            if opened.mode.startswith("I"):  # 16-bit grey, which Pillow would clip instead of scaling
                grey = (np.asarray(opened).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
                return np.dstack([grey, grey, grey, np.full_like(grey, 255)])
            return np.asarray(opened.convert("RGBA"))
    except UnidentifiedImageError:
        raise Refused("no decoder for this kind of image") from None
    except _DAMAGE as error:
        raise Refused(f"the image does not decode: {error}") from None
    except Image.DecompressionBombError:  # Pillow's own limit, for a caller who has raised ours beyond it
        raise Refused("Pillow takes its size for a decompression bomb") from None


def decode_ktx2(data: bytes) -> NDArray[Any]:
    """The largest level of a KTX2 with an ETC1S or UASTC payload (KHR_texture_basisu). Raises `Refused`."""
    import opengl_basisu

    try:
        return np.ascontiguousarray(opengl_basisu.open(data).transcode("rgba8").data, np.uint8)
    except (ValueError, IndexError) as error:
        raise Refused(f"the image does not decode: {error}") from None
