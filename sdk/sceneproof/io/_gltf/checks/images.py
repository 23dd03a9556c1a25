"""How images are stored (glTF 2.0, section 3.8.3). Their pixels are not looked at here."""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.io._paths import is_data_uri
from sceneproof.io._picture_header import sniff_image
from sceneproof.scene import Problem

from ._look import Look, mapped

_CORE = ("image/png", "image/jpeg")
_MORE = ("image/webp", "image/ktx2", "image/avif", "image/vnd-ms.dds")


def check(look: Look) -> Iterator[Problem]:
    """Where each image lies, and whether its bytes are of the kind that it says."""
    heads = {image.pointer: bytes(image.data[:32]) for image in look.images}
    for place, image in look.entries("images"):
        inside, uri = "bufferView" in image, image.get("uri")
        if inside and uri is not None:
            yield Problem("one-of-mismatch", "has a uri and a bufferView", "同时有 uri 和 bufferView", place)
        if inside and "mimeType" not in image:
            yield Problem("unsatisfied-dependency", "bufferView without a mimeType", "bufferView 缺少 mimeType",
                          f"{place}/bufferView")  # fmt: skip
        stated = image.get("mimeType")
        if isinstance(uri, str) and is_data_uri(uri):
            stated = uri[5:].partition(",")[0].partition(";")[0] or stated
            if isinstance(stated, str) and stated not in (*_CORE, *_MORE):
                yield Problem("image-mime-type-invalid", f"{stated[:40]!r} is no image type of glTF",
                              f"{stated[:40]!r} 不是 glTF 支持的图像类型", f"{place}/uri")  # fmt: skip
        data = heads.get(place, b"")
        found = sniff_image(data) if data else ""
        if data and not found and not mapped(image, "extensions"):
            yield Problem("image-unrecognized-format", "its bytes are no image that is known here",
                          "其内容不是可识别的图像", place)  # fmt: skip
        elif found and isinstance(stated, str) and stated in (*_CORE, *_MORE) and stated != found:
            yield Problem("image-mime-type-invalid", f"says {stated}, its bytes are {found}",
                          f"声明为 {stated}，实际为 {found}", place)  # fmt: skip
