"""One cell: attack a marked copy, and read it with file and key alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._assets import Asset
from ._cells import Cell, Unit
from ._copy_types import Copy, key_of, payload_of

if TYPE_CHECKING:
    from sceneproof.attacks import Geometry
    from sceneproof.marks.watermark.codec import Detection
    from sceneproof.scene import Array

Surfaces = list[tuple["Array", "Array"]]


def attacked(asset: Asset, copy: Copy, cell: Cell, trial: int) -> Surfaces:
    """What the attack leaves of the copy, as float32 holds it. Every mesh gets the same seed.

    A mesh without payload that the attack cannot work on is left out. Raises `AttackError` when a carrier is one.
    """
    from sceneproof import attacks

    steps = steps_of(cell)
    seed = 7 + trial
    if attacks.module(steps[0][0]).KIND == "scene":
        after = attacks.chain(steps)(asset.parts(copy.positions), np.random.default_rng(seed))
        return [_single(part.geometry) for part in after]
    found: Surfaces = []
    for number, (_, faces) in enumerate(asset.surfaces):
        given = attacks.Geometry(copy.positions[number], faces)
        try:
            found.append(_single(attacks.chain(steps)(given, np.random.default_rng(seed))))
        except attacks.AttackError:
            if number in copy.carriers:
                raise
    return found


def steps_of(cell: Cell) -> list[tuple[str, str]]:
    """Attacks and amounts of a cell: ``crop+noise`` with ``50+0.1`` is one after the other."""
    names, amounts = cell.attack.split("+"), cell.amount.split("+")
    return [(name, amounts[n - len(names)] if n >= len(names) - len(amounts) else "") for n, name in enumerate(names)]


def measure(asset: Asset, copy: Copy, unit: Unit, cell: Cell) -> dict[str, Any]:
    """The row of one cell; `refused` or `not_applicable` say why nothing was read."""
    from sceneproof.errors import AttackError

    row = unit.keys() | {"attack": cell.attack, "amount": cell.amount, "effort": cell.effort} | _nothing()
    if copy.refused is not None:
        return row | {"refused": copy.refused}
    start = time.perf_counter()
    try:
        read, size = _attacked(asset, copy, unit, cell)
    except AttackError as error:
        return row | {"not_applicable": str(error)}
    between, cpu = time.perf_counter(), time.process_time()
    row |= read()
    spent = {"attack": between - start, "detect": time.perf_counter() - between, "cpu": time.process_time() - cpu}
    return row | {f"seconds_{name}": round(seconds, 4) for name, seconds in spent.items()} | {"vertices_after": size}


def _attacked(asset: Asset, copy: Copy, unit: Unit, cell: Cell) -> tuple[Callable[[], dict[str, Any]], int]:
    """Attack the copy; gives what reads the rest, and how many vertices (or splats) are left."""
    if asset.splats is not None:
        from . import _splats

        after = _splats.attacked(asset.splats, copy, steps_of(cell), 7 + unit.trial)
        return lambda: _told(_splats.read(after, unit, cell), unit), len(after.positions)
    surfaces = attacked(asset, copy, cell, unit.trial)
    size = sum(len(positions) for positions, _ in surfaces)
    if unit.method == "assisted":
        from . import _assisted

        return lambda: _assisted.read(asset, surfaces, unit, cell), size
    if unit.method == "cho-2007":
        from . import _cho

        return lambda: _cho.read(surfaces, payload_of(unit.trial, unit.bits)), size
    return lambda: _read(surfaces, unit, cell), size


def _nothing() -> dict[str, Any]:
    names = ("refused", "not_applicable", "bit_accuracy", "symbol_error", "log10_p", "z", "hypotheses", "layer")
    times = ("seconds_attack", "seconds_detect", "seconds_cpu", "vertices_after")
    return {"exact": False, "found": False, "false_payload": False} | dict.fromkeys(names + times)


def _read(surfaces: Surfaces, unit: Unit, cell: Cell) -> dict[str, Any]:
    from sceneproof.marks.watermark import codec

    given = [codec.Surface(positions, faces) for positions, faces in surfaces]
    return _told(codec.detect(given, key_of(unit.trial), bits=unit.bits, effort=cell.effort), unit)


def _told(result: Detection, unit: Unit) -> dict[str, Any]:
    """The fields of a row that a detection fills."""
    wanted = payload_of(unit.trial, unit.bits)
    read = result.payload if result.found else None
    return {
        "exact": read == wanted,
        "found": bool(result.found),
        "false_payload": read is not None and read != wanted,
        "bit_accuracy": None if read is None else agreement(read, wanted),
        "symbol_error": result.corrected / result.symbols if read is not None and result.symbols else None,
        "log10_p": float(result.log10_p),
        "z": max((float(record.z) for record in result.all), default=0.0),
        "hypotheses": int(result.hypotheses),
        "layer": result.method if result.found else None,
    }


def agreement(read: bytes, wanted: bytes) -> float:
    """Share of equal bits."""
    pair = [np.unpackbits(np.frombuffer(text, np.uint8)) for text in (read, wanted)]
    return float((pair[0] == pair[1]).mean())


def _single(surface: Geometry) -> tuple[Array, Array]:
    return np.asarray(surface.positions, np.float32).astype(np.float64), surface.faces
