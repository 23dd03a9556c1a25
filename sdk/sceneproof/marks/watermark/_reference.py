"""Assisted detection: the suspect is registered to a copy that the holder kept, then read in that copy's own frame.

Of the reference only the geometry counts, so any copy does: the unmarked original, or one that bears any mark. Against
one without the key's own mark the reading is informed: what the suspect changed of it is read, not the suspect alone.
The registration never sees the key, so the null of the statistic stays exact; every candidate placement is counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.errors import InputError, MissingExtraError
from sceneproof.keys import Key
from sceneproof.scene import Scene

from .watermark import WatermarkReading, read

if TYPE_CHECKING:
    from ._registration._types import Body, Candidate
    from .codec import Detection, Kept

CLEAN = -2.0  # log10 of p, above which the reference is taken to bear no mark of a key
LIMIT = -9.0  # log10 of the accepted chance of a false find, as in the codec


@dataclass(frozen=True, eq=False)
class Reference:
    """A copy to register to. Raises `InputError` where it has no mesh."""

    scene: Scene
    sha256: str

    @cached_property
    def body(self) -> Body:
        """Its parts with their skins."""
        from ._registration._body import body

        found = body(self.scene)
        if not found.parts:
            raise InputError("the reference has no mesh with triangles to register to", uri=self.scene.uri)
        return found


@dataclass(frozen=True)
class AssistedReading:
    """What was read, and how the suspect was brought to the reference.

    ``registration`` is how the candidate that was read, or the closest one, was found; ``none`` when the mark was read
    without the reference, ``failed`` when the suspect could not be placed. ``rms_fraction`` is the root mean square
    distance to the reference over its bounding-box diagonal, ``overlap`` the share of its area that is covered.
    """

    reading: WatermarkReading
    sha256: str
    registration: str
    rms_fraction: float | None = None
    overlap: float | None = None
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The ``watermark`` object of the contract, with ``detail.reference``."""
        out = self.reading.to_dict()
        reference = {
            "sha256": self.sha256,
            "registration": self.registration,
            "rms_fraction": self.rms_fraction,
            "overlap": self.overlap,
        }
        if self.problem:
            reference["problem"] = self.problem
        out["detail"] = {**out["detail"], "reference": reference}
        return out


def read_with(
    scene: Scene, reference: Reference, keys: Sequence[Key], effort: str = "normal", bits: int = 64
) -> AssistedReading:
    """Read a suspect as it stands, quickly; else register it and read that; else search it as `read` does.

    The first reading that locks ends the search. Raises `InputError` where the reference has no mesh.
    """
    whole = reference.body
    search = _Search(scene, whole, keys, bits)
    blind = read(scene, keys, "quick", bits)
    if blind.found:
        return AssistedReading(blind, reference.sha256, "none")
    search.tried = {key.id: blind.hypotheses for key in keys}
    problem = None
    try:
        for candidate in _candidates(scene, whole):
            found = search.look(candidate, effort)
            if found is not None:
                return _assisted(found, reference, candidate)
    except MissingExtraError as error:
        problem = str(error)
    last = blind if effort == "quick" else read(scene, keys, effort, bits)
    reading = search.weighed(last)
    if reading.found or search.closest is None:
        how = "none" if reading.found else "failed"
        return AssistedReading(reading, reference.sha256, how, problem=problem)
    return replace(_assisted(reading, reference, search.closest), problem=problem)


def corrected(log10_p: float, own: int, every: int) -> float:
    """log10 of a p that was corrected for ``own`` hypotheses, corrected for ``every`` one (Bonferroni: never less than
    what Šidák's correction of all of them gives)."""
    return min(log10_p + math.log10(max(every, own, 1) / max(own, 1)), 0.0)


def _candidates(scene: Scene, whole: Body) -> Iterator[Candidate]:
    from ._registration._body import body

    try:
        import scipy.spatial  # noqa: F401
    except ImportError:
        raise MissingExtraError("a reference needs SciPy; install sceneproof[reconstruction]") from None
    from ._registration._candidates import candidates

    suspect = body(scene)
    return candidates(suspect, whole) if suspect.parts else iter(())


def _assisted(reading: WatermarkReading, reference: Reference, candidate: Candidate) -> AssistedReading:
    rms = candidate.rms if math.isfinite(candidate.rms) else None
    return AssistedReading(reading, reference.sha256, candidate.kind, rms, candidate.overlap)


