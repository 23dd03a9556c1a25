"""Writing a payload into a surface: all of it, or its finest connected parts one by one."""

from __future__ import annotations

import numpy as np

from ._embed import write
from ._finest import FEWEST_WRITTEN, MOST_FINE, fine_parts, stored
from ._mesh import weld
from ._readback import read_back_parts
from ._types import CapacityError, CodecError, Embedding, Surface


def embed(surface: Surface, payload: bytes, key: bytes, *, strength: str = "Q", share: float = 1.0) -> Embedding:
    """Displacement that writes ``payload`` (4 to 16 bytes) under ``key`` into a surface, blind to read.

    ``strength`` is an operating point: ``Q`` (MRMS at most 0.05 % of the diagonal, mean normal deviation at most 1.5
    degrees, 95th percentile 3.5) or ``R`` (0.10 %, 4 degrees); both keep every vertex within 0.4 %. The largest step
    of the ladder that keeps them is taken, and the float32 result is read back before it is given out.
    ``share`` of those limits is used up: less leaves room for the rounding of a file's grid, and half spares a mark of
    another key that is there already. An empty payload makes a mark that can only be detected.
    Where the surface as a whole cannot bear it in a frame that follows its shape, its finest connected parts are tried,
    each within the same limits against its own size; the figures are then those of the part that it costs most, and it
    is read back from each part and from the whole rounded to 14 bits.
    Raises :class:`CapacityError` when the surface cannot bear the payload, :class:`CodecError` on bad arguments.
    The same input gives the same bits on any number of threads.
    Source: flux functionals by Reynolds' transport theorem; QIM by Chen and Wornell 2001; ridge as a soft clamp.
    """
    try:
        whole = write(surface, payload, key, strength, share)
    except CapacityError as error:
        parted = _parted(surface, payload, key, strength, share)
        if parted is None:
            raise error
        return parted
    if "canonical" in whole.layers:
        return whole
    parted = _parted(surface, payload, key, strength, share)
    return parted if parted is not None and "canonical" in parted.layers else whole


def _parted(surface: Surface, payload: bytes, key: bytes, strength: str, share: float) -> Embedding | None:
    """The payload in each of the finest parts that can bear it; None where none can, or the whole is not read then."""
    welded = weld(surface)
    found: list[Embedding] = []
    moved = np.zeros((len(surface.positions), 3))
    for faces in fine_parts(welded, FEWEST_WRITTEN, MOST_FINE):
        part, at = stored(surface, welded, faces)
        try:
            written = write(part, payload, key, strength, share)
        except CodecError:  # it has no room, or no lattice fits it
            continue
        moved[at] = written.displacement
        found.append(written)
    if not found:
        return None
    back = read_back_parts(surface, moved, payload, key)
    if back is None:
        return None
    return Embedding(
        displacement=moved,
        mrms=max(part.mrms for part in found),
        maximum=max(part.maximum for part in found),
        normal_deviation_mean_deg=max(part.normal_deviation_mean_deg for part in found),
        normal_deviation_p95_deg=max(part.normal_deviation_p95_deg for part in found),
        step=max(part.step for part in found),
        layers=tuple(dict.fromkeys(layer for part in found for layer in part.layers)),
        functionals=sum(part.functionals for part in found),
        errors=max(back, *(part.errors for part in found)),
    )
