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