@dataclass(eq=False)
class _Search:
    """The candidates of one suspect under a ring of keys, and what was tried under each."""

    scene: Scene
    whole: Body
    keys: Sequence[Key]
    bits: int
    tried: dict[str, int] = field(default_factory=dict)
    clean: dict[str, bool] = field(default_factory=dict)
    closest: Candidate | None = None

    def look(self, candidate: Candidate, effort: str) -> WatermarkReading | None:
        """The reading under the first key that locks, if one does."""
        if self.closest is None or candidate.rms < self.closest.rms:
            self.closest = candidate
        for read_ in (self._informed, self._alone) if candidate.surfaces else ():
            for key, result in read_(candidate, effort):
                every = self.tried.get(key.id, 0) + result.hypotheses
                self.tried[key.id] = every
                p = corrected(result.log10_p, result.hypotheses, every)
                if result.found and p < LIMIT:
                    return self._reading(candidate, key, result, (p, every))
        return None

    def _informed(self, candidate: Candidate, _: str) -> Iterator[tuple[Key, Detection]]:
        """What the suspect changed of the reference, under the keys whose mark that does not bear."""
        from .codec import detect_informed

        kept: list[Kept] | None = None
        for key in filter(self._clean, self.keys):
            kept = self._kept(candidate) if kept is None else kept
            yield key, detect_informed(kept, key.secret, bits=self.bits)

    def _kept(self, candidate: Candidate) -> list[Kept]:
        """The reference's parts that were met, and where the suspect has their vertices."""
        from ._registration._seen import REACH, seen
        from .codec import Kept, Surface

        out = []
        for found in candidate.surfaces:
            part = self.whole.parts[found.row]
            reach = REACH * float(np.linalg.norm(np.ptp(part.points, axis=0)))
            places = seen(part.points, part.faces, (found.points, found.faces), reach)
            out.append(Kept(Surface(part.points, part.faces), places))
        return out

    def _alone(self, candidate: Candidate, effort: str) -> Iterator[tuple[Key, Detection]]:
        """The suspect's own surface where it came to lie."""
        from .codec import Surface, detect

        surfaces = [Surface(found.points, found.faces) for found in candidate.surfaces]
        for key in self.keys:
            yield key, detect(surfaces, key.secret, bits=self.bits, effort="quick" if effort == "quick" else "normal")

    def _clean(self, key: Key) -> bool:
        """Whether the reference as a whole shows no mark under this key: else it would speak for the suspect."""
        from .codec import Surface, detect

        if key.id not in self.clean:
            surfaces = [Surface(part.points, part.faces) for part in self.whole.parts]
            self.clean[key.id] = detect(surfaces, key.secret, bits=self.bits, effort="quick").log10_p > CLEAN
        return self.clean[key.id]

    def weighed(self, reading: WatermarkReading) -> WatermarkReading:
        """A blind reading after everything else that was tried."""
        if reading.log10_p is None or reading.key_id is None:
            return reading
        every = reading.hypotheses + self.tried.get(reading.key_id, 0)
        p = corrected(reading.log10_p, reading.hypotheses, every)
        if reading.found and p >= LIMIT:
            return replace(
                reading, found=False, payload=None, log10_p=p, hypotheses=every, carriers=(), method=None, all=()
            )
        return replace(reading, log10_p=p, hypotheses=every)

    def _reading(
        self, candidate: Candidate, key: Key, result: Detection, counted: tuple[float, int]
    ) -> WatermarkReading:
        pointers = [self._pointer(candidate, index) for index in range(len(candidate.surfaces))]
        every: list[Mapping[str, Any]] = [
            {
                "key_id": key.id,
                "mesh": pointers[record.surface],
                "payload": record.payload.hex() if record.payload else None,
                "log10_p": corrected(record.log10_p, result.hypotheses, counted[1]),
                "method": record.method,
            }
            for record in result.all
            if record.found
        ]
        carriers = tuple(dict.fromkeys(pointers[index] for index in result.carriers))
        return WatermarkReading(
            True, result.payload, counted[0], self.bits, result.corrected, carriers,
            f"{result.method}, registered: {candidate.kind}", key.id, counted[1], tuple(every),
        )  # fmt: skip

    def _pointer(self, candidate: Candidate, index: int) -> str:
        """The suspect's mesh that most of a registered surface came from."""
        from ._registration._body import body

        part = body(self.scene).parts[candidate.surfaces[index].source]
        return self.scene.meshes[part.mesh].pointer
