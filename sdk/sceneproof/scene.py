"""What every reader produces and every part of Sceneproof looks at: frozen dataclasses of arrays.

Arrays are read-only where a reader can make them so. Units are glTF's: metres, radians, right-handed, +Y up.
Every object that stands in a file carries its JSON Pointer, so that a finding can say where.
Objects compare by identity (``eq=False``), so that derived values can be kept per Scene in weak maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .avatar import Avatar

if TYPE_CHECKING:
    import open3d
    import pygltflib
    import trimesh

Array = NDArray[Any]
EMPTY: Mapping[str, Any] = MappingProxyType({})


class Mode(IntEnum):
    """Primitive modes of glTF 2.0, section 3.7.2.1."""

    POINTS = 0
    LINES = 1
    LINE_LOOP = 2
    LINE_STRIP = 3
    TRIANGLES = 4
    TRIANGLE_STRIP = 5
    TRIANGLE_FAN = 6


@dataclass(frozen=True, eq=False)
class Primitive:
    """A part of a mesh with one material.

    Attributes
    ----------
    pointer : JSON Pointer, ``/meshes/0/primitives/1``.
    mode : how the vertices connect in the file.
    attributes : semantic to array [shape=(n, k)], decoded to float32 where the file says normalised or quantised;
        ``JOINTS_n`` stay unsigned integers. ``POSITION`` is always there, float32 [shape=(n, 3)], unless
        `undecoded` says why not.
    triangles : int64 [shape=(t, 3)], strips and fans resolved; empty for points and lines.
    targets : morph targets, each semantic to array of deltas.
    material : index into `Scene.materials`, or ``None``.
    compression : extension that holds the vertex data, or ``None``.
    undecoded : why there are no arrays, or ``None``.
    bounds_hint : float64 [shape=(2, 3)] from the accessor's min and max, where the arrays are missing.
    counts_hint : (vertices, triangles) from the accessors, where the arrays are missing.
    """

    pointer: str
    mode: Mode
    attributes: Mapping[str, Array]
    triangles: Array
    targets: tuple[Mapping[str, Array], ...] = ()
    material: int | None = None
    compression: str | None = None
    undecoded: str | None = None
    bounds_hint: Array | None = None
    counts_hint: tuple[int, int] = (0, 0)
    extensions: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @property
    def positions(self) -> Array:
        """Float32 [shape=(n, 3)]; empty when the data is not decoded."""
        return self.attributes.get("POSITION", np.zeros((0, 3), np.float32))


@dataclass(frozen=True, eq=False)
class Mesh:
    """Primitives that move together. `target_names` come from ``extras.targetNames``, else empty."""

    pointer: str
    name: str
    primitives: tuple[Primitive, ...]
    weights: tuple[float, ...] = ()
    target_names: tuple[str, ...] = ()
    extras: Any = None


@dataclass(frozen=True, eq=False)
class Skin:
    """Joints (node indices) and their inverse bind matrices, float64 [shape=(j, 4, 4)]."""

    pointer: str
    name: str
    joints: tuple[int, ...]
    inverse_bind: Array


@dataclass(frozen=True, eq=False)
class Camera:
    """A perspective (``yfov``, radians) or orthographic (``xmag``, ``ymag``) camera."""

    pointer: str
    name: str
    kind: str
    znear: float
    zfar: float | None
    yfov: float | None = None
    aspect: float | None = None
    xmag: float | None = None
    ymag: float | None = None


@dataclass(frozen=True)
class MediaField:
    """One label inside an image or sound: what kind of label (``exif``, ``xmp``, ``text``, ``iptc``, ``c2pa``, ``id3``,
    ``riff``, ``vorbis``, ``ktx``), its key there, its text (at most 4096 characters) and how long the text is."""

    kind: str
    key: str
    value: str
    length: int


@dataclass(frozen=True, eq=False)
class MediaLabels:
    """What an image or sound says of itself: `fields` in the order of the file, `more` that were left out, and what
    could not be read."""

    pointer: str
    name: str
    mime: str
    bytes: int
    fields: tuple[MediaField, ...] = ()
    more: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Image:
    """An image as stored. `data` is the encoded file (empty when it is missing), `mime` what its bytes say, `media` the
    labels in them, where the reader looked."""

    pointer: str
    name: str
    mime: str
    data: bytes | memoryview = field(repr=False)
    uri: str | None = None
    media: MediaLabels | None = None


@dataclass(frozen=True, eq=False)
class TextureRef:
    """Where a material looks up an image: index into `Scene.images`, UV set, and KHR_texture_transform."""

    image: int | None
    texcoord: int = 0
    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    wrap: tuple[int, int] = (10497, 10497)


@dataclass(frozen=True, eq=False)
class Material:
    """glTF's metallic-roughness material; other models stay in `extensions`."""

    pointer: str
    name: str
    base_color: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 1.0
    roughness: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    textures: Mapping[str, TextureRef] = field(
        default_factory=lambda: EMPTY
    )  # baseColor, metallicRoughness, normal, occlusion, emissive
    alpha_mode: str = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    extensions: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, eq=False)
