"""Blind detection: file and key only, cheap hypotheses first, every one of them counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ._capacity import plenty_of
from ._code import check_bits, encode
from ._constants import RAW
from ._frames import Frame, exponent_of, neighbour_exponents, raw_frame, shape_frames
from ._hypotheses import IDENTITY, UNDO, Undo
from ._known import carries
from ._mesh import Welded, weld
from ._parts import parts
from ._reader import SMALL, Ledger, Reader, Reading, combined
from ._statistic import LIMIT, log10_corrected
from ._types import METHOD, CodecError, Detection, Record, Surface

EFFORTS = ("quick", "normal", "deep")
PLAIN = 64  # surfaces, the ones with most vertices, that are read as they stand
WIDE = 8  # those that are looked at in canonical frames
THOROUGH = 4  # those that get the whole ladder
FEWEST_VERTICES = 200  # a third of what the shortest payload needs: below, there is nothing to look for
FEW = 1.15  # times what the writer calls plenty: attacks and keys change the count
CROPPED = (1, 2, 3, -1, 4, 5)  # steps of the cell ladder from what is received: a crop occupies fewer cells


@dataclass(frozen=True, eq=False)
class Place:
    """A frame on a surface, or a part of it; ``layer`` names what competes with it for the best reading."""

    surface: Welded
    frame: Frame
    layer: str


def _raw(welded: Welded, margin: float) -> Iterator[Place]:
    frame = raw_frame(welded)
    for exponent in neighbour_exponents(exponent_of(welded, frame), margin):
        yield Place(welded, frame.with_exponent(exponent), "raw")


def _raw_ladder(welded: Welded, margin: float) -> Iterator[Place]:
    frame = raw_frame(welded)
    tried = neighbour_exponents(exponent_of(welded, frame), margin)
    for offset in CROPPED:
        if frame.exponent + offset not in tried:
            yield Place(welded, frame.with_exponent(frame.exponent + offset), "raw")


def _canonical(welded: Welded, margin: float) -> Iterator[Place]:
    for index, surface in enumerate(parts(welded)):
        kinds = [surface]
        if surface.doubtful:  # the writer may have taken the surface for a solid, or the other way round
            kinds.append(replace(surface, solid=not surface.solid))
        for kind in kinds:
            for frames in shape_frames(kind):
                for exponent in neighbour_exponents(exponent_of(*frames[0]), margin):
                    for laid, frame in frames:
                        yield Place(laid, frame.with_exponent(exponent), f"canonical, part {index + 1}")


def _canonical_ladder(welded: Welded, margin: float) -> Iterator[Place]:
    """One cell size more and one less: coarse grids and heavy noise change the count of cells."""
    for index, surface in enumerate(parts(welded)):
        for frames in shape_frames(surface):
            first = frames[0][1]
            tried = neighbour_exponents(exponent_of(*frames[0]), margin)
            for exponent in (first.exponent + 1, first.exponent - 1):
                for laid, frame in frames if exponent not in tried else ():
                    yield Place(laid, frame.with_exponent(exponent), f"canonical, part {index + 1}")


Places = Callable[[Welded, float], Iterator[Place]]


class _Search:
    """The order of the search over surfaces, variants and frames."""

    def __init__(self, readers: dict[int, Reader], ledger: Ledger) -> None:
        self.readers = readers
        self.ledger = ledger
        self.surface = -1

    def run(self, effort: str) -> bool:
        margin = 0.10 if effort == "quick" else 0.20
        if self._pass(IDENTITY, _raw, margin, self._largest(PLAIN)) or self._pass(
            IDENTITY, _canonical, margin, self._largest(WIDE)
        ):
            return True
        if self._both_layers() or self._all_surfaces():
            return True
        if effort == "quick":
            return False
        some = self._largest(THOROUGH)
        if self._pass(IDENTITY, _raw_ladder, margin, some) or self._pass(IDENTITY, _canonical_ladder, margin, some):
            return True
        for undo in UNDO[1:]:
            if EFFORTS.index(undo.effort) > EFFORTS.index(effort):
                continue
            if self._pass(undo, _raw, 0.0, some) or self._pass(undo, _canonical, 0.1, some) or self._both_layers():
                return True
            if effort == "deep" and self._pass(undo, _raw_ladder, 0.0, some):
                return True
        return self._all_surfaces()

    def _largest(self, count: int) -> dict[int, Reader]:
        return dict(list(self.readers.items())[:count])

    def _pass(self, undo: Undo, places: Places, margin: float, only: dict[int, Reader] | None = None) -> bool:
        for index, reader in (self.readers if only is None else only).items():
            if reader.alias and places in (_canonical, _canonical_ladder):
                continue
            variant = undo.apply(reader.welded)
            try:
                for place in places(variant, margin):
                    if self._read(reader, place, undo):
                        self.surface = index
                        return True
            except CodecError:  # no lattice fits the variant: it bears nothing, the other surfaces may
                continue
        return False

    def _read(self, reader: Reader, place: Place, undo: Undo) -> bool:
        """Read a place, and with smaller cells too where a writer would have found too few functionals."""
        label = f"{place.frame.name}, {undo.id}"
        if reader.read(place.surface, place.frame, place.layer, label):
            return True
        if place.frame.layer == RAW or reader.count >= FEW * plenty_of(self.ledger.sizes[0]):
            return False
        return reader.read(place.surface, place.frame.with_exponent(place.frame.exponent - 1), place.layer, label)

    def _try(self, readings: list[Reading], label: str) -> bool:
        if len(readings) < 2:
            return False
        self.ledger.hypotheses += 1
        both = combined(readings, label)
        return self.ledger.decode(both)

    def _both_layers(self) -> bool:
        for index, reader in self.readers.items():
            if self._try(list(reader.best.values()), "raw and canonical"):
                self.surface = index
                return True
        return False

    def _all_surfaces(self) -> bool:
        if len(self.readers) < 2:
            return False
        strong = [max(r.best.values(), key=lambda b: b.z) for r in self.readers.values() if r.best]
        if self._try([r for r in strong if r.z > 1.0], "all surfaces together"):
            self.surface = -1
            return True
        return False


def detect(surfaces: Sequence[Surface], key: bytes, *, bits: int = 64, effort: str = "normal") -> Detection:
    """Look for a payload of ``bits`` bits under ``key`` in surfaces of one asset, and decide.

    ``found`` holds when the CRC passes and the chance that any hypothesis tried would do so with such a statistic is
    below 1e-9, or, then without a payload, when the statistic alone is that unlikely. ``log10_p`` is corrected for
    every hypothesis. ``effort``: ``quick`` reads the surface as stored, ``normal`` undoes what may have been done to
    it, ``deep`` tries more cell sizes with that. The search stops at the first lock.
    """
    check_bits(bits)
    if effort not in EFFORTS:
        raise CodecError(f"effort {effort!r}: one of {', '.join(EFFORTS)} is needed")
    ledger = Ledger(key, (bits,) if bits <= SMALL else (bits, SMALL))
    welded = {i: weld(s) for i, s in enumerate(surfaces)}
    largest_first = sorted(welded, key=lambda i: (-len(welded[i].vertices), i))
    readers = {
        i: Reader(welded[i], ledger, surfaces[i].alias)
        for i in largest_first
        if len(welded[i].vertices) >= FEWEST_VERTICES
    }
    search = _Search(readers, ledger)
    search.run(effort)
    return _decision(search, len(surfaces))


def _decision(search: _Search, count: int) -> Detection:
    ledger, readers = search.ledger, search.readers
    best = max((b.z for r in readers.values() for b in r.best.values()), default=0.0)
    method = METHOD
    payload, corrected, symbols = None, 0, 0
    log10_p = log10_corrected(best, ledger.hypotheses) if ledger.hypotheses else 0.0
    carriers: tuple[int, ...] = ()
    if ledger.lock is not None:
        decoded, log10_p = ledger.lock.decoded, ledger.lock.log10_p
        payload, corrected, symbols = decoded.payload, decoded.corrected, decoded.symbols
        method = f"{METHOD} {ledger.lock.reading.method}"
        carriers = _carriers(search, ledger.lock.reading, payload or b"")
    elif log10_p < LIMIT:
        carriers = tuple(i for i, r in readers.items() if r.best and _strong(r, ledger.hypotheses))
    records = tuple(_record(i, readers.get(i), search, i in carriers, payload) for i in range(count))
    return Detection(
        found=log10_p < LIMIT,
        payload=payload,
        log10_p=log10_p,
        bits=ledger.lock.bits if ledger.lock else ledger.sizes[0],
        corrected=corrected,
        carriers=carriers,
        method=method,
        hypotheses=ledger.hypotheses,
        symbols=symbols,
        all=records,
    )


def _strong(reader: Reader, hypotheses: int) -> bool:
    return log10_corrected(max(b.z for b in reader.best.values()), hypotheses) < LIMIT


def _carriers(search: _Search, reading: Reading, payload: bytes) -> tuple[int, ...]:
    """The surface that locked, and all others that agree with its payload far beyond chance."""
    code = encode(payload)
    out = {search.surface} if search.surface >= 0 else set()
    for index, reader in search.readers.items():
        if index not in out and carries(reader, reading, code, search.ledger):
            out.add(index)
    return tuple(sorted(out))


def _record(index: int, reader: Reader | None, search: _Search, carried: bool, payload: bytes | None) -> Record:
    if reader is None or not reader.best:
        return Record(index, False, None, 0.0, 0.0, 0, METHOD, 0, reader.functionals if reader else 0)
    top = max(reader.best.values(), key=lambda b: b.z)
    corrected = 0
    if carried and payload is not None:
        soft = top.soft(8 * len(payload))
        known = soft != 0.0
        corrected = int(((encode(payload) == 1)[known] != (soft < 0.0)[known]).sum())
    return Record(
        surface=index,
        found=carried,
        payload=payload if carried else None,
        log10_p=log10_corrected(top.z, search.ledger.hypotheses),
        z=top.z,
        corrected=corrected,
        method=f"{METHOD} {top.method}",
        hypotheses=search.ledger.hypotheses,
        functionals=top.functionals,
    )
