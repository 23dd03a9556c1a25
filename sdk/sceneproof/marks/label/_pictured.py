"""Words in the start pictures that read as a label, whoever put them in: as texture, geometry, points or splats.

Each entry view is drawn at the three aspect ratios and read (`render.ocr`). Lines that stand close together are one
text, so that a label in two lines is one. A text that holds an AI element and a generation element, in any language,
is a label; its ink is then measured in the picture alone, since nothing in the file says which triangles it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sceneproof.derived._memo import derived
from sceneproof.derived.framing import ASPECTS, View, views
from sceneproof.render.ocr import Line, lines
from sceneproof.render.picture import cover, look, render
from sceneproof.scene import Array, Scene

from ._sight import at_edge
from ._wording import Elements, elements

SHORTEST = 480  # pixels; a label of 5 % is 24 tall there, which is read as well as at 720 in a third of the time
MOST_VIEWS = 4
INNER = 0.1  # of the box's height, cut off along its rim: the recogniser widens its boxes by more than that
ROWS, MOST_COLUMNS = 160, 1600  # rays over the box of a line, so that its height is known to one per cent
# Letters that look alike, where they stand for AI; and words that lost what stood between them.
_ALIKE = re.compile(r"(?<![A-Za-z])A[l1|](?![a-z0-9])")
_JOINED = re.compile(r"(?<![A-Za-z])AI(?=generated|synthetic)", re.IGNORECASE)


@dataclass(frozen=True)
class Pictured:
    """A label as one picture shows it.

    Attributes
    ----------
    view, aspect : of the picture. text : as read, lines joined by a blank.
    box : left, top, right, bottom of the ink, fractions of width and height from the upper left.
    height_ratio : ink height of its lowest line over the shortest side. contrast_ratio : WCAG 2.2, mean of the ink
        against the mean of what surrounds it. at_edge : it reaches into the edge band.
    held : the elements that the text holds.
    """

    view: str
    aspect: str
    text: str
    box: tuple[float, float, float, float]
    height_ratio: float
    contrast_ratio: float
    at_edge: bool
    held: Elements

    def to_dict(self) -> dict[str, object]:
        """For the JSON: `elements` names the wording, ``zh`` (the standard's own) or ``other``."""
        names = ("view", "aspect", "text", "height_ratio", "contrast_ratio", "at_edge")
        wording = "zh" if self.held.chinese else "other"
        return {name: getattr(self, name) for name in names} | {"box": list(self.box), "elements": wording}


@dataclass(frozen=True)
class Readings:
    """`labels` of all pictures that were read, and the number of those `pictures`."""

    labels: tuple[Pictured, ...]
    pictures: int

    @property
    def text(self) -> str | None:
        """The label's words, as read most often; ``None`` where no picture shows any."""
        texts = [label.text for label in self.labels]
        return max(texts, key=lambda text: (texts.count(text), -texts.index(text))) if texts else None

    def best(self) -> list[Pictured]:
        """Of each picture the tallest label at an edge, or the tallest."""
        kept: dict[tuple[str, str], Pictured] = {}
        for label in self.labels:
            key = (label.view, label.aspect)
            if key not in kept or (label.at_edge, label.height_ratio) > (kept[key].at_edge, kept[key].height_ratio):
                kept[key] = label
        return list(kept.values())


@derived
def pictured(scene: Scene) -> Readings:
    """Read the start pictures of the first `MOST_VIEWS` views.

    Where no view shows a label at 16:9, the other aspect ratios are not drawn: they show what that shows, or less of
    it at the sides. Raises `MissingExtraError` without the extra ``ocr``, and what `views` raises.
    """
    seen = views(scene)[:MOST_VIEWS]
    found: list[Pictured] = []
    count = 0
    for name, aspect in ASPECTS:
        for view in seen:
            found += _read(scene, view, name, aspect)
            count += 1
        if not found:
            break
    return Readings(tuple(found), count)


def texts_of(found: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Lines that hold both elements on their own, else neighbours that hold them together; the text, and its lines."""
    alone = [(text, [line]) for line in found if elements(text := plain(line.text)).any_language]
    if alone:
        return alone
    out = []
    for group in _groups(found):
        text = " ".join(plain(line.text) for line in group)
        if elements(text).any_language:
            out.append((text, group))
    return out


def plain(text: str) -> str:
    """Text as read, with the letters of AI told from those that look alike."""
    return _JOINED.sub("AI-", _ALIKE.sub("AI", text))


def _groups(found: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand below or beside each other, closer than one of them is tall."""
    groups: list[list[Line]] = []
    for line in found:
        near = [group for group in groups if any(_near(line, other) for other in group)]
        merged = [*(other for group in near for other in group), line]
        groups = [group for group in groups if group not in near] + [merged]
    return groups


def _near(one: Line, two: Line) -> bool:
    tall = min(one.box[3] - one.box[1], two.box[3] - two.box[1])
    across = max(one.box[0], two.box[0]) - min(one.box[2], two.box[2])
    down = max(one.box[1], two.box[1]) - min(one.box[3], two.box[3])
    return across < tall and down < tall


def _read(scene: Scene, view: View, name: str, aspect: float) -> list[Pictured]:
    width, height = _size(aspect)
    picture = render(scene, view, width, height)
    out = []
    for text, own in texts_of(lines(picture.rgb)):
        inks = [ink for line in own if (ink := _ink(scene, view, line.box, (width, height))) is not None]
        if not inks:
            continue
        box = np.array([ink.box for ink in inks])
        whole = (*box[:, :2].min(axis=0), *box[:, 2:].max(axis=0))
        left, top, right, bottom = (float(value) for value in whole)
        lowest = min(float(ink.box[3] - ink.box[1]) for ink in inks)
        out.append(
            Pictured(
                view.name,
                name,
                text,
                (left / width, top / height, right / width, bottom / height),
                lowest / min(width, height),
                min(ink.contrast for ink in inks),
                at_edge((left, top, right, bottom), width, height),
                elements(text),
            )
        )
    return out


@dataclass(frozen=True)
class _Ink:
    box: tuple[float, float, float, float]
    contrast: float


def _ink(scene: Scene, view: View, box: tuple[float, ...], size: tuple[int, int]) -> _Ink | None:
    """The ink of one line in its box, drawn finer: what differs in luminance from the rim of the box."""
    left, top, right, bottom = np.clip(box, 0, [size[0], size[1], size[0], size[1]])
    if right - left < 1 or bottom - top < 1:
        return None
    columns = int(np.clip(ROWS * (right - left) / (bottom - top), 16, MOST_COLUMNS))
    step = (right - left) / columns, (bottom - top) / ROWS
    x, y = np.meshgrid(left + (np.arange(columns) + 0.5) * step[0], top + (np.arange(ROWS) + 0.5) * step[1])
    seen = look(scene, view, x.ravel(), y.ravel(), *size)
    cover(scene, view, seen, (x.ravel(), y.ravel()), size)
    light = np.clip(seen.color, 0, 1) @ np.array([0.2126, 0.7152, 0.0722])
    found = ink_rows(light.reshape(ROWS, columns))
    if found is None:
        return None
    (low, high), (first, last), contrast = found
    ink = (left + first * step[0], top + low * step[1], left + last * step[0], top + high * step[1])
    return _Ink((float(ink[0]), float(ink[1]), float(ink[2]), float(ink[3])), contrast)


def ink_rows(light: Array) -> tuple[tuple[int, int], tuple[int, int], float] | None:
    """Rows and columns (end exclusive) of the ink in relative luminances [shape=(h, w)], and its WCAG contrast ratio.

    Two classes by Otsu's threshold (1979) of the lightness in the inner part of the box; the one that the rim of that
    part has less of is the ink. What a recogniser's box holds beyond may be no plate any more: from the inner part the
    ink goes on outwards to the first row or column without any. ``None`` where all is of one luminance.
    """
    height, width = light.shape
    trim = round(INNER * height)
    inner = (slice(trim, height - trim), slice(trim, width - trim) if width > 4 * trim else slice(None))
    shade = np.cbrt(light)
    cut = _threshold(shade[inner])
    if cut is None:
        return None
    ink = shade > cut
    part = ink[inner]
    if np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]]).mean() > 0.5:
        ink = ~ink
    # Fewer cells than half a stroke's width are an edge of something else.
    least = max(2, height // 60)
    rows = _run(ink[:, inner[1]].sum(axis=1) >= least, trim)
    if rows is None:
        return None
    columns = _run(ink[rows[0] : rows[1]].sum(axis=0) >= least, trim)
    part = ink[rows[0] : rows[1], inner[1]]
    if columns is None or part.all():
        return None
    seen = light[rows[0] : rows[1], inner[1]]
    one, two = float(seen[part].mean()), float(seen[~part].mean())
    return rows, columns, (max(one, two) + 0.05) / (min(one, two) + 0.05)


def _threshold(shade: Array) -> float | None:
    edges = np.linspace(float(shade.min()), float(shade.max()), 65)
    if edges[-1] - edges[0] < 0.02:
        return None
    counts, _ = np.histogram(shade, edges)
    middle = (edges[1:] + edges[:-1]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middle)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[int(np.nanargmax(apart[:-1])) + 1])


def _run(inked: Array, trim: int) -> tuple[int, int] | None:
    """First and last (exclusive) inked place of the inner part, and on from there outwards while there is ink."""
    own = np.flatnonzero(inked[trim : len(inked) - trim]) + trim
    if not len(own):
        return None
    first, last = int(own[0]), int(own[-1]) + 1
    while 0 < first <= trim and inked[first - 1]:
        first -= 1
    while len(inked) > last >= len(inked) - trim and inked[last]:
        last += 1
    return first, last


def _size(aspect: float) -> tuple[int, int]:
    return (round(SHORTEST * aspect), SHORTEST) if aspect >= 1 else (SHORTEST, round(SHORTEST / aspect))
