"""What both kinds of STL come down to: facets of three stored vertices, in solids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io._text.scan import Lines
from sceneproof.kernels.rows import finite_rows
from sceneproof.scene import Array, Problem

MARKER = "AIGC: see sidecar"
MOST_BAD_SHARE = 0.5  # of the facets; with more the file is damaged, not merely odd


@dataclass(frozen=True, eq=False)
class Facets:
    """A whole STL.

    Attributes
    ----------
    positions : float32 [shape=(3 f, 3)], the vertices as stored, facet after facet.
    normals : float32 [shape=(f, 3)] as stored. colors : float32 [shape=(f, 3)], linear, or ``None``.
    base_color : of the whole (``COLOR=``), linear with alpha, or ``None``.
    solid : int64 [shape=(f,)], the solid of each, an index into `names`.
    names : of the solids.
    lines : where each vertex stands in a text, after its keyword; ``None`` in a binary file.
    header : what a binary header, or the comment after a name, says of the writer.
    marked : whether `MARKER` is there.
    """

    positions: Array
    normals: Array
    colors: Array | None
    base_color: tuple[float, float, float, float] | None
    solid: Array
    names: tuple[str, ...]
    lines: Lines | None
    header: str
    marked: bool


def usable(found: Facets, problems: list[Problem]) -> Array:
    """Mask [shape=(f,)] of the facets whose corners are finite. Raises `InputError` when most are not."""
    rows = finite_rows(found.positions).reshape(-1, 3)
    sound: Array = rows[:, 0] & rows[:, 1] & rows[:, 2]
    bad = int(len(sound) - np.count_nonzero(sound))
    if bad:
        first = int(np.argmin(sound))
        if bad > MOST_BAD_SHARE * len(sound):
            raise InputError(f"{bad:,} of {len(sound):,} facets are not finite (the first: facet {first:,})")
        en = f"facet {first:,} has a corner that is not finite; it is left out" + (
            f" (and {bad - 1:,} more)" * (bad > 1)
        )
        zh = f"第 {first:,} 个面片含有非有限坐标，已略去（共 {bad:,} 个）"
        problems.append(Problem("facet-not-finite", en, zh, count=bad))
    return sound
