"""Gaussian splats: opacity, size and shape, and those that a cleaner would take out, with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.kernels.neighbours import nearest

from ._memo import derived
from .clouds import picked
from .places import triple
from .world import world_parts

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene, Splats

INVISIBLE = 1 / 255  # opacity below which the rasteriser of Kerbl et al. 2023 draws nothing
FAINT = 0.1
NEEDLE = 10.0  # longest over middle axis; a flat disc has about 1
SPIKE = 10.0  # longest axis over the median longest axis, for a needle that is seen
FAR = 3.0  # times the radius about the median centre that holds 95 % of the splats
LONELY = 8.0  # mean distance to 8 neighbours over the median of it
NEIGHBOURS = 8
MOST = 100_000  # splats whose neighbours are looked for
SHOWN = 8


@derived
def splat_figures(scene: Scene) -> list[dict[str, Any]] | None:
    """The ``splats`` objects, one per set of splats; ``None`` when there is none.

    Returns
    -------
    Each with ``pointer``, ``count``, ``degree`` of the harmonics, ``nonfinite``; ``opacity`` and ``scale_m`` (geometric
    mean of the axes) and ``anisotropy`` (longest over shortest axis) as ``p05``, ``median``, ``p95``; and per fault
    ``count``, ``share`` and the ``worst`` with ``index`` and ``at_m``: ``invisible`` (opacity below 1/255), ``faint``
    (below 0.1), ``needles`` (longest over middle axis above 10), ``spikes`` (needles above 10 median sizes, opacity at
    least 0.1), ``far`` (beyond 3 times the radius that holds 95 %), ``lonely`` (mean distance to 8 neighbours above 8
    times its median); ``floaters`` are those far or lonely.
    """
    return [_figures(scene, held) for held in scene.splats] or None


def _figures(scene: Scene, held: Splats) -> dict[str, Any]:
    points, factor = _placed(scene, held)
    scales = np.sort(np.abs(np.asarray(held.scales, np.float64)), axis=1) * factor
    opacity = np.asarray(held.opacities, np.float64).ravel()
    turned = np.isfinite(np.asarray(held.rotations, np.float64)).all(axis=1)
    sound = np.isfinite(points).all(axis=1) & np.isfinite(scales).all(axis=1) & np.isfinite(opacity) & turned
    rows = np.flatnonzero(sound)
    points, scales, opacity = points[rows], scales[rows], opacity[rows]
    longest = scales[:, 2]
    flat = longest / np.maximum(scales[:, 0], 1e-30)
    thin = longest / np.maximum(scales[:, 1], 1e-30)
    away, lonely = _apart(points)
    needle = thin > NEEDLE
    typical = float(np.median(longest)) if len(rows) else 0.0
    long = longest / typical if typical > 0 else np.zeros(len(rows))
    faults = {
        "invisible": (opacity < INVISIBLE, -opacity),
        "faint": (opacity < FAINT, -opacity),
        "needles": (needle, thin),
        "spikes": (needle & (long > SPIKE) & (opacity >= FAINT), long),
        "far": (away > FAR, away),
        "lonely": (lonely > LONELY, lonely),
        "floaters": ((away > FAR) | (lonely > LONELY), np.maximum(away / FAR, lonely / LONELY)),
    }
    harmonics = held.harmonics.shape[1] if held.harmonics.ndim == 3 else 0
    mean = np.cbrt(scales[:, 0]) * np.cbrt(scales[:, 1]) * np.cbrt(scales[:, 2])
    return {
        "pointer": held.pointer,
        "count": len(held.positions),
        "degree": int(np.sqrt(harmonics)) - 1 if harmonics else None,
        "nonfinite": len(held.positions) - len(rows),
        "opacity": _spread(opacity),
        "scale_m": _spread(mean),
        "anisotropy": _spread(flat),
        **{name: _fault(*both, rows, points) for name, both in faults.items()},
    }


def _placed(scene: Scene, held: Splats) -> tuple[Array, float]:
    """Centres in world space, float64 [shape=(n, 3)], and the factor on lengths of the node that first draws them."""
    for part in world_parts(scene):
        if scene.meshes[part.mesh].primitives[part.primitive].pointer == held.pointer:
            node = scene.nodes[part.node]
            matrix = node.world if node.instances is None else node.world @ node.instances[part.instance]
            return part.positions, float(abs(np.linalg.det(matrix[:3, :3])) ** (1 / 3))
    return np.asarray(held.positions, np.float64), 1.0


def _apart(points: Array) -> tuple[Array, Array]:
    """How far each lies out, in radii that hold 95 %, and how far from its neighbours, in medians of that."""
    if len(points) <= NEIGHBOURS:
        return np.zeros(len(points)), np.zeros(len(points))
    distance = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    radius = float(np.percentile(distance, 95)) or 1.0
    asked = picked(len(points), MOST)
    mean = nearest(points, asked, NEIGHBOURS).mean(axis=1)
    lonely = np.zeros(len(points))  # also for those not looked at
    lonely[asked] = mean / (float(np.median(mean)) or 1.0)
    return distance / radius, lonely


def _spread(values: Array) -> dict[str, float] | None:
    if not len(values):
        return None
    return dict(zip(("p05", "median", "p95"), (float(x) for x in np.percentile(values, (5, 50, 95))), strict=True))


def _fault(which: Array, how: Array, rows: Array, points: Array) -> dict[str, Any]:
    chosen = np.flatnonzero(which)
    worst = chosen[np.lexsort((chosen, -how[chosen]))][:SHOWN]
    return {
        "count": len(chosen),
        "share": len(chosen) / len(rows) if len(rows) else 0.0,
        "worst": [{"index": int(rows[n]), "at_m": triple(points[n])} for n in worst],
    }
