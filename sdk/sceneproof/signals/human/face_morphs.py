"""Facial morph targets: names found, and whether they move the places that their names say.

What it measures
    Names of Apple's ARKit set and of VRM presets on morph targets, and where these move the surface at rest: eyes above
    mouth, brows above eyes, jaw below eyes, left and right on opposite sides and the same ones for eyes and mouth.
    ``value`` is the number of names; ``detail.places`` the share of the place tests that hold, of ``detail.tested``.
Score
    ``0.55 * min(1, names / 10) * places``, towards digital human, with at least three tests; else 0 or ``None``. It
    stays below "high" by itself: names and places make a face that can be controlled, not a human one.
Unit
    count
Confounders
    Animal heads with ARKit names move the right places too (the raccoon does).
Not evidence of
    no face: faces without morph targets, or with other names, are not seen. A name alone never counts.
Source
    ARKit ARFaceAnchor.BlendShapeLocation; VRM 0.x blendShapeMaster and VRM 1.0 expressions.
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.world import WorldPart, world_parts
from sceneproof.findings import Signal
from sceneproof.scene import Array, Scene

from ._expressions import FaceTarget, face_targets

GROUP = "human"
UNIT = "count"
COST = "cheap"
TESTS = ("digital_human",)

FEWEST_TESTS = 3
MANY = 10
SHARE = 0.6  # of the face's vertices: a target that moves more than this has no place


def measure(scene: Scene) -> Signal:
    """Value 0 without a known name."""
    targets = face_targets(scene)
    names = sorted({target.name for target in targets})
    if not targets:
        return Signal("face-morphs", 0, UNIT)
    places: dict[tuple[str, str | None], list[Array]] = {}
    for part in world_parts(scene):
        for target in targets:
            if target.mesh == part.mesh and target.part:
                found = _centre(scene, part, target)
                if found is not None:
                    places.setdefault((target.part, target.side), []).append(found)
    tests = place_tests({key: np.mean(rows, axis=0) for key, rows in places.items()})
    share = sum(tests.values()) / len(tests) if tests else 0.0
    enough = len(tests) >= FEWEST_TESTS
    score = 0.55 * min(1.0, len(names) / MANY) * share if enough else None
    return Signal(
        "face-morphs",
        len(names),
        UNIT,
        score=None if score is None else round(score, 4),
        confidence=0.5 if enough else 0.2,
        pointers=tuple(sorted({scene.meshes[target.mesh].pointer for target in targets}))[:16],
        detail={
            "families": sorted({target.family for target in targets}),
            "names": names[:64],
            "tested": len(tests),
            "places": round(share, 4),
            "tests": tests,
        },
    )


def place_tests(places: dict[tuple[str, str | None], Array]) -> dict[str, bool]:
    """The tests for which there is something to compare. `places` is (part, side) to a point, world space, metres."""

    def of(part: str) -> Array | None:
        rows = [point for (name, _), point in places.items() if name == part]
        middle: Array | None = np.mean(rows, axis=0) if rows else None
        return middle

    eye, brow, mouth, jaw = of("eye"), of("brow"), of("mouth"), of("jaw")
    tests: dict[str, bool] = {}
    if eye is not None and mouth is not None:
        tests["eyes above mouth"] = bool(eye[1] > mouth[1])
    if eye is not None and brow is not None:
        tests["brows above eyes"] = bool(brow[1] > eye[1])
    if eye is not None and jaw is not None:
        tests["jaw below eyes"] = bool(jaw[1] < eye[1])
    across = [
        (places[part, "l"] - places[part, "r"])[[0, 2]]
        for part in ("eye", "mouth", "brow")
        if (part, "l") in places and (part, "r") in places
    ]
    width = max((float(np.linalg.norm(way)) for way in across), default=0.0)
    if len(across) > 1 and width > 0:
        tests["sides agree"] = all(float(way @ across[0]) > 0 for way in across[1:])
    return tests


def _centre(scene: Scene, part: WorldPart, target: FaceTarget) -> Array | None:
    """Middle of what a target moves, weighted by how far; ``None`` when it moves nothing or nearly everything."""
    primitive = scene.meshes[part.mesh].primitives[part.primitive]
    if target.index >= len(primitive.targets) or target.index < 0:
        return None
    deltas = primitive.targets[target.index].get("POSITION")
    if deltas is None or len(deltas) != len(part.positions):
        return None
    amount = np.nan_to_num(np.linalg.norm(deltas.astype(np.float64), axis=1))
    amount[~np.isfinite(part.positions).all(axis=1)] = 0
    moved = amount > 0.05 * amount.max(initial=0.0)
    if not moved.any() or not amount.max() > 0 or moved.mean() > SHARE:
        return None
    centre: Array = np.average(part.positions[moved], axis=0, weights=amount[moved])
    return centre
