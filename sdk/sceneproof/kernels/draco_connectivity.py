"""EdgeBreaker connectivity of a Draco mesh: symbols in, corner table out.

Corner ``c`` belongs to face ``c // 3``; ``opposite[c]`` is the corner across the edge that faces it, -1 at a boundary.
Source: Rossignac, "Edgebreaker", IEEE TVCG 1999; Isenburg and Snoeyink, "Spirale Reversi", 2001 (decoding from the
end); Draco Bitstream Specification 2.2, sections "EdgeBreaker Decoder" and "EdgeBreaker Traversal Valence".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel

C, S, L, R, E = range(5)
_LEAST, _MOST = 2, 7  # valences that have a context of their own


@kernel
def after(corner: int) -> int:
    """The next corner of the same face."""
    return corner - 2 if corner % 3 == 2 else corner + 1


@kernel
def before(corner: int) -> int:
    """The previous corner of the same face."""
    return corner + 2 if corner % 3 == 0 else corner - 1


@kernel
def swing_left(opposite: NDArray[np.int64], corner: int) -> int:
    """The next corner around the same vertex, -1 at a boundary."""
    across = opposite[after(corner)]
    return after(across) if across >= 0 else -1


@kernel
def swing_right(opposite: NDArray[np.int64], corner: int) -> int:
    """The corner before it around the same vertex, -1 at a boundary."""
    across = opposite[before(corner)]
    return before(across) if across >= 0 else -1


@kernel
def _join(opposite: NDArray[np.int64], one: int, other: int) -> None:
    opposite[one] = other
    opposite[other] = one


@kernel
def _valences(valence: NDArray[np.int64], vertex: NDArray[np.int64], symbol: int, corner: int) -> int:
    """Count the new face's edges; the context of the next symbol."""
    tip, right, left = vertex[corner], vertex[after(corner)], vertex[before(corner)]
    if symbol in (C, S):
        valence[right] += 1
        valence[left] += 1
    elif symbol == R:
        valence[tip] += 1
        valence[right] += 1
        valence[left] += 2
    elif symbol == L:
        valence[tip] += 1
        valence[right] += 2
        valence[left] += 1
    else:
        valence[tip] += 2
        valence[right] += 2
        valence[left] += 2
    return int(min(max(valence[right], _LEAST), _MOST) - _LEAST)


