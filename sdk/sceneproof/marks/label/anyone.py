"""The label, whoever put it in: Sceneproof's own by its node, anyone's by reading the start pictures.

Reading takes a second or two, so it waits to be asked. ``quick`` never reads. ``normal`` (`verify`) reads where no
label of Sceneproof is in the file. ``deep`` (`verify --effort deep`, `audit --depth deep`) reads all, so that our own
label is read by something that did not write it.
"""

from __future__ import annotations

from dataclasses import replace

from sceneproof.derived.framing import ASPECTS, views
from sceneproof.errors import MissingExtraError
from sceneproof.render.ocr import present
from sceneproof.scene import Scene

from . import read as own
from ._pictured import MOST_VIEWS, Readings, pictured
from .read import LEAST_CONTRAST, LEAST_HEIGHT, SHOWN_CONTRAST, LabelReading

NOT_INSTALLED = {
    "en": "nobody read the pictures: install sceneproof[ocr] to find words that another tool put in",
    "zh": "未识别画面中的文字：安装 sceneproof[ocr] 后可查找其他工具添加的标识",
}
NOTHING = {
    "en": "character recognition finds no words of a label in the start pictures",
    "zh": "文字识别未在起始画面中发现标识文字",
}


def read(scene: Scene, effort: str = "quick") -> LabelReading:
    """The reading of `read.read`, with what character recognition reads at that `effort`.

    Raises what that raises; without the extra ``ocr`` the reading stays ``None`` and `ocr` says why.
    """
    found = own.read(scene)
    if effort == "quick" or (effort == "normal" and found.found):
        return found
    return with_reading(scene, found)


def with_reading(scene: Scene, found: LabelReading) -> LabelReading:
    """Add what is read in the pictures: beside an own label as a second opinion, else as the label."""
    if not present():
        return replace(found, ocr={"state": "not-installed", "note": NOT_INSTALLED})
    try:
        readings = pictured(scene)
    except MissingExtraError as error:  # Embree
        return replace(found, ocr={"state": "not-installed", "note": {"en": str(error), "zh": str(error)}})
    if not readings.labels:
        return replace(found, ocr={"state": "nothing", "note": NOTHING, "pictures": readings.pictures})
    told = {
        "state": "read",
        "pictures": readings.pictures,
        "read_in": len(readings.best()),
        "labels": [label.to_dict() for label in readings.labels],
    }
    if found.found:
        return replace(found, reading=readings.text, ocr=told)
    return replace(_foreign(scene, readings), ocr=told)


def _foreign(scene: Scene, readings: Readings) -> LabelReading:
    best = readings.best()
    count = min(len(views(scene)), MOST_VIEWS) * len(ASPECTS)
    problems = {
        "off-camera": len(best) < count,
        "low-contrast": any(label.contrast_ratio < LEAST_CONTRAST for label in best),
        "too-small": any(label.height_ratio < LEAST_HEIGHT for label in best),
        "not-at-edge": any(not label.at_edge for label in best),
    }
    return LabelReading(
        found=True,
        visible=len(best) == count and all(label.contrast_ratio >= SHOWN_CONTRAST for label in best),
        reading=readings.text,
        height_ratio=min(label.height_ratio for label in best),
        contrast_ratio=min(label.contrast_ratio for label in best),
        at_edge=len(best) == count and all(label.at_edge for label in best),
        problems=tuple(sorted(code for code, holds in problems.items() if holds)),
        foreign=True,
    )
