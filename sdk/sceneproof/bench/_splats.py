"""Splat clouds: the mark stands in the colour of degree 0, or in the centres where there is none."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ._cells import Cell, Unit
from ._copy_types import Copy, key_of, payload_of

if TYPE_CHECKING:
    from sceneproof.marks.watermark.codec import Cloud, Detection
    from sceneproof.scene import Splats

SH_0 = 0.28209479177387814  # display colour is 0.5 + SH_0 times the coefficient of degree 0


def cloud_of(splats: Splats) -> Cloud:
    """The cloud as the watermark sees it."""
    from sceneproof.marks.watermark.codec import Cloud, splat_weights

    weights = splat_weights(splats.opacities.astype(np.float64), splats.scales.astype(np.float64))
    colors = 0.5 + SH_0 * splats.harmonics[:, 0].astype(np.float64) if splats.harmonics.shape[1] else None
    return Cloud(np.ascontiguousarray(splats.positions, np.float64), weights, colors)


def mark(splats: Splats, unit: Unit) -> Copy:
    """Marked centres and, where there are colours, coefficients of degree 0, as float32 holds them."""
    from sceneproof.marks.watermark import codec

    start, cpu = time.perf_counter(), time.process_time()
    payload, key = payload_of(unit.trial, unit.bits), key_of(unit.trial)
    before = [splats.positions, *([splats.harmonics[:, 0]] if splats.harmonics.shape[1] else [])]
    arrays = [np.asarray(array, np.float32).astype(np.float64) for array in before]
    try:
        found = codec.embed_cloud(cloud_of(splats), payload, key, strength=unit.strength)
    except codec.CapacityError as error:
        return Copy(tuple(arrays), (), str(error), {})
    if found.color_change is not None:
        arrays[1] = (arrays[1] + found.color_change / SH_0).astype(np.float32).astype(np.float64)
    if found.displacement is not None:
        arrays[0] = (arrays[0] + found.displacement).astype(np.float32).astype(np.float64)
    facts = {"seconds_embed": time.perf_counter() - start, "seconds_cpu": time.process_time() - cpu}
    costs = {"mrms": float(found.mrms), "max": float(found.maximum), "color_rms_levels": float(found.color_rms)}
    return Copy(tuple(arrays), (0,), None, facts | costs)


def marked(splats: Splats, copy: Copy) -> Splats:
    """The cloud with what a copy holds."""
    positions = copy.positions[0].astype(np.float32)
    if len(copy.positions) == 1:
        return replace(splats, positions=positions)
    harmonics = np.array(splats.harmonics, np.float32)
    harmonics[:, 0] = copy.positions[1]
    return replace(splats, positions=positions, harmonics=harmonics)


def attacked(splats: Splats, copy: Copy, steps: list[tuple[str, str]], seed: int) -> Splats:
    """What attacks leave. Raises `AttackError` for those that are not for splats."""
    from sceneproof import attacks

    return attacks.chain(steps)(marked(splats, copy), np.random.default_rng(seed))


def read(after: Splats, unit: Unit, cell: Cell) -> Detection:
    """What file and key give."""
    from sceneproof.marks.watermark import codec

    return codec.detect_cloud([cloud_of(after)], key_of(unit.trial), bits=unit.bits, effort=cell.effort)
