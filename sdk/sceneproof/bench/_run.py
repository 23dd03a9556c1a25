"""A whole run: which cells remain, the work on them, and the tables of all that was ever measured in the folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sceneproof import batch
from sceneproof.errors import InputError
from sceneproof.findings import TOOL

from ._assets import Asset, Source, load, sources
from ._cells import Cell, Store, Unit, identity, of_code, scheme
from ._options import MORE_TRIALS, SMOKE_ATTACKS, STRENGTHS, Options
from ._rates import Rate, rates
from ._targets import classes, fits, named, wanted
from ._work import Done, Work

METHODS = ("blind", "assisted", "cho-2007")
NEAR = 0.1  # a rate as near as this to its target gets more trials

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Result:
    """What a run came to.

    Attributes
    ----------
    rows : every cell in the folder that the present sources have measured, now or before.
    rates : over the assets of a class, by target, strength and method; then one asset at a time.
    measured, left, faults : cells measured now, not yet measured, and failed by a fault of ours or of a library.
    other : cells in the folder that other sources of the codec have measured; not in `rows`.
    files : what was written.
    """

    rows: tuple[Mapping[str, Any], ...]
    rates: tuple[Rate, ...]
    measured: int
    left: int
    faults: int
    other: int
    files: tuple[Path, ...]

    def to_dict(self) -> dict[str, Any]:
        """The object of the contract, ``sceneproof.bench/1``."""
        counts = {"measured": self.measured, "left": self.left, "faults": self.faults, "other": self.other}
        return {
            "schema": "sceneproof.bench/1",
            "tool": dict(TOOL),
            "scheme": dict(scheme()),
            "cells": {"counted": len(self.rows)} | counts,
            "rates": [rate.to_dict() for rate in self.rates],
            "files": [str(path) for path in self.files],
        }


def run(options: Options, say: Say = lambda _: None) -> Result:
    """Measure what remains, write the tables, and say how it goes through `say`.

    Raises `UsageError` for options that cannot be and `InputError` for an asset that cannot be read.
    """
    options.check()
    options = _released(options)
    until = None if options.seconds is None else time.time() + options.seconds
    known = {source.name: source for source in sources(options.paths, options.sets)}
    options.output.mkdir(parents=True, exist_ok=True)
    store = Store(options.output)
    units = list(_units(options, known, range(options.trials)))
    counts = _work(options, known, units, store, until, say)
    if options.release and not counts.left:
        more = _near(units, _rows(store, options)[0])
        if more:
            say(f"{sum(len(unit.cells) for unit in more)} cells more, where a rate lies near its target")
            again = _work(options, known, more, store, until, say)
            counts = replace(again, measured=counts.measured + again.measured, faults=counts.faults + again.faults)
    rows, other = _rows(store, options)
    from ._output import write

    found = rates(rows)
    files = write(options.output, rows, found)
    return Result(tuple(rows), tuple(found), counts.measured, counts.left, counts.faults, other, files)


def _released(options: Options) -> Options:
    if not options.release:
        return options
    return replace(options, strengths=STRENGTHS, assisted=True, baseline=True)


def _units(options: Options, known: Mapping[str, Source], trials: Sequence[int]) -> Iterator[Unit]:
    """All units, a trial of all assets after the other, so that a run cut short has measured each of them."""
    heads = []
    for source in known.values():
        asset = load(source)
        kinds = tuple(sorted(classes(asset)))
        head = Unit(asset.name, asset.sha256, asset.vertices, asset.triangles, asset.bits, "", "blind", 0, kinds)
        heads.append((head, _cells(options, asset)))
    for slow in (False, True):  # what takes minutes comes last
        for trial in trials:
            for method in METHODS:  # one after the other: two processes would make one copy twice
                for head, ways in heads:
                    for strength in options.strengths:
                        some = tuple(cell for cell in ways.get(method, ()) if (cell.effort == "deep") == slow)
                        if some:
                            yield replace(head, strength=strength, method=method, trial=trial, cells=some)


def _cells(options: Options, asset: Asset) -> dict[str, tuple[Cell, ...]]:
    """The cells of each method."""
    if options.attacks or options.sets == ("smoke",):
        given = named(options.attacks or SMOKE_ATTACKS, options.effort)
        blind = assisted = tuple(cell for cell in given if fits(cell, asset))
    else:
        blind, assisted = wanted(asset, options.effort), wanted(asset, options.effort, "assisted")
    found = {"blind": blind}
    if options.assisted:
        found["assisted"] = assisted
    if options.baseline:
        found["cho-2007"] = _for_baseline(blind)
    return found


def _for_baseline(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The baseline is for one mesh, and has no effort to make."""
    from sceneproof import attacks

    kept = [cell for cell in cells if attacks.module(cell.attack.split("+")[0]).KIND == "surface"]
    return tuple(dict.fromkeys(replace(cell, effort="quick") for cell in kept))


