"""Blind detection: file and key only, cheap hypotheses first, every one of them counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ._capacity import plenty_of
from ._code import check_bits, encode
from ._constants import RAW
from ._finest import FEWEST_READ, LOOKED_AT, alone, fine_parts
from ._frames import Frame, exponent_of, neighbour_exponents, raw_frame, shape_frames
from ._hypotheses import IDENTITY, UNDO, Undo
from ._known import carries
from ._mesh import Welded, weld
from ._parts import parts
from ._reader import SMALL, Ledger, Reader, Reading
from ._statistic import LIMIT, log10_corrected
from ._sums import pooled
from ._types import METHOD, CodecError, Detection, Record, Surface

EFFORTS = ("quick", "normal", "deep")
PLAIN = 64  # surfaces, the ones with most vertices, that are read as they stand
WIDE = 8  # those that are looked at in canonical frames
THOROUGH = 4  # those that get the whole ladder
FEW = 1.15  # times what the writer calls plenty: attacks and keys change the count
PARTS = 2  # of the finest connected parts, those that get it
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

    def __init__(self, readers: dict[int, Reader], ledger: Ledger, owners: dict[int, int]) -> None:
        self.readers = readers
        self.owners = owners  # of the readers of parts: the surface that each belongs to
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
        some = self._largest(THOROUGH, PARTS)
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

    def _largest(self, count: int, parts: int = LOOKED_AT) -> dict[int, Reader]:
        wholes = [index for index in self.readers if index not in self.owners][:count]
        return {index: self.readers[index] for index in (*wholes, *list(self.owners)[:parts])}

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

    def _try(self, found: list[tuple[Reading, int]], label: str, others: int = 1) -> bool:
        both = pooled(found, label)
        if both is None:
            return False
        self.ledger.hypotheses += 1
        return self.ledger.decode(both[0], 10.0 ** min(both[1], 300.0) * others)

    def _both_layers(self) -> bool:
        for index, reader in self.readers.items():
            layers = [(best, reader.tried[layer]) for layer, best in reader.best.items()]
            if self._try(layers, "raw and canonical", len(self.readers)):
                self.surface = index
                return True
        return False

    def _all_surfaces(self) -> bool:
        tops = [(r, max(r.best, key=lambda layer: r.best[layer].z)) for r in self.readers.values() if r.best]
        if self._try([(r.best[top], sum(r.tried.values())) for r, top in tops], "all surfaces together"):
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
        i: Reader(welded[i], ledger, surfaces[i].alias) for i in largest_first if len(welded[i].vertices) >= FEWEST_READ
    }
    owners: dict[int, int] = {}
    for index, part in _finest_of(readers):
        owners[len(surfaces) + len(owners)] = index
        readers[len(surfaces) + len(owners) - 1] = Reader(part, ledger)
    search = _Search(readers, ledger, owners)
    search.run(effort)
    return _decision(search, len(surfaces))


def _finest_of(readers: dict[int, Reader]) -> list[tuple[int, Welded]]:
    """The finest connected parts of all surfaces with the surface of each, most vertices first."""
    found = []
    for index, reader in readers.items():
        if not reader.alias:
            faces = fine_parts(reader.welded, FEWEST_READ, LOOKED_AT)
            found += [(index, alone(reader.welded, part)) for part in faces]
    return sorted(found, key=lambda entry: -len(entry[1].vertices))[:LOOKED_AT]


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
        strong = {search.owners.get(i, i) for i, r in readers.items() if r.best and _strong(r, ledger.hypotheses)}
        carriers = tuple(sorted(strong))
    records = tuple(_record(i, search, i in carriers, payload) for i in range(count))
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
    out = {search.owners.get(search.surface, search.surface)} if search.surface >= 0 else set()
    for index, reader in search.readers.items():
        owner = search.owners.get(index, index)
        if owner not in out and carries(reader, reading, code, search.ledger):
            out.add(owner)
    return tuple(sorted(out))


def _record(index: int, search: _Search, carried: bool, payload: bytes | None) -> Record:
    own = [reader for at, reader in search.readers.items() if search.owners.get(at, at) == index]
    found = [best for reader in own for best in reader.best.values()]
    if not found:
        most = max((reader.functionals for reader in own), default=0)
        return Record(index, False, None, 0.0, 0.0, 0, METHOD, 0, most)
    top = max(found, key=lambda b: b.z)
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
