"""How many bits a surface can bear, predicted from its area, its shape and how finely its vertices follow the waves."""

from __future__ import annotations

from ._code import check_bits
from ._constants import CRC_BITS
from ._finest import FEWEST_WRITTEN, MOST_FINE, fine_parts, stored
from ._frames import raw_frame
from ._lattice import probe
from ._lumped import carriers
from ._mesh import Welded, fixed_groups, weld
from ._solver import masses, vary, writable
from ._types import Capacity, CodecError, Surface

FUNCTIONALS_PER_BIT = 2.5  # of payload and CRC: below it the code does not survive what quantisation costs
PLENTY_PER_BIT = 3.75  # from which a layer bears attacks too
VERTICES_PER_FUNCTIONAL = 2.0  # fewer free vertices cannot hold the functionals apart
_KEY = b"capacity does not depend on a key"


def floor_of(bits: int) -> int:
    """Smallest number of functionals for a payload of so many bits."""
    return int(FUNCTIONALS_PER_BIT * (bits + CRC_BITS))


def plenty_of(bits: int) -> int:
    """Functionals of a layer with room to lose some."""
    return int(PLENTY_PER_BIT * (bits + CRC_BITS))


def predict(functionals: int, free: int, bits: int) -> Capacity:
    """Judge a count of writable functionals and of free vertices."""
    usable = min(functionals, int(free / VERTICES_PER_FUNCTIONAL))
    fit = max(0, min(128, int(usable / FUNCTIONALS_PER_BIT) - CRC_BITS) // 8 * 8)
    fit = fit if fit >= 32 else 0
    if usable >= floor_of(bits):
        return Capacity(True, usable, fit)
    few = free < VERTICES_PER_FUNCTIONAL * floor_of(bits)
    cause = f"{free} movable vertices" if few else f"{functionals} places dense enough to write in"
    need = f"{usable} of the {floor_of(bits)} carriers that {bits} bits need"
    return Capacity(False, usable, fit, f"the mesh is too coarse or too small for a watermark: {cause}, {need}")


def refused(welded: Welded) -> str | None:
    """Why a surface cannot be looked at at all."""
    if not len(welded.faces) or welded.area <= 0.0:
        return "the mesh has no triangle with an area"
    if len(welded.vertices) < 64:
        return f"the mesh has only {len(welded.vertices)} distinct vertices"
    return None


def capacity(surface: Surface, bits: int = 64) -> Capacity:
    """Predict without embedding whether ``bits`` (32 to 128, a multiple of 8) fit. Never raises on odd geometry.

    Where the whole has no room for them, the roomiest of its finest connected parts may.
    """
    check_bits(bits)
    welded = weld(surface)
    whole = _room(surface, welded, bits)
    if whole.ok:
        return whole
    for faces in fine_parts(welded, FEWEST_WRITTEN, MOST_FINE):
        part, _ = stored(surface, welded, faces)
        room = _room(part, weld(part), bits)
        if room.ok:
            return room
    return whole


def _room(surface: Surface, welded: Welded, bits: int) -> Capacity:
    why = refused(welded)
    if why:
        return Capacity(False, 0, 0, why)
    frame = raw_frame(welded)
    unit = 1.0 / frame.scale
    fixed = fixed_groups(welded, surface)
    normals, inverse = masses(welded, fixed, unit)
    try:
        moving = carriers(welded, normals, inverse, unit)
        found, grid, _, chosen = probe(welded, frame, _KEY)
    except CodecError as error:
        return Capacity(False, 0, 0, str(error))
    layer = vary(welded, moving, found, grid, chosen, unit)
    return predict(int(writable(layer, found, moving.weight).sum()), moving.free, bits)
