"""The baseline of Cho, Prost and Jung 2007: reads what it wrote, fails where the paper says, costs what ours costs."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof import attacks
from sceneproof.bench import _made
from sceneproof.bench._assets import Source, load
from sceneproof.bench._baseline import beside, verdict
from sceneproof.bench._cells import Unit
from sceneproof.bench._cho import _areas, _mrms, embed, extract, mark_like, read
from sceneproof.bench._copy_types import Copy, payload_of
from sceneproof.bench._rates import rates
from tests.bench.test_rates import ROW

BITS = np.unpackbits(np.frombuffer(payload_of(3, 64), np.uint8))


@pytest.fixture(scope="module")
def knot() -> tuple[np.ndarray, np.ndarray]:
    return _made.torus_knot()[0]


def errors(positions: np.ndarray) -> float:
    return float((extract(positions, len(BITS)) != BITS).mean())


def test_every_bit_is_read_from_what_was_written(knot):
    assert errors(knot[0]) > 0.3
    assert errors(embed(knot[0], BITS, 0.1)) == 0


def test_norms_stay_in_their_bins_and_directions_stay(knot):
    positions = knot[0]
    moved = embed(positions, BITS, 0.2)
    centre = positions.mean(axis=0)
    before, after = (np.linalg.norm(p - centre, axis=1) for p in (positions, moved))
    width = np.ptp(before) / len(BITS)
    assert np.abs(after - before).max() <= width * (1 + 1e-9)
    assert np.einsum("ij,ij->i", positions - centre, moved - centre) == pytest.approx(before * after)


def test_it_lives_through_a_similarity_and_dies_of_a_crop(knot):
    marked = attacks.Geometry(embed(knot[0], BITS, 0.15), knot[1])
    assert errors(attacks.run("similarity", marked, "", 1).positions) == 0
    assert errors(attacks.run("crop", marked, "30", 1).positions) > 0.2


def test_more_strength_survives_more_noise(knot):
    def after_noise(alpha: float) -> float:
        marked = attacks.Geometry(embed(knot[0], BITS, alpha), knot[1])
        return errors(attacks.run("noise", marked, "0.3", 5).positions)

    assert after_noise(0.3) < after_noise(0.02)


def test_it_is_written_at_the_distortion_of_ours():
    asset = load(Source("made:bumpy-sphere-small", maker="bumpy-sphere-small"))
    positions, faces = asset.surfaces[0]
    diagonal = float(np.linalg.norm(np.ptp(positions, axis=0)))
    ours = positions + np.random.default_rng(0).normal(size=positions.shape) * diagonal * 2e-4
    unit = Unit(asset.name, asset.sha256, asset.vertices, asset.triangles, 64, "Q", "cho-2007", 3)
    copy = mark_like(asset, unit, Copy((ours,), (0,), None, {}))
    area = _areas(positions, faces)
    assert area.sum() == pytest.approx(np.linalg.norm(_cross(positions, faces), axis=1).sum() / 2)
    assert _mrms(positions, copy.positions[0], area) == pytest.approx(_mrms(positions, ours, area), rel=0.03)
    assert copy.facts["mrms"] == pytest.approx(_mrms(positions, ours, area) / diagonal, rel=0.03)
    assert read([(copy.positions[0], faces)], payload_of(3, 64))["bit_accuracy"] > 0.9


def test_where_ours_was_refused_it_is_too():
    asset = load(Source("made:cloth-small", maker="cloth-small"))
    unit = Unit(asset.name, asset.sha256, asset.vertices, asset.triangles, 64, "Q", "cho-2007", 0)
    assert mark_like(asset, unit, Copy((asset.surfaces[0][0],), (), "too coarse", {})).refused == "too coarse"


def test_doubled_vertices_change_nothing_for_the_reader(knot):
    marked = embed(knot[0], BITS, 0.1)
    soup = marked[knot[1].reshape(-1)], np.arange(knot[1].size).reshape(-1, 3)
    joined = np.unique(marked, axis=0)
    assert read([soup], payload_of(3, 64))["bit_accuracy"] == 1 - errors(joined)


@pytest.mark.parametrize(
    ("error", "published", "start"),
    [(0.22, (0.13, 0.10), "compared"), (0.24, (0.13, 0.10), "ours of Cho is worse"), (0.5, None, "no published")],
)
def test_a_baseline_worse_than_published_allows_no_claim(error, published, start):
    assert verdict(error, published).startswith(start)


def test_the_page_shows_the_baseline_beside_the_published_figures():
    base = ROW | {"method": "cho-2007", "amount": "0.3", "exact": False, "found": None, "bit_accuracy": 0.6}
    lines = beside(rates([ROW | {"amount": "0.3"}, base]), "Q")
    assert "| noise 0.3 | dense | 0.40 | 0.13 / 0.10 | 0 % | 100 % |" in lines[-1]
    assert "no comparison is claimed" in lines[-1]
    assert beside(rates([ROW]), "Q") == []


def _cross(positions, faces):
    a, b, c = (positions[faces[:, k]] for k in range(3))
    return np.cross(b - a, c - a)
