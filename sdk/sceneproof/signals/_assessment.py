"""From signals to the assessment: four factors with a score, and the realism risk by the definition's three tests.

Nothing here decides a duty. Each factor is a monotone combination of a few signals with the constants below; where too
little was measured the score is ``None``, the level ``unknown`` and the test ``undecided``.

synthesised
    *for* when the declared origin is AI generation or editing, reconstruction or simulation, when the file bears a
    statement that says so, or when a strong sampling lattice or trained splats are found. *against* only when the
    declared origin is handmade or captured and the file states nothing else: missing traces never speak against it.
immersive
    ``1 - (1 - walkable)(1 - 0.6 interactivity)(1 - 0.5 camera)``, where walkable counts at most 0.65 unless the floor
    reads as an interior (no object of the development set does, but some come near by size). *for* when it reads as
    an interior, or from 0.75; *against* only when all surfaces were decoded, nothing in the file acts or moves, no
    camera stands in it, and no unit gives room.
realistic
    ``sigmoid(2 z)``, held down by the share of toon shading; *for* from 0.75, *against* up to 0.2. ``None`` without
    maps, vertex colours or point colours.
digital_human
    the larger of the skeleton's and the face targets' score; apart from the three tests. ``None`` where there is
    neither a rig nor a facial target: a head without them is not seen.
reconstruction
    ``sigmoid(2 z)`` of the surface, or the captured points' score.
realism_risk
    *high*: all three tests speak for it. *low*: at least one against. *medium*: at least one for, none against.
    *unknown*: all undecided.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sceneproof.findings import Signal

from ._tools import clip

DECLARED = "declaration.origin"  # stands among the signal ids where the declaration decided
SYNTHETIC = frozenset({"ai-generated", "ai-edited", "reconstructed-learned", "reconstructed-classical", "simulated"})
BY_HAND = frozenset({"handmade", "captured"})

# Realistic: fitted on the development set's assets with colour (6 for, 34 against; logistic, weights >= 0, L2 0.02,
# classes balanced). Grouped leave-one-out AUC 0.88 on these: an upper bound for anything else.
REALISTIC = {"photo": 1.39, "blocks": 1.04, "pbr": 0.54, "detail": 2.23}
REALISTIC_CONSTANT = -2.90
# Reconstruction: fitted on 75 assets and 66 meshes made by code (half weight), of which 8 and 28 positive.
RECONSTRUCTION = {
    "asymmetric": 1.93,
    "one_piece": 1.27,
    "uneven": 0.55,
    "lattice": 1.62,
    "distinct": 0.68,
    "smooth": 0.53,
}
RECONSTRUCTION_CONSTANT = -3.66

# How many labelled assets stand behind each factor (synthesised: the lattice rule alone). All belong to the development
# set that the constants were chosen on, so every figure from them is an upper bound.
CALIBRATION: dict[str, Any] = {
    "version": "0",
    "positives": {"synthesised": 15, "immersive": 4, "realistic": 6, "digital_human": 3, "reconstruction": 36},
    "negatives": {"synthesised": 59, "immersive": 120, "realistic": 34, "digital_human": 8, "reconstruction": 105},
}


def assess(signals: Sequence[Signal], declaration_origin: str | None) -> dict[str, Any]:
    """The ``assessment`` object of the contract.

    Parameters
    ----------
    signals : what `measure_all` gave; missing ones leave their factor undecided.
    declaration_origin : the declaration's ``origin``, or ``None``.
    """
    known = {signal.id: signal for signal in signals}
    synthesised, made = _synthesised(known, declaration_origin)
    immersive, inside = _immersive(known)
    realistic, real = _realistic(known)
    tests = {"synthesised": made, "immersive": inside, "realistic": real}
    factors = {"synthesised": synthesised, "immersive": immersive, "realistic": realistic}
    because = [item for name, stance in tests.items() if stance != "undecided" for item in factors[name]["because"]]
    return {
        **factors,
        "digital_human": _digital_human(known),
        "reconstruction": _reconstruction(known),
        "realism_risk": {"level": risk_level(tests), "tests": tests, "because": list(dict.fromkeys(because))},
        "calibration": CALIBRATION,
    }


def risk_level(tests: Mapping[str, str]) -> str:
    """``high``, ``medium``, ``low`` or ``unknown``, as the page of this module says."""
    stances = list(tests.values())
    if all(stance == "for" for stance in stances):
        return "high"
    if "against" in stances:
        return "low"
    return "medium" if "for" in stances else "unknown"


def _factor(score: float | None, because: Sequence[str], low: float = 0.3, high: float = 0.7) -> dict[str, Any]:
    level = "unknown" if score is None else "high" if score >= high else "medium" if score >= low else "low"
    return {"score": None if score is None else round(score, 4), "level": level, "because": list(because)}


def _synthesised(known: Mapping[str, Signal], origin: str | None) -> tuple[dict[str, Any], str]:
    stated = bool(_detail(known, "declared-marks", "states_synthesis"))
    if origin in BY_HAND:
        if stated:  # the declaration and the file contradict each other: a person must look
            return _factor(None, [DECLARED, "declared-marks"]), "undecided"
        return _factor(None, [DECLARED]) | {"level": "low"}, "against"
    said = [DECLARED] if origin in SYNTHETIC else []
    said += ["declared-marks"] if stated else []
    traces = {"iso-surface-lattice": ("strong", 0.8), "captured-points": ("trained_splats", 0.7)}
    measured = {name: score for name, (detail, score) in traces.items() if _detail(known, name, detail)}
    if not said and not measured:
        return _factor(None, []), "undecided"
    factor = _factor(max(measured.values(), default=None), [*said, *measured])
    # What somebody stated is no measurement and gets no score; the level says that it was stated.
    return (factor | {"level": "high"} if said else factor), "for"


def _immersive(known: Mapping[str, Signal]) -> tuple[dict[str, Any], str]:
    room, acting, camera = (_score(known, name) for name in ("walkable-area", "interactivity", "entry-camera"))
    kinds = _detail(known, "interactivity", "kinds") or []
    interior = bool(_detail(known, "walkable-area", "interior"))
    room = min(room, 0.65) if room is not None and not interior else room
    because = [
        name
        for name, part in (("walkable-area", room), ("interactivity", acting), ("entry-camera", camera))
        if part is not None
    ]
    if not because:
        return _factor(None, []), "undecided"
    score = 1 - (1 - (room or 0.0)) * (1 - 0.6 * (acting or 0.0)) * (1 - 0.5 * (camera or 0.0))
    if score >= 0.75 or interior:
        return _factor(max(score, 0.75), because), "for"
    anywhere = _detail(known, "walkable-area", "any_unit")
    cameras = known["entry-camera"].value if "entry-camera" in known else None
    # "Nothing acts" must have been looked at: a signal that is missing leaves the test open.
    looked = "interactivity" in known and not _detail(known, "walkable-area", "undecoded")
    if anywhere is not None and anywhere <= 0.15 and looked and not kinds and cameras == 0:
        return _factor(score, because), "against"
    return _factor(score, because), "undecided"


def _realistic(known: Mapping[str, Signal]) -> tuple[dict[str, Any], str]:
    toon = float(_detail(known, "stylisation", "toon") or 0.0)
    photo = _score(known, "photo-texture")
    if photo is None:
        if toon >= 0.5:
            return _factor(1 - toon, ["stylisation"]), "against"
        return _factor(None, []), "undecided"
    covered = _detail(known, "photo-texture", "covered")
    blocks = _detail(known, "photo-texture", "blocks")
    parts = {
        "photo": photo,
        "blocks": photo if blocks is None else float(blocks) * (1 + float(covered or 0.0)) / 2,
        "pbr": _score(known, "pbr-completeness") or 0.0,
        "detail": _score(known, "geometric-detail") or 0.0,
    }
    z = REALISTIC_CONSTANT + sum(weight * parts[name] for name, weight in REALISTIC.items())
    score = min(_sigmoid(2 * z), 1 - 0.9 * toon)
    because = ["photo-texture", "pbr-completeness", "geometric-detail"] + (["stylisation"] if toon else [])
    stance = "for" if score >= 0.75 else "against" if score <= 0.2 else "undecided"
    return _factor(score, [name for name in because if name in known], high=0.75), stance


def _digital_human(known: Mapping[str, Signal]) -> dict[str, Any]:
    skeleton, face = _score(known, "humanoid-skeleton"), _score(known, "face-morphs")
    found = {name: part for name, part in (("humanoid-skeleton", skeleton), ("face-morphs", face)) if part is not None}
    if not found:
        return _factor(None, [])
    score = max(found.values())
    if (skeleton or 0.0) >= 0.7 and (face or 0.0) >= 0.4:
        score = max(score, 0.97)  # a controllable face on a human rig
    return _factor(score, list(found), low=0.5, high=0.9)


def _reconstruction(known: Mapping[str, Signal]) -> dict[str, Any]:
    found: dict[str, float] = {}
    points = _score(known, "captured-points")
    if points is not None:
        found["captured-points"] = points
    form, mirror = known.get("surface-form"), _score(known, "mirror-symmetry")
    if form is not None and form.score is not None and mirror is not None:
        parts = {
            "asymmetric": mirror,
            "one_piece": form.score,
            "uneven": 1 - clip(float(form.detail["coplanar"]) / 0.3),
            "lattice": _score(known, "iso-surface-lattice") or 0.0,
            "distinct": clip(float(form.detail["distinct"]) / 0.8),
            "smooth": 1 - clip(float(form.detail["sharp"]) / 0.25),
        }
        z = RECONSTRUCTION_CONSTANT + sum(weight * parts[name] for name, weight in RECONSTRUCTION.items())
        names = ["mirror-symmetry", "surface-form"] + (["iso-surface-lattice"] if parts["lattice"] else [])
        found |= dict.fromkeys(names, _sigmoid(2 * z))
    if not found:
        return _factor(None, [])
    score = max(found.values())
    return _factor(score, [name for name, part in found.items() if part == score])


def _score(known: Mapping[str, Signal], identifier: str) -> float | None:
    signal = known.get(identifier)
    return None if signal is None or signal.score is None else float(signal.score)


def _detail(known: Mapping[str, Signal], identifier: str, key: str) -> Any:
    signal = known.get(identifier)
    return None if signal is None else signal.detail.get(key)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
