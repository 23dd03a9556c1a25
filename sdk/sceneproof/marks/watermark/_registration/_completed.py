"""What is left of a crop, continued past its cut by the reference, so that integrals there are whole.

A functional that straddles the cut says nothing on the cut surface. On the reference's own triangles, moved to the
suspect where it is and left where they are within a collar beyond, it is the reference's value and what the suspect
changed of it. Only for a reference that bears no mark under the key: else the collar would speak for the suspect.

With the host at hand its share can be taken out as well: the writer's ridge gives each functional only part of the way
to its target, so what the suspect changed is made larger before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ._rigid import Pair
from ._samples import Samples, spread
from ._types import Body, Candidate, Floats, Registered, applied, inverse

COLLARS = (0.8, 1.2)  # widths tried, in sqrt(area / 260), a cell: wider ones bring in places that hold no mark
FACING = 0.5
STRONGER = 1.4  # times the change: of 1 to 2.5, 1.3 to 1.6 gave the highest statistic on two scans
NEAR = 0.004  # of the diagonal: a vertex with the suspect within that is covered
SAMPLES = 200_000
WHOLE = 0.9  # overlap from which there is nothing to continue


def completed(pair: Pair, matrix: Floats, like: Candidate) -> Iterator[Candidate]:
    """The reference's triangles on what is left of the suspect and around it, for each width of the collar.

    Nothing where nothing is missing, or where the reference has a skin.
    """
    reference = pair.reference
    if like.overlap > WHOLE or any(part.skinned for part in reference.parts):
        return
    suspect = spread(applied(matrix, pair.suspect.points), pair.suspect.faces, SAMPLES, 6)
    moved, covered = _moved(reference, suspect)
    if not covered.any():
        return
    cell = float(np.sqrt(reference.area / 260.0))
    distance, _ = suspect.nearest(reference.points, max(COLLARS) * cell)
    sources = {found.row: found.source for found in like.surfaces}
    for width in COLLARS:
        kept = (covered | (distance < width * cell))[reference.faces].all(axis=1)
        surfaces = []
        for row in sorted(sources):
            faces = reference.faces[kept & (reference.face_part == row)]
            if len(faces):
                used, flat = np.unique(faces, return_inverse=True)
                home = applied(inverse(reference.parts[row].world), moved[used])
                surfaces.append(Registered(row, sources[row], home, flat.reshape(-1, 3).astype(np.int64)))
        kind = f"{like.kind}, continued past the cut"
        yield Candidate(kind, tuple(surfaces), like.rms, like.overlap, continued=True)


def _moved(reference: Body, suspect: Samples) -> tuple[Floats, NDArray[np.bool_]]:
    """Vertices (n, 3) moved along their normals to the suspect's surface, and which it covers."""
    points, normals = reference.points, reference.normals
    distance, row = suspect.nearest(points, NEAR * reference.diagonal + 2.0 * suspect.spacing)
    hit = np.flatnonzero(np.isfinite(distance))
    facing = (normals[hit] * suspect.normals[row[hit]]).sum(axis=1)
    hit, facing = hit[facing > FACING], facing[facing > FACING]
    offset = suspect.points[row[hit]] - points[hit]
    # the nearest point to a vertex beyond the cut lies beside it, not on its normal
    aside = np.linalg.norm(offset - (offset * normals[hit]).sum(axis=1)[:, None] * normals[hit], axis=1)
    inside = aside < 3.0 * suspect.spacing
    hit, facing, offset = hit[inside], facing[inside], offset[inside]
    along = (offset * suspect.normals[row[hit]]).sum(axis=1) / facing
    out = points.copy()
    out[hit] += STRONGER * along[:, None] * normals[hit]
    covered = np.zeros(len(points), bool)
    covered[hit] = True
    return out, covered
