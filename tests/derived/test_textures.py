"""Images decoded once, bad ones with a reason instead of an error."""

from __future__ import annotations

import io
import re
import struct

import numpy as np
import pytest
from PIL import Image as Pillow

from sceneproof.config import Limits
from sceneproof.derived import textures
from sceneproof.derived.textures import texture
from sceneproof.io._codecs import pictures
from sceneproof.scene import Image, Scene


def scene(data: bytes, mime: str = "image/png") -> Scene:
    return Scene("glb", None, (), (), (), images=(Image("/images/0", "", mime, data),))


def encoded(pixels: np.ndarray, kind: str, mode: str | None = None) -> bytes:
    out = io.BytesIO()
    Pillow.fromarray(pixels, mode).save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_pixels_come_back_as_rgba(kind: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (5, 7, 4), dtype=np.uint8)
    pixels[..., 3] |= 1
    read = texture(scene(encoded(pixels, kind)), 0)
    assert read.problem is None
    assert read.pixels is not None
    assert np.array_equal(read.pixels, pixels)


def test_grey_without_alpha_is_opaque() -> None:
    read = texture(scene(encoded(np.full((2, 3), 77, np.uint8), "PNG")), 0)
    assert read.pixels is not None
    assert (read.pixels == (77, 77, 77, 255)).all()


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    out = io.BytesIO()
    Pillow.fromarray(np.full((2, 2), 0x8000, np.uint16)).save(out, "PNG")
    read = texture(scene(out.getvalue()), 0)
    assert read.pixels is not None
    assert (read.pixels[..., 0] == 128).all()


KTX2 = b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I", 0, 1, 16, 16, 0, 0, 1, 1, 1)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 16, 16)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "missing"),
        (b"DDS " + bytes(60), "no decoder"),
        (KTX2 + b"0" * 40, "decode|opengl_basisu"),
        (PNG + b"0" * 40, "decode"),
        (PNG[:16] + struct.pack(">II", 1 << 20, 1 << 20) + bytes(40), "limit"),
        (PNG[:16] + bytes(48), "no pixels"),
    ],
)
def test_a_bad_image_has_a_reason(data: bytes, reason: str) -> None:
    read = texture(scene(data, "image/ktx2"), 0)
    assert read.pixels is None
    assert re.search(reason, read.problem or "")


def test_a_truncated_image_has_a_reason() -> None:
    whole = encoded(np.random.default_rng(2).integers(0, 255, (64, 64, 3), dtype=np.uint8), "PNG")
    read = texture(scene(whole[: len(whole) // 2]), 0)
    assert read.pixels is None
    assert "decode" in (read.problem or "")


def test_too_many_pixels_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LIMITS", Limits(decoded_pixels=10))
    read = texture(scene(encoded(np.zeros((4, 4, 3), np.uint8), "PNG")), 0)
    assert read.pixels is None
    assert "limit" in (read.problem or "")


def test_pictures_beyond_the_budget_of_one_asset_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textures, "LIMITS", Limits(images_pixels=40))
    data = encoded(np.zeros((4, 4, 3), np.uint8), "PNG")
    several = Scene(
        "glb", None, (), (), (), images=tuple(Image(f"/images/{i}", "", "image/png", data) for i in (0, 1, 2))
    )
    assert [texture(several, number).pixels is None for number in (0, 1, 2)] == [False, False, True]
    assert "limit" in (texture(several, 2).problem or "")
