"""The baseline: the mean of vertex norms per radial bin, moved by a power of each norm.

Source: J.-W. Cho, R. Prost, H.-Y. Jung, "An oblivious watermarking for 3-D polygonal meshes using distribution of
vertex norms", IEEE Trans. Signal Processing 55(1), 2007, 142-155, method I (mean). Norms about the vertex centroid are
cut into as many bins as there are bits, between the least and the greatest; norms of a bin are brought to [0, 1] and
raised to a power k, which moves until their mean is above 1/2 + alpha for a one or below 1/2 - alpha for a zero. It is
read blind: a bit is whether the mean of its bin exceeds 1/2. No code corrects errors, and nothing tells that there is a
mark.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._assets import Asset
from ._cells import Unit
from ._copy_types import Copy, payload_of

if TYPE_CHECKING:
    from sceneproof.scene import Array

STEP, LEAST, MOST = 0.001, 0.001, 60.0  # of the power, and its bounds
SEARCH = 24  # halvings of the interval in which alpha is looked for
LARGEST = 0.45  # alpha: beyond it the bins of a mesh cannot follow


def embed(positions: Array, bits: Array, alpha: float) -> Array:
    """Positions [shape=(n, 3)] with `bits` (0 or 1, [shape=(b,)]) in the means of `b` bins, at strength `alpha`."""
    centre = positions.mean(axis=0)
    away = positions - centre
    norms = np.linalg.norm(away, axis=1)
    place, low, width = _bins(norms, len(bits))
    moved = norms.copy()
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(len(bits) + 1))
    for number, bit in enumerate(bits):
        rows = order[edges[number] : edges[number + 1]]
        if len(rows) < 2:
            continue
        start = low + number * width
        share = np.clip((norms[rows] - start) / width, 0.0, 1.0)
        moved[rows] = start + width * share ** _power(share, bool(bit), alpha)
    scale = np.divide(moved, norms, out=np.ones_like(norms), where=norms > 0)
    found: Array = centre + away * scale[:, None]
    return found


def extract(positions: Array, count: int) -> Array:
    """The bits [shape=(count,), 0 or 1] that a mesh holds; an empty bin reads as 0."""
    norms = np.linalg.norm(positions - positions.mean(axis=0), axis=1)
    place, low, width = _bins(norms, count)
    share = (norms - low - place * width) / width
    sums, sizes = np.bincount(place, share, count), np.bincount(place, minlength=count)
    means = np.divide(sums, sizes, out=np.zeros(count), where=sizes > 0)
    return (means > 0.5).astype(np.uint8)


def _bins(norms: Array, count: int) -> tuple[Array, float, float]:
    low, high = float(norms.min()), float(norms.max())
    width = (high - low) / count or 1.0
    return np.clip(((norms - low) / width).astype(np.int64), 0, count - 1), low, width


def _power(share: Array, bit: bool, alpha: float) -> float:
    """The power nearest to 1 that brings the mean of `share` beyond 1/2 by `alpha`, to the right side.

    The mean falls as the power grows, so that the steps of the source can be found by halving.
    """
    aim = 0.5 + alpha if bit else 0.5 - alpha

    def reached(k: float) -> bool:
        mean = float((share**k).mean())
        return mean >= aim if bit else mean <= aim

    if reached(1.0):
        return 1.0
    near, far = 1.0, LEAST if bit else MOST
    if not reached(far):
        return far
    while abs(far - near) > STEP:
        middle = (near + far) / 2
        near, far = (near, middle) if reached(middle) else (middle, far)
    return far


def mark_like(asset: Asset, unit: Unit, ours: Copy) -> Copy:
    """The baseline in the mesh with most vertices, at the MRMS of our own copy there (area-weighted vertex distance).

    Refused where ours is: there is no distortion to be equal to.
    """
    if ours.refused is not None or 0 not in ours.carriers:
        return Copy(ours.positions, (), ours.refused or "the finest mesh bears no mark of ours to compare with", {})
    positions, faces = asset.surfaces[0]
    bits = np.unpackbits(np.frombuffer(payload_of(unit.trial, unit.bits), np.uint8))
    area = _areas(positions, faces)
    wanted = _mrms(positions, ours.positions[0], area)
    start = time.perf_counter()
    low, high = 0.0, LARGEST
    for _ in range(SEARCH):
        middle = (low + high) / 2
        low, high = (middle, high) if _mrms(positions, embed(positions, bits, middle), area) < wanted else (low, middle)
    alpha = (low + high) / 2
    moved = embed(positions, bits, alpha).astype(np.float32).astype(np.float64)
    diagonal = float(np.linalg.norm(np.ptp(positions, axis=0)))
    facts = {
        "seconds_embed": time.perf_counter() - start,
        "alpha": alpha,
        "mrms": _mrms(positions, moved, area) / diagonal,
        "max": float(np.linalg.norm(moved - positions, axis=1).max()) / diagonal,
    }
    return Copy((moved, *(surface for surface, _ in asset.surfaces[1:])), (0,), None, facts)


def read(surfaces: Sequence[tuple[Array, Array]], payload: bytes) -> dict[str, Any]:
    """What the baseline reads from the mesh with most vertices: `found` is unknown to it, `bit_accuracy` never is."""
    finest = max((positions for positions, _ in surfaces), key=len)
    positions = np.unique(finest, axis=0)  # vertices doubled by seams would count twice
    wanted = np.unpackbits(np.frombuffer(payload, np.uint8))
    accuracy = float((extract(positions, len(wanted)) == wanted).mean()) if len(positions) else 0.5
    return {"exact": accuracy == 1.0, "found": None, "bit_accuracy": accuracy}


def _areas(positions: Array, faces: Array) -> Array:
    """The third of the areas around each vertex [shape=(n,)]."""
    a, b, c = (positions[faces[:, k]] for k in range(3))
    size = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    return np.bincount(faces.ravel(), np.repeat(size, 3), len(positions))


def _mrms(before: Array, after: Array, area: Array) -> float:
    return float(np.sqrt((((after - before) ** 2).sum(axis=1) * area).sum() / area.sum()))
