from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from sceneproof import registry
from sceneproof._inspect import inspect
from sceneproof.derived import planes
from sceneproof.derived.reconstruction import reconstruction
from sceneproof.errors import MissingExtraError, UsageError
from sceneproof.io import load
from sceneproof.report.console import plain
from sceneproof.report.schemas import schema
from tests._scenes import scene
from tests.derived.test_clouds import lattice, of_points, splats
from tests.makers.builder import Builder
from tests.makers.shapes import box, icosphere, merged, plane

BROKEN = replace(box(), positions=np.full((24, 3), np.nan))


def glb(shape) -> bytes:
    b = Builder()
    b.node("thing", mesh=b.mesh(shape))
    return b.glb()


def torn():
    """A ball with a hole, dust, a turned face, and a second ball that crosses it."""
    ball = icosphere(radius=1, level=3)
    faces = ball.faces[20:].copy()
    faces[400] = faces[400][::-1]
    dust = box((0.01,) * 3).moved((0, 2, 0))
    return merged([replace(ball, faces=faces), ball.turned("y", 0.3).turned("z", 0.2).moved((1.2, 0, 0)), dust])


@pytest.mark.parametrize("depth", ["normal", "deep"])
@pytest.mark.parametrize("asset", [scene(), scene(torn()), scene(BROKEN), of_points(lattice()), splats()])
def test_the_figures_are_json_and_fit_the_schema(asset, depth):
    found = reconstruction(asset, depth)
    json.dumps(found, allow_nan=False)
    whole = schema("inspect-1")
    Draft202012Validator(whole["$defs"]["reconstruction"] | {"$defs": whole["$defs"]}).validate(found)


def test_an_inspection_validates_and_reads_in_both_languages():
    result = inspect(glb(torn()), "deep")
    Draft202012Validator(schema("inspect-1")).validate(result)
    english, chinese = plain(result, lang="en"), plain(result, lang="zh")
    for words in ("Holes: ", "Tiny loose pieces: 1 of 3", "wound against each other: 3", "Faces that cross others"):
        assert words in english
    for words in ("孔洞", "漂浮碎片", "绕序不一致", "相互穿插的面"):
        assert words in chinese


def test_the_depth_decides_what_is_looked_for():
    data = glb(torn())
    assert inspect(data, "cheap")["reconstruction"] is None
    assert inspect(data)["reconstruction"]["self_intersections"] is None
    assert inspect(data, "deep")["reconstruction"]["self_intersections"]["exact"]
    with pytest.raises(UsageError, match="deep"):
        inspect(data, "deeper")


def test_without_open3d_the_planes_say_what_to_install(monkeypatch):
    def missing():
        raise MissingExtraError("install it")

    monkeypatch.setattr(planes, "open3d", missing)
    found = reconstruction(of_points(lattice()), "deep")["points"]
    assert (found["planes"], found["missing"]) == (None, "install it")


@pytest.mark.parametrize(
    ("name", "asset", "value"),
    [
        ("holes", scene(plane((2, 2), (4, 4))), 0),
        ("floaters", scene(torn()), 1),
        ("sampling-density", scene(plane((2, 2), (4, 4))), 0.5),
        ("normal-consistency", scene(replace(box(), normals=-box().normals)), 12),
        ("self-intersections", scene(box()), 0),
        ("scale-plausibility", scene(box((3, 1, 1))), 3),
        ("splat-faults", splats(opacities=[(0, 0.0)]), 1 / 642),
    ],
)
def test_the_signals_give_the_figure_and_never_a_score(name, asset, value):
    found = registry.module("signals", name).measure(asset)
    assert found.value == pytest.approx(value)
    assert found.score is None
    json.dumps(found.to_dict(), allow_nan=False)
    nothing = registry.module("signals", name).measure(scene())
    assert (nothing.value, nothing.confidence) == (None, 0)


def test_the_scan_of_a_bunny_has_its_five_holes(data):
    found = reconstruction(load(str(data / "reconstructions/bun_zipper.ply")), "deep")
    assert [hole["edges"] for hole in found["holes"]["largest"]] == [80, 42, 40, 39, 22]
    assert found["holes"]["rims"] == 0
    assert found["self_intersections"]["faces"] == 0
    assert found["scale"]["unit"] == "m"


def test_the_project_s_own_splats_are_clean():
    from pathlib import Path

    found = reconstruction(load(str(Path(__file__).parents[2] / "assets/splats.glb")))["splats"][0]
    assert found["count"] == 5000
    assert found["floaters"]["count"] == found["spikes"]["count"] == 0
