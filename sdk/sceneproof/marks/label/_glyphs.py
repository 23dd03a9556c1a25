"""Words as a flat triangle mesh: outlines of the shipped font, flattened and triangulated with their holes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from sceneproof.errors import MarkError
from sceneproof.scene import Array

FONT = "label-cjk-bold.otf"
LEADING = 1250.0  # font units from line to line
FLATNESS = 6.0  # font units (of 1000 per em); a label 54 pixels high shows a chord error of a third of a pixel


@dataclass(frozen=True, eq=False)
class TextMesh:
    """Words in the plane, x to the right and y up; the ink box has its lower left corner at (0, 0) and height 1.

    Attributes
    ----------
    positions : float64 [shape=(n, 2)].
    triangles : int64 [shape=(t, 3)], counter-clockwise.
    ink_height : height of the ink box, in em (how much of the type size is ink).
    ink_bounds : float64 [shape=(2, 2)], minimum and maximum of `positions`: ((0, 0), (width, 1)).
    line_height : ink height of the lowest line, in heights of the whole ink box (1 for one line).
    lines : number of lines.
    """

    positions: Array
    triangles: Array
    ink_height: float
    ink_bounds: Array
    line_height: float = 1.0
    lines: int = 1

    @property
    def width(self) -> float:
        """Width of the ink box in heights of the ink box."""
        return float(self.ink_bounds[1, 0])

    @property
    def ink_area(self) -> float:
        """Area of the ink in squares of the ink height."""
        a, b, c = (self.positions[self.triangles[:, k]] for k in range(3))
        ab, ac = b - a, c - a
        return float(np.sum(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]) / 2)


@cache
def text_mesh(text: str) -> TextMesh:
    """Set `text` in one line, or one per line break, and triangulate it.

    Raises `MarkError` when the text has no ink or when the font lacks a character.
    """
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    if not rows:
        raise MarkError("the label text is empty; give words that say the content is AI-generated")
    missing = sorted({c for row in rows for c in row if not c.isspace() and ord(c) not in _font()[1]})
    if missing:
        raise MarkError(f"the label font has no glyph for {' '.join(missing)}; use other words")
    corners: list[Array] = []
    faces: list[Array] = []
    tall: list[float] = []
    count = 0
    for number, row in enumerate(rows):
        pen = 0.0
        first = len(corners)
        for character in row:
            points, triangles, advance = _glyph(" " if character.isspace() else character)
            corners.append(points + np.array([pen, -LEADING * number]))
            faces.append(triangles + count)
            count += len(points)
            pen += advance
        own = np.concatenate(corners[first:])[:, 1]
        tall.append(float(own.max() - own.min()) if len(own) else 0.0)
    positions = np.concatenate(corners)
    if not len(positions):
        raise MarkError("the label text has no ink; give words that say the content is AI-generated")
    low, high = positions.min(axis=0), positions.max(axis=0)
    height = float(high[1] - low[1])
    positions = (positions - low) / height
    positions.setflags(write=False)
    bounds = np.array([[0.0, 0.0], [(high[0] - low[0]) / height, 1.0]])
    lowest = min(tall) / height
    return TextMesh(positions, np.concatenate(faces), height / 1000.0, bounds, lowest, len(rows))


@cache
def _font() -> tuple[Any, dict[int, str], Any]:
    from fontTools.ttLib import TTFont

    with as_file(files(__package__) / "fonts" / FONT) as path:
        font = TTFont(path, lazy=False)
    return font.getGlyphSet(), font.getBestCmap(), font["hmtx"]


@cache
def _glyph(character: str) -> tuple[Array, Array, float]:
    """Points [shape=(n, 2)] and triangles [shape=(t, 3)] in font units, and the advance."""
    glyphs, names, widths = _font()
    name = names.get(ord(character), "space")
    contours = _contours(glyphs[name])
    points, triangles = _triangulate(contours)
    return points, triangles, float(widths[name][0])


def _contours(glyph: Any) -> list[Array]:
    """Closed outlines, curves flattened to within `FLATNESS`."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    pen = DecomposingRecordingPen(glyph.glyphSet if hasattr(glyph, "glyphSet") else {})
    glyph.draw(pen)
    contours: list[Array] = []
    current: list[Array] = []
    for operator, operands in pen.value:
        points = [np.array(point, float) for point in operands]
        if operator == "moveTo":
            current = [points[0]]
        elif operator == "lineTo":
            current.append(points[0])
        elif operator == "curveTo":
            current += _cubic(current[-1], *points)
        elif operator in ("closePath", "endPath"):
            if len(current) > 1 and np.allclose(current[0], current[-1]):
                current.pop()
            if len(current) > 2:
                contours.append(np.array(current))
    return contours


def _cubic(start: Array, first: Array, second: Array, end: Array) -> list[Array]:
    """Points after `start`; the number of chords comes from the second differences (Sederberg's bound)."""
    bend = max(np.linalg.norm(start - 2 * first + second), np.linalg.norm(first - 2 * second + end))
    steps = max(1, int(np.ceil(np.sqrt(0.75 * bend / FLATNESS))))
    out = []
    for t in np.arange(1, steps + 1) / steps:
        s = 1 - t
        out.append(s**3 * start + 3 * s * s * t * first + 3 * s * t * t * second + t**3 * end)
    return out


def _triangulate(contours: list[Array]) -> tuple[Array, Array]:
    """Ear clipping of each outer outline with the holes that lie in it.

    In PostScript outlines the fill is nonzero and outer and inner outlines turn opposite ways; outlines of one turn may
    overlap, which in a flat mesh of one colour shows as nothing.
    """
    import mapbox_earcut

    areas = [_area(contour) for contour in contours]
    if not contours:
        return np.zeros((0, 2)), np.zeros((0, 3), np.int64)
    sign = np.sign(areas[int(np.argmax(np.abs(areas)))])
    outers = [k for k, area in enumerate(areas) if area * sign > 0]
    holes: dict[int, list[int]] = {k: [] for k in outers}
    for k, area in enumerate(areas):
        if area * sign < 0:
            around = [o for o in outers if _inside(contours[k][0], contours[o])]
            if around:
                holes[min(around, key=lambda o: abs(areas[o]))].append(k)
    points: list[Array] = []
    faces: list[Array] = []
    count = 0
    for outer in outers:
        rings = [contours[outer], *(contours[hole] for hole in holes[outer])]
        stacked = np.ascontiguousarray(np.concatenate(rings))
        ends = np.cumsum([len(ring) for ring in rings]).astype(np.uint32)
        triangles = np.asarray(mapbox_earcut.triangulate_float64(stacked, ends), np.int64).reshape(-1, 3)
        a, b, c = (stacked[triangles[:, k]] for k in range(3))
        turn = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
        triangles = np.where((turn < 0)[:, None], triangles[:, ::-1], triangles)[turn != 0]
        points.append(stacked)
        faces.append(triangles + count)
        count += len(stacked)
    return np.concatenate(points), np.concatenate(faces)


def _area(contour: Array) -> float:
    x, y = contour[:, 0], contour[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _inside(point: Array, contour: Array) -> bool:
    """Even-odd test of one point against one outline."""
    x, y = point
    a, b = contour, np.roll(contour, -1, axis=0)
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return bool(np.sum(crosses & (x < at)) % 2)
