"""Signals: what is measured. One file each, found by its name; the docstring of the file is the signal's page.

A file holds ``GROUP`` (its folder's word), ``UNIT``, ``COST`` (``cheap``, ``normal``, ``deep``), ``TESTS`` (the
assessments it feeds: synthesised, immersive, realistic, digital_human, reconstruction; empty for a description),
and ``measure(scene) -> Signal``. A score never decides a legal duty: it raises review.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from sceneproof import registry
from sceneproof.errors import UsageError
from sceneproof.findings import Signal
from sceneproof.scene import Scene

from ._assessment import assess

__all__ = ["DEPTHS", "assess", "measure_all"]

DEPTHS = ("cheap", "normal", "deep")


def measure_all(scene: Scene, depth: str = "normal") -> tuple[tuple[Signal, ...], tuple[tuple[str, str], ...]]:
    """Measure every signal up to a cost, in the order of their ids.

    Parameters
    ----------
    depth : ``cheap``, ``normal`` or ``deep``; a signal with a higher `COST` is left out.

    Returns
    -------
    The signals, and for each one that failed its id and the error's text. One failure never stops the others.
    Raises `UsageError` for an unknown depth.
    """
    if depth not in DEPTHS:
        raise UsageError(f"unknown depth {depth!r}; known: {', '.join(DEPTHS)}")
    measured: list[Signal] = []
    failed: list[tuple[str, str]] = []
    for stem in registry.stems("signals"):
        identifier = stem.replace("_", "-")
        try:
            part = registry.module("signals", stem)
            if DEPTHS.index(_cost(part)) <= DEPTHS.index(depth):
                measured.append(_sound(part.measure(scene)))
        except Exception as error:
            # A stranger's asset, or a third party's signal: whatever it raises is this signal's result.
            failed.append((identifier, f"{type(error).__name__}: {error}"))
    return tuple(sorted(measured, key=lambda signal: signal.id)), tuple(sorted(failed))


def _cost(part: ModuleType) -> str:
    return str(getattr(part, "COST", "normal"))


def _sound(signal: Signal) -> Signal:
    """The same signal without numbers that JSON cannot hold."""
    cleaned = {key: _finite(value) for key, value in signal.detail.items()}
    return replace(signal, value=_finite(signal.value), score=_finite(signal.score), detail=cleaned)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
