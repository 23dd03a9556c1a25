"""How a figure says where: JSON pointers, centre and size in world space; long lists folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .world import world_parts

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene

SHOWN = 12  # entries of a list that are written out; the rest is counted


def pointers(scene: Scene, part: int) -> dict[str, str]:
    """Where a world part stands: ``pointer`` of its primitive, and ``node`` that draws it."""
    placed = world_parts(scene)[part]
    return {
        "pointer": scene.meshes[placed.mesh].primitives[placed.primitive].pointer,
        "node": scene.nodes[placed.node].pointer,
    }


def box(points: Array) -> dict[str, list[float]]:
    """``centre_m`` and ``size_m`` of the bounding box of points [shape=(n, 3)], n > 0, metres."""
    return between(points.min(axis=0), points.max(axis=0))


def between(low: Array, high: Array) -> dict[str, list[float]]:
    """``centre_m`` and ``size_m`` of the box between two corners, metres."""
    return {"centre_m": triple((low + high) / 2), "size_m": triple(high - low)}


def triple(point: Array) -> list[float]:
    """Three plain floats, to nine digits: more than a float32 holds."""
    return [float(f"{float(x):.9g}") for x in np.asarray(point).ravel()[:3]]


def folded(entries: Sequence[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    """``count``, the first entries as ``largest``, and how many more there are."""
    count = len(entries) if total is None else total
    shown = list(entries[:SHOWN])
    return {"count": count, "largest": shown, "more": count - len(shown)}
