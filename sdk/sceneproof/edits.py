"""Edits: what a mark wants changed. A format's handler applies them to the raw document.

A mark never writes. It returns these, so that `save` knows what changed and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .scene import Array


@dataclass(frozen=True, eq=False)
class SetPositions:
    """New ``POSITION`` values, float32 [shape=(n, 3)], for one primitive; all else of it stays.

    A file that keeps positions on a grid rounds them to it. ``tolerance``, in the unit of the positions, is the most
    that rounding may move a coordinate: a codec that can then makes its grid finer. ``None`` keeps the file's own.
    """

    mesh: int
    primitive: int
    positions: Array
    tolerance: float | None = None


@dataclass(frozen=True, eq=False)
class SetPoints:
    """New places, float64 [shape=(n, 3)], for one of `Scene.points`; what is equal stays as stored.

    For clouds that are a file's own; one that is a primitive of a mesh takes `SetPositions`.
    """

    cloud: int
    positions: Array


@dataclass(frozen=True, eq=False)
class SetSplats:
    """New centres and colours for one of `Scene.splats`; what is ``None``, and what is equal, stays as stored.

    Attributes
    ----------
    cloud : index into `Scene.splats`.
    positions : float32 [shape=(n, 3)], in the cloud's own space.
    harmonics : float32 [shape=(n, k, 3)], in place of the first k coefficients. A format that quantises keeps the
        nearest value that it has.
    """

    cloud: int
    positions: Array | None = None
    harmonics: Array | None = None


@dataclass(frozen=True, eq=False)
class PutNode:
    """A node with its own mesh and material, put in under `slot`; a node with the same slot is replaced.

    Attributes
    ----------
    slot : a word that finds the node again, kept in ``extras.sceneproof.slot`` and as the node's name.
    parent : node index, or ``None`` for a root of the default scene.
    matrix : float64 [shape=(4, 4)], local.
    parts : the primitives of its mesh.
    extras : merged into ``extras.sceneproof``.
    """

    slot: str
    parent: int | None
    matrix: Array
    parts: tuple[MeshPart, ...]
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class MeshPart:
    """Triangles of one flat colour.

    Positions and normals are float32 [shape=(n, 3)], triangles int [shape=(t, 3)], the colour is sRGB with alpha, 0..1.

    They are written unlit (KHR_materials_unlit) with the same colour as emission for viewers that ignore it.
    A format without faces fills them with splats or points, `grain` apart in the unit of the positions.
    """

    name: str
    positions: Array
    normals: Array
    triangles: Array
    color: tuple[float, float, float, float]
    grain: float | None = None


@dataclass(frozen=True)
class PutMetadata:
    """An XMP packet (KHR_xmp_json_ld) for the asset (`node` is ``None``) or for one node.

    `packet` maps property (``TC260:AIGC``) to value; properties that the packet already has and this does not name
    stay. `context` maps prefix to namespace URI. `mirror` is merged into ``asset.extras`` as it is.
    """

    packet: Mapping[str, Any]
    context: Mapping[str, str]
    node: int | None = None
    mirror: Mapping[str, Any] = field(default_factory=dict)


Edit = SetPositions | SetPoints | SetSplats | PutNode | PutMetadata
