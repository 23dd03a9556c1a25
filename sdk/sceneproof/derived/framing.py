"""The start picture's point of view: each entry camera of the default scene, else the framing of a common viewer.

Without a camera the framing is that of model-viewer (its ModelScene.updateFraming and frameModel): target = centre of
the bounds, camera at azimuth 0 and polar angle 75 degrees, at 105 % of the distance at which a sphere around the target
that holds all vertices fits 30 degrees; in a narrow picture the vertical angle grows until the scene fits across.
A cloud whose file is not +Y up (`Scene.up_axis`) is looked at the right way up.
An avatar of VRM 0.x faces -Z (VRM 1.0 and glTF: +Z), and its viewers look from there: azimuth 180 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sceneproof.errors import InputError
from sceneproof.scene import Array, Camera, Node, Scene

from ._memo import derived
from .ray_scene import is_label
from .world import loose_clouds, world_parts

ASPECTS: tuple[tuple[str, float], ...] = (("16:9", 16 / 9), ("9:16", 9 / 16), ("1:1", 1.0))
HALF_FOV = float(np.tan(np.radians(15)))
POLAR = np.radians(75)
DISTANCE = 1.05
# From a file's axes to glTF's, by what points up: turns, no mirrors. -Y up is right, down, forward, as cameras count.
UPRIGHT = {
    "+x": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
    "-x": np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]]),
    "+y": np.eye(3),
    "-y": np.diag([1.0, -1, -1]),
    "+z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "-z": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
}


@dataclass(frozen=True, eq=False)
class View:
    """A camera that any aspect ratio can be asked of; the vertical angle stays, the picture grows or shrinks sideways.

    Attributes
    ----------
    name : the camera's name, or ``default``.
    kind : ``perspective`` or ``orthographic``.
    eye : float64 [shape=(3,)], metres. rotation : float64 [shape=(3, 3)], columns right, up and backward.
    znear, zfar : metres. half_height : tangent of half the vertical angle, or half the height in metres.
    fit : width over height below which the picture must grow in height to hold the scene (default framing only).
    pointer, node : of the camera's node, or ``None``.
    """

    name: str
    kind: str
    eye: Array
    rotation: Array
    znear: float
    zfar: float | None
    half_height: float
    fit: float = 0.0
    pointer: str | None = None
    node: int | None = None

    def half(self, aspect: float) -> tuple[float, float]:
        """Half the width and height of the picture: tangents (perspective) or metres (orthographic)."""
        height = self.half_height * max(1.0, self.fit / aspect)
        return height * aspect, height

    def rays(self, width: int, height: int) -> tuple[Array, Array]:
        """Origins on the near plane and unit directions, float64 [shape=(height * width, 3)], rows from the top."""
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        return self.rays_at(x.ravel(), y.ravel(), width, height)

    def rays_at(self, x: Array, y: Array, width: int, height: int) -> tuple[Array, Array]:
        """Rays through places in a picture, in pixels from its upper left corner."""
        half_x, half_y = self.half(width / height)
        across = (2 * x / width - 1) * half_x
        up = (1 - 2 * y / height) * half_y
        if self.kind == "orthographic":
            local = np.stack([across, up, np.full_like(across, -self.znear)], axis=1)
            directions = np.broadcast_to(-self.rotation[:, 2], local.shape)
            return self.eye + local @ self.rotation.T, directions
        toward = np.stack([across, up, -np.ones_like(across)], axis=1) @ self.rotation.T
        return self.eye + toward * self.znear, toward / np.linalg.norm(toward, axis=1, keepdims=True)

    def local(self, points: Array) -> Array:
        """World points [shape=(n, 3)] as right, up, and depth in front of the eye, metres."""
        seen = (np.asarray(points, np.float64) - self.eye) @ self.rotation
        return seen * (1.0, 1.0, -1.0)

    def project(self, points: Array, width: int, height: int) -> Array:
        """World points [shape=(n, 3)] as x and y in pixels from the upper left, and depth in metres [shape=(n, 3)].

        Points at or behind the eye get NaN pixels.
        """
        half_x, half_y = self.half(width / height)
        seen = self.local(points)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(seen[:, 2] > 0, seen[:, 2], np.nan) if self.kind == "perspective" else 1.0
            x = (1 + seen[:, 0] / (reach * half_x)) * width / 2
            y = (1 - seen[:, 1] / (reach * half_y)) * height / 2
        return np.stack([x, y, seen[:, 2]], axis=1)


@derived
def views(scene: Scene) -> tuple[View, ...]:
    """One view per camera of the default scene, in document order; else the default framing; empty without any extent.

    Raises `InputError` for a camera whose node has a singular matrix.
    """
    cameras = tuple(
        _entry(scene.nodes[index], index, scene.cameras[camera])
        for index in scene.live_nodes()
        if (camera := scene.nodes[index].camera) is not None
    )
    if cameras:
        return cameras
    upright = UPRIGHT[scene.up_axis]
    default = frame(framed_points(scene) @ upright.T, from_behind=faces_back(scene))
    if default is None:
        return ()
    return (replace(default, eye=default.eye @ upright, rotation=upright.T @ default.rotation),)


@derived
def framed_points(scene: Scene, with_labels: bool = True) -> Array:
    """Float64 [shape=(n, 3)], every finite world position that a viewer's bounds count, metres.

    Geometry that is not decoded counts with the corners of the bounds that its accessors state.
    """
    groups: list[Array] = [part.positions for part in world_parts(scene) if with_labels or not is_label(part.slot)]
    for index in scene.live_nodes():
        node = scene.nodes[index]
        for primitive in scene.meshes[node.mesh].primitives if node.mesh is not None else ():
            if primitive.undecoded and primitive.bounds_hint is not None:
                corners = np.stack(np.meshgrid(*primitive.bounds_hint.T), axis=-1).reshape(-1, 3)
                groups.append(corners @ node.world[:3, :3].T + node.world[:3, 3])
    groups += [cloud.positions for cloud in loose_clouds(scene)]
    if not groups:
        return np.zeros((0, 3))
    stacked = np.concatenate([np.asarray(group, np.float64).reshape(-1, 3) for group in groups])
    finite: Array = stacked[np.isfinite(stacked).all(axis=1)]
    return finite


def faces_back(scene: Scene) -> bool:
    """Whether what the scene shows faces -Z: an avatar of VRM 0.x (extension ``VRM``) that is none of VRM 1.0 too.

    VRM 1.0 (``VRMC_vrm``) turned avatars to +Z, the front of an asset in glTF 2.0 (section 3.4).
    """
    return "VRM" in scene.extensions_used and "VRMC_vrm" not in scene.extensions_used


def frame(points: Array, *, from_behind: bool = False) -> View | None:
    """The default framing of world points [shape=(n, 3)], from +Z or `from_behind` from -Z; ``None`` without extent."""
    if not len(points):
        return None
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    radius = float(np.sqrt(np.max(np.sum((points - centre) ** 2, axis=1))))
    if not np.isfinite(radius) or radius <= 1e-12 * max(1.0, float(np.abs(centre).max())):
        return None
    ideal = radius / float(np.sin(np.radians(15)))
    beside = np.hypot(points[:, 0] - centre[0], points[:, 2] - centre[2])
    fit = float(np.max(beside / (ideal - np.abs(points[:, 1] - centre[1])))) / HALF_FOV
    distance = DISTANCE * ideal
    turn = -1.0 if from_behind else 1.0
    high, out = np.cos(POLAR), np.sin(POLAR)
    up, back = np.array([0.0, out, -turn * high]), np.array([0.0, high, turn * out])
    rotation = np.stack([np.array([turn, 0.0, 0.0]), up, back], axis=1)
    return View("default", "perspective", centre + distance * back, rotation, distance * 1e-3, None, HALF_FOV, fit)


def _entry(node: Node, index: int, camera: Camera) -> View:
    back, up = node.world[:3, 2], node.world[:3, 1]
    right = np.cross(up, back)
    lengths = [float(np.linalg.norm(axis)) for axis in (back, up, right)]
    if not np.isfinite(node.world).all() or min(lengths[:2]) <= 0 or lengths[2] <= 1e-9 * lengths[0] * lengths[1]:
        raise InputError(
            "the camera's world matrix is singular; give its node a usable transform", pointer=node.pointer
        )
    back, right = back / lengths[0], right / lengths[2]
    rotation = np.stack([right, np.cross(back, right), back], axis=1)
    half = np.tan(camera.yfov / 2) if camera.yfov is not None else camera.ymag
    name = node.name or camera.name or f"camera {index}"
    far = camera.zfar if camera.zfar and camera.zfar > 0 else None
    near = camera.znear if camera.znear > 0 else 1e-6 if camera.kind == "perspective" else 0.0
    eye = node.world[:3, 3].copy()
    return View(name, camera.kind, eye, rotation, near, far, float(half or 1.0), 0.0, node.pointer, index)
