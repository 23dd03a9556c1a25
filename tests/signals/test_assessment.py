from __future__ import annotations

import itertools

import pytest

from sceneproof.findings import Signal
from sceneproof.signals import assess
from sceneproof.signals._assessment import CALIBRATION, risk_level

LATTICE = Signal("iso-surface-lattice", 0.9, "1", 1.0, detail={"strong": True})
WEAK = Signal("iso-surface-lattice", 0.3, "1", 0.4, detail={"strong": False})
SPLATS = Signal("captured-points", 90_000, "count", 0.9, detail={"trained_splats": True})
STATED = Signal("declared-marks", 1, "count", detail={"states_synthesis": True})
STILL = Signal("interactivity", 0, "count", detail={"kinds": []})
MOVING = Signal("interactivity", 1, "count", 0.2, detail={"kinds": ["animation"]})
NO_CAMERA = Signal("entry-camera", 0, "count")


def room(score=0.9, *, interior=True, anywhere=0.9, undecoded=0):
    detail = {"interior": interior, "any_unit": anywhere, "undecoded": undecoded}
    return Signal("walkable-area", 20.0, "m2", score, detail=detail)


def photo(score, blocks=None):
    detail = {"blocks": score if blocks is None else blocks, "covered": 1.0}
    return Signal("photo-texture", score, "1", score, detail=detail)


REAL = [photo(0.8), Signal("pbr-completeness", 1.0, "1", 1.0), Signal("geometric-detail", 5.0, "log10(count)", 1.0)]


def test_nothing_measured_is_nothing_known():
    found = assess([], None)
    for factor in ("synthesised", "immersive", "realistic", "digital_human", "reconstruction"):
        assert found[factor] == {"score": None, "level": "unknown", "because": []}
    assert found["realism_risk"]["level"] == "unknown"
    assert set(found["realism_risk"]["tests"].values()) == {"undecided"}
    assert found["calibration"] == CALIBRATION


@pytest.mark.parametrize(
    ("signals", "origin", "stance"),
    [
        ([], "ai-generated", "for"),
        ([], "ai-edited", "for"),
        ([], "reconstructed-learned", "for"),
        ([], "reconstructed-classical", "for"),
        ([], "simulated", "for"),
        ([], "handmade", "against"),
        ([], "captured", "against"),
        ([], "unknown", "undecided"),
        ([], None, "undecided"),
        ([LATTICE], None, "for"),
        ([LATTICE], "handmade", "against"),
        ([WEAK], None, "undecided"),
        ([SPLATS], None, "for"),
        ([STATED], None, "for"),
        ([STATED], "handmade", "undecided"),
    ],
)
def test_synthesised(signals, origin, stance):
    assert assess(signals, origin)["realism_risk"]["tests"]["synthesised"] == stance


def test_missing_traces_never_speak_against_synthesis():
    clean = Signal("iso-surface-lattice", 0.02, "1", 0.0, detail={"strong": False})
    none = Signal("captured-points", 0, "count", detail={"trained_splats": False})
    silent = Signal("declared-marks", 0, "count", detail={"states_synthesis": False})
    found = assess([clean, none, silent, room(), *REAL], None)
    assert found["realism_risk"]["tests"]["synthesised"] == "undecided"
    assert found["synthesised"]["score"] is None


def test_a_declaration_is_named_as_the_reason():
    assert assess([], "ai-generated")["synthesised"]["because"] == ["declaration.origin"]


def immersive(*signals):
    return assess(signals, None)["realism_risk"]["tests"]["immersive"]


def test_an_interior_is_immersive_and_a_still_object_is_not():
    assert immersive(room()) == "for"
    assert immersive(room(0.05, interior=False, anywhere=0.05), STILL, NO_CAMERA) == "against"


@pytest.mark.parametrize(
    "signals",
    [
        [room(0.62, interior=False, anywhere=0.62), STILL, NO_CAMERA],
        [room(0.05, interior=False, anywhere=0.8), STILL, NO_CAMERA],
        [room(0.05, interior=False, anywhere=0.05, undecoded=3), STILL, NO_CAMERA],
        [room(0.05, interior=False, anywhere=0.05), NO_CAMERA],
        [room(0.05, interior=False, anywhere=0.05), STILL, Signal("entry-camera", 1, "count")],
        [room(0.05, interior=False, anywhere=0.05), NO_CAMERA, MOVING],
    ],
    ids=["middling", "another unit", "not decoded", "not looked at", "camera", "animated"],
)
def test_immersion_is_undecided_between(signals):
    assert immersive(*signals) == "undecided"


