"""Images of an asset, decoded once: PNG, JPEG and WebP as Pillow reads them."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from sceneproof.scene import Array, Scene

from ._memo import derived

PIXEL_LIMIT = 64_000_000
_READABLE = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, eq=False)
class Texture:
    """`pixels` uint8 [shape=(h, w, 4)], RGBA as stored (sRGB for colour), or ``None`` with the `problem`."""

    pixels: Array | None
    problem: str | None = None


@derived
def texture(scene: Scene, image: int) -> Texture:
    """Image number `image` of the scene, decoded; never raises for a bad image, but says why there are no pixels."""
    stored = scene.images[image]
    if not len(stored.data):
        return Texture(None, "the image is missing")
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(stored.data), formats=_READABLE) as opened:
            if opened.width * opened.height > PIXEL_LIMIT:
                return Texture(None, f"{opened.width} x {opened.height} pixels, limit {PIXEL_LIMIT:,}")
            if opened.mode.startswith("I"):  # 16-bit grey, which Pillow would clip instead of scaling
                grey = (np.asarray(opened).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
                return Texture(np.dstack([grey, grey, grey, np.full_like(grey, 255)]))
            return Texture(np.asarray(opened.convert("RGBA")))
    except UnidentifiedImageError:
        return Texture(None, f"no decoder for {stored.mime or 'this kind of image'}")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return Texture(None, f"the image does not decode: {error}")
