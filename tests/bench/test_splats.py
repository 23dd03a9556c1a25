"""Splat clouds: the copy differs in colour alone, and attacks on meshes are not for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sceneproof.bench import Options, run
from sceneproof.bench._assets import Source, load
from sceneproof.bench._cells import Unit
from sceneproof.bench._copy import mark
from sceneproof.bench._splats import marked

SAMPLE = Path(__file__).parent.parent.parent / "assets" / "splats.ply"


@pytest.mark.slow
def test_a_cloud_is_marked_attacked_and_read(tmp_path):
    attacks = ("splats-quantise:16", "noise:0.1")
    result = run(Options(tmp_path, (str(SAMPLE),), attacks=attacks, trials=1, effort="quick"))
    (row,) = result.rows  # noise is an attack on surfaces
    assert row["attack"] == "splats-quantise"
    assert row["exact"] or row["refused"]
    assert not row["false_payload"]
    assert row["triangles"] == 0


def test_the_copy_of_a_cloud_differs_in_what_bears_the_mark():
    asset = load(Source("splats", str(SAMPLE)))
    assert asset.splats is not None
    unit = Unit("splats", asset.sha256, asset.vertices, 0, 64, "Q", "blind", 0)
    copy = mark(asset, unit)
    if copy.refused:
        assert copy.carriers == ()
    after = marked(asset.splats, copy)
    assert (after.harmonics[:, 1:] == asset.splats.harmonics[:, 1:]).all()
    assert (after.opacities == asset.splats.opacities).all()
    moved = not np.array_equal(after.positions, np.asarray(asset.splats.positions, np.float32))
    coloured = not np.array_equal(after.harmonics[:, 0], np.asarray(asset.splats.harmonics[:, 0], np.float32))
    assert (moved or coloured) == (copy.refused is None)
    assert not moved
