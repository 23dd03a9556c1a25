"""Start pictures in a page: the picture as it is, the label's ink outlined over it, its height written beside it."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass, field
from typing import Any

from sceneproof.errors import UsageError
from sceneproof.findings import Text

from ._tidy import percent, safe

_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A start picture.

    Attributes
    ----------
    name : the view, such as a camera's name.
    aspect : ``16:9``, ``9:16`` or ``1:1``.
    png : the file's bytes.
    label_box : left, top, right and bottom of the label's ink in pixels from the top left corner, right and bottom
        exclusive; ``None`` when no label is seen.
    caption : what to say below it.
    """

    name: str
    aspect: str
    png: bytes
    label_box: tuple[float, float, float, float] | None = None
    caption: Text = field(default=Text("", ""))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, from the header. Raises `UsageError` when the bytes are no PNG."""
        if len(self.png) < 24 or not self.png.startswith(_MAGIC):
            raise UsageError(f"picture {self.name!r}: not a PNG")
        width, height = struct.unpack(">II", self.png[16:24])
        return width, height

    @property
    def height_ratio(self) -> float | None:
        """Height of the ink, fraction of the shortest side (GB 45438-2025, 5.5)."""
        if self.label_box is None:
            return None
        return (self.label_box[3] - self.label_box[1]) / min(self.size)


def drawn(picture: Picture) -> dict[str, Any]:
    """What the template needs of a picture: a data URI, and the place of the outline in per cent."""
    width, height = picture.size
    overlay = None
    if picture.label_box is not None:
        left, top, right, bottom = picture.label_box
        share = (100 * left / width, 100 * top / height, 100 * (right - left) / width, 100 * (bottom - top) / height)
        sides = ("low" if top + bottom > height else "high", "right" if left + right > width else "left")
        overlay = {
            "style": "left:{:.3f}%;top:{:.3f}%;width:{:.3f}%;height:{:.3f}%".format(*share),
            "side": " ".join(sides),
            "height": percent(picture.height_ratio),
        }
    return {
        "name": safe(picture.name),
        "aspect": safe(picture.aspect),
        "uri": "data:image/png;base64," + base64.b64encode(picture.png).decode("ascii"),
        "overlay": overlay,
        "caption": picture.caption,
    }
