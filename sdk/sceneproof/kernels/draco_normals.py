"""Octahedral normals of a Draco stream, predicted from the triangles around them.

A normal is a point (s, t) of a square of ``2 * centre + 1`` whole numbers a side. Source: Draco Bitstream
Specification 2.2, sections "Prediction Normal Scheme" and "Prediction Normal Octahedron Canonicalized Transform";
Meyer et al., "On Floating-Point Normal Vectors", 2010.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels.draco_connectivity import after, before, swing_left, swing_right
from sceneproof.kernels.draco_prediction import Table, _cut

_LONGEST = 1 << 29


@kernel
def _canonical(s: int, t: int, centre: int) -> tuple[int, int]:
    """Points of the square's edge that mean one direction become one point."""
    most = 2 * centre
    if (s == 0 and t == 0) or (s == 0 and t == most) or (s == most and t == 0):
        return most, most
    if s == 0 and t > centre:
        return s, 2 * centre - t
    if s == most and t < centre:
        return s, 2 * centre - t
    if t == most and s < centre:
        return 2 * centre - s, t
    if t == 0 and s > centre:
        return 2 * centre - s, t
    return s, t


@kernel
def _unfold(x: int, y: int, z: int, centre: int) -> tuple[int, int]:
    """The point of a whole vector whose absolute values add up to ``centre``."""
    if x >= 0:
        return _canonical(y + centre, z + centre, centre)
    s = abs(z) if y < 0 else 2 * centre - abs(z)
    t = abs(y) if z < 0 else 2 * centre - abs(y)
    return _canonical(s, t, centre)


@kernel
def to_octahedron(vectors: NDArray[np.float64], centre: int) -> NDArray[np.int64]:
    """The nearest points (n, 2) of unit vectors (n, 3)."""
    out = np.zeros((len(vectors), 2), np.int64)
    for i in range(len(vectors)):
        total = abs(vectors[i, 0]) + abs(vectors[i, 1]) + abs(vectors[i, 2])
        if total <= 1e-6:
            out[i] = _unfold(centre, 0, 0, centre)
            continue
        x = int(np.floor(vectors[i, 0] / total * centre + 0.5))
        y = int(np.floor(vectors[i, 1] / total * centre + 0.5))
        z = centre - abs(x) - abs(y)
        if z < 0:
            y += z if y > 0 else -z
            z = 0
        if vectors[i, 2] < 0:
            z = -z
        out[i] = _unfold(x, y, z, centre)
    return out


@kernel
def _invert(s: int, t: int, centre: int) -> tuple[int, int]:
    """Turn the square inside out: the corner triangles become the inner diamond."""
    if s >= 0 and t >= 0:
        a, b = 1, 1
    elif s <= 0 and t <= 0:
        a, b = -1, -1
    else:
        a, b = (1 if s > 0 else -1), (1 if t > 0 else -1)
    u, v = 2 * s - a * centre, 2 * t - b * centre
    if a * b >= 0:
        u, v = -v, -u
    else:
        u, v = v, u
    return _cut(u + a * centre, 2), _cut(v + b * centre, 2)


@kernel
def _turns(s: int, t: int) -> int:
    """Quarter turns that bring a point into the lower left quadrant."""
    if s == 0:
        return 0 if t == 0 else (3 if t > 0 else 1)
    if s > 0:
        return 2 if t >= 0 else 1
    return 0 if t <= 0 else 3


@kernel
def _turned(s: int, t: int, turns: int) -> tuple[int, int]:
    if turns == 1:
        return t, -s
    if turns == 2:
        return -s, -t
    if turns == 3:
        return -t, s
    return s, t


@kernel
def _wrapped(value: int, centre: int) -> int:
    if value > centre:
        return value - 2 * centre - 1
    if value < -centre:
        return value + 2 * centre + 1
    return value


@kernel
def _correction(s: int, t: int, p: int, q: int, centre: int) -> tuple[int, int]:
    """What leads from the prediction (p, q) to (s, t), each from ``-centre`` to ``centre``."""
    s, t, p, q = s - centre, t - centre, p - centre, q - centre
    if abs(p) + abs(q) > centre:
        s, t = _invert(s, t, centre)
        p, q = _invert(p, q, centre)
    turns = _turns(p, q)
    s, t = _turned(s, t, turns)
    p, q = _turned(p, q, turns)
    return _wrapped(s - p, centre), _wrapped(t - q, centre)


@kernel
def normal_corrections(
    table: Table, values: NDArray[np.int64], entries: NDArray[np.int64], places: NDArray[np.int64], centre: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Corrections (n, 2), all at least 0, of the points ``values``, and where the prediction is turned about.

    ``entries`` maps a row of this attribute to a row of ``places`` (p, 3), the positions.
    """
    out = np.zeros_like(values)
    flips = np.zeros(len(values), np.uint8)
    sides = 2 * centre + 1
    for row in range(len(values)):
        start = table[3][row]
        middle = places[entries[row]]
        x, y, z = 0, 0, 0
        corner = start
        leftward = True
        while corner >= 0:
            one = places[entries[table[2][table[1][after(corner)]]]]
            other = places[entries[table[2][table[1][before(corner)]]]]
            a0, a1, a2 = one[0] - middle[0], one[1] - middle[1], one[2] - middle[2]
            b0, b1, b2 = other[0] - middle[0], other[1] - middle[1], other[2] - middle[2]
            x += a1 * b2 - a2 * b1
            y += a2 * b0 - a0 * b2
            z += a0 * b1 - a1 * b0
            if leftward:
                corner = swing_left(table[0], corner)
                if corner < 0:
                    corner = swing_right(table[0], start)
                    leftward = False
                elif corner == start:
                    corner = -1
            else:
                corner = swing_right(table[0], corner)
        total = abs(x) + abs(y) + abs(z)
        if total > _LONGEST:
            by = total // _LONGEST
            x, y, z = _cut(x, by), _cut(y, by), _cut(z, by)
        total = abs(x) + abs(y) + abs(z)
        if total == 0:
            x = centre
        else:
            x = _cut(x * centre, total)
            y = _cut(y * centre, total)
            rest = centre - abs(x) - abs(y)
            z = rest if z >= 0 else -rest
        p, q = _unfold(x, y, z, centre)
        a, b = _correction(values[row, 0], values[row, 1], p, q, centre)
        p, q = _unfold(-x, -y, -z, centre)
        c, d = _correction(values[row, 0], values[row, 1], p, q, centre)
        if abs(a) + abs(b) >= abs(c) + abs(d):
            flips[row] = 1
            a, b = c, d
        out[row, 0] = a if a >= 0 else a + sides
        out[row, 1] = b if b >= 0 else b + sides
    return out, flips
