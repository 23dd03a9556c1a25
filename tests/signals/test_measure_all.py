from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from sceneproof import registry, signals
from sceneproof.errors import UsageError
from sceneproof.findings import Signal
from sceneproof.signals import assess, measure_all
from tests._scenes import scene
from tests.makers.shapes import Shape, box, bumpy_sphere
from tests.signals._makers import rigged

FACTORS = {"synthesised", "immersive", "realistic", "digital_human", "reconstruction"}


@pytest.mark.parametrize("stem", registry.stems("signals"))
def test_every_signal_has_its_page_group_unit_cost_and_tests(stem):
    part = registry.module("signals", stem)
    folder = part.__name__.split(".")[-2]
    assert folder == part.GROUP
    assert part.COST in signals.DEPTHS
    assert set(part.TESTS) <= FACTORS
    assert part.UNIT
    for heading in ("What it measures", "Unit", "Confounders", "Not evidence of"):
        assert heading in part.__doc__
    assert part.measure(scene(box())).id == stem.replace("_", "-")


def test_signals_come_in_the_order_of_their_ids_and_are_json():
    for asset in (scene(), scene(box()), rigged(), scene(Shape(np.full((9, 3), np.nan), np.arange(9).reshape(3, 3)))):
        measured, failed = measure_all(asset, "deep")
        assert failed == ()
        assert [signal.id for signal in measured] == sorted(signal.id for signal in measured)
        assert {signal.id for signal in measured} == {stem.replace("_", "-") for stem in registry.stems("signals")}
        json.dumps([signal.to_dict() for signal in measured], allow_nan=False)
        assert all(signal.score is None or 0 <= signal.score <= 1 for signal in measured)


def test_measuring_twice_gives_the_same():
    shape = bumpy_sphere(1000)
    assert measure_all(scene(shape)) == measure_all(scene(shape))


def test_a_signal_that_raises_is_an_entry_and_not_the_end(monkeypatch):
    def broken(_):
        raise RuntimeError("no")

    monkeypatch.setattr(registry.module("signals", "generator"), "measure", broken)
    measured, failed = measure_all(scene(box()))
    assert failed == (("generator", "RuntimeError: no"),)
    assert "interactivity" in {signal.id for signal in measured}


def test_numbers_that_json_cannot_hold_become_null(monkeypatch):
    odd = Signal("generator", float("nan"), "1", detail={"a": [float("inf"), {"b": float("nan")}], "c": 2})
    monkeypatch.setattr(registry.module("signals", "generator"), "measure", lambda _: odd)
    found = next(signal for signal in measure_all(scene())[0] if signal.id == "generator")
    assert found.value is None
    assert found.detail == {"a": [None, {"b": None}], "c": 2}


def test_depth_leaves_the_costlier_signals_out():
    cheap = {signal.id for signal in measure_all(scene(box()), "cheap")[0]}
    normal = {signal.id for signal in measure_all(scene(box()), "normal")[0]}
    assert cheap < normal
    assert "iso-surface-lattice" in normal - cheap
    with pytest.raises(UsageError, match="depth"):
        measure_all(scene(), "bottomless")


def test_the_assessment_takes_what_is_measured():
    found = assess(measure_all(rigged())[0], None)
    assert found["digital_human"]["level"] == "high"
    assert found["digital_human"]["because"] == ["humanoid-skeleton"]


def test_no_signal_imports_a_mark_or_a_rule():
    for path in Path(signals.__file__).parent.rglob("*.py"):
        for step in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(step, ast.ImportFrom):
                assert not (step.module or "").startswith(("sceneproof.marks", "sceneproof.rules", "sceneproof.report"))
