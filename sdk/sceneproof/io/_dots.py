"""A visible label in a file of splats or points: from nodes to dots at the end of the file, and back to nodes.

A splat of a label is a flat Gaussian, as wide as half of its place in each direction (one standard deviation), opaque,
with the part's colour in the first harmonic and no others. A point is a point; the record says what square it stands
for. Read back, each is a square of its own: of a splat out to where it covers half of its most, so that what is
measured is what the file holds, and not what was once put in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sceneproof.edits import PutNode
from sceneproof.errors import MarkError
from sceneproof.scene import Array, Material, Mesh, Mode, Node, PointCloud, Primitive, Problem, Scene, Splats

from ._colors import linear_of
from ._fill import SMALLEST, filled
from ._label_record import LabelPart, LabelRecord, fitting, record_of
from ._splats import colors_of_dc, dc_of_colors

HALF = float(np.sqrt(2 * np.log(2)))  # standard deviations at which a Gaussian covers half of its most
THIN = 0.02  # thickness of a splat over its width
OPACITY, FAINT = 0.9999, 0.02  # of what is seen, and of what only stands for a place
OVERLAP = 1.1  # of a point's square: squares that only touch let a ray through where numbers were rounded
COARSE = 0.3  # of a dot's half side: how far one may be from its place


@dataclass(frozen=True, eq=False)
class Dots:
    """What a label is made of, in the file's space: `records`, and per dot the middle float64 [shape=(n, 3)], half
    sides [shape=(n, 2)], sRGB colours [shape=(n, 3)], opacities [shape=(n,)], and of its board the quaternion xyzw
    [shape=(n, 4)] and the normal [shape=(n, 3)]."""

    records: tuple[LabelRecord, ...]
    places: Array
    sides: Array
    colors: Array
    opacities: Array
    turns: Array
    normals: Array

    @property
    def count(self) -> int:
        return len(self.places)

    def splats(self, coefficients: int) -> Splats:
        """As splats with that many harmonics."""
        harmonics = np.zeros((self.count, max(coefficients, 1), 3), np.float32)
        harmonics[:, 0] = dc_of_colors(self.colors)
        thin = THIN * self.sides.min(axis=1, keepdims=True)
        return Splats(
            "/splats/0",
            self.places.astype(np.float32),
            np.concatenate([self.sides, thin], axis=1).astype(np.float32),
            self.turns.astype(np.float32),
            self.opacities.astype(np.float32),
            harmonics,
        )

    def check(self, stored: Array, what: str) -> None:
        """Raises `MarkError` where places as the file keeps them [shape=(n, 3)] are not where the dots should be."""
        off = np.abs(np.asarray(stored, np.float64) - self.places).max(axis=1)
        room = COARSE * float(np.median(self.sides.min(axis=1)))
        if not np.isfinite(off).all() or (off > room).any():
            raise MarkError(f"the {what} are too coarse for a label's words there; scale the asset up or recentre it")


def dots_of(scene: Scene, edits: Sequence[PutNode], *, colored: bool = False) -> Dots:
    """The dots that stand for nodes. Raises `MarkError` when one has no geometry, or its numbers are not finite."""
    records, groups = [], []
    for edit in edits:
        matrix = np.asarray(edit.matrix if edit.parent is None else scene.nodes[edit.parent].world @ edit.matrix)
        axes = matrix[:3, :3]
        sizes = np.linalg.norm(axes, axis=0)
        if not edit.parts or not np.isfinite(matrix).all() or not (sizes > 0).all():
            raise MarkError(f"the node {edit.slot!r} has no geometry, or its numbers are not finite")
        about = []
        for part in edit.parts:
            own = filled(part)
            sides = own[:, 3:] * sizes[:2]
            weights = int(np.count_nonzero(own[:, 3] <= 2 * SMALLEST * (part.grain or 0.0)))
            seen = sides[: len(sides) - weights]
            about.append(LabelPart(part.name, part.color, len(seen), 0, OVERLAP * float(np.median(seen))))
            if weights:
                about.append(LabelPart("label weight", part.color, weights, 0, float(sides[-1].min())))
            solid = np.repeat([OPACITY, FAINT], [len(seen), weights])
            groups.append((own[:, :3] @ axes.T + matrix[:3, 3], sides, solid, part.color[:3], axes / sizes))
        records.append(LabelRecord(edit.slot, matrix, tuple(about), dict(edit.extras), colored))
    counts = [len(places) for places, *_ in groups]
    return Dots(
        tuple(records),
        np.concatenate([places for places, *_ in groups]),
        np.concatenate([sides for _, sides, *_ in groups]),
        np.repeat([color for *_, color, _ in groups], counts, axis=0),
        np.concatenate([solid for _, _, solid, *_ in groups]),
        np.repeat([_quaternion(axes) for *_, axes in groups], counts, axis=0),
        np.repeat([axes[:, 2] for *_, axes in groups], counts, axis=0),
    )


def told(text: str | bytes | None, rows: int, problems: list[Problem]) -> tuple[LabelRecord, ...]:
    """The label that a record speaks of, where there are the rows that it counts; else none, and a problem."""
    return usable(lambda: () if text is None else (record_of(text),), rows, problems)


def usable(read: Callable[[], tuple[LabelRecord, ...]], rows: int, problems: list[Problem]) -> tuple[LabelRecord, ...]:
    """The labels that `read` finds, as `told`."""
    try:
        records = read()
        fitting(records, rows)
    except ValueError as error:
        en = f"what the file says of a label does not fit it ({error}); its splats or points count as the subject's"
        problems.append(Problem("label-mismatch", en, "文件中的标识记录与内容不符，相关数据按主体处理"))
        return ()
    return records


def split_splats(splats: Splats, records: Sequence[LabelRecord]) -> tuple[Splats, Splats | None]:
    """The subject's splats and those of the labels, which are the last."""
    count = sum(record.vertices for record in records)
    if not count:
        return splats, None
    own = len(splats.positions) - count
    return _rows(splats, slice(0, own)), _rows(splats, slice(own, None))


