"""The ``reconstruction`` object of an inspection: what a scan artist would repair, each figure with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sceneproof.errors import MissingExtraError

from ._memo import derived
from .clouds import cloud_figures
from .floaters import floaters
from .holes import holes
from .intersections import intersections
from .planes import planes
from .sampling import sampling
from .scale import scale
from .shading import shading
from .splat_faults import splat_figures
from .welded import world_surface

if TYPE_CHECKING:
    from sceneproof.scene import Scene


@derived
def reconstruction(scene: Scene, depth: str = "normal") -> dict[str, Any]:
    """All figures of the default scene in world space, Sceneproof's own label left out.

    ``scale``, ``holes``, ``floaters``, ``sampling``, ``normals``, ``self_intersections``, ``points``, ``splats``: each
    as its own file describes; ``None`` where the scene has nothing of the kind. ``self_intersections`` and the
    ``planes`` of points are looked for at depth ``deep`` only, and ``None`` below it. Lists are folded: ``largest``
    holds the first entries, ``more`` counts the others.

    Returned by reference: treat it as read-only.
    """
    deep = depth == "deep"
    surface = bool(len(world_surface(scene).faces))
    points = cloud_figures(scene)
    return {
        "depth": depth,
        "scale": scale(scene),
        "holes": holes(scene) if surface else None,
        "floaters": floaters(scene) if surface else None,
        "sampling": sampling(scene),
        "normals": shading(scene),
        "self_intersections": intersections(scene) if deep and surface else None,
        "points": None if points is None else points | _planes(scene, deep),
        "splats": splat_figures(scene),
    }


def _planes(scene: Scene, deep: bool) -> dict[str, Any]:
    """The planes, or what to install for them."""
    if not deep:
        return {"planes": None}
    try:
        return {"planes": planes(scene)}
    except MissingExtraError as error:
        return {"planes": None, "missing": str(error)}
