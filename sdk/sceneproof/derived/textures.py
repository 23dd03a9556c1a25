"""Images of an asset, decoded once: PNG, JPEG, WebP, and KTX2 when its decoder is installed."""

from __future__ import annotations

from dataclasses import dataclass

from sceneproof.config import LIMITS
from sceneproof.errors import InputError
from sceneproof.scene import Array, Scene

from ._memo import derived


@dataclass(frozen=True, eq=False)
class Texture:
    """`pixels` uint8 [shape=(h, w, 4)], RGBA as stored (sRGB for colour), or ``None`` with the `problem`."""

    pixels: Array | None
    problem: str | None = None


@derived
def texture(scene: Scene, image: int) -> Texture:
    """Image number `image` of the scene, decoded; never raises for a bad image, but says why there are no pixels."""
    from sceneproof.io._codecs.pictures import decode_picture

    stored = scene.images[image]
    if not len(stored.data):
        return Texture(None, "the image is missing")
    if image not in _within_budget(scene):
        return Texture(None, f"the images before it have {LIMITS.images_pixels:,} pixels, the limit of one asset")
    try:
        return Texture(decode_picture(stored.data))
    except InputError as error:
        return Texture(None, error.reason)


@derived
def _within_budget(scene: Scene) -> frozenset[int]:
    """The images, in order, that `LIMITS.images_pixels` allow by their headers: a thousand small files can each hold a
    large picture."""
    from sceneproof.io._picture_header import picture_header

    left = LIMITS.images_pixels
    found = set()
    for number, stored in enumerate(scene.images):
        header = picture_header(stored.data)
        pixels = 0 if header is None or header.pixels > LIMITS.decoded_pixels else header.pixels
        if pixels <= left:
            left -= pixels
            found.add(number)
    return frozenset(found)
