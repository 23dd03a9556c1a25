"""What a Draco decoder predicts for each value, so that an encoder can store the difference.

Values are int64 [shape=(n, k)], in the order in which they are stored; ``entry_of`` maps a vertex of the attribute's
corner table to its row, ``corner_of`` a row to a corner. Source: Draco Bitstream Specification 2.2, sections
"Prediction Parallelogram Scheme", "Prediction Constrained Multi-parallelogram Scheme", "Prediction Texture Coordinate
Scheme"; Touma and Gotsman 1998; Isenburg, Ivrissimtzis, Gumhold and Seidel, "Geometry Prediction for High Degree
Polygons", 2005.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels.draco_connectivity import after, before, swing_left, swing_right

MOST_PARALLELOGRAMS = 4

Table = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


@kernel
def _parallelogram(table: Table, values: NDArray[np.int64], row: int, corner: int, out: NDArray[np.int64]) -> bool:
    """Complete the parallelogram across the edge that faces ``corner``; False when a value is not known yet."""
    across = table[0][corner]
    if across < 0:
        return False
    tip = table[2][table[1][across]]
    one = table[2][table[1][after(across)]]
    other = table[2][table[1][before(across)]]
    if tip >= row or one >= row or other >= row:
        return False
    for k in range(values.shape[1]):
        out[k] = values[one, k] + values[other, k] - values[tip, k]
    return True


@kernel
def parallelogram(table: Table, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Predictions by one parallelogram, else by the value before.

    ``table`` is (opposite, vertex, entry_of, corner_of).
    """
    out = np.zeros_like(values)
    for row in range(1, len(values)):
        if not _parallelogram(table, values, row, table[3][row], out[row]):
            out[row] = values[row - 1]
    return out


@kernel
def multi_parallelogram(
    table: Table, values: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Predictions by the mean of those parallelograms, of at most four, that predict best.

    Also ``(flags, numbers)``: (n, 4) 1 for a parallelogram that is left out, and (n,) how many there are.
    """
    out = np.zeros_like(values)
    width = values.shape[1]
    flags = np.zeros((len(values), MOST_PARALLELOGRAMS), np.uint8)
    numbers = np.zeros(len(values), np.int64)
    each = np.zeros((MOST_PARALLELOGRAMS, width), np.int64)
    mean = np.zeros(width, np.int64)
    for row in range(1, len(values)):
        start = table[3][row]
        corner = start
        found = 0
        leftward = True
        while corner >= 0:
            if _parallelogram(table, values, row, corner, each[found]):
                found += 1
                if found == MOST_PARALLELOGRAMS:
                    break
            corner = swing_left(table[0], corner) if leftward else swing_right(table[0], corner)
            if corner == start:
                break
            if corner < 0 and leftward:
                leftward = False
                corner = swing_right(table[0], start)
        numbers[row] = found
        best = np.int64(0)
        for k in range(width):
            best += abs(values[row, k] - values[row - 1, k])
        chosen = 0
        out[row] = values[row - 1]
        for choice in range(1, 1 << found):
            used = 0
            mean[:] = 0
            for j in range(found):
                if choice >> j & 1:
                    used += 1
                    mean += each[j]
            error = np.int64(0)
            for k in range(width):  # divided towards zero, as the decoder does
                mean[k] = mean[k] // used if mean[k] >= 0 else -(-mean[k] // used)
                error += abs(values[row, k] - mean[k])
            if error < best:
                best = error
                chosen = choice
                out[row] = mean
        for j in range(found):
            flags[row, j] = 0 if chosen >> j & 1 else 1
    return out, flags, numbers


@kernel
def _root(number: np.uint64) -> np.uint64:
    """Whole square root by Newton's method from a power of two, in the decoder's own steps (64 bits, wrapping)."""
    if number == np.uint64(0):
        return np.uint64(0)
    left = number
    root = np.uint64(1)
    while left >= np.uint64(2):
        root = root << np.uint64(1)
        left = left >> np.uint64(2)
    while True:
        root = (root + number // root) >> np.uint64(1)
        if root * root <= number:
            return root


@kernel
def _cut(value: int, by: int) -> int:
    """Division towards zero."""
    quotient = abs(value) // abs(by)
    return quotient if (value >= 0) == (by >= 0) else -quotient


@kernel
def texture_coordinates(
    table: Table, values: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Predictions of (n, 2) texture coordinates from the triangle's shape; ``places`` (n, 3) are the positions.

    Also the side on which each predicted point lies, in the order in which a decoder meets them.
    """
    out = np.zeros_like(values)
    sides = np.zeros(len(values), np.uint8)
    count = 0
    for row in range(len(values)):
        corner = table[3][row]
        n = table[2][table[1][after(corner)]]
        p = table[2][table[1][before(corner)]]
        if n < row and p < row:
            u, v = values[p, 0] - values[n, 0], values[p, 1] - values[n, 1]
            if u == 0 and v == 0:
                out[row] = values[p]
                continue
            length = 0
            along = 0
            for k in range(3):
                edge = places[p, k] - places[n, k]
                length += edge * edge
                along += edge * (places[row, k] - places[n, k])
            if length != 0:
                apart = 0
                for k in range(3):
                    foot = places[n, k] + _cut(along * (places[p, k] - places[n, k]), length)
                    apart += (places[row, k] - foot) ** 2
                height = int(_root(np.uint64(apart) * np.uint64(length)))
                x, y = values[n, 0] * length + along * u, values[n, 1] * length + along * v
                a0, a1 = _cut(x + v * height, length), _cut(y - u * height, length)
                b0, b1 = _cut(x - v * height, length), _cut(y + u * height, length)
                error_a = (values[row, 0] - a0) ** 2 + (values[row, 1] - a1) ** 2
                error_b = (values[row, 0] - b0) ** 2 + (values[row, 1] - b1) ** 2
                first = error_a < error_b
                sides[count] = 1 if first else 0
                count += 1
                out[row, 0] = a0 if first else b0
                out[row, 1] = a1 if first else b1
                continue
        if n < row:
            out[row] = values[n]
        elif row > 0:
            out[row] = values[row - 1]
    return out, sides[:count].copy()
