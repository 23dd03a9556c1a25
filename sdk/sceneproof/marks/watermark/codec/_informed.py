"""Informed detection: the unmarked surface is at hand, and the places on the suspect of what is left of it.

Lattice, cells, frames and the host's own values are those of the writer, so nothing of them is searched, and no
integral is lost to a cut: what the suspect changed says, as far as it is seen, what was wanted of each functional.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._code import check_bits, encode
from ._constants import STEPS
from ._dither import phases, symbols
from ._embed import _Written, attempts, designed
from ._finest import FEWEST_READ, FEWEST_WRITTEN, LOOKED_AT, MOST_FINE, fine_parts, stored
from ._frames import raw_frame
from ._lattice import Probe
from ._lumped import Carriers
from ._mesh import Welded, fixed_groups, vertex_normals, weld
from ._reader import FEWEST, SMALL, TRIES, Ledger, Reading, ranked, reading_of
from ._recovered import Recovered, Seen, recovered
from ._solver import assemble
from ._statistic import LIMIT, agreement, log10_corrected, log10_tail
from ._sums import decode_sum
from ._types import METHOD, CodecError, Detection, Record, Surface

Floats = NDArray[np.float64]

MOST_SURFACES = 12  # with most vertices, as the writer takes them
MOST_VERTICES = 500_000  # of a surface: the derivative is kept vertex by vertex, some 500 bytes each
MOST_UNKNOWN = 3000  # functionals: their equations are dense
FEWEST_SEEN = 100  # vertices below which nothing is told apart from the drift
TURNED = 0.5  # cosine between a vertex's normal and the direction it moves in, below which nothing is seen of it
USUAL = 0.008  # step that the fit starts from


@dataclass(frozen=True, eq=False)
class Kept:
    """The unmarked ``surface``, and ``seen`` (n, 3): where the suspect has each of its stored positions.

    Only the part along the normal counts. Rows of NaN stand for what the suspect lacks.
    """

    surface: Surface
    seen: Floats


@dataclass(frozen=True, eq=False)
class _Best:
    """The best reading of one surface, or part of it, with the probe that gave it, of so many tried."""

    owner: int
    reading: Reading
    probe: Probe
    tried: int


class _Host:
    """One kept surface under one key."""

    def __init__(self, kept: Kept, key: bytes, bits: int) -> None:
        self.welded = weld(kept.surface)
        self.unit = 1.0 / raw_frame(self.welded).scale
        fixed = fixed_groups(self.welded, kept.surface)
        self.moving, self.layers = designed(self.welded, fixed, key, bytes(bits // 8), lump=False)
        self.seen = _displaced(self.welded, self.moving, kept.seen, self.unit)

    def probes(self) -> Iterator[Probe]:
        """What the writer may have put in, by layers and lift: all rows as one probe, values at the writer's aim, with
        the error's variance, in squared cells, as ``gain``."""
        solved: dict[int, Recovered] = {}
        for chosen in attempts(self.layers):
            rows = sum(w.count for w in chosen)
            if not FEWEST <= rows <= MOST_UNKNOWN or int((self.seen.weight > 0.0).sum()) < FEWEST_SEEN:
                continue
            scale = np.concatenate([w.layer.scale for w in chosen])
            lift = np.concatenate([np.full(w.count, w.lift) for w in chosen])
            if len(chosen) not in solved:
                system = assemble([w.layer for w in chosen], self.moving)
                group = np.repeat(np.arange(len(chosen)), [w.count for w in chosen])
                solved[len(chosen)] = recovered(system, self.seen, (USUAL * lift * scale) ** 2 / 12.0, group)
            found = solved[len(chosen)]
            yield _stacked(chosen, found.change / scale / lift, found.variance / (scale * lift) ** 2, lift)


def _stacked(chosen: list[_Written], change: Floats, variance: Floats, lift: Floats) -> Probe:
    """Rows of all layers in units in which they share a step."""
    value, weight, border, dither, symbol = (
        np.concatenate([getattr(w.probe, name) for w in chosen])
        for name in ("value", "weight", "border", "dither", "symbol")
    )
    return Probe(chosen[0].probe.frame, value / lift + change, variance, weight, border, dither, symbol)


def _displaced(welded: Welded, moving: Carriers, seen: Floats, unit: float) -> Seen:
    """Heights over the surface, taken as displacements along the writer's directions."""
    normals, area = vertex_normals(welded.vertices, welded.faces)
    normals = normals * welded.flip
    place = np.full(welded.vertices.shape, np.nan)
    known = (welded.group >= 0) & np.isfinite(seen).all(axis=1)
    place[welded.group[known]] = seen[known]
    along = (moving.directions * normals).sum(axis=1)
    shown = np.isfinite(place).all(axis=1) & (along > TURNED) & (moving.inverse > 0.0)
    along = np.where(shown, along, 1.0)
    height = np.where(shown, ((np.where(shown[:, None], place, 0.0) - welded.vertices) * normals).sum(axis=1), 0.0)
    weight = np.where(shown, area / unit**2, 0.0)
    middle = welded.vertices[shown].mean(axis=0) if shown.any() else np.zeros(3)
    local = np.concatenate([(welded.vertices - middle) / unit, np.ones((len(height), 1))], axis=1)
    drift = (normals[:, :, None] * local[:, None, :]).reshape(-1, 12) / along[:, None]
    return Seen(height / unit / along, weight, np.where(shown[:, None], drift, 0.0))