def test_size_alone_makes_no_scene():
    found = assess([room(0.99, interior=False, anywhere=0.99)], None)["immersive"]
    assert found["level"] == "medium"


def realistic(*signals):
    return assess(signals, None)["realism_risk"]["tests"]["realistic"]


def test_photographed_detail_is_realistic_and_flat_colour_is_not():
    assert realistic(*REAL) == "for"
    assert realistic(photo(0.02), Signal("geometric-detail", 3.0, "log10(count)", 0.3)) == "against"
    assert realistic(photo(0.5), Signal("geometric-detail", 4.2, "log10(count)", 0.7)) == "undecided"


def test_toon_shading_holds_realism_down():
    toon = Signal("stylisation", 0.9, "1", 0.1, detail={"toon": 0.9})
    assert realistic(*REAL, toon) == "against"
    assert realistic(toon) == "against"


def test_no_surface_information_leaves_realism_open():
    bare = Signal("photo-texture", None, "1")
    detailed = Signal("geometric-detail", 6.0, "log10(count)", 1.0)
    found = assess([bare, detailed], None)
    assert found["realistic"]["score"] is None
    assert found["realism_risk"]["tests"]["realistic"] == "undecided"


@pytest.mark.parametrize("name", ["photo", "pbr", "detail"])
def test_realism_rises_with_each_part(name):
    def score(value):
        parts = {"photo": 0.4, "pbr": 0.4, "detail": 0.4} | {name: value}
        signals = [photo(parts["photo"]), Signal("pbr-completeness", 0, "1", parts["pbr"])]
        return assess([*signals, Signal("geometric-detail", 0, "1", parts["detail"])], None)["realistic"]["score"]

    scores = [score(value) for value in (0.0, 0.3, 0.6, 1.0)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


def human(skeleton=None, face=None):
    signals = [Signal("humanoid-skeleton", skeleton, "1", skeleton), Signal("face-morphs", 52, "count", face)]
    return assess(signals, None)["digital_human"]["level"]


def test_digital_human_levels():
    assert human(0.99) == "high"
    assert human(0.84) == "medium"  # an animal that walks upright
    assert human(face=0.55) == "medium"  # a face that can be controlled, of whatever being
    assert human(0.84, 0.5) == "high"
    assert human(0.45) == "low"
    assert human() == "unknown"


def test_a_digital_human_is_no_part_of_the_realism_risk():
    found = assess([Signal("humanoid-skeleton", 0.99, "1", 0.99)], None)
    assert found["realism_risk"] == assess([], None)["realism_risk"]


def surface(asymmetric, form, lattice=0.0):
    detail = {"coplanar": 0.02, "distinct": 0.9, "sharp": 0.02}
    return [
        Signal("mirror-symmetry", 1 - asymmetric, "1", asymmetric),
        Signal("surface-form", 4.0, "1", form, detail=detail),
        Signal("iso-surface-lattice", lattice, "1", lattice, detail={"strong": lattice > 0.9}),
    ]


def test_reconstruction_rises_with_each_trace_and_points_stand_for_themselves():
    assert assess(surface(0.0, 0.2), None)["reconstruction"]["level"] == "low"
    assert assess(surface(1.0, 0.9), None)["reconstruction"]["level"] == "high"
    scores = [assess(surface(0.5, 0.5, x), None)["reconstruction"]["score"] for x in (0.0, 0.5, 1.0)]
    assert scores == sorted(set(scores))
    assert assess([SPLATS], None)["reconstruction"] == {"score": 0.9, "level": "high", "because": ["captured-points"]}


@pytest.mark.parametrize("stances", list(itertools.product(("for", "against", "undecided"), repeat=3)))
def test_the_risk_level_follows_its_rule(stances):
    level = risk_level(dict(zip(("synthesised", "immersive", "realistic"), stances, strict=True)))
    if "against" in stances:
        assert level == "low"
    elif set(stances) == {"for"}:
        assert level == "high"
    else:
        assert level == ("medium" if "for" in stances else "unknown")


def test_all_three_for_is_a_high_risk_with_its_reasons():
    found = assess([room(), *REAL], "ai-generated")["realism_risk"]
    assert found["level"] == "high"
    assert found["because"][:2] == ["declaration.origin", "walkable-area"]
    assert "photo-texture" in found["because"]


def test_an_empty_realistic_scene_counts_too():
    assert assess([room(), *REAL], None)["realism_risk"]["level"] == "medium"
