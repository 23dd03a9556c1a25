"""Real spherical harmonics as splat files order and sign them, and how they turn.

Source: the basis of Kerbl et al. 2023, "3D Gaussian Splatting for Real-Time Radiance Field Rendering" (degrees 0 to 3;
degree 4 by the same convention: order m from -l to l, odd m negated).
"""

from __future__ import annotations

import numpy as np

from ._subject import AttackError, Floats

DEGREES = 4


def basis(directions: Floats, degree: int) -> Floats:
    """Values of the harmonics of one degree [shape=(k, 2 l + 1)] at unit vectors [shape=(k, 3)]."""
    x, y, z = directions.T
    xx, yy, zz = x * x, y * y, z * z
    if degree == 0:
        return np.full((len(directions), 1), 0.28209479177387814)
    if degree == 1:
        return 0.4886025119029199 * np.stack([-y, z, -x], axis=1)
    if degree == 2:
        a = 1.0925484305920792
        return np.stack(
            [a * x * y, -a * y * z, 0.31539156525252005 * (2 * zz - xx - yy), -a * x * z, 0.5 * a * (xx - yy)], axis=1
        )
    if degree == 3:
        a, b = 0.5900435899266435, 0.4570457994644658
        return np.stack(
            [
                -a * y * (3 * xx - yy),
                2.890611442640554 * x * y * z,
                -b * y * (4 * zz - xx - yy),
                0.3731763325901154 * z * (2 * zz - 3 * xx - 3 * yy),
                -b * x * (4 * zz - xx - yy),
                1.445305721320277 * z * (xx - yy),
                -a * x * (xx - 3 * yy),
            ],
            axis=1,
        )
    a, b = 1.7701307697799304, 0.6690465435572892
    return np.stack(
        [
            2.5033429417967046 * x * y * (xx - yy),
            -a * y * z * (3 * xx - yy),
            0.9461746957575601 * x * y * (7 * zz - 1),
            -b * y * z * (7 * zz - 3),
            0.10578554691520431 * (zz * (35 * zz - 30) + 3),
            -b * x * z * (7 * zz - 3),
            0.47308734787878004 * (xx - yy) * (7 * zz - 1),
            -a * x * z * (xx - 3 * yy),
            0.6258357354491761 * (xx * (xx - 3 * yy) - yy * (3 * xx - yy)),
        ],
        axis=1,
    )


def turned(harmonics: Floats, rotation: Floats) -> Floats:
    """Coefficients [shape=(n, c, 3)] of the function turned by a rotation: f'(d) = f(R' d).

    Raises `AttackError` when there are more than of degree 4, or part of a degree.
    """
    count = harmonics.shape[1]
    if count not in {(degree + 1) ** 2 for degree in range(DEGREES + 1)}:
        raise AttackError(f"{count} spherical harmonics are no whole degree up to {DEGREES}")
    directions = _spread(64)
    out = harmonics.copy()
    for degree in range(1, int(np.sqrt(count))):
        matrix = np.linalg.lstsq(basis(directions, degree), basis(directions @ rotation, degree), rcond=None)[0]
        part = slice(degree**2, (degree + 1) ** 2)
        out[:, part] = np.einsum("jk,nkc->njc", matrix, harmonics[:, part])
    return out


def _spread(count: int) -> Floats:
    """Unit vectors that are spread evenly (a Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    z = 1.0 - 2.0 * k / count
    angle = np.pi * (1.0 + np.sqrt(5.0)) * k
    radius = np.sqrt(1.0 - z * z)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)
