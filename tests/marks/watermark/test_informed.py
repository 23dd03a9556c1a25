"""Reading against the unmarked surface: what is recovered of the writer's wishes, and that nothing is made up."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from sceneproof.marks.watermark._registration._seen import seen
from sceneproof.marks.watermark.codec import CodecError, Kept, Surface, detect, detect_informed, embed
from sceneproof.marks.watermark.codec._embed import designed
from sceneproof.marks.watermark.codec._frames import raw_frame
from sceneproof.marks.watermark.codec._mesh import fixed_groups, vertex_normals, weld
from sceneproof.marks.watermark.codec._recovered import Seen, recovered
from sceneproof.marks.watermark.codec._solver import assemble

from ._surfaces import KEY, blob, noisy, sheet, stored

PAYLOAD = bytes.fromhex("5ce9e9f00f123456")
STEP = 0.008


@functools.cache
def pair() -> tuple[Surface, Surface]:
    """A lump and its marked copy."""
    plain = blob(120)
    return plain, stored(plain, embed(plain, PAYLOAD, KEY).displacement)


def left_of(surface: Surface, share: float) -> np.ndarray:
    """Places of the vertices farthest along an oblique direction, NaN for the rest."""
    height = surface.positions @ np.array([0.5, 0.7, -0.4])
    return np.where((height > np.quantile(height, share))[:, None], surface.positions, np.nan)


def test_an_eighth_of_the_surface_gives_the_payload_where_its_own_integrals_do_not():
    plain, marked = pair()
    places = left_of(marked, 0.87)
    found = detect_informed([Kept(plain, places)], KEY)
    assert found.payload == PAYLOAD
    assert found.carriers == (0,)
    assert "informed" in found.method
    faces = marked.faces[np.isfinite(places).all(axis=1)[marked.faces].all(axis=1)]
    assert not detect([Surface(marked.positions, faces)], KEY).found


@pytest.mark.parametrize("drift", [np.eye(3) * 1.002, np.diag([1.001, 0.999, 1.0])], ids=["scale", "stretch"])
def test_an_error_of_registration_is_no_change(drift):
    plain, marked = pair()
    places = left_of(marked, 0.7) @ drift + np.array([1e-3, -2e-3, 1e-3])
    assert detect_informed([Kept(plain, places)], KEY).payload == PAYLOAD


def test_several_surfaces_are_read_together_and_an_unmarked_one_among_them_carries_nothing():
    plain, marked = pair()
    other = sheet(60)
    both = [Kept(other, noisy(other, 2e-4).positions), Kept(plain, left_of(marked, 0.7))]
    found = detect_informed(both, KEY)
    assert found.payload == PAYLOAD
    assert found.carriers == (1,)


def test_wrong_keys_and_unmarked_suspects_are_not_found():
    plain, marked = pair()
    tails = []
    for seed in range(2):
        key = np.random.default_rng(seed).bytes(32)
        tails.append(detect_informed([Kept(plain, left_of(marked, 0.6))], key).log10_p)
    shaken = noisy(plain, 5e-4, 1)
    tails.append(detect_informed([Kept(plain, left_of(shaken, 0.5))], KEY).log10_p)
    assert min(tails) > -3.0
    assert np.median(tails) > -1.0


@pytest.mark.parametrize("places", [np.nan, np.inf], ids=["nan", "infinite"])
def test_what_is_not_seen_says_nothing(places):
    plain, _ = pair()
    found = detect_informed([Kept(plain, np.full(plain.positions.shape, places))], KEY)
    assert not found.found
    assert (found.hypotheses, found.log10_p) == (0, 0.0)
    assert detect_informed([], KEY).log10_p == 0.0


def test_a_suspect_that_is_the_reference_itself_bears_nothing():
    plain, _ = pair()
    assert not detect_informed([Kept(plain, plain.positions)], KEY).found


def test_bits_are_checked():
    with pytest.raises(CodecError, match="payload: 12 bits"):
        detect_informed([], KEY, bits=12)


def test_all_that_the_writer_wanted_is_recovered_from_its_displacement():
    plain, _ = pair()
    welded = weld(plain)
    moving, layers = designed(welded, fixed_groups(welded, plain), KEY, PAYLOAD, lump=False)
    system = assemble([w.layer for w in layers], moving)
    scale = np.concatenate([w.layer.scale for w in layers])
    wanted = np.random.default_rng(0).uniform(-0.5, 0.5, len(scale)) * STEP * scale
    unit = 1.0 / raw_frame(welded).scale
    area = vertex_normals(welded.vertices, welded.faces)[1] / unit**2
    nothing = np.zeros((len(area), 12))
    group = np.zeros(len(scale), np.int64)
    found = recovered(system, Seen(system.solve(wanted), area, nothing), (STEP * scale) ** 2 / 12.0, group)
    assert np.abs(found.change - wanted).max() / np.abs(wanted).max() < 0.1
    assert np.median(np.abs(found.change - wanted) / scale) < 0.02 * STEP
    # what is told of the error is what it is
    half = np.where(welded.vertices[:, 0] > np.median(welded.vertices[:, 0]), area, 0.0)
    partly = recovered(system, Seen(system.solve(wanted), half, nothing), (STEP * scale) ** 2 / 12.0, group)
    told = np.sqrt(partly.variance)
    sure = told < 0.3 * STEP * scale
    assert 0.2 < sure.mean() < 0.8
    assert np.sqrt((((partly.change - wanted) / told)[sure] ** 2).mean()) < 1.5


def test_a_surface_is_seen_along_its_normals_where_the_suspect_has_it():
    flat = sheet(30)
    plane = Surface(flat.positions * [1.0, 1.0, 0.0], flat.faces)
    moved = plane.positions + np.array([0.013, -0.007, 0.02])  # slid, and lifted by .02
    left = plane.faces[(plane.positions[:, 0] < 1.0)[plane.faces].all(axis=1)]
    found = seen(plane.positions, plane.faces, (moved, left), 0.05)
    inside = (plane.positions[:, 0] > 0.02) & (plane.positions[:, 0] < 0.9) & (plane.positions[:, 1] < 1.35)
    assert np.allclose(found[inside], plane.positions[inside] + [0.0, 0.0, 0.02], atol=1e-9)
    assert np.isnan(found[plane.positions[:, 0] > 1.05]).all()
    assert np.isnan(seen(plane.positions, plane.faces, (moved, left), 0.01)).all()  # out of reach
    assert np.isnan(seen(plane.positions, plane.faces, (moved, left[:, ::-1]), 0.05)).all()  # the other side
    assert np.isnan(seen(plane.positions, plane.faces, (moved, left[:0]), 0.05)).all()