class Node:
    """A node of the tree. `matrix` is local, `world` from the root of the default scene; float64 [shape=(4, 4)].

    `instances` holds float64 [shape=(k, 4, 4)] of EXT_mesh_gpu_instancing, else ``None``.
    """

    pointer: str
    name: str
    children: tuple[int, ...]
    matrix: Array
    world: Array
    mesh: int | None = None
    skin: int | None = None
    camera: int | None = None
    weights: tuple[float, ...] = ()
    instances: Array | None = None
    extras: Any = None
    extensions: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, eq=False)
class Animation:
    """`channels` lists (node index or ``None``, path such as ``rotation`` or ``weights``)."""

    pointer: str
    name: str
    channels: tuple[tuple[int | None, str], ...]
    duration: float


@dataclass(frozen=True, eq=False)
class Splats:
    """Gaussian splats: centres [shape=(n, 3)] m, linear scales [shape=(n, 3)] m, unit quaternions xyzw [shape=(n, 4)],
    opacity 0..1 [shape=(n,)], and spherical harmonics [shape=(n, c, 3)] (degree 0 first)."""

    pointer: str
    positions: Array
    scales: Array
    rotations: Array
    opacities: Array
    harmonics: Array


@dataclass(frozen=True, eq=False)
class PointCloud:
    """Points without surface: positions [shape=(n, 3)] m, float64 where the file is as fine; colours 0..1 (linear, as
    ``COLOR_0``) and normals [shape=(n, 3)] where present."""

    pointer: str
    positions: Array
    colors: Array | None = None
    normals: Array | None = None


@dataclass(frozen=True)
class Problem:
    """A fault of the file that does not keep it from being read: code, English and Chinese text, JSON Pointer."""

    code: str
    message: str
    message_zh: str
    pointer: str = ""
    count: int = 1


@dataclass(frozen=True, eq=False)
class Scene:
    """One asset, decoded, with the untouched source in `document` (a handler's own type, used to write it again).

    `up_axis` is the axis of the file's own coordinates that points up, ``+y`` or another of ``±x ±y ±z``: pictures look
    at clouds that way. Coordinates are never turned.
    """

    format: str
    uri: str | None
    nodes: tuple[Node, ...]
    roots: tuple[int, ...]
    meshes: tuple[Mesh, ...]
    materials: tuple[Material, ...] = ()
    images: tuple[Image, ...] = ()
    skins: tuple[Skin, ...] = ()
    cameras: tuple[Camera, ...] = ()
    animations: tuple[Animation, ...] = ()
    splats: tuple[Splats, ...] = ()
    points: tuple[PointCloud, ...] = ()
    sounds: tuple[MediaLabels, ...] = ()
    avatar: Avatar | None = None
    lights: int = 0
    scene_index: int | None = None
    generator: str = ""
    extensions_used: tuple[str, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    asset: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    problems: tuple[Problem, ...] = ()
    up_axis: str = "+y"
    document: Any = field(default=None, repr=False)

    def live_nodes(self) -> tuple[int, ...]:
        """Indices of the nodes that the default scene shows, parents before children."""
        order: list[int] = []
        stack = list(reversed(self.roots))
        while stack:
            index = stack.pop()
            order.append(index)
            stack.extend(reversed(self.nodes[index].children))
        return tuple(order)

    def to_trimesh(self) -> trimesh.Scene:
        """A `trimesh.Scene` of the triangles, in world space by node transforms (skins at rest)."""
        scene: trimesh.Scene = _bridges().to_trimesh(self)
        return scene

    def to_pygltflib(self) -> pygltflib.GLTF2:
        """The document as a `pygltflib.GLTF2`, a typed view to look at: what that library does not know is not in it.

        Raises `UsageError` for a scene that is no glTF.
        """
        view: pygltflib.GLTF2 = _bridges().to_pygltflib(self)
        return view

    def to_open3d(self) -> open3d.geometry.TriangleMesh | open3d.geometry.PointCloud:
        """An Open3D triangle mesh in world space, or a point cloud where there are no triangles.

        Raises `MissingExtraError` when Open3D is not installed or its system libraries are missing.
        """
        geometry: open3d.geometry.TriangleMesh | open3d.geometry.PointCloud = _bridges().to_open3d(self)
        return geometry


def _bridges() -> Any:
    """`derived.bridges`, which stands above this layer and is therefore looked up by name when it is needed."""
    return import_module("sceneproof.derived.bridges")
