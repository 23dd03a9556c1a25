"""Gaussian splats that a cleaner would take out.

What it measures
    ``value`` is the share of splats with a fault: invisible (opacity below 1/255), spikes (longest over middle axis
    above 10, longest above 10 medians, opacity at least 0.1), or floaters (beyond 3 times the radius that holds 95 %,
    or mean distance to 8 neighbours above 8 medians of it). ``detail`` holds each fault with its count and the worst
    places, faint splats and needles, and opacity, size and anisotropy as quantiles, per set of splats.
Source
    Kerbl et al. 2023, section 6 (alpha below 1/255 is skipped); the other limits are ours.
Unit
    1 (share of the splats).
Confounders
    Sky and background are far out on purpose; hair and wires are needles.
Not evidence of
    How the splats were made. No score.
"""

from __future__ import annotations

from sceneproof.derived.splat_faults import splat_figures
from sceneproof.findings import Signal
from sceneproof.scene import Scene

from ._folded import short

GROUP = "mesh"
UNIT = "1"
COST = "normal"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """No value without splats."""
    found = splat_figures(scene)
    if found is None:
        return Signal("splat-faults", None, UNIT, confidence=0.0)
    total = sum(entry["count"] for entry in found)
    faults = sum(entry[name]["count"] for entry in found for name in ("invisible", "spikes", "floaters"))
    share = min(1.0, faults / total) if total else 0.0
    pointers = tuple(entry["pointer"] for entry in found)[:16]
    return Signal("splat-faults", share, UNIT, None, 0.6, pointers, {"sets": [short(entry) for entry in found[:8]]})
