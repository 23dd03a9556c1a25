"""Blind detection: file and key only, cheap hypotheses first, every one of them counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ._capacity import plenty_of
from ._code import check_bits, encode
from ._constants import RAW
from ._finest import FEWEST_READ, LOOKED_AT, alone, fine_parts
from ._frames import Frame, exponent_of, neighbour_exponents, raw_frame, shape_frames
from ._hypotheses import IDENTITY, UNDO, Undo
from ._known import carries
from ._mesh import Welded, weld
from ._parts import parts
from ._reader import SMALL, Ledger, Lock, Reader
from ._statistic import LIMIT, log10_corrected
from ._sums import decode_layers, decode_readers
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
    """The order of the search over surfaces, variants and frames.

    ``wholes`` are readers by surface, most vertices first, ``parts`` those of their finest connected parts under
    further numbers, ``owners`` the surface that each of these belongs to. Parts are looked for when the wholes have
    said nothing: a search that locks before does without.
    """

    def __init__(self, wholes: dict[int, Reader], ledger: Ledger, count: int) -> None:
        self.wholes = wholes
        self.count = count  # of the surfaces
        self.owners: dict[int, int] = {}
        self.ledger = ledger
        self.surface = -1

    @cached_property
    def parts(self) -> dict[int, Reader]:
        """Readers of the finest connected parts of all surfaces, most vertices first."""
        found = []
        for index, reader in self.wholes.items():
            if not reader.alias:
                faces = fine_parts(reader.welded, FEWEST_READ, LOOKED_AT)
                found += [(index, alone(reader.welded, part)) for part in faces]
        finest = sorted(found, key=lambda entry: -len(entry[1].vertices))[:LOOKED_AT]
        self.owners = {number: index for number, (index, _) in enumerate(finest, self.count)}
        return {number: Reader(part, self.ledger) for number, (_, part) in enumerate(finest, self.count)}

    @property
    def readers(self) -> dict[int, Reader]:
        """All that were looked at: wholes, and parts once they were looked for."""
        return self.wholes | {number: self.parts[number] for number in self.owners}

    def owner(self, number: int) -> int:
        """The surface that a reader belongs to."""
        return self.owners.get(number, number)

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
        some = dict(self._largest(THOROUGH, PARTS)).items()
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

    def _largest(self, count: int, parts: int = LOOKED_AT) -> Iterator[tuple[int, Reader]]:
        yield from list(self.wholes.items())[:count]
        yield from list(self.parts.items())[:parts]

    def _pass(self, undo: Undo, places: Places, margin: float, some: Iterable[tuple[int, Reader]]) -> bool:
        for index, reader in some:
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

    def _both_layers(self) -> bool:
        readers = self.readers
        for index, reader in readers.items():
            if decode_layers(self.ledger, reader, "raw and canonical", len(readers)):
                self.surface = index
                return True
        return False

    def _all_surfaces(self) -> bool:
        if decode_readers(self.ledger, self.readers.values(), "all surfaces together"):
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
    wholes = {
        i: Reader(welded[i], ledger, surfaces[i].alias) for i in largest_first if len(welded[i].vertices) >= FEWEST_READ
    }
    search = _Search(wholes, ledger, len(surfaces))
    search.run(effort)
    return _decision(search)


def _decision(search: _Search) -> Detection:
    ledger, readers = search.ledger, search.readers
    z = max((b.z for r in readers.values() for b in r.best.values()), default=0.0)
    carriers: set[int] = set()
    if ledger.lock is not None:
        carriers = _carriers(search, ledger.lock)
    elif ledger.log10_p(z) < LIMIT:
        carriers = {search.owner(i) for i, r in readers.items() if r.best and _strong(r, ledger.hypotheses)}
    records = [_record(i, search, i in carriers) for i in range(search.count)]
    return ledger.decision(METHOD, z, carriers, records)


def _strong(reader: Reader, hypotheses: int) -> bool:
    return log10_corrected(max(b.z for b in reader.best.values()), hypotheses) < LIMIT


def _carriers(search: _Search, lock: Lock) -> set[int]:
    """The surface that locked, and all others that agree with its payload far beyond chance."""
    code = encode(lock.decoded.payload or b"")
    out = {search.owner(search.surface)} if search.surface >= 0 else set()

    def add(readers: dict[int, Reader]) -> None:
        for index, reader in readers.items():
            if search.owner(index) not in out and carries(reader, lock.reading, code, search.ledger):
                out.add(search.owner(index))

    add(search.wholes)
    if not out.issuperset(search.wholes):
        add(search.parts)
    return out


def _record(index: int, search: _Search, carried: bool) -> Record:
    payload = search.ledger.payload
    own = [reader for at, reader in search.readers.items() if search.owner(at) == index]
    found = [best for reader in own for best in reader.best.values()]
    if not found:
        most = max((reader.functionals for reader in own), default=0)
        return Record(index, False, None, 0.0, 0.0, 0, METHOD, 0, most)
    top = max(found, key=lambda b: b.z)
    return Record(
        surface=index,
        found=carried,
        payload=payload if carried else None,
        log10_p=log10_corrected(top.z, search.ledger.hypotheses),
        z=top.z,
        corrected=top.wrong(payload) if carried and payload is not None else 0,
        method=f"{METHOD} {top.method}",
        hypotheses=search.ledger.hypotheses,
        functionals=top.functionals,
    )
