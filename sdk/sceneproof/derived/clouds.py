"""Points without surface: how dense they lie, and which stand apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.kernels.neighbours import nearest

from ._memo import derived
from .places import box, triple
from .world import loose_clouds, world_parts

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene

MOST_POINTS = 2_000_000  # that the neighbours are looked for among
EXAMINED = 40_000
FEWEST = 21
NEIGHBOURS, DEVIATIONS = 20, 2.0
SHOWN = 8


@dataclass(frozen=True, eq=False)
class Cloud:
    """All finite points without surface, float64 [shape=(n, 3)], metres in world space, and where they stand.

    `number` : int64 [shape=(n,)], row of each in its own primitive or cloud; `owner` : index into `pointers`.
    """

    points: Array
    number: Array
    owner: Array
    pointers: tuple[str, ...]


@derived
def cloud(scene: Scene) -> Cloud:
    """Gather points of primitives, as nodes place them, and clouds without nodes; splats are none of them."""
    splats = {held.pointer for held in scene.splats}
    found = [(held.positions, held.pointer) for held in loose_clouds(scene) if held.pointer not in splats]
    found += [
        (part.positions, scene.meshes[part.mesh].primitives[part.primitive].pointer)
        for part in world_parts(scene)
        if not len(part.triangles) and not part.slot
    ]
    found = [(points, pointer) for points, pointer in found if pointer not in splats]
    if not found:
        return Cloud(np.zeros((0, 3)), np.zeros(0, np.int64), np.zeros(0, np.int64), ())
    names = tuple(dict.fromkeys(pointer for _, pointer in found))
    points = np.concatenate([np.asarray(held, np.float64) for held, _ in found])
    number = np.concatenate([np.arange(len(held)) for held, _ in found])
    owner = np.repeat([names.index(pointer) for _, pointer in found], [len(held) for held, _ in found])
    sound = np.isfinite(points).all(axis=1)
    return Cloud(points[sound], number[sound], owner[sound], names)


def picked(count: int, most: int) -> Array:
    """At most `most` of `count` row numbers, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


@derived
def cloud_figures(scene: Scene) -> dict[str, Any] | None:
    """The ``points`` object; ``None`` with fewer than 21 points.

    Spacing is the distance to the nearest other point, density the points per m2 of the disc that holds the 20
    nearest, as on a surface; both over at most 40,000 points, evenly picked, among at most 2,000,000. An outlier's
    mean distance to its 20 nearest is more than 2 standard deviations above the mean of all (Rusu et al. 2008).

    Returns
    -------
    ``count``, ``examined``, ``spacing_m`` (``p05``, ``median``, ``p95``), ``duplicates`` (share with a twin at the
    same place), ``density_per_m2``, ``outliers``: ``share``, ``limit_m``, the ``farthest`` with ``index``, ``pointer``,
    ``at_m`` and ``distance_m``; ``without_outliers``: ``centre_m`` and ``size_m`` of the rest.
    """
    held = cloud(scene)
    if len(held.points) < FEWEST:
        return None
    among = picked(len(held.points), MOST_POINTS)
    asked = picked(len(among), EXAMINED)
    distance = nearest(held.points[among], asked, NEIGHBOURS)
    rows = among[asked]
    mean = distance.mean(axis=1)
    limit = float(mean.mean() + DEVIATIONS * mean.std())
    apart = mean > limit
    worst = np.flatnonzero(apart)
    worst = worst[np.lexsort((worst, -mean[worst]))][:SHOWN]
    reach = float(np.median(distance[:, -1]))
    p05, median, p95 = (float(x) for x in np.percentile(distance[:, 0], (5, 50, 95)))
    return {
        "count": len(held.points),
        "examined": len(rows),
        "spacing_m": {"p05": p05, "median": median, "p95": p95},
        "duplicates": float(np.mean(distance[:, 0] == 0)),
        "density_per_m2": NEIGHBOURS / (np.pi * reach * reach) if reach > 0 else None,
        "outliers": {
            "share": float(np.mean(apart)),
            "limit_m": limit,
            "farthest": [
                {
                    "index": int(held.number[rows[n]]),
                    "at_m": triple(held.points[rows[n]]),
                    "distance_m": float(mean[n]),
                    "pointer": held.pointers[held.owner[rows[n]]],
                }
                for n in worst
            ],
        },
        "without_outliers": box(held.points[rows[~apart]]) if not apart.all() else None,
    }
