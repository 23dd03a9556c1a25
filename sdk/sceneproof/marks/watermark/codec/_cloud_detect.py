"""Blind detection in clouds: file and key only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._cloud_constants import CLOUD_METHOD
from ._cloud_reader import CloudReader, carrier_of, method_of
from ._cloud_types import Cloud
from ._code import check_bits
from ._reader import Ledger
from ._statistic import LIMIT, log10_corrected
from ._sums import decode_readers
from ._types import CodecError, Detection, Record

EFFORTS = ("quick", "normal", "deep")
MOST_CLOUDS = 8  # the ones with most points
MOST_READ = 300_000  # points of a cloud that are looked at, but for ``deep``: more would say no more


def detect_cloud(clouds: Sequence[Cloud], key: bytes, *, bits: int = 64, effort: str = "normal") -> Detection:
    """Look for a payload of ``bits`` bits under ``key`` in the clouds of one asset, and decide as `detect` does.

    ``found`` holds when the CRC passes and the chance that any hypothesis tried would do so with such a statistic is
    below 1e-9, or, then without a payload, when the statistic alone is that unlikely. ``effort`` ``quick`` tries the
    nearest cell size of the file's own and of the canonical frame, the others more of them. Of a cloud with more than
    300,000 points so many are looked at, drawn by chance; ``deep`` looks at all.
    Raises :class:`CodecError` on bad arguments.
    """
    check_bits(bits)
    if effort not in EFFORTS:
        raise CodecError(f"effort {effort!r}: one of {', '.join(EFFORTS)} is needed")
    ledger = Ledger(key, (bits,))
    sound = [cloud.sound() if effort == "deep" else _thinned(cloud.sound()) for cloud in clouds]
    order = sorted(range(len(sound)), key=lambda i: (-len(sound[i].positions), i))[:MOST_CLOUDS]
    readers = {i: CloudReader(sound[i], carrier_of(sound[i]), ledger) for i in order}
    carriers: list[int] = []
    for index, reader in readers.items():
        if reader.search(effort):
            carriers.append(index)
            break
    if not carriers and len(readers) > 1:
        _all_together(readers, ledger)
    return _decision(readers, ledger, carriers, len(clouds))


def _thinned(cloud: Cloud) -> Cloud:
    count = len(cloud.positions)
    if count <= MOST_READ:
        return cloud
    return cloud.only(np.sort(np.random.default_rng(0).permutation(count)[:MOST_READ]))


def _all_together(readers: dict[int, CloudReader], ledger: Ledger) -> None:
    """A payload that no cloud has whole: the strongest readings of all of them summed."""
    decode_readers(ledger, readers.values(), "all clouds together")


def _decision(readers: dict[int, CloudReader], ledger: Ledger, carriers: list[int], count: int) -> Detection:
    top = {i: max(r.best.values(), key=lambda b: b.z) for i, r in readers.items() if r.best}
    z = max((reading.z for reading in top.values()), default=0.0)
    payload = ledger.payload
    if ledger.lock is None and ledger.log10_p(z) < LIMIT:
        carriers = [i for i, reading in top.items() if log10_corrected(reading.z, ledger.hypotheses) < LIMIT]
    records = []
    for index in range(count):
        reader, best = readers.get(index), top.get(index)
        if reader is None or best is None:
            records.append(Record(index, False, None, 0.0, 0.0, 0, CLOUD_METHOD, 0, 0))
            continue
        carried = index in carriers
        wrong = best.wrong(payload) if carried and payload is not None else 0
        p = log10_corrected(best.z, ledger.hypotheses)
        held = payload if carried else None
        records.append(
            Record(index, carried, held, p, best.z, wrong, method_of(best), ledger.hypotheses, best.functionals)
        )
    return ledger.decision(CLOUD_METHOD, z, carriers, records)
