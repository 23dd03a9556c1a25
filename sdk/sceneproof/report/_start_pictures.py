"""The start pictures of an asset for a page, each with the ink of its label outlined and its height beside it."""

from __future__ import annotations

from collections.abc import Sequence

from sceneproof.errors import SceneproofError
from sceneproof.findings import Text
from sceneproof.marks.label.read import read
from sceneproof.render.start_picture import start_pictures
from sceneproof.scene import Scene

from ._pictures import Picture

_NOT_SEEN = Text("The label is not seen here.", "此处看不到标识。")


def pictures_of(scene: Scene) -> Sequence[Picture]:
    """Every start picture; none where the scene shows nothing or cannot be drawn."""
    try:
        taken = start_pictures(scene)
        reading = read(scene)
    except SceneproofError:
        return ()
    pictures = []
    for shot in taken:
        sights = [sight for sight in reading.views if (sight.view, sight.aspect) == (shot.view, shot.aspect)]
        best = max(sights, key=lambda sight: sight.height_ratio * sight.inside, default=None)
        height, width = shot.rgb.shape[:2]
        box = None
        if best is not None and best.height_ratio > 0:
            left, top, right, bottom = best.box
            box = (left * width, top * height, right * width, bottom * height)
        caption = _NOT_SEEN if reading.found and box is None else Text("", "")
        pictures.append(Picture(shot.view, shot.aspect, shot.png(), box, caption))
    return pictures
