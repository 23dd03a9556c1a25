"""Open3D, where an attack needs it: it comes with the extra ``sceneproof[reconstruction]``."""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.derived.bridges import open3d
from sceneproof.errors import AttackError, MissingExtraError

from ._subject import Geometry


def library(identifier: str) -> Any:
    """The module. Raises `AttackError` that names what to install."""
    try:
        return open3d()
    except MissingExtraError as error:
        raise AttackError(f"{identifier}: {error}") from error


def to_mesh(o3d: Any, surface: Geometry) -> Any:
    """An Open3D triangle mesh in float64."""
    return o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(surface.positions), o3d.utility.Vector3iVector(surface.faces.astype(np.int32))
    )


def from_mesh(mesh: Any) -> Geometry:
    """Its arrays."""
    return Geometry(np.asarray(mesh.vertices, np.float64).copy(), np.asarray(mesh.triangles, np.int64).copy())
