"""The start pictures of a scene, for reports: every entry view at every aspect ratio, with the places of its labels."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sceneproof.derived._memo import derived
from sceneproof.derived.framing import ASPECTS, views
from sceneproof.derived.ray_scene import is_label
from sceneproof.derived.world import world_parts
from sceneproof.scene import Array, Scene

from .picture import Picture, render, to_png

Box = tuple[int, int, int, int]
OUTLINE = (230, 30, 60)


@dataclass(frozen=True, eq=False)
class StartPicture:
    """Attributes
    ----------
    view : name of the camera, or ``default``. aspect : ``16:9``, ``9:16`` or ``1:1``.
    rgb : uint8 [shape=(height, width, 3)].
    boxes : left, top, right, bottom in pixels of what is seen of each label, right and bottom exclusive.
    """

    view: str
    aspect: str
    rgb: Array
    boxes: tuple[Box, ...]

    def png(self, *, outlined: bool = False) -> bytes:
        """The picture as a PNG, with a line around each label when `outlined`."""
        return to_png(outline(self.rgb, self.boxes) if outlined else self.rgb)


@derived
def start_pictures(scene: Scene, shortest: int = 360, samples: int = 2, most: int = 4) -> tuple[StartPicture, ...]:
    """Pictures with a shortest side of `shortest` pixels, of the first `most` views; empty for a scene without extent.

    Raises `MissingExtraError` without Embree and `InputError` for a singular camera.
    """
    labels = {number for number, part in enumerate(world_parts(scene)) if is_label(part.slot)}
    pictures = []
    for view in views(scene)[:most]:
        for name, aspect in ASPECTS:
            width, height = _size(aspect, shortest)
            picture = render(scene, view, width, height, samples=samples)
            pictures.append(StartPicture(view.name, name, picture.rgb, _boxes(picture, labels)))
    return tuple(pictures)


def outline(rgb: Array, boxes: Sequence[Box], width: int = 2, away: int = 3) -> Array:
    """A copy of `rgb` with a line around each box, `away` pixels off it."""
    marked = np.array(rgb)
    height, breadth = marked.shape[:2]
    for left, top, right, bottom in boxes:
        x0, y0 = max(left - away - width, 0), max(top - away - width, 0)
        x1, y1 = min(right + away + width, breadth), min(bottom + away + width, height)
        for rows, columns in (
            (slice(y0, y0 + width), slice(x0, x1)),
            (slice(y1 - width, y1), slice(x0, x1)),
            (slice(y0, y1), slice(x0, x0 + width)),
            (slice(y0, y1), slice(x1 - width, x1)),
        ):
            marked[rows, columns] = OUTLINE
    return marked


def to_jpeg(rgb: Array, quality: int = 85) -> bytes:
    """A JPEG of uint8 pixels [shape=(height, width, 3)], for reports that hold many pictures."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def _size(aspect: float, shortest: int) -> tuple[int, int]:
    return (round(shortest * aspect), shortest) if aspect >= 1 else (shortest, round(shortest / aspect))


def _boxes(picture: Picture, labels: set[int]) -> tuple[Box, ...]:
    """A box for each label part that is seen and lies in no other's: its plate, or its words where that is gone."""
    found: list[Box] = []
    for number in sorted(labels):
        mask = picture.part == number
        # A row or column with a single pixel is a counterweight, which is far too small to be part of what is read.
        rows, columns = np.flatnonzero(mask.sum(axis=1) > 1), np.flatnonzero(mask.sum(axis=0) > 1)
        if len(rows) and len(columns):
            found.append((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))
    return tuple(box for box in dict.fromkeys(found) if not any(_within(box, other) for other in found if other != box))


def _within(box: Box, other: Box) -> bool:
    return other[0] <= box[0] and other[1] <= box[1] and box[2] <= other[2] and box[3] <= other[3]
