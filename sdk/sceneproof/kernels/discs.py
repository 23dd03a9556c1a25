"""Which of many discs is seen at each pixel of a picture."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel


@kernel
def _nearest(centers: Array, depths: Array, radii: Array, source: Array, near: Array) -> None:
    height, width = source.shape
    for disc in range(centers.shape[0]):
        column, row, z = centers[disc, 0], centers[disc, 1], depths[disc]
        reach = radii[disc] * radii[disc]
        most = int(np.floor(radii[disc]))
        for y in range(max(row - most, 0), min(row + most, height - 1) + 1):
            for x in range(max(column - most, 0), min(column + most, width - 1) + 1):
                if (x - column) * (x - column) + (y - row) * (y - row) <= reach and z < near[y, x]:
                    near[y, x] = z
                    source[y, x] = disc


def nearest_discs(centers: Array, depths: Array, radii: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """The nearest of the discs that cover each pixel; of equally near ones the first.

    A disc covers the pixels whose column and row lie within its radius of its own pixel's.

    Parameters
    ----------
    centers : integers [shape=(n, 2)], column and row of each disc's pixel, which may lie outside the picture.
    depths : [shape=(n,)], finite. radii : [shape=(n,)], pixels, finite and not negative.
    size : height and width of the picture.

    Returns
    -------
    Row of the disc, int64 [shape=(height, width)], -1 where there is none; and its depth, float64, infinite there.
    """
    centers = frozen(np.asarray(centers).reshape(-1, 2), np.int64)
    depths, radii = frozen(depths, np.float64), frozen(radii, np.float64)
    source, near = np.full(size, -1, np.int64), np.full(size, np.inf)
    if not len(centers):
        return source, near
    square = (2 * int(radii.max()) + 1) ** 2
    if compiled(len(centers) * square // 10):  # NumPy goes over all discs once for each pixel of the largest's square
        _nearest(centers, depths, radii, source, near)
    else:
        _nearest_numpy(centers, depths, radii, source, near)
    return source, near


def _nearest_numpy(centers: Array, depths: Array, radii: Array, source: Array, near: Array) -> None:
    """The same, one offset from the centre after the other."""
    height, width = source.shape
    flat, depth = source.reshape(-1), near.reshape(-1)
    most = int(radii.max())
    order = np.lexsort((-np.arange(len(depths)), -depths))  # of several writes to a pixel the last stays: the nearest
    column, row, z, reach = centers[order, 0], centers[order, 1], depths[order], radii[order] ** 2
    for dy in range(-most, most + 1):
        for dx in range(-most, most + 1):
            x, y = column + dx, row + dy
            covers = np.flatnonzero((dx * dx + dy * dy <= reach) & (x >= 0) & (x < width) & (y >= 0) & (y < height))
            pixel = y[covers] * width + x[covers]
            winner = np.empty(len(flat), np.int64)
            winner[pixel] = covers
            pixel = np.unique(pixel)
            disc = winner[pixel]
            closer = (z[disc] < depth[pixel]) | ((z[disc] == depth[pixel]) & (order[disc] < flat[pixel]))
            pixel, disc = pixel[closer], disc[closer]
            depth[pixel], flat[pixel] = z[disc], order[disc]