@kernel
def decode_edgebreaker(
    symbols: NDArray[np.int64],
    ends: NDArray[np.int64],
    count: int,
    splits: NDArray[np.int64],
    starts: NDArray[np.uint8],
    sizes: tuple[int, int, bool],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    """Corner table of ``sizes[0]`` faces and at most ``sizes[1]`` vertices.

    Parameters
    ----------
    symbols : C, S, L, R, E as 0 to 4; with contexts, those of all contexts one after the other.
    ends : (7,) where each context's symbols begin and the last ends; (0,) when the symbols are in reading order.
    count : symbols to decode.
    splits : (s, 3) rows source symbol, split symbol, edge (1 right), as stored: sources ascend.
    starts : whether a component begins with a face of its own, in reading order; at least one for each component.
    sizes : faces, vertices, and whether vertices that a merge left over are taken away at the end.

    Returns ``(opposite, vertex, leftmost, vertices)``: per corner (3f,), per corner, per vertex (-1 for one that is
    not used), and how many vertices there are; -1 for symbols that do not make such a mesh.
    """
    faces, most, compact = sizes
    opposite = np.full(3 * faces, -1, np.int64)
    vertex = np.full(3 * faces, -1, np.int64)
    leftmost = np.full(most + 3, -1, np.int64)
    stack = np.empty(faces + 1, np.int64)
    held = np.full(count + 1, -1, np.int64)  # edges that wait for a split symbol
    valence = np.zeros(most + 3, np.int64)
    left_over = np.empty(count + 1, np.int64)
    places = ends.copy()
    by_context = len(ends) > 0
    vertices, depth, event, lost, face, context = 0, 0, len(splits) - 1, 0, 0, -1
    bad = (opposite, vertex, leftmost, -1)
    if count > faces:
        return bad
    for i in range(count):
        if not by_context:
            symbol = symbols[i]
        elif context < 0:
            symbol = np.int64(E)  # the first one is not stored
        else:
            places[context + 1] -= 1
            if places[context + 1] < ends[context]:
                return bad
            symbol = symbols[places[context + 1]]
        corner = 3 * face
        face += 1
        if symbol != E and depth == 0:
            return bad
        if symbol == C:
            a = stack[depth - 1]
            x = vertex[after(a)]
            if leftmost[x] < 0:
                return bad
            b = after(leftmost[x])
            if opposite[a] >= 0 or opposite[b] >= 0 or a == b:
                return bad
            _join(opposite, a, corner + 1)
            _join(opposite, b, corner + 2)
            vertex[corner] = x
            vertex[corner + 1] = vertex[after(b)]
            vertex[corner + 2] = vertex[before(a)]
            leftmost[vertex[before(a)]] = corner + 2
            stack[depth - 1] = corner
        elif symbol in (R, L):
            a = stack[depth - 1]
            if opposite[a] >= 0 or vertices >= most:
                return bad
            tip = corner + 2 if symbol == R else corner + 1
            left = corner + 1 if symbol == R else corner
            right = corner if symbol == R else corner + 2
            _join(opposite, tip, a)
            vertex[tip] = vertices
            leftmost[vertices] = tip
            vertices += 1
            vertex[right] = vertex[before(a)]
            leftmost[vertex[right]] = right
            vertex[left] = vertex[after(a)]
            stack[depth - 1] = corner
        elif symbol == S:
            b = stack[depth - 1]
            depth -= 1
            if held[i] >= 0:
                stack[depth] = held[i]
                depth += 1
            if depth == 0:
                return bad
            a = stack[depth - 1]
            if opposite[a] >= 0 or opposite[b] >= 0 or a == b:
                return bad
            _join(opposite, a, corner + 2)
            _join(opposite, b, corner + 1)
            p = vertex[before(a)]
            vertex[corner] = p
            vertex[corner + 1] = vertex[after(a)]
            vertex[corner + 2] = vertex[before(b)]
            leftmost[vertex[before(b)]] = corner + 2
            around = after(b)
            n = vertex[around]
            if leftmost[n] < 0 or n == p:
                return bad
            valence[p] += valence[n]
            leftmost[p] = leftmost[n]
            first = around
            while around >= 0:
                vertex[around] = p
                around = swing_left(opposite, around)
                if around == first:
                    return bad
            leftmost[n] = -1
            left_over[lost] = n
            lost += 1
            stack[depth - 1] = corner
        elif symbol == E:
            if vertices + 3 > most:
                return bad
            for k in range(3):
                vertex[corner + k] = vertices + k
                leftmost[vertices + k] = corner + k
            vertices += 3
            stack[depth] = corner
            depth += 1
        else:
            return bad
        top = stack[depth - 1]
        if by_context:
            context = _valences(valence, vertex, symbol, top)
        if symbol not in (C, S):
            own = count - i - 1
            while event >= 0 and splits[event, 0] >= own:
                target = count - splits[event, 1] - 1
                if splits[event, 0] > own or target <= i or target >= count:
                    return bad
                held[target] = after(top) if splits[event, 2] else before(top)
                event -= 1
    if depth > len(starts):
        return bad
    for k in range(depth):  # the faces from which the encoder set out, where they lie inside
        a = stack[depth - 1 - k]
        if not starts[k]:
            continue
        if face >= faces:
            return bad
        n = vertex[after(a)]
        if leftmost[n] < 0:
            return bad
        b = after(leftmost[n])
        x = vertex[after(b)]
        if leftmost[x] < 0:
            return bad
        c = after(leftmost[x])
        if opposite[a] >= 0 or opposite[b] >= 0 or opposite[c] >= 0 or a in (b, c) or b == c:
            return bad
        corner = 3 * face
        face += 1
        _join(opposite, corner, a)
        _join(opposite, corner + 1, b)
        _join(opposite, corner + 2, c)
        vertex[corner] = x
        vertex[corner + 1] = vertex[after(c)]
        vertex[corner + 2] = n
    if face != faces:
        return bad
    if compact:
        vertices = _compact(opposite, vertex, leftmost, left_over[:lost], vertices)
    return opposite, vertex, leftmost[: max(vertices, 0)].copy(), vertices


@kernel
def _compact(
    opposite: NDArray[np.int64],
    vertex: NDArray[np.int64],
    leftmost: NDArray[np.int64],
    left_over: NDArray[np.int64],
    vertices: int,
) -> int:
    """Fill the place of each vertex that a merge left over with the last one in use."""
    for hole in left_over:
        last = vertices - 1
        while last >= 0 and leftmost[last] < 0:
            last -= 1
            vertices -= 1
        if last < hole:
            continue
        corner = leftmost[last]
        start = corner
        while corner >= 0:  # leftward to the boundary or once around
            vertex[corner] = hole
            corner = swing_left(opposite, corner)
            if corner == start:
                break
        if corner < 0:
            corner = swing_right(opposite, start)
            while corner >= 0:
                vertex[corner] = hole
                corner = swing_right(opposite, corner)
        leftmost[hole] = leftmost[last]
        leftmost[last] = -1
        vertices -= 1
    return vertices
