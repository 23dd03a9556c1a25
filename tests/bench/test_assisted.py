"""Reading with the unmarked asset: the scene that stands for it, and what is made of the reading."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.bench._assets import Source, load
from sceneproof.bench._assisted import read, scene_of
from sceneproof.bench._cells import Cell, Unit
from sceneproof.bench._copy import mark
from sceneproof.derived.world import joint_matrices, world_parts


def test_an_asset_as_a_scene_stands_where_it_stands():
    asset = load(Source("made:capsule-figure", maker="capsule-figure"))
    scene = scene_of(asset)
    (part,) = world_parts(scene)
    assert part.positions == pytest.approx(asset.surfaces[0][0], abs=1e-6)
    assert joint_matrices(scene, 0) == pytest.approx(np.tile(np.eye(4), (6, 1, 1)), abs=1e-12)
    assert len(scene_of(load(Source("made:three-parts", maker="three-parts"))).meshes) == 3


@pytest.mark.slow
def test_a_mark_is_read_in_another_frame_and_a_wrong_trial_reads_nothing():
    asset = load(Source("made:bumpy-sphere-small", maker="bumpy-sphere-small"))
    unit = Unit(asset.name, asset.sha256, asset.vertices, asset.triangles, 64, "R", "assisted", 0)
    copy = mark(asset, unit)
    turned = copy.positions[0][:, [1, 2, 0]] * 3.0 + 5.0
    cell = Cell("similarity", "", "quick")
    row = read(asset, [(turned, asset.surfaces[0][1])], unit, cell)
    assert (row["exact"], row["found"], row["false_payload"]) == (True, True, False)
    other = read(asset, [(asset.surfaces[0][0], asset.surfaces[0][1])], unit, cell)
    assert (other["exact"], other["found"]) == (False, False)
