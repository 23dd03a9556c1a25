"""Whether the triangles of a label are the words that it claims.

The ink is laid into its own plane and box, drawn as a coarse raster, and compared with the raster of the outlines that
Sceneproof makes of the claimed text. So no vertex need be where it was: welding, reordering, another triangulation and
quantisation leave the ink as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from sceneproof.errors import MarkError
from sceneproof.scene import Array

from ._glyphs import text_mesh
from ._lines import broken
from ._wording import WORDINGS

ROWS = 24  # cells per line of words
FINE = 3  # samples per cell and direction
FLAT = 0.1  # of the ink height: how far words may reach out of their plane
WIDTH = 0.04  # of the ink height: how far the width of the box may be off
DIFFERENT = 0.12
"""Share of the ink that may differ in any square of one line height.

Rounding to 14 bits a mesh a hundred times as wide as a line is tall changes up to 0.07. The smallest stroke of AI生成
taken out changes 0.35, one letter exchanged 0.2 and more. A hyphen or a dot (0.08 to 0.13) may go unnoticed, and so may
a letter for its double (l for I, 0.09).
"""
LONGEST = 200  # signs; no picture holds as many at 5 % height in three lines
CHUNK = 4096


def candidates(claim: str | None) -> tuple[str, ...]:
    """The texts, with line breaks, that a claim can stand for; every wording of Sceneproof where nothing is claimed.

    None for a claim that no label can hold.
    """
    if not claim:
        return tuple(dict.fromkeys(WORDINGS.values()))
    if len(claim) > LONGEST:
        return ()
    out = [rows for lines in (1, 2, 3) if (rows := broken(claim, lines)) is not None]
    # Where the claim comes from a material's name, spaces stand for the caller's own line breaks.
    spaces = [k for k, sign in enumerate(claim) if sign == " "][:8]
    cuts = (*combinations(spaces, 1), *combinations(spaces, 2))
    out += ["".join("\n" if k in cut else sign for k, sign in enumerate(claim)) for cut in cuts]
    return tuple(dict.fromkeys(out))


def says(positions: Array, triangles: Array, axes: Sequence[Array], texts: Sequence[str]) -> bool:
    """Whether the triangles show one of `texts`, whatever their place, size and turn.

    Parameters
    ----------
    positions : float64 [shape=(n, 3)], world space. triangles : int64 [shape=(t, 3)].
    axes : directions [shape=(3,)] that may be the words' right, tried in turn.

    A mesh that holds the boards of a wide and of a tall picture together is split at its widest gap.
    """
    if not len(triangles):
        return False
    corners = np.asarray(positions, np.float64)[triangles]
    if not np.isfinite(corners).all():
        return False
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(axis=0)
    length = float(np.linalg.norm(normal))
    if not length > 0:
        return False
    for right in _in_plane(axes, normal / length):
        frame = np.stack([right, np.cross(normal / length, right), normal / length], axis=1)
        laid = (corners - corners[0, 0]) @ frame
        if _shows(laid, texts):
            return True
        halves = _halves(laid)
        if halves is not None and all(_shows(half, texts) for half in halves):
            return True
    return False


def _in_plane(axes: Sequence[Array], normal: Array) -> Iterator[Array]:
    """The axes, laid into the plane and made one long; those that say nothing there and repetitions are left out."""
    seen: list[Array] = []
    for axis in axes:
        size = float(np.linalg.norm(axis))
        if not np.isfinite(size) or size <= 0:
            continue
        flat = axis / size - normal * float(axis @ normal) / size
        length = float(np.linalg.norm(flat))
        if length < 0.5 or any(float(flat @ other) / length > 1 - 1e-9 for other in seen):
            continue
        seen.append(flat / length)
        yield seen[-1]


def _shows(laid: Array, texts: Sequence[str]) -> bool:
    """`laid` [shape=(t, 3, 3)]: corners as right, up and out of the plane."""
    low, high = laid.min(axis=(0, 1)), laid.max(axis=(0, 1))
    height = float(high[1] - low[1])
    if not height > 0 or high[2] - low[2] > FLAT * height:
        return False
    width = float(high[0] - low[0]) / height
    flat = (laid[:, :, :2] - low[:2]) / height
    for text in texts:
        known = _known(text)
        if known is None or abs(width - known[0]) > WIDTH:
            continue
        lines, reference = known[1:]
        ink = raster(flat * (known[0] / width, 1.0), reference.shape)
        if difference(ink, reference, lines) <= DIFFERENT:
            return True
    return False


def _halves(laid: Array) -> tuple[Array, Array] | None:
    """The triangles on either side of the widest gap, across, up or in depth; ``None`` where there is none."""
    best: tuple[float, Array] | None = None
    for axis in range(3):
        low, high = laid[:, :, axis].min(axis=1), laid[:, :, axis].max(axis=1)
        order = np.argsort(low, kind="stable")
        reach = np.maximum.accumulate(high[order])
        gaps = low[order][1:] - reach[:-1]
        if len(gaps) and gaps.max() > (best[0] if best else 0.0):
            number = int(gaps.argmax())
            best = float(gaps[number]), low <= low[order][number]
    return None if best is None else (laid[best[1]], laid[~best[1]])


@lru_cache(maxsize=256)
def _known(text: str) -> tuple[float, int, Array] | None:
    """Width over height, number of lines and raster of a text; ``None`` where the font cannot set it."""
    try:
        mesh = text_mesh(text)
    except MarkError:
        return None
    rows = ROWS * mesh.lines
    shape = (rows, max(1, int(np.ceil(rows * mesh.width))))
    return mesh.width, mesh.lines, raster(mesh.positions[mesh.triangles], shape)


def raster(flat: Array, shape: tuple[int, int]) -> Array:
    """Covered share of each cell, float64 [shape=shape], rows from below; a cell is the height over the rows wide.

    `flat` [shape=(t, 3, 2)]: corners in a box that starts at (0, 0) and is 1 tall. Ink that lies twice counts once.
    """
    rows, columns = shape[0] * FINE, shape[1] * FINE
    levels = (np.arange(rows) + 0.5) / rows
    edges = np.zeros((rows, columns + 1), np.int64)
    for start in range(0, len(flat), CHUNK):
        corners = flat[start : start + CHUNK]
        left = np.full((len(corners), rows), np.inf)
        right = np.full((len(corners), rows), -np.inf)
        for one, two in ((0, 1), (1, 2), (2, 0)):
            # From the lower end up, so that two triangles at one edge round alike and leave no gap.
            rising = (corners[:, one, 1] < corners[:, two, 1])[:, None, None]
            a = np.where(rising, corners[:, one, None, :], corners[:, two, None, :])
            b = np.where(rising, corners[:, two, None, :], corners[:, one, None, :])
            crosses = (a[..., 1] > levels) != (b[..., 1] > levels)
            with np.errstate(divide="ignore", invalid="ignore"):
                at = a[..., 0] + (levels - a[..., 1]) * (b[..., 0] - a[..., 0]) / (b[..., 1] - a[..., 1])
            left = np.where(crosses, np.minimum(left, at), left)
            right = np.where(crosses, np.maximum(right, at), right)
        number, row = np.nonzero(right > left)
        # A sample is covered from the first whose middle is at or beyond the left end.
        first, last = (np.clip(np.ceil(side[number, row] * rows - 0.5), 0, columns) for side in (left, right))
        np.add.at(edges, (row, first.astype(np.int64)), 1)
        np.add.at(edges, (row, last.astype(np.int64)), -1)
    covered = np.cumsum(edges, axis=1)[:, :columns] > 0
    return np.asarray(covered.reshape(shape[0], FINE, shape[1], FINE).mean(axis=(1, 3)))


def difference(ink: Array, reference: Array, lines: int) -> float:
    """The greatest share of the ink that differs in a square of one line height (of the whole, where that is less)."""
    size = max(1, len(reference) // lines)
    off, least = np.abs(ink - reference), np.maximum(ink, reference)
    # A square that holds little ink (a hyphen, a gap) is judged against a tenth of its cells.
    return float((_squares(off, size) / np.maximum(_squares(least, size), 0.1 * size * size)).max())


def _squares(cells: Array, size: int) -> Array:
    """Sums over all squares of `size` cells that lie in the raster."""
    total = np.pad(cells.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    down, across = min(size, cells.shape[0]), min(size, cells.shape[1])
    return np.asarray(total[down:, across:] - total[:-down, across:] - total[down:, :-across] + total[:-down, :-across])
