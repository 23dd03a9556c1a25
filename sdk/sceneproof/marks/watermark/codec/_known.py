"""Whether further surfaces carry a payload that is already known: every functional is then a pilot."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ._constants import STEPS
from ._dither import phases, symbols
from ._frames import Frame, raw_frame, shape_frames
from ._lattice import probe
from ._parts import parts
from ._reader import FEWEST, Ledger, Reader, Reading
from ._statistic import LIMIT, agreement, log10_tail
from ._types import CodecError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._mesh import Welded

SIGNS = 4


def _frames(reader: Reader, layer: str) -> Iterator[tuple[Welded, Frame]]:
    try:
        if layer == "raw":
            yield reader.welded, raw_frame(reader.welded)
        else:
            for surface in parts(reader.welded):
                for frames in shape_frames(surface):
                    yield from frames
    except CodecError:  # no lattice fits it
        return


def carries(reader: Reader, like: Reading, code: NDArray[np.uint8], ledger: Ledger) -> bool:
    """True when the surface, as stored, agrees with the code symbols by less than a 1e-9 chance.

    It is read in the layer of the reading that locked, under every step; all of that is counted.
    """
    best = 0.0
    tried = 0
    for surface, frame in _frames(reader, like.layer):
        try:
            found, _, _, _ = probe(surface, frame, ledger.key)
        except CodecError:  # a surface that no lattice fits bears nothing
            continue
        if len(found.value) < FEWEST:
            continue
        carried = symbols(found, code)
        for step in STEPS:
            tried += 2
            z = agreement(found, phases(found, step), carried)
            best = max(best, z, -z if reader.welded.sheet else 0.0)
    return tried > 0 and log10_tail(best) + math.log10(tried) < LIMIT
