"""Find the sampling lattice of an iso-surface in a mesh: frame, pitch, offset, and how many vertices lie on it.

Marching cubes puts each vertex on an edge of a cubic grid, so that two of its three grid coordinates are whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.scene import Array
from sceneproof.signals._tools import sample, unit_normals

TOLERANCE = 0.05  # cells: how near to whole a coordinate counts as on the lattice
PERPENDICULAR = 0.02  # radians: an edge in a cell face is perpendicular to a grid axis
PAIRS = 80_000
FEWEST_CELLS = 8.0  # across the longest side; fewer are no lattice but the shape itself


@dataclass(frozen=True, eq=False)
class Lattice:
    """A lattice and how well the vertices keep to it.

    Attributes
    ----------
    pitch : side of a cell in the mesh's unit. cells : cells across the longest side.
    shares : f0 .. f3, share of vertices with exactly that many whole coordinates.
    phases : |mean exp(2 pi i u)| for each axis, 1 for all vertices whole.
    expected : f2 that the three axes would give if they were independent.
    crowded : of the vertices with two whole coordinates, the largest share whose third lies in one twentieth of a
        cell; 0.1 when it is anywhere, 1 when it is snapped as well, as on a subdivided box.
    voted : whether the frame came from the edges instead of the file's axes.
    """

    pitch: float
    cells: float
    shares: tuple[float, float, float, float]
    phases: tuple[float, float, float]
    expected: float
    crowded: float
    voted: bool

    @property
    def quality(self) -> float:
        """What the search maximises: f2, held down where an axis shows no phase."""
        return self.shares[2] * min(1.0, min(self.phases) / 0.3)


def find_lattice(positions: Array, faces: Array, limit: int = 30_000) -> Lattice | None:
    """The best lattice in the file's axes or in axes voted by the edges, or ``None`` without enough structure.

    Parameters
    ----------
    positions : float64 [shape=(n, 3)], finite and welded. faces : int64 [shape=(m, 3)].
    limit : vertices and edges looked at.
    """
    some = faces[sample(positions[faces].mean(axis=1), limit)]
    lengths = np.linalg.norm(positions[some] - positions[np.roll(some, 1, axis=1)], axis=2)
    median = float(np.median(lengths)) if lengths.size else 0.0
    points = positions[sample(positions, limit)]
    points = points - points.mean(axis=0)
    if not median > 0:
        return None
    best: Lattice | None = None
    frames = [(np.eye(3), False)] + [(frame, True) for frame in voted_frames(positions, faces, limit)]
    for frame, voted in frames:
        start = _pitch(points @ frame, median)
        # A vertex that is whole on a lattice is whole on each finer multiple of it, so the finer must win clearly.
        for factor in (2.0, 2**0.5, 1.0, 0.5) if start else ():
            found = _measure(points, frame, (start or 0.0) * factor, voted)
            if found and (best is None or found.quality > best.quality + 0.05):
                best = found
    return best


def voted_frames(positions: Array, faces: Array, limit: int = 30_000) -> list[Array]:
    """Orthonormal frames [shape=(3, 3)], columns the axes, to which many edges are perpendicular.

    Cross products of random pairs of edges vote; pairs and edges that lie in a flat part are left out, else the sides
    of a box win. Each peak is refined to the direction that the edges near its plane vary least along.
    """
    normals = unit_normals(positions, faces)
    chosen = sample(positions[faces].mean(axis=1), limit)
    corner = np.arange(len(chosen)) % 3
    ends = faces[chosen, corner], faces[chosen, (corner + 1) % 3]
    vectors = positions[ends[1]] - positions[ends[0]]
    lengths = np.linalg.norm(vectors, axis=1)
    sound = lengths > 0
    if np.count_nonzero(sound) < 100:
        return []
    directions, normals = vectors[sound] / lengths[sound, None], normals[chosen][sound]
    rng = np.random.default_rng(0)  # draws by position in an order that the sample fixed: repeatable
    order = np.lexsort(directions.T)
    directions, normals = directions[order], normals[order]
    first, second = rng.integers(0, len(directions), (2, PAIRS))
    crossed = np.cross(directions[first], directions[second])
    size = np.linalg.norm(crossed, axis=1)
    crossed = crossed[size > 0.2] / size[size > 0.2, None]
    flat = [np.abs(np.einsum("ij,ij->i", crossed, normals[side][size > 0.2])) > 0.97 for side in (first, second)]
    crossed = crossed[~(flat[0] | flat[1])]
    axes = [axis for axis in (_refined(peak, directions, normals) for peak in _peaks(crossed)) if axis is not None]
    return _frames(axes)


def _peaks(directions: Array, count: int = 24) -> list[Array]:
    """Means of the fullest cells of a grid over the half sphere."""
    if not len(directions):
        return []
    sign = np.where(directions[:, 2] != 0, np.sign(directions[:, 2]), np.sign(directions[:, 0] + 1e-300))
    half = directions * sign[:, None]
    cells = np.rint(half * 25).astype(np.int64) + 64
    keys = cells @ np.array([1 << 14, 1 << 7, 1])
    values, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    del values
    fullest = np.argsort(-counts, kind="stable")[:count]
    return [half[inverse == cell].mean(axis=0) for cell in fullest]


def _refined(axis: Array, directions: Array, normals: Array) -> tuple[float, Array] | None:
    axis = axis / np.linalg.norm(axis)
    for width in (0.08, 0.04, 0.025):
        near = (np.abs(directions @ axis) < width) & (np.abs(normals @ axis) < 0.97)
        if np.count_nonzero(near) < 30:
            return None
        _, vectors = np.linalg.eigh(directions[near].T @ directions[near])
        axis = vectors[:, 0]
    near = (np.abs(directions @ axis) < PERPENDICULAR) & (np.abs(normals @ axis) < 0.97)
    return float(near.mean()), axis


def _frames(axes: list[tuple[float, Array]]) -> list[Array]:
    """At most two frames: the axes with most edges, each with its best partner at a right angle."""
    axes = sorted(axes, key=lambda item: -item[0])
    frames: list[Array] = []
    for share, first in axes[:6]:
        partners = [(weight, axis) for weight, axis in axes if abs(float(axis @ first)) < 0.06]
        if share < 0.05 or not partners:
            continue
        second = partners[0][1]
        u, _, vt = np.linalg.svd(np.stack([first, second, np.cross(first, second)], axis=1))
        frame = u @ vt
        if all(np.sort(np.abs(frame.T @ other), axis=1)[:, -1].min() < 0.999 for other in frames):
            frames.append(frame)
        if len(frames) == 2:
            break
    return frames


def _pitch(places: Array, median: float) -> float | None:
    """The coarsest pitch whose phases, summed over the axes, reach half of the best."""
    low = places.min(axis=0)
    extent = float((places.max(axis=0) - low).max())
    width = median / 26
    size = 1 << int(np.ceil(np.log2(max(4 * extent / width, 64))))
    if size > 1 << 21:
        return None
    total = np.zeros(size // 2 + 1)
    for axis in range(3):
        bins = np.bincount(((places[:, axis] - low[axis]) / width).astype(np.int64), minlength=size)[:size]
        total += np.abs(np.fft.rfft(bins)) / len(places)
    frequency = np.arange(len(total)) / (size * width)
    allowed = (frequency > max(1 / (10 * median), FEWEST_CELLS / extent)) & (frequency < 2.6 / median)
    if not allowed.any():
        return None
    values = np.where(allowed, total, 0.0)
    # A local maximum, else the flank of the shape's own spectrum below the window would win.
    peak = np.zeros(len(values), bool)
    peak[1:-1] = (values[1:-1] >= values[:-2]) & (values[1:-1] >= values[2:]) & (values[1:-1] >= values.max() / 2)
    first = np.flatnonzero(peak)
    return float(1 / frequency[first[0] if len(first) else int(values.argmax())])


def _measure(points: Array, frame: Array, pitch: float, voted: bool) -> Lattice | None:
    """Fit frame, pitch and offset together on a growing ball, then count."""
    extent = float(np.ptp(points, axis=0).max())
    if extent / pitch < FEWEST_CELLS:
        return None
    distance = np.linalg.norm(points - points[np.argmin(np.linalg.norm(points, axis=1))], axis=1)
    gradient = frame.T / pitch  # rows: cell coordinates per unit
    radius = 8 * pitch
    while np.count_nonzero(distance <= radius) < 200 and radius < 2 * distance.max():
        radius *= 1.3
    offset = np.zeros(3)
    begun = False
    while True:
        inside = points[distance <= radius]
        for _ in range(3 if begun else 1):
            cells = inside @ gradient.T
            if not begun:
                offset = np.angle(np.exp(2j * np.pi * cells).mean(axis=0)) / (2 * np.pi)
                begun = True
            gradient, offset = _fitted(inside, cells - offset, gradient, offset)
        if radius >= distance.max():
            break
        radius *= 1.8
    return _counted(points, gradient, offset, extent, voted)


def _fitted(points: Array, cells: Array, gradient: Array, offset: Array) -> tuple[Array, Array]:
    """One least-squares step on the wrapped residuals: a turn, one pitch for all axes, and an offset for each.

    Only these seven numbers are free: the ball cuts a nearly flat patch out of the surface, and a free 3 x 3 matrix
    would not be determined across it.
    """
    residual = cells - np.rint(cells)
    near = np.abs(residual) < 0.2  # the third coordinate of each vertex is anywhere: leave it out
    if near.sum(axis=0).min() < 10:
        return gradient, offset
    x, y, z = (points @ gradient.T).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = (  # columns: growth, turn about x, y and z, offsets
        np.stack([x, zero, z, -y, one, zero, zero], axis=1),
        np.stack([y, -z, zero, x, zero, one, zero], axis=1),
        np.stack([z, y, -x, zero, zero, zero, one], axis=1),
    )
    basis = np.concatenate([rows[axis][near[:, axis]] for axis in range(3)])
    wanted = np.concatenate([residual[near[:, axis], axis] for axis in range(3)])
    growth, a, b, c, *shift = np.linalg.lstsq(basis, wanted, rcond=None)[0]
    turn = np.array([[0.0, -c, b], [c, 0.0, -a], [-b, a, 0.0]])
    u, sizes, vt = np.linalg.svd((np.eye(3) * (1 - growth) - turn) @ gradient)
    return (u @ vt) * sizes.mean(), offset + np.array(shift)


def _counted(points: Array, gradient: Array, offset: Array, extent: float, voted: bool) -> Lattice:
    cells = points @ gradient.T - offset
    residual = np.abs(cells - np.rint(cells))
    on = residual < TOLERANCE
    shares = np.bincount(on.sum(axis=1), minlength=4) / len(points)
    p = on.mean(axis=0)
    expected = p[0] * p[1] * (1 - p[2]) + p[0] * p[2] * (1 - p[1]) + p[1] * p[2] * (1 - p[0])
    phases = np.abs(np.exp(2j * np.pi * cells).mean(axis=0))
    pitch = float(1 / np.linalg.norm(gradient, axis=1).mean())
    f0, f1, f2, f3 = (float(x) for x in shares)
    x, y, z = (float(v) for v in phases)
    two = on.sum(axis=1) == 2
    third = np.bincount((residual[two].max(axis=1) * 20).astype(np.int64), minlength=10)
    crowded = float(third.max() / max(third.sum(), 1))
    return Lattice(pitch, extent / pitch, (f0, f1, f2, f3), (x, y, z), float(expected), crowded, voted)