def with_splat_labels(scene: Scene, records: Sequence[LabelRecord], splats: Splats | None) -> Scene:
    """The scene with a node for each label, made of the file's own splats."""
    if splats is None:
        return scene
    axes = _axes(splats.rotations) * (HALF * splats.scales.astype(np.float64))[:, None, :]
    order = np.argsort(-splats.scales, axis=1, kind="stable")
    # The two wide axes in their own order, so that a board's right stays its right.
    wide = np.sort(order[:, :2], axis=1)
    rows = np.arange(len(wide))
    u, v = axes[rows, :, wide[:, 0]], axes[rows, :, wide[:, 1]]
    first = splats.harmonics[:, 0] if splats.harmonics.shape[1] else np.zeros((len(u), 3))
    look = linear_of(np.nan_to_num(colors_of_dc(first))), splats.opacities.astype(np.float64)
    return _with_nodes(scene, records, (splats.positions.astype(np.float64), u, v), look)


def with_point_labels(scene: Scene, records: Sequence[LabelRecord], cloud: PointCloud | None) -> Scene:
    """The scene with a node for each label, made of the file's own points, each a square of the size that is stated."""
    if cloud is None:
        return scene
    u, v = [], []
    for record in records:
        axes = record.matrix[:3, :3] / np.linalg.norm(record.matrix[:3, :3], axis=0)
        for part in record.parts:
            u.append(np.tile(axes[:, 0] * part.size, (part.vertices, 1)))
            v.append(np.tile(axes[:, 1] * part.size, (part.vertices, 1)))
    colors = np.ones((len(cloud.positions), 3)) if cloud.colors is None else cloud.colors
    look = np.asarray(colors, np.float32), np.ones(len(colors))
    places = np.asarray(cloud.positions, np.float64), np.concatenate(u), np.concatenate(v)
    return _with_nodes(scene, records, places, look)


