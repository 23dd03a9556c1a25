"""The marked copy of an asset that one trial works on: made once, kept in the folder of results, read on resuming."""

from __future__ import annotations

import contextlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ._assets import Asset
from ._cells import Unit, scheme
from ._copy_types import Copy, key_of, payload_of

if TYPE_CHECKING:
    from sceneproof.scene import Array

FOLDER = "marked"


def copy_of(output: Path, unit: Unit, make: Callable[[], Copy]) -> Copy:
    """The copy of a unit from the folder of results, or a new one, kept there: arrays, and the facts beside them."""
    from sceneproof.io._atomic import write_bytes

    path = output / FOLDER / f"{unit.name}.npz"
    kept = _read(path)
    if kept is not None:
        return kept
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    head = unit.keys() | {"carriers": made.carriers, "refused": made.refused, "facts": dict(made.facts)}
    arrays = {f"p{n}": positions.astype(np.float32) for n, positions in enumerate(made.positions)}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_bytes(path, content.getvalue())
    write_bytes(path.with_suffix(".json"), json.dumps(head, ensure_ascii=False, indent=1).encode("utf-8"))
    return made


def heads(output: Path) -> list[dict[str, Any]]:
    """The facts of all copies that today's scheme has made."""
    now = scheme()
    found = []
    for path in sorted((output / FOLDER).glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError):
            head = json.loads(path.read_bytes())
            if all(head[name] == now[name] for name in now):
                found.append(head)
    return found


def _read(path: Path) -> Copy | None:
    """What was kept, if the same sources of the codec made it."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        head = json.loads(path.with_suffix(".json").read_bytes())
        now = scheme()
        if all(head[name] == now[name] for name in now):
            with np.load(path) as held:
                positions = tuple(held[f"p{n}"].astype(np.float64) for n in range(len(held.files)))
            return Copy(positions, tuple(head["carriers"]), head["refused"], head["facts"])
    return None


def mark(asset: Asset, unit: Unit) -> Copy:
    """Put the payload into the meshes that ``sceneproof mark`` would choose: the finest, each the whole payload."""
    if asset.splats is not None:
        from ._splats import mark as mark_splats

        return mark_splats(asset.splats, unit)
    from sceneproof.marks.watermark.watermark import COARSE_TRIES, FINE_VERTICES, MOST_CARRIERS

    fine = [n for n, (positions, _) in enumerate(asset.surfaces) if len(positions) >= FINE_VERTICES][:MOST_CARRIERS]
    start, cpu = time.perf_counter(), time.process_time()
    moved, costs, reasons = _embedded(asset, unit, fine)
    if not moved:
        coarse = [n for n in range(len(asset.surfaces)) if n not in fine][:COARSE_TRIES]
        more, costs, other = _embedded(asset, unit, coarse)
        moved |= more
        reasons |= other
    spent = {"seconds_embed": time.perf_counter() - start, "seconds_cpu": time.process_time() - cpu}
    positions = tuple(moved.get(n, surface) for n, (surface, _) in enumerate(asset.surfaces))
    why = "; ".join(dict.fromkeys(reasons.values())) or "no mesh with triangles"
    facts: dict[str, Any] = spent | {"reasons": {str(n): reason for n, reason in reasons.items()}}
    if costs:
        facts |= {name: max(cost[name] for cost in costs) for name in costs[0]}
    return Copy(positions, tuple(moved), None if moved else why, facts)


def _embedded(
    asset: Asset, unit: Unit, chosen: list[int]
) -> tuple[dict[int, Array], list[dict[str, float]], dict[int, str]]:
    """Positions of the surfaces that bear the payload, what it costs, and why others do not."""
    from sceneproof.marks.watermark import codec

    moved: dict[int, Array] = {}
    costs: list[dict[str, float]] = []
    reasons: dict[int, str] = {}
    payload, key = payload_of(unit.trial, unit.bits), key_of(unit.trial)
    for number in chosen:
        positions, faces = asset.surfaces[number]
        try:
            found = codec.embed(codec.Surface(positions, faces), payload, key, strength=unit.strength)
        except codec.CapacityError as error:
            reasons[number] = str(error)
            continue
        moved[number] = (positions + found.displacement).astype(np.float32).astype(np.float64)
        costs.append(
            {
                "mrms": float(found.mrms),
                "max": float(found.maximum),
                "normal_mean_deg": float(found.normal_deviation_mean_deg),
                "normal_p95_deg": float(found.normal_deviation_p95_deg),
            }
        )
    return moved, costs, reasons