def _remaining(units: Sequence[Unit], store: Store, options: Options) -> list[Unit]:
    """The units with the cells that are not measured yet; those with none are left out."""
    found = []
    for unit in units:
        done = {identity(row, code=False) for row in of_code(store.rows(unit), other_code=options.other_code)}
        left = [cell for cell in unit.cells if identity(unit.keys() | _as_row(cell), code=False) not in done]
        if left:
            found.append(replace(unit, cells=tuple(left)))
    return found


def _as_row(cell: Cell) -> dict[str, str]:
    return {"attack": cell.attack, "amount": cell.amount, "effort": cell.effort}


def _work(
    options: Options, known: Mapping[str, Source], units: Sequence[Unit], store: Store, until: float | None, say: Say
) -> Done:
    """Measure what remains of some units."""
    waiting = {unit.file: unit for unit in _remaining(units, store, options)}
    total = sum(len(unit.cells) for unit in waiting.values())
    say(f"{total} of {sum(len(unit.cells) for unit in units)} cells to measure, in {len(waiting)} marked copies")
    work = Work(options.output, known, waiting, until)
    measured = exact = faults = 0
    with closing(batch.each(work, list(waiting), jobs=options.jobs, ordered=False)) as outcomes:
        for number, outcome in enumerate(outcomes):
            done: Done = outcome.result
            if done.error is not None:
                say(f"{outcome.name}: {done.error}")
                if isinstance(outcome.error, InputError):
                    faults += 1
            measured, exact, faults = measured + done.measured, exact + done.exact, faults + done.faults
            if done.measured:
                why = f", refused: {done.refused}" if done.refused else ""
                say(
                    f"[{number + 1}/{len(waiting)}] {outcome.name}: {done.exact} of {done.measured} exact"
                    f" in {done.seconds:.0f} s{why}"
                )
    return Done(measured, exact, faults, total - measured)


def _rows(store: Store, options: Options) -> tuple[list[Mapping[str, Any]], int]:
    """Rows of the folder, and how many others in it other sources have measured."""
    everything = store.rows()
    latest = {identity(row, code=False): row for row in of_code(everything, other_code=options.other_code)}
    return list(latest.values()), len({identity(row, code=False) for row in everything} - set(latest))


def _near(units: Sequence[Unit], rows: Sequence[Mapping[str, Any]]) -> list[Unit]:
    """Further trials of the cells whose rate lies near its target; where every payload was read, more say nothing."""
    close = {
        (rate.attack, rate.amount, rate.strength, rate.method)
        for rate in rates(rows)
        if rate.target is not None and rate.exact < rate.trials and abs(rate.rate - rate.target) <= NEAR
    }
    first = {(unit.asset, unit.strength, unit.method, unit.cells[0].effort): unit for unit in units}
    start = max(unit.trial for unit in units) + 1
    found = []
    for trial in range(start, MORE_TRIALS):
        for unit in first.values():
            cells = tuple(c for c in unit.cells if (c.attack, c.amount, unit.strength, unit.method) in close)
            if cells:
                found.append(replace(unit, trial=trial, cells=cells))
    return found
