"""The targets: every attack in them exists, and every asset gets the cells of its classes."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof import attacks
from sceneproof.bench._assets import Asset, PartFacts
from sceneproof.bench._cells import Cell
from sceneproof.bench._measure import steps_of
from sceneproof.bench._targets import classes, named, targets, wanted
from sceneproof.errors import UsageError
from sceneproof.scene import Splats


def splats() -> Splats:
    return Splats("", np.zeros((4, 3)), np.ones((4, 3)), np.zeros((4, 4)), np.ones(4), np.zeros((4, 1, 3)))


def asset(vertices: int, name: str = "x", meshes: int = 1, skin: object = None) -> Asset:
    surface = (np.zeros((vertices // meshes, 3)), np.zeros((1, 3), np.int64))
    return Asset(name, "0" * 64, (surface,) * meshes, (PartFacts("m", skin=skin),) * meshes)  # type: ignore[arg-type]


def test_every_target_names_attacks_and_amounts_that_there_are():
    for target in targets():
        for identifier, amount in steps_of(Cell(target.attack, target.amount)):
            assert amount in attacks.module(identifier).AMOUNTS, target


def test_a_target_is_a_share_and_stands_once_for_its_class():
    keys = [(target.attack, target.amount, target.meshes, target.method) for target in targets()]
    assert len(keys) == len(set(keys))
    for target in targets():
        for strength in ("Q", "R"):
            aim = target.aim(strength)
            assert aim is None or 0 < aim <= 1
        assert (target.aim("R") or 0) >= (target.aim("Q") or 0)


def test_a_figure_of_the_table_stands_where_it_should():
    aims = {(t.attack, t.amount, t.meshes): (t.aim("Q"), t.aim("R")) for t in targets()}
    assert aims["simplify", "97.5", "dense"] == (None, 0.40)
    assert aims["quantise", "7", "dense"] == (0.20, 0.95)
    assert aims["chain-b", "", "dense"] == (0.60, 0.90)
    assert aims["crop+quantise+simplify", "50+10+50", "dense"] == (0.92, 0.95)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (asset(20_000), {"dense"}),
        (asset(19_999), set()),
        (asset(2_930), {"low"}),
        (asset(26_374, "ict-head"), {"dense", "hard"}),
        (asset(40_000, "cad-cycloidal"), {"dense"}),
        (asset(30_000, meshes=3), {"dense", "several"}),
        (asset(8_000, skin=object()), {"skinned"}),
        (Asset("s", "0" * 64, (), (), None, splats()), {"splats"}),
    ],
)
def test_classes_follow_vertices_names_and_meshes(one, expected):
    assert classes(one) == expected


def test_a_mesh_of_few_vertices_gets_its_own_short_list_and_one_between_the_dense_one():
    assert {cell.attack for cell in wanted(asset(2_500), "normal")} == {"noise", "quantise", "crop"}
    assert set(wanted(asset(9_000), "normal")) == set(wanted(asset(25_000), "normal"))


def test_an_effort_of_a_target_goes_before_that_of_the_run():
    efforts = {cell.attack: cell.effort for cell in wanted(asset(25_000), "quick")}
    assert efforts["crop-recentred"] == "deep"
    assert efforts["noise"] == "quick"


def test_attacks_are_named_with_and_without_amounts():
    assert named(["noise:0.3"], "quick") == (Cell("noise", "0.3", "quick"),)
    assert {cell.amount for cell in named(["crop"], "quick")} == set(attacks.module("crop").AMOUNTS)
    with pytest.raises(UsageError, match="did you mean 'noise'"):
        named(["nose"], "quick")
    with pytest.raises(UsageError, match="need their amounts"):
        named(["crop+noise"], "quick")


def test_amounts_belong_to_the_last_attacks_of_several():
    assert steps_of(Cell("crop+noise", "50+0.1")) == [("crop", "50"), ("noise", "0.1")]
    assert steps_of(Cell("similarity+simplify", "90")) == [("similarity", ""), ("simplify", "90")]
