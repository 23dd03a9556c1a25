"""Reading a label back: is it there, does it show in the start picture, how tall, how clear, how hidden, and where.

Every figure comes from rays through the pixels of a picture whose shortest side is `SHORTEST`, at 16:9, 9:16 and 1:1,
in every entry view; only the pixels around a label are cast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sceneproof.derived.framing import ASPECTS, View, views
from sceneproof.derived.world import world_parts
from sceneproof.scene import Scene

from ._find import Label, faults, labels
from ._measure import SHORTEST, Sight, measure

__all__ = ["SHORTEST", "LabelReading", "Sight", "read"]

LEAST_HEIGHT = 0.05  # GB 45438-2025, 5.5
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
MOST_HIDDEN = 0.1  # ours: a tenth of the ink behind something else is a label that is in the way of something
SHOWN_CONTRAST, SHOWN_HIDDEN = 1.5, 0.5  # ours: below or beyond, a person sees no words


@dataclass(frozen=True)
class LabelReading:
    """What `verify` reports of the label.

    Attributes
    ----------
    found : a label of Sceneproof is in the file, shown or not.
    visible : in every view and aspect ratio a label shows (in the picture, less than half hidden, contrast over 1.5).
    text, lang : as the label's node states them. reading : by character recognition; ``None`` without it.
    height_ratio : ink height over the shortest side; contrast_ratio : WCAG, words against what surrounds them;
        hidden_fraction : share of the ink behind other things. Each the worst over views and aspect ratios, of the
        label that shows best there; ``None`` where nothing could be measured.
    at_edge : in every view and aspect ratio a label reaches into the edge band (12 % of the shortest side; our number).
    views : one `Sight` per view, aspect ratio and label.
    problems : codes: zero-scale, off-camera, hidden-by-visibility, transparent, buried, low-contrast, too-small,
        not-at-edge, mirrored.
    """

    found: bool
    visible: bool
    text: str | None = None
    lang: str | None = None
    reading: str | None = None
    height_ratio: float | None = None
    contrast_ratio: float | None = None
    hidden_fraction: float | None = None
    at_edge: bool = False
    views: tuple[Sight, ...] = ()
    problems: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The ``label`` object of ``sceneproof.verify/1``."""
        names = ("found", "visible", "text", "reading", "height_ratio", "contrast_ratio", "hidden_fraction", "at_edge")
        return {name: getattr(self, name) for name in names}


def read(scene: Scene) -> LabelReading:
    """Find the labels of a scene and measure them in its start pictures.

    Raises `MissingExtraError` without Embree and `InputError` for a singular camera.
    """
    return read_in(scene, views(scene)) if labels(scene) else LabelReading(False, False)


def read_in(scene: Scene, seen: Sequence[View]) -> LabelReading:
    """The same in views that the caller gives."""
    found = labels(scene)
    if not found:
        return LabelReading(False, False)
    text, lang = found[0].text, found[0].lang
    problems = {fault for label in found for fault in faults(scene, label)}
    usable = [label for label in found if not faults(scene, label)]
    sights = _sights(scene, seen, usable)
    best = _best(sights)
    count = len(seen) * len(ASPECTS)
    shown = [sight for sight in best if _shows(sight)]
    visible = bool(count) and len(shown) == count
    if count and len(best) < count and not problems:
        problems.add("off-camera")
    if best:
        problems |= _judged(best)
    return LabelReading(
        True,
        visible,
        text,
        lang,
        None,
        min((s.height_ratio for s in best), default=None),
        min((s.contrast_ratio for s in best), default=None),
        max((s.hidden_fraction for s in best), default=None),
        visible and _all_at_edge(sights, count),
        tuple(sights),
        tuple(sorted(problems)),
    )


def _sights(scene: Scene, seen: Sequence[View], found: Sequence[Label]) -> list[Sight]:
    parts = world_parts(scene)
    out = []
    for view in seen:
        for name, aspect in ASPECTS:
            sights = (measure(scene, view, (name, aspect), parts, label) for label in found)
            out += [sight for sight in sights if sight is not None]
    return out


def _shows(sight: Sight) -> bool:
    clear = sight.hidden_fraction <= SHOWN_HIDDEN and sight.contrast_ratio >= SHOWN_CONTRAST
    return clear and sight.inside >= 0.5 and not sight.mirrored


def _best(sights: Sequence[Sight]) -> list[Sight]:
    """Of each view and aspect ratio the label that shows best."""
    best: dict[tuple[str, str], Sight] = {}
    for sight in sights:
        key = (sight.view, sight.aspect)
        if key not in best or _rank(sight) > _rank(best[key]):
            best[key] = sight
    return list(best.values())


def _rank(sight: Sight) -> tuple[bool, bool, float]:
    return _shows(sight), sight.at_edge, sight.height_ratio * (1 - sight.hidden_fraction)


def _all_at_edge(sights: Sequence[Sight], count: int) -> bool:
    return len({(s.view, s.aspect) for s in sights if s.at_edge and _shows(s)}) == count


def _judged(best: Sequence[Sight]) -> set[str]:
    judged = {
        "off-camera": any(s.inside < 0.5 for s in best),
        "mirrored": any(s.mirrored for s in best),
        "buried": any(s.hidden_fraction > MOST_HIDDEN for s in best),
        "low-contrast": any(s.contrast_ratio < LEAST_CONTRAST for s in best),
        "too-small": any(s.height_ratio < LEAST_HEIGHT for s in best),
        "not-at-edge": any(not s.at_edge for s in best),
    }
    return {code for code, holds in judged.items() if holds}
