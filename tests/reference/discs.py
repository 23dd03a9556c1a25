"""Nearest discs, pixel by pixel."""

from __future__ import annotations

import numpy as np


def nearest_discs(centers, depths, radii, size):
    source, near = np.full(size, -1, np.int64), np.full(size, np.inf)
    for y in range(size[0]):
        for x in range(size[1]):
            for disc, ((column, row), z, radius) in enumerate(zip(centers, depths, radii, strict=True)):
                if (x - column) ** 2 + (y - row) ** 2 <= radius**2 and z < near[y, x]:
                    source[y, x], near[y, x] = disc, z
    return source, near
