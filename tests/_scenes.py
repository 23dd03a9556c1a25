"""Scenes straight from arrays, for tests that need no file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.scene import Material, Mesh, Mode, Node, Primitive, Scene

if TYPE_CHECKING:
    from tests.makers.shapes import Shape


def primitive(shape: Shape, number: str = "0/primitives/0", **fields: Any) -> Primitive:
    """A triangle primitive of a shape; `fields` replace those of `Primitive`."""
    attributes: dict[str, Any] = {"POSITION": np.asarray(shape.positions, np.float32).reshape(-1, 3)}
    if shape.normals is not None:
        attributes["NORMAL"] = np.asarray(shape.normals, np.float32)
    if shape.uvs is not None:
        attributes["TEXCOORD_0"] = np.asarray(shape.uvs, np.float32)
    faces = np.asarray(shape.faces, np.int64).reshape(-1, 3)
    made = Primitive(f"/meshes/{number}", Mode.TRIANGLES, attributes, faces)
    attributes.update(fields.pop("attributes", {}))
    return replace(made, **fields)


def node(index: int, mesh: int | None = None, matrix: Any = None, **fields: Any) -> Node:
    """A root node; `matrix` is local and world alike."""
    placed = np.eye(4) if matrix is None else np.asarray(matrix, np.float64)
    return Node(f"/nodes/{index}", f"node {index}", (), placed, placed, mesh=mesh, **fields)


def moved(x: float = 0, y: float = 0, z: float = 0, scale: float = 1) -> np.ndarray:
    """A matrix that scales and then moves."""
    matrix = np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = x, y, z
    return matrix


def scene(*meshes: Shape | Primitive | list[Primitive], nodes: list[Node] | None = None, **fields: Any) -> Scene:
    """A scene of these meshes, each drawn once at the origin unless `nodes` says otherwise."""
    made = []
    for index, mesh in enumerate(meshes):
        parts = mesh if isinstance(mesh, list) else [mesh if isinstance(mesh, Primitive) else primitive(mesh)]
        parts = [replace(part, pointer=f"/meshes/{index}/primitives/{k}") for k, part in enumerate(parts)]
        made.append(Mesh(f"/meshes/{index}", f"mesh {index}", tuple(parts)))
    drawn = [node(index, index) for index in range(len(made))] if nodes is None else nodes
    return Scene("glb", None, tuple(drawn), tuple(range(len(drawn))), tuple(made), **fields)


def material(index: int = 0, **fields: Any) -> Material:
    """A material with its pointer set."""
    return Material(f"/materials/{index}", f"material {index}", **fields)