def _with_nodes(
    scene: Scene, records: Sequence[LabelRecord], squares: tuple[Array, Array, Array], look: tuple[Array, Array]
) -> Scene:
    first = 0
    for record in records:
        mesh, node = len(scene.meshes), len(scene.nodes)
        primitives: list[Primitive] = []
        materials: list[Material] = []
        for part in record.parts:
            rows = slice(first, first + part.vertices)
            number = len(scene.materials) + len(materials)
            made = _squares(record.matrix, *(item[rows] for item in squares))
            color, even = look[0][rows], (look[0][rows] == look[0][first]).all()
            if not even:
                made["COLOR_0"] = np.repeat(color, 4, axis=0)
            pointer = f"/meshes/{mesh}/primitives/{len(primitives)}"
            corners = 4 * np.arange(part.vertices)[:, None] + np.array([0, 1, 2, 0, 2, 3])
            primitives.append(Primitive(pointer, Mode.TRIANGLES, made, corners.reshape(-1, 3), material=number))
            tint = color[0] if even else np.ones(3)
            materials.append(_material(number, part, tint, float(look[1][rows].mean())))
            first += part.vertices
        name = f"sceneproof {record.slot}"
        extras = {"sceneproof": {"slot": record.slot, **record.extras}}
        matrix = record.matrix
        scene = replace(
            scene,
            nodes=(*scene.nodes, Node(f"/nodes/{node}", name, (), matrix, matrix, mesh, extras=extras)),
            roots=(*scene.roots, node),
            meshes=(*scene.meshes, Mesh(f"/meshes/{mesh}", name, tuple(primitives))),
            materials=(*scene.materials, *materials),
        )
    return scene


def _squares(matrix: Array, places: Array, u: Array, v: Array) -> dict[str, Array]:
    """Corners and normals of squares in the node's space, counter-clockwise as seen from its +Z."""
    normal = np.cross(u, v)
    v = np.where((normal @ matrix[:3, 2] < 0)[:, None], -v, v)
    corners = np.stack([places - u - v, places + u - v, places + u + v, places - u + v], axis=1).reshape(-1, 3)
    with np.errstate(all="ignore"):
        local = np.linalg.solve(matrix[:3, :3], (corners - matrix[:3, 3]).T).T
    normals = np.tile(np.array([0, 0, 1], np.float32), (len(local), 1))
    return {"POSITION": np.ascontiguousarray(local, np.float32), "NORMAL": normals}


def _material(number: int, part: LabelPart, tint: Array, opacity: float) -> Material:
    red, green, blue = (float(value) for value in tint)
    mode = "OPAQUE" if opacity > 0.95 else "BLEND"
    pointer, name = f"/materials/{number}", f"sceneproof {part.name}"
    return Material(
        pointer, name, (red, green, blue, opacity), 0.0, 1.0, (red, green, blue), alpha_mode=mode,
        double_sided=True, unlit=True,
    )  # fmt: skip


def _rows(splats: Splats, rows: slice) -> Splats:
    return Splats(
        splats.pointer,
        splats.positions[rows],
        splats.scales[rows],
        splats.rotations[rows],
        splats.opacities[rows],
        splats.harmonics[rows],
    )


def _axes(quaternions: Array) -> Array:
    """Rotation matrices [shape=(n, 3, 3)] of unit quaternions xyzw."""
    x, y, z, w = np.asarray(quaternions, np.float64).T
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return np.asarray(np.stack([np.stack(row, axis=-1) for row in rows], axis=-2))


def _quaternion(axes: Array) -> Array:
    """The unit quaternion xyzw of a rotation matrix (Shepperd's choice of the largest component)."""
    (a, b, c), (d, e, f), (g, h, i) = np.asarray(axes, np.float64).tolist()
    squares = np.array([1 + a - e - i, 1 - a + e - i, 1 - a - e + i, 1 + a + e + i])
    largest = int(squares.argmax())
    columns = (
        (squares[0], b + d, g + c, h - f),
        (b + d, squares[1], f + h, c - g),
        (g + c, f + h, squares[2], d - b),
        (h - f, c - g, d - b, squares[3]),
    )
    found = np.array(columns[largest])
    return np.asarray(found / np.linalg.norm(found))
