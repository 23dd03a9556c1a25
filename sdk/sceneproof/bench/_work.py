"""What a process of the bench does: one unit, cell by cell, each written down at once."""

from __future__ import annotations

import math
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sceneproof.errors import MissingExtraError, SceneproofError

from ._assets import Asset, Source, load
from ._cells import Cell, Store, Unit
from ._copy import copy_of, mark
from ._copy_types import Copy
from ._measure import measure

BEAT = 30.0  # seconds between two lines of progress within a unit


@dataclass(frozen=True)
class Done:
    """What became of a unit: cells measured now, payloads read among them, faults of our own, cells that are left."""

    measured: int = 0
    exact: int = 0
    faults: int = 0
    left: int = 0
    seconds: float = 0.0
    refused: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Work:
    """A `batch.Task` over units, by their names; `until` is the time (as `time.time`) to begin no further cell."""

    output: Path
    sources: Mapping[str, Source]
    units: Mapping[str, Unit]
    until: float | None = None

    def work(self, name: str) -> Done:
        """Measure the cells of one unit that remain."""
        unit = self.units[name]
        start = beat = time.time()
        if self._late() or not unit.cells:
            return Done(left=len(unit.cells))
        asset = load(self.sources[unit.asset])
        copy = self._copy(asset, unit)
        store = Store(self.output)
        measured = exact = faults = 0
        for number, cell in enumerate(unit.cells):
            if self._late():
                break
            row = _attempt(asset, copy, unit, cell)
            if row is None:
                faults += 1
                continue
            store.append(unit, row)
            measured += 1
            exact += bool(row["exact"])
            if time.time() - beat > BEAT:
                beat = time.time()
                print(f"sceneproof: {name}: {number + 1} of {len(unit.cells)} cells", file=sys.stderr, flush=True)
        left = len(unit.cells) - measured - faults
        return Done(measured, exact, faults, left, time.time() - start, copy.refused)

    def record(self, name: str, error: SceneproofError) -> Done:
        """A unit that could not be worked on."""
        return Done(left=len(self.units[name].cells), error=str(error))

    def _late(self) -> bool:
        return self.until is not None and time.time() >= self.until

    def _copy(self, asset: Asset, unit: Unit) -> Copy:
        if unit.method == "blind":
            return copy_of(self.output, unit, lambda: _looked_at(asset, unit, mark(asset, unit)))
        from ._cho import mark_like

        ours = replace(unit, method="blind", cells=())
        if unit.method == "assisted":
            return self._copy(asset, ours)
        like = partial(self._copy, asset, ours)
        return copy_of(self.output, unit, lambda: _looked_at(asset, unit, mark_like(asset, unit, like())))


def _looked_at(asset: Asset, unit: Unit, copy: Copy) -> Copy:
    """The copy of the first trial with what takes longer to measure: distances between the surfaces, and pictures."""
    from ._distance import apart
    from ._gloss import psnr

    if copy.refused is not None or unit.trial or asset.splats is not None:
        return copy
    facts = dict(copy.facts)
    try:
        found = [apart(asset.surfaces[n], (copy.positions[n], asset.surfaces[n][1])) for n in copy.carriers]
        facts["sampled_mrms_percent"] = 100 * max(one.mrms for one in found)
        facts["sampled_hausdorff_percent"] = 100 * max(one.hausdorff for one in found)
    except MissingExtraError as error:
        facts["not_sampled"] = str(error)
    decibels = psnr(asset.placed([positions for positions, _ in asset.surfaces]), asset.placed(copy.positions))
    facts["psnr_db"] = decibels if math.isfinite(decibels) else None
    return replace(copy, facts=facts)


def _attempt(asset: Asset, copy: Copy, unit: Unit, cell: Cell) -> dict[str, Any] | None:
    """The row, or ``None`` for a fault of our own or of a library: told on stderr, and measured again next time."""
    try:
        return measure(asset, copy, unit, cell)
    except KeyboardInterrupt:
        raise
    except SystemError:
        raise  # Ctrl-C inside a compiled kernel comes out as one
    except Exception:
        print(f"sceneproof: {unit.name}: {cell.attack} {cell.amount} failed", file=sys.stderr)
        traceback.print_exc()
        return None
