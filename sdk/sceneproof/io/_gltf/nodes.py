"""The node tree of a glTF: transforms, skins, cameras, instances, animations; cycles are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.scene import Animation, Array, Camera, Node, Problem, Skin

from . import fields
from .accessors import Accessors

INSTANCING = "EXT_mesh_gpu_instancing"
_MATRIX = 128  # bytes of sixteen float64


def read_nodes(
    tree: dict[str, Any], accessors: Accessors, problems: list[Problem]
) -> tuple[tuple[Node, ...], tuple[int, ...], int | None]:
    """Nodes, the roots of the default scene, and its index (``None`` when the file has no scenes).

    A file without scenes is read as if all nodes without a parent were its scene.
    """
    entries = fields.objects(tree, "nodes")
    if len(entries) > LIMITS.nodes:
        raise LimitError(f"{len(entries):,} nodes, limit {LIMITS.nodes:,}", pointer="/nodes")
    children = [fields.indices(entry, "children", f"/nodes/{i}", len(entries)) for i, entry in enumerate(entries)]
    parents = _parents(children)
    order = _from_the_top(children, parents)
    counts = {name: len(fields.objects(tree, name)) for name in ("meshes", "skins", "cameras")}
    local = [_matrix(entry, f"/nodes/{i}", problems) for i, entry in enumerate(entries)]
    world = [np.eye(4)] * len(entries)
    for index in order:
        parent = parents[index]
        world[index] = local[index] if parent is None else world[parent] @ local[index]
    nodes = []
    drawn = 0
    for index, entry in enumerate(entries):
        place = f"/nodes/{index}"
        extensions = fields.mapping(entry, "extensions", place)
        nodes.append(
            Node(
                place,
                fields.text(entry, "name"),
                children[index],
                local[index],
                world[index],
                fields.index(entry, "mesh", place, counts["meshes"]),
                fields.index(entry, "skin", place, counts["skins"]),
                fields.index(entry, "camera", place, counts["cameras"]),
                fields.numbers(entry, "weights", place),
                _instances(extensions.get(INSTANCING), f"{place}/extensions/{INSTANCING}", accessors),
                entry.get("extras"),
                extensions,
            )
        )
        instances = nodes[-1].instances
        drawn += 0 if instances is None else len(instances)
        if drawn > LIMITS.instances:
            raise LimitError(f"more than {LIMITS.instances:,} instances", pointer=place)
    scenes = fields.objects(tree, "scenes")
    if not scenes:
        return tuple(nodes), tuple(i for i, parent in enumerate(parents) if parent is None), None
    chosen = fields.index(tree, "scene", "", len(scenes)) or 0
    roots = fields.indices(scenes[chosen], "nodes", f"/scenes/{chosen}", len(nodes))
    if len(set(roots)) != len(roots):
        raise InputError("a node stands twice in the scene", pointer=f"/scenes/{chosen}/nodes")
    return tuple(nodes), _true_roots(roots, parents, f"/scenes/{chosen}/nodes", problems), chosen


def _true_roots(
    roots: tuple[int, ...], parents: list[int | None], place: str, problems: list[Problem]
) -> tuple[int, ...]:
    """The roots less those that another root draws already as its descendant, so that nothing counts twice."""
    listed, kept = set(roots), []
    for root in roots:
        above = parents[root]
        while above is not None and above not in listed:
            above = parents[above]
        if above is None:
            kept.append(root)
    if any(parents[root] is not None for root in roots):
        text = "the scene names a node that has a parent"
        problems.append(Problem("scene-non-root-node", text, "场景引用了有父节点的节点", place))
    return tuple(kept)


def _parents(children: list[tuple[int, ...]]) -> list[int | None]:
    parents: list[int | None] = [None] * len(children)
    for index, own in enumerate(children):
        for position, child in enumerate(own):
            if parents[child] is not None:
                where = f"/nodes/{index}/children/{position}"
                raise InputError(f"node {child} is already a child of node {parents[child]}", pointer=where)
            parents[child] = index
    return parents


def _from_the_top(children: list[tuple[int, ...]], parents: list[int | None]) -> list[int]:
    """Nodes in an order in which parents come first. With one parent each, what is not reached lies on a cycle."""
    order: list[int] = []
    stack = [(index, 1) for index, parent in enumerate(parents) if parent is None]
    while stack:
        index, depth = stack.pop()
        if depth > LIMITS.node_depth:
            raise LimitError(f"nested deeper than {LIMITS.node_depth} nodes", pointer=f"/nodes/{index}")
        order.append(index)
        stack.extend((child, depth + 1) for child in children[index])
    if len(order) < len(children):
        lost = min(set(range(len(children))) - set(order))
        raise InputError("the node is its own ancestor", pointer=f"/nodes/{lost}")
    return order


def _matrix(entry: dict[str, Any], place: str, problems: list[Problem]) -> Array:
    if "matrix" in entry:
        return np.array(fields.vector(entry, "matrix", place, 16), np.float64).reshape(4, 4).T
    parts = (
        fields.vector(entry, "translation", place, 3, (0.0, 0.0, 0.0)),
        _unit(fields.vector(entry, "rotation", place, 4, (0.0, 0.0, 0.0, 1.0)), place, problems),
        fields.vector(entry, "scale", place, 3, (1.0, 1.0, 1.0)),
    )
    found: Array = compose(*(np.array([part]) for part in parts))[0]
    return found


def _unit(rotation: tuple[float, ...], place: str, problems: list[Problem]) -> tuple[float, ...]:
    length = math.hypot(*rotation)
    if not 1e-12 < length < math.inf:
        problems.append(
            Problem("zero-rotation", "rotation has no length; taken as none", "旋转四元数长度无效，按无旋转处理", place)
        )
        return (0.0, 0.0, 0.0, 1.0)
    return tuple(item / length for item in rotation)


def compose(moves: Array, turns: Array, sizes: Array) -> Array:
    """Translations, unit quaternions xyzw and scales, one a row, as float64 matrices [shape=(k, 4, 4)].

    Source: glTF 2.0, section 3.5.3.
    """
    x, y, z, w = np.asarray(turns, np.float64).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrices = np.tile(np.eye(4), (len(x), 1, 1))
    matrices[:, :3, :3] = np.moveaxis(np.array(rows), 2, 0) * np.asarray(sizes, np.float64)[:, None, :]
    matrices[:, :3, 3] = moves
    return matrices


def _instances(settings: Any, place: str, accessors: Accessors) -> Array | None:
    if not isinstance(settings, dict):
        return None
    attributes = fields.mapping(settings, "attributes", place)
    kinds = {"TRANSLATION": ("VEC3",), "ROTATION": ("VEC4",), "SCALE": ("VEC3",)}
    columns = {
        name: accessors.floats(attributes[name], f"{place}/attributes/{name}", kind)
        for name, kind in kinds.items()
        if name in attributes
    }
    count = len(next(iter(columns.values()), ()))
    if any(len(values) != count for values in columns.values()):
        raise InputError("the attributes differ in length", pointer=f"{place}/attributes")
    if count > LIMITS.instances:
        raise LimitError(f"{count:,} instances, limit {LIMITS.instances:,}", pointer=place)
    for name, values in columns.items():
        if not np.isfinite(values).all():
            raise InputError("holds values that are not finite", pointer=f"{place}/attributes/{name}")
    moves = columns.get("TRANSLATION", np.zeros((count, 3)))
    turns = columns.get("ROTATION", np.tile([0.0, 0.0, 0.0, 1.0], (count, 1)))
    sizes = columns.get("SCALE", np.ones((count, 3)))
    lengths = np.linalg.norm(turns.astype(np.float64), axis=1, keepdims=True)
    return compose(moves, turns / np.maximum(lengths, 1e-12), sizes)


def read_skins(tree: dict[str, Any], accessors: Accessors) -> tuple[Skin, ...]:
    """Skins; missing inverse bind matrices are identities."""
    nodes = len(fields.objects(tree, "nodes"))
    skins = []
    for number, entry in enumerate(fields.objects(tree, "skins")):
        place = f"/skins/{number}"
        joints = fields.indices(entry, "joints", place, nodes)
        accessors.charge(_MATRIX * len(joints), f"{place}/joints")
        inverse = np.tile(np.eye(4), (len(joints), 1, 1))
        if "inverseBindMatrices" in entry:
            stored = accessors.floats(entry["inverseBindMatrices"], f"{place}/inverseBindMatrices", ("MAT4",))
            if len(stored) < len(joints):
                raise InputError(
                    f"{len(stored)} matrices for {len(joints)} joints", pointer=f"{place}/inverseBindMatrices"
                )
            if not accessors.finite(stored):
                raise InputError("holds values that are not finite", pointer=f"{place}/inverseBindMatrices")
            inverse = stored[: len(joints)].astype(np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)
        skins.append(Skin(place, fields.text(entry, "name"), joints, inverse))
    return tuple(skins)


def read_cameras(tree: dict[str, Any]) -> tuple[Camera, ...]:
    """Cameras; one without usable figures is refused, since a start picture would be guessed."""
    cameras = []
    for number, entry in enumerate(fields.objects(tree, "cameras")):
        place = f"/cameras/{number}"
        kind = fields.text(entry, "type")
        within = fields.mapping(entry, kind, place) if kind in ("perspective", "orthographic") else None
        if within is None:
            raise InputError(f"type {entry.get('type')!r} does not exist", pointer=f"{place}/type")
        inner = f"{place}/{kind}"
        far = fields.number(within, "zfar", inner) if "zfar" in within else None
        near = fields.number(within, "znear", inner)
        name = fields.text(entry, "name")
        if kind == "perspective":
            aspect = fields.number(within, "aspectRatio", inner) if "aspectRatio" in within else None
            cameras.append(Camera(place, name, kind, near, far, fields.number(within, "yfov", inner), aspect))
        else:
            x, y = fields.number(within, "xmag", inner), fields.number(within, "ymag", inner)
            cameras.append(Camera(place, name, kind, near, far, xmag=x, ymag=y))
    return tuple(cameras)


def read_animations(tree: dict[str, Any], accessors: Accessors, problems: list[Problem]) -> tuple[Animation, ...]:
    """Animations by their targets and length; a broken one is named and left out, it moves no geometry we judge."""
    nodes = len(fields.objects(tree, "nodes"))
    found = []
    ends: dict[int, float] = {}  # by the array of key times, which the accessors keep; samplers share them
    for number, entry in enumerate(fields.objects(tree, "animations")):
        place = f"/animations/{number}"
        try:
            channels = tuple(
                (
                    fields.index(fields.mapping(channel, "target", where), "node", where, nodes),
                    fields.text(fields.mapping(channel, "target", where), "path"),
                )
                for where, channel in (
                    (f"{place}/channels/{i}", c) for i, c in enumerate(fields.objects(entry, "channels", place))
                )
            )
            duration = 0.0
            for i, sampler in enumerate(fields.objects(entry, "samplers", place)):
                times = accessors.floats(sampler.get("input"), f"{place}/samplers/{i}/input", ("SCALAR",))
                if id(times) not in ends:
                    ends[id(times)] = float(times.max(initial=0.0))
                duration = max(duration, ends[id(times)])
                if not math.isfinite(ends[id(times)]):
                    raise InputError("key times are not finite", pointer=place)
            found.append(Animation(place, fields.text(entry, "name"), channels, duration))
        except LimitError:
            raise
        except InputError as error:
            text = f"animation cannot be read: {error.reason}"
            problems.append(
                Problem("animation-unreadable", text, f"动画无法读取：{error.reason}", error.pointer or place)
            )
    return tuple(found)
