"""Texture lookups: bilinear, in linear light, with glTF's wrap modes and KHR_texture_transform."""

from __future__ import annotations

import numpy as np

from sceneproof.derived.textures import texture
from sceneproof.scene import Array, Scene, TextureRef

CLAMP, MIRROR = 33071, 33648

_BYTE = np.arange(256) / 255.0
TO_LINEAR = np.where(_BYTE <= 0.04045, _BYTE / 12.92, ((_BYTE + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: Array) -> Array:
    """Linear light 0..1 as sRGB bytes (IEC 61966-2-1), uint8 of the same shape."""
    kept = np.clip(linear, 0.0, 1.0)
    encoded = np.where(kept <= 0.0031308, kept * 12.92, 1.055 * np.power(np.maximum(kept, 1e-9), 1 / 2.4) - 0.055)
    return np.asarray(np.rint(encoded * 255.0), np.uint8)


def sample(scene: Scene, look: TextureRef, uv: Array) -> Array | None:
    """Linear colour and alpha, float32 [shape=(n, 4)], at `uv` [shape=(n, 2)]; ``None`` without pixels."""
    pixels = None if look.image is None else texture(scene, look.image).pixels
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    u, v = _transformed(look, np.nan_to_num(uv.astype(np.float64)))
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = np.floor(x), np.floor(y)
    fx, fy = (x - x0).astype(np.float32)[:, None], (y - y0).astype(np.float32)[:, None]
    left, right = _wrapped(x0, width, look.wrap[0]), _wrapped(x0 + 1, width, look.wrap[0])
    top, bottom = _wrapped(y0, height, look.wrap[1]), _wrapped(y0 + 1, height, look.wrap[1])
    upper = _linear(pixels[top, left]) * (1 - fx) + _linear(pixels[top, right]) * fx
    lower = _linear(pixels[bottom, left]) * (1 - fx) + _linear(pixels[bottom, right]) * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def _linear(texels: Array) -> Array:
    out = TO_LINEAR[texels]
    out[:, 3] = texels[:, 3] * np.float32(1 / 255)
    return out


def _transformed(look: TextureRef, uv: Array) -> tuple[Array, Array]:
    """Scale, then rotation (counter-clockwise with v pointing down), then offset."""
    u, v = uv[:, 0] * look.scale[0], uv[:, 1] * look.scale[1]
    cos, sin = np.cos(look.rotation), np.sin(look.rotation)
    return cos * u + sin * v + look.offset[0], cos * v - sin * u + look.offset[1]


def _wrapped(index: Array, size: int, mode: int) -> Array:
    whole = np.clip(index, -1e15, 1e15).astype(np.int64)
    if mode == CLAMP:
        return np.asarray(np.clip(whole, 0, size - 1))
    if mode == MIRROR:
        turned = whole % (2 * size)
        return np.asarray(np.where(turned < size, turned, 2 * size - 1 - turned))
    return np.asarray(whole % size)
