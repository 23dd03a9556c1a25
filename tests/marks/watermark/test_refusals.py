from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import CapacityError, CodecError, Surface, capacity, detect, embed
from sceneproof.marks.watermark.codec._mesh import weld

from ._surfaces import KEY, blob, grid_faces, sheet


def _cube() -> Surface:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    return Surface(corners, np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int64))


NOTHING = Surface(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64))
FLAT = Surface(np.zeros((100, 3)), grid_faces(10, 10))
ALL_NAN = Surface(np.full((100, 3), np.nan), grid_faces(10, 10))
POOR = {"nothing": NOTHING, "no area": FLAT, "NaN": ALL_NAN, "a cube": _cube(), "coarse": blob(16)}


@pytest.mark.parametrize("name", POOR)
def test_what_cannot_bear_a_mark_is_refused_with_a_reason(name: str) -> None:
    predicted = capacity(POOR[name])
    assert not predicted.ok
    assert predicted.bits < 64
    assert predicted.reason
    assert "\n" not in predicted.reason
    with pytest.raises(CapacityError) as refusal:
        embed(POOR[name], bytes(8), KEY)
    assert refusal.value.reason


@pytest.mark.parametrize("name", POOR)
def test_what_cannot_bear_a_mark_is_searched_without_error(name: str) -> None:
    found = detect([POOR[name]], KEY, effort="quick")
    assert not found.found
    assert len(found.all) == 1


def _scattered() -> Surface:
    """Specks so far from each other that no lattice of their size spans them."""
    corner = np.random.default_rng(3).uniform(-1.0, 1.0, (400, 3)) * 1e4
    speck = corner[:, None] + np.eye(3) * 0.01
    return Surface(speck.reshape(-1, 3), np.arange(1200, dtype=np.int64).reshape(-1, 3))


def _needles() -> Surface:
    """Triangles far longer than wide: lettering, wires, cut walls."""
    start, end = np.random.default_rng(4).uniform(-1.0, 1.0, (2, 20_000, 3))
    points = np.stack([start, end, end + 1e-4], axis=1)
    return Surface(points.reshape(-1, 3), np.arange(60_000, dtype=np.int64).reshape(-1, 3))


@pytest.mark.parametrize("made", [_scattered, _needles])
def test_a_surface_that_no_lattice_fits_is_no_error_and_hides_no_other(made: Callable[[], Surface]) -> None:
    odd = made()
    with pytest.raises(CodecError, match=r"split it|slivers"):
        _ = weld(odd).samples
    assert not detect([odd], KEY).found
    whole = blob(100)
    payload = bytes(range(8))
    marked = Surface(whole.positions + embed(whole, payload, KEY).displacement, whole.faces)
    found = detect([odd, marked], KEY)
    assert found.payload == payload
    assert found.carriers == (1,)


def test_no_surfaces_bear_no_mark() -> None:
    found = detect([], KEY)
    assert not found.found
    assert found.hypotheses == 0
    assert found.log10_p == 0.0


def test_a_surface_of_fixed_vertices_is_refused() -> None:
    small = blob(60)
    held = Surface(small.positions, small.faces, np.ones(len(small.positions), dtype=bool))
    assert not capacity(held).ok
    with pytest.raises(CapacityError, match="movable"):
        embed(held, bytes(8), KEY)


def test_a_fine_surface_is_predicted_to_bear_64_bits() -> None:
    predicted = capacity(blob())
    assert predicted.ok
    assert predicted.reason is None
    assert predicted.bits >= 64
    assert capacity(sheet()).ok


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"payload": bytes(3)}, "24 bits"),
        ({"payload": bytes(20)}, "160 bits"),
        ({"key": b"short"}, "at least 16"),
        ({"strength": "Z"}, "one of Q, R"),
        ({"surface": Surface(np.zeros((4, 2)), np.zeros((1, 3), dtype=np.int64))}, r"\(4, 2\)"),
    ],
)
def test_wrong_arguments_are_named(change: dict[str, object], message: str) -> None:
    given = {"surface": blob(80), "payload": bytes(8), "key": KEY, "strength": "Q"} | change
    with pytest.raises(CodecError, match=message):
        embed(given["surface"], given["payload"], given["key"], strength=given["strength"])  # type: ignore[arg-type]


def test_an_unknown_effort_is_named() -> None:
    with pytest.raises(CodecError, match="quick, normal, deep"):
        detect([blob(40)], KEY, effort="hard")
