"""Reading a label back: is it there, does it show in the start picture, how tall, how clear, how hidden, and where.

Every figure comes from rays through the pixels of a picture whose shortest side is `SHORTEST`, at 16:9, 9:16 and 1:1,
in every entry view; only the pixels around a label are cast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sceneproof.derived.framing import ASPECTS, View, views
from sceneproof.derived.world import WorldPart, world_parts
from sceneproof.scene import Scene

from ._find import Label, faults, labels
from ._ink import candidates, says
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
    found : a label of Sceneproof is in the file, shown or not; or words of anyone's are read in a picture.
    visible : in every view and aspect ratio a label shows (in the picture, less than half hidden, contrast over 1.5,
        its ink the words that it claims).
    text, lang : as the label's node states them. reading : by character recognition; ``None`` without it.
    height_ratio : ink height over the shortest side; contrast_ratio : WCAG, words against what surrounds them;
        hidden_fraction : share of the ink behind other things. Each the worst over views and aspect ratios, of the
        label that shows best there; ``None`` where nothing could be measured.
    at_edge : in every view and aspect ratio a label reaches into the edge band (12 % of the shortest side; our number).
    views : one `Sight` per view, aspect ratio and label.
    problems : codes: zero-scale, off-camera, hidden-by-visibility, transparent, buried, low-contrast, too-small,
        not-at-edge, mirrored, words-altered.
    words_match : the triangles of every label are the words that its node claims (see `_ink`); false without a label.
    foreign : no label of Sceneproof is there; all figures are of words that were read (`anyone.with_reading`).
    ocr : what was read, or why nothing was, as the JSON has it; ``None`` where nobody asked.
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
    words_match: bool = False
    foreign: bool = False
    ocr: Mapping[str, object] | None = None

    def to_dict(self) -> dict[str, object]:
        """The ``label`` object of ``sceneproof.verify/1``."""
        names = ("found", "visible", "text", "reading", "height_ratio", "contrast_ratio", "hidden_fraction", "at_edge")
        out: dict[str, object] = {name: getattr(self, name) for name in names}
        detail: dict[str, object] = {"words_match": self.words_match} if self.found and not self.foreign else {}
        if self.ocr is not None:
            detail["ocr"] = dict(self.ocr)
        return out | {"detail": detail} if detail else out


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
    wrong = {label: faults(scene, label) for label in found}
    problems = {fault for label in found for fault in wrong[label]}
    usable = [label for label in found if not wrong[label]]
    # What has no extent or is not in the scene bears no words, and is named as that.
    held = {label: _words(scene, seen, label) for label in found if not {"zero-scale", "off-camera"} & {*wrong[label]}}
    if not all(held.values()):
        problems.add("words-altered")
    sights = _sights(scene, seen, {label: held[label] for label in usable})
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
        bool(held) and all(held.values()),
    )


def _words(scene: Scene, seen: Sequence[View], label: Label) -> bool:
    """Whether every drawing of a label's ink says what its node claims.

    The words' right is an axis of the node, or that of a view where a tool has flattened the tree.
    """
    node = scene.nodes[label.node].world[:3, :3].T
    axes = [*node, *(-node), *(view.rotation[:, 0] for view in seen)]
    texts = candidates(label.text)
    drawn = [part for part in world_parts(scene) if _is(part, label)]
    return bool(drawn) and all(says(part.positions, part.triangles, axes, texts) for part in drawn)


def _is(part: WorldPart, label: Label) -> bool:
    return part.node == label.node and part.primitive == label.primitive


def _sights(scene: Scene, seen: Sequence[View], found: Mapping[Label, bool]) -> list[Sight]:
    parts = world_parts(scene)
    out = []
    for view in seen:
        for name, aspect in ASPECTS:
            for label, words in found.items():
                sight = measure(scene, view, (name, aspect), parts, label)
                if sight is not None:
                    out.append(replace(sight, words=words))
    return out


def _shows(sight: Sight) -> bool:
    clear = sight.hidden_fraction <= SHOWN_HIDDEN and sight.contrast_ratio >= SHOWN_CONTRAST
    return clear and sight.inside >= 0.5 and not sight.mirrored and sight.words


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
