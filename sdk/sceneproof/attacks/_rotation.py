"""Random rotations."""

from __future__ import annotations

import numpy as np

from ._subject import Floats


def random_rotation(rng: np.random.Generator) -> Floats:
    """A rotation [shape=(3, 3)], uniform: QR of a normal matrix, the diagonal of R made positive (Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    if np.linalg.det(q) < 0.0:
        q[:, 0] = -q[:, 0]
    out: Floats = q
    return out


def axis_rotation(axis: Floats, angle: float) -> Floats:
    """The rotation [shape=(3, 3)] by an angle in radians about an axis through the origin (Rodrigues)."""
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    out: Floats = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
    return out


def random_direction(rng: np.random.Generator) -> Floats:
    """A unit vector, uniform on the sphere."""
    vector = rng.normal(size=3)
    out: Floats = vector / np.linalg.norm(vector)
    return out


def quaternion(rotation: Floats) -> Floats:
    """Unit quaternion xyzw of a rotation [shape=(3, 3)], by its largest component (Shepperd 1978)."""
    m = rotation
    squares = np.array(
        [
            1.0 + m[0, 0] - m[1, 1] - m[2, 2],
            1.0 - m[0, 0] + m[1, 1] - m[2, 2],
            1.0 - m[0, 0] - m[1, 1] + m[2, 2],
            1.0 + m[0, 0] + m[1, 1] + m[2, 2],
        ]
    )
    mixed = np.array(
        [
            [squares[0], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]],
            [m[0, 1] + m[1, 0], squares[1], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]],
            [m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[2], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], squares[3]],
        ]
    )
    row = mixed[int(np.argmax(squares))]
    out: Floats = row / np.linalg.norm(row)
    return out


def quaternion_product(left: Floats, right: Floats) -> Floats:
    """Hamilton product xyzw of one quaternion with many [shape=(n, 4)]: first `right`, then `left`."""
    x, y, z, w = left
    a, b, c, d = right.T
    return np.stack(
        [
            w * a + x * d + y * c - z * b,
            w * b - x * c + y * d + z * a,
            w * c + x * b - y * a + z * d,
            w * d - x * a - y * b - z * c,
        ],
        axis=1,
    )
