"""Reading a fresh mark in a cloud back through the reader's own path before it is given out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ._cloud_detect import detect_cloud
from ._cloud_types import Cloud

Floats = NDArray[np.float64]


def read_back(cloud: Cloud, payload: bytes, key: bytes, both: bool) -> float | None:
    """Largest share of wrong code symbols over the copies that must read, or None when one does not.

    They are the cloud rounded to 12 bits and colours to 8 with 30 % of its points gone by chance; the same without the
    30 % that are seen least; and, with ``both``, turned and rounded, which only the canonical frame survives.
    """
    rounded = _rounded(cloud)
    count = len(cloud.positions)
    kept = np.sort(np.random.default_rng(0).permutation(count)[int(0.3 * count) :])
    copies = [rounded.only(kept)]
    if np.ptp(cloud.weights) > 0.0:
        copies.append(rounded.only(np.sort(np.argsort(cloud.weights, kind="stable")[int(0.3 * count) :])))
    if both:
        copies.append(_rounded(replace(cloud, positions=_turned(cloud.positions))))
    errors = 0.0
    for copy in copies:
        found = detect_cloud([copy], key, bits=8 * len(payload), effort="quick")
        if not found.found or found.payload != payload:
            return None
        errors = max(errors, found.corrected / max(found.symbols, 1))
    return errors


def _rounded(cloud: Cloud) -> Cloud:
    low, high = np.percentile(
        cloud.positions, (1.0, 99.0), axis=0
    )  # a stray would make the grid as coarse as it is far
    unit = 2.0 * (float((high - low).max()) or 1.0) / (2**12 - 1)
    colors = cloud.colors
    if colors is not None and cloud.levels is None:
        colors = np.clip(np.round(colors * 255.0), 0.0, 255.0) / 255.0
    return replace(cloud, positions=low + np.round((cloud.positions - low) / unit) * unit, colors=colors)


def _turned(points: Floats) -> Floats:
    """A fixed similarity that no lattice of the file's frame survives."""
    c, s = np.cos(0.7), np.sin(0.7)
    x, y, z = points.T
    first = np.stack([c * x - s * y, s * x + c * y, z], axis=1)
    x, y, z = first.T
    return 0.37 * np.stack([x, c * y - s * z, s * y + c * z], axis=1)
