"""`verify(reference=…)`: what is read with a copy at hand, and that nothing is read that is not there."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

import sceneproof as sp
from sceneproof._warmup import bumpy_sphere
from sceneproof.errors import InputError, UsageError
from sceneproof.io._bridges import glb_of
from sceneproof.marks.watermark._reference import corrected
from sceneproof.marks.watermark.codec import embed
from tests._marked import OTHER, SECRET, bytes_of, dense, low, marked

from ._surfaces import Surface, blob, stored, turned

PAYLOAD = bytes.fromhex("5ce9e9f00f123456")


def marked_surface() -> Surface:
    scene = sp.load(bytes_of(marked()))
    ball = next(mesh for mesh in scene.meshes if mesh.name == "ball").primitives[0]
    return Surface(ball.positions.astype(np.float64), ball.triangles)


def stretched(surface: Surface) -> bytes:
    moved = turned(Surface(surface.positions @ np.diag([1.1, 0.92, 1.0]), surface.faces), 5)
    return glb_of([(moved.positions, moved.faces)])


def test_a_stretched_copy_is_read_with_the_original_only():
    suspect = stretched(marked_surface())
    alone = sp.verify(suspect, key=SECRET, effort="quick")
    assert not alone["watermark"]["found"]
    read = sp.verify(suspect, key=SECRET, reference=dense())["watermark"]
    assert read["found"]
    assert read["payload"] == marked().marks["watermark"]["payload"]
    reference = read["detail"]["reference"]
    assert reference["registration"] == "affine of matched vertices"
    assert reference["rms_fraction"] < 1e-3
    assert reference["overlap"] == pytest.approx(1.0, abs=0.01)
    assert "registered: affine" in read["method"]


def test_the_marked_copy_serves_as_well():
    read = sp.verify(stretched(marked_surface()), key=SECRET, reference=bytes_of(marked()))["watermark"]
    assert read["payload"] == marked().marks["watermark"]["payload"]


def test_a_marked_reference_lends_its_mark_to_nobody():
    positions, faces = bumpy_sphere(72)
    plain = stretched(Surface(positions.astype(np.float64), faces.astype(np.int64)))
    read = sp.verify(plain, key=SECRET, effort="quick", reference=bytes_of(marked()))["watermark"]
    assert not read["found"]
    assert read["payload"] is None
    assert read["detail"]["reference"]["registration"] == "affine of matched vertices"


def crop(surface: Surface, share: float) -> bytes:
    """What lies farthest along an oblique direction, moved, turned and scaled."""
    height = surface.positions @ np.array([0.5, 0.7, -0.4])
    keep = height > np.quantile(height, share)
    moved = turned(surface, 11)
    return glb_of([(moved.positions, surface.faces[keep[surface.faces].all(axis=1)])])


@functools.cache
def lump() -> tuple[Surface, Surface]:
    """A lump and its marked copy."""
    plain = blob(150)
    return plain, stored(plain, embed(plain, PAYLOAD, SECRET).displacement)


def test_a_crop_that_was_moved_is_read_by_what_it_changed_and_not_without_the_reference():
    plain, bearing = lump()
    suspect = crop(bearing, 0.7)
    assert not sp.verify(suspect, key=SECRET, effort="quick")["watermark"]["found"]
    read = sp.verify(suspect, key=SECRET, reference=glb_of([(plain.positions, plain.faces)]))["watermark"]
    assert read["payload"] == PAYLOAD.hex()
    assert "informed, registered: similarity" in read["method"]
    assert 0.2 < read["detail"]["reference"]["overlap"] < 0.5


def test_a_marked_reference_does_not_stand_in_for_what_an_unmarked_crop_lacks():
    plain, bearing = lump()
    whole = glb_of([(bearing.positions, bearing.faces)])
    read = sp.verify(crop(plain, 0.3), key=SECRET, effort="quick", reference=whole)["watermark"]
    assert not read["found"]
    assert read["log10_p"] > -3.0


def test_wrong_keys_are_not_found():
    keys = [np.random.default_rng(seed).bytes(32) for seed in range(3)]
    read = sp.verify(stretched(marked_surface()), key=keys, effort="quick", reference=dense())["watermark"]
    assert not read["found"]
    assert read["log10_p"] > -4.0


def test_what_is_read_as_it_stands_needs_no_registration():
    read = sp.verify(bytes_of(marked()), key=[OTHER, SECRET], reference=dense())["watermark"]
    assert read["found"]
    assert read["detail"]["reference"] == {
        "sha256": sp.verify(dense())["asset"]["sha256"],
        "registration": "none",
        "rms_fraction": None,
        "overlap": None,
    }


def test_a_reference_without_a_mesh_or_key_or_that_is_no_file_is_one_line(tmp_path):
    cloud = glb_of([(np.random.default_rng(0).normal(size=(50, 3)), np.zeros((0, 3), np.int64))])
    with pytest.raises(InputError, match="reference has no mesh"):
        sp.verify(low(), key=SECRET, reference=cloud)
    with pytest.raises(InputError, match="reference: "):
        sp.verify(low(), key=SECRET, reference=b"no asset at all")
    with pytest.raises(UsageError, match="no key"):
        sp.verify(low(), reference=low())


def test_every_candidate_counts():
    assert corrected(-12.0, 100, 1000) == pytest.approx(-11.0)
    assert corrected(-0.3, 10, 10) == pytest.approx(-0.3)
    assert corrected(-0.3, 1, 1000) == 0.0
    assert math.isfinite(corrected(-50.0, 0, 0))


FLAT = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float64)
ODD = {
    "one triangle": (FLAT[:3], [[0, 1, 2]]),
    "flat": (FLAT, [[0, 1, 2], [0, 2, 3]]),
    "no area": (FLAT * [1, 0, 0], [[0, 1, 2], [0, 2, 3]]),
    "huge": (FLAT * 1e18, [[0, 1, 2], [0, 2, 3]]),
    "tiny": (FLAT * 1e-18, [[0, 1, 2], [0, 2, 3]]),
    "degenerate": (FLAT, [[0, 0, 1], [1, 2, 2]]),
}
NO_SURFACE = ("no area", "degenerate")


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("as_reference", [False, True], ids=["suspect", "reference"])
def test_what_has_no_shape_is_not_found_and_breaks_nothing(name, as_reference):
    points, faces = ODD[name]
    odd, whole = glb_of([(points, np.array(faces))]), dense()
    suspect, reference = (whole, odd) if as_reference else (odd, whole)
    if as_reference and name in NO_SURFACE:
        with pytest.raises(InputError, match="no mesh with triangles"):
            sp.verify(suspect, key=SECRET, effort="quick", reference=reference)
    else:
        assert not sp.verify(suspect, key=SECRET, effort="quick", reference=reference)["watermark"]["found"]