def _trusted(probe: Probe, step: float) -> Probe:
    """Weights by the expected cosine of an angle whose error has the variance at hand."""
    angle = 2.0 * np.pi**2 * np.minimum(probe.gain / step**2, 1.0)
    return replace(probe, weight=probe.weight * np.exp(-angle))


def detect_informed(kept: Sequence[Kept], key: bytes, *, bits: int = 64) -> Detection:
    """Look for a payload of ``bits`` bits in what a suspect changed of surfaces that are known unmarked.

    A surface that bears a mark under ``key`` itself would read as that mark, whatever the suspect: look first.
    Decides as :func:`detect` does, every hypothesis counted: surfaces and their finest parts, layers and their lifts,
    and the steps.
    """
    check_bits(bits)
    ledger = Ledger(key, (bits,) if bits <= SMALL else (bits, SMALL))
    best: list[_Best] = []
    for owner, one in _places(kept):
        if _read(one, owner, ledger, best):
            return _decision(ledger, best, len(kept), owner)
    decode_sum(ledger, [(found.reading, found.tried) for found in best], "informed, all surfaces together")
    return _decision(ledger, best, len(kept), -1)


def _places(kept: Sequence[Kept]) -> Iterator[tuple[int, Kept]]:
    """Surfaces that may bear a mark, as the writer takes them: the finest as wholes, then their finest parts."""
    order = sorted(range(len(kept)), key=lambda i: (-len(kept[i].surface.positions), i))[:MOST_SURFACES]
    order = [i for i in order if FEWEST_READ <= len(kept[i].surface.positions) <= MOST_VERTICES]
    yield from ((index, kept[index]) for index in order)
    looked = 0
    for index in order:
        welded = weld(kept[index].surface)
        for faces in fine_parts(welded, FEWEST_WRITTEN, MOST_FINE)[: LOOKED_AT - looked]:
            looked += 1
            part, at = stored(kept[index].surface, welded, faces)
            yield index, Kept(part, kept[index].seen[at])


def _read(kept: Kept, owner: int, ledger: Ledger, best: list[_Best]) -> bool:
    """Every probe of one surface under every step; True on a lock."""
    try:
        probes = _Host(kept, ledger.key, ledger.sizes[0]).probes()
        tried = ranked(ledger, ((_trusted(probe, step), step, 1.0) for probe in probes for step in STEPS))
    except (CodecError, np.linalg.LinAlgError):  # no lattice fits it, or nothing is seen: it says nothing
        return False
    readings = [reading_of(*entry, "informed", "informed", entry[1].frame) for entry in tried[:TRIES]]
    if readings:
        best.append(_Best(owner, readings[0], tried[0][1], len(tried)))
    return any(ledger.decode(reading) for reading in readings)


def _agrees(found: _Best, payload: bytes, hypotheses: int) -> bool:
    """Whether a surface agrees with a payload by less than a 1e-9 chance."""
    probe = found.probe
    z = agreement(probe, phases(probe, found.reading.step), symbols(probe, encode(payload)))
    return log10_tail(z) + math.log10(max(hypotheses, 1)) < LIMIT


def _decision(ledger: Ledger, best: list[_Best], count: int, locked: int) -> Detection:
    z = max((found.reading.z for found in best), default=0.0)
    payload = ledger.payload
    carriers: set[int] = set()
    if payload is not None:
        carriers = {found.owner for found in best if _agrees(found, payload, ledger.hypotheses)}
        carriers |= {locked} if locked >= 0 else set()
    elif ledger.log10_p(z) < LIMIT:
        carriers = {found.owner for found in best if log10_corrected(found.reading.z, ledger.hypotheses) < LIMIT}
    records = []
    for index in range(count):
        own = max((found.reading for found in best if found.owner == index), key=lambda r: r.z, default=None)
        records.append(
            Record(
                surface=index,
                found=index in carriers,
                payload=payload if index in carriers else None,
                log10_p=log10_corrected(own.z, ledger.hypotheses) if own else 0.0,
                z=own.z if own else 0.0,
                corrected=0,
                method=f"{METHOD} informed",
                hypotheses=ledger.hypotheses,
                functionals=own.functionals if own else 0,
            )
        )
    return ledger.decision(METHOD, z, carriers, records)
