"""Where the drawn surface passes through itself: counted, or estimated where counting takes too long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.kernels.components import roots
from sceneproof.kernels.intersections import crossings

from ._memo import derived
from .places import SHOWN, box, folded, pointers
from .welded import world_surface

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene

BUDGET = 600_000_000  # steps through the tree: some seconds on one core
Z = 1.959964  # 95 % of a normal distribution


@derived
def intersections(scene: Scene, budget: int = BUDGET) -> dict[str, Any] | None:
    """The ``self_intersections`` object; ``None`` without faces.

    Faces are looked at in a fixed random order. Where the budget ends the search, those seen are a random sample, and
    the share of faces that cross others has a 95 % interval after Wilson (1927); else it is exact.

    Returns
    -------
    ``faces`` that cross another, ``share`` of all, ``interval`` (least, most) of the share, ``exact``, ``examined``,
    ``pairs`` (``None`` when estimated), and ``regions``: crossing faces that share vertices or cross each other,
    most faces first, each with ``faces``, ``centre_m``, ``size_m``, and ``pointers`` of the parts that meet there.
    """
    surface = world_surface(scene)
    total = len(surface.faces)
    if not total:
        return None
    order = np.random.default_rng(20).permutation(total)
    partner, counts, done = crossings(surface.positions, surface.faces, order, budget)
    hit = partner[:done] >= 0
    hits = int(np.count_nonzero(hit))
    exact = done == total
    share = hits / done
    return {
        "faces": hits if exact else round(share * total),
        "share": share,
        "interval": [share, share] if exact else list(_wilson(hits, done)),
        "exact": exact,
        "examined": done,
        "pairs": int(counts.sum()) // 2 if exact else None,
        "regions": _regions(scene, order[:done][hit], partner[:done][hit]),
    }


def _wilson(hits: int, tries: int) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927)."""
    share, square = hits / tries, Z * Z / tries
    middle = share + square / 2
    reach = Z * math.sqrt(share * (1 - share) / tries + square / (4 * tries))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


def _regions(scene: Scene, first: Array, second: Array) -> dict[str, Any]:
    surface = world_surface(scene)
    if not len(first):
        return folded([])
    faces = np.unique(np.concatenate([first, second]))
    corners = surface.faces[faces]
    one = np.searchsorted(faces, first)
    other = np.searchsorted(faces, second)
    names, vertices = np.unique(corners, return_inverse=True)
    hub = len(faces) + vertices.reshape(-1)  # a vertex joins the faces around it
    links = np.concatenate([np.stack([one, other], 1), np.stack([np.repeat(np.arange(len(faces)), 3), hub], 1)])
    root = roots(links, len(faces) + len(names))[: len(faces)]
    labels, region, sizes = np.unique(root, return_inverse=True, return_counts=True)
    biggest = np.lexsort((labels, -sizes))
    entries = []
    for number in biggest[:SHOWN]:
        inside = np.flatnonzero(region == number)
        parts = np.unique(surface.part[faces[inside]])[:4]
        entries.append(
            {
                "faces": int(sizes[number]),
                **box(surface.positions[np.unique(corners[inside])]),
                "pointers": list(dict.fromkeys(pointers(scene, int(part))["pointer"] for part in parts)),
            }
        )
    return folded(entries, len(labels))
