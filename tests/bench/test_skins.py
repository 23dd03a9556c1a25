"""Skeletons: at rest a skin shows what the scene shows, and a pose moves each vertex with its own bone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sceneproof as sp
from sceneproof import attacks
from sceneproof.attacks._pose import in_world
from sceneproof.bench._assets import Asset, Source, load
from sceneproof.bench._targets import classes
from sceneproof.derived.world import world_parts

HUMAN = Path(__file__).parent.parent.parent / "assets" / "human.glb"


def parts_of(asset: Asset) -> attacks.Parts:
    return asset.parts([positions for positions, _ in asset.surfaces])


def test_the_made_figure_stands_where_it_was_made():
    asset = load(Source("made:capsule-figure", maker="capsule-figure"))
    (part,) = parts_of(asset)
    assert "skinned" in classes(asset)
    assert in_world(part).positions == pytest.approx(part.geometry.positions, abs=1e-12)
    assert part.skin is not None
    assert np.bincount(part.skin.joints[:, 0]).min() > 3000


def test_a_pose_keeps_each_limb_rigid():
    asset = load(Source("made:capsule-figure", maker="capsule-figure"))
    before = asset.surfaces[0][0]
    (after,) = attacks.run("rig-posed", parts_of(asset), "25", 3)
    bone = asset.facts[0].skin.joints[:, 0]  # type: ignore[union-attr]
    moved = np.linalg.norm(after.geometry.positions - before, axis=1)
    for number in range(bone.max() + 1):
        rows = np.flatnonzero(bone == number)[::200]
        apart = [np.linalg.norm(p[rows, None] - p[None, rows], axis=2) for p in (before, after.geometry.positions)]
        assert apart[1] == pytest.approx(apart[0], abs=1e-9)
        assert (moved[rows].max() > 0.005) == (number > 0)  # the torso is the root, which stays


def test_a_skin_of_a_file_shows_what_the_scene_shows():
    scene = sp.load(HUMAN)
    asset = load(Source("human", str(HUMAN)))
    skinned = [part for part in parts_of(asset) if part.skin is not None]
    assert skinned
    shown = np.concatenate([part.positions for part in world_parts(scene)])
    for part in skinned:
        places = in_world(part).positions
        near = {tuple(row) for row in np.round(shown, 4)}
        share = np.mean([tuple(row) in near for row in np.round(places, 4)])
        assert share > 0.98  # of those whose last digit does not round the other way
