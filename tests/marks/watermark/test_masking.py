"""Where the writer holds the surface still."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import Surface, _masking, embed
from sceneproof.marks.watermark.codec._distortion import PIXEL, SHIFTED, STRENGTHS, TURNED, measure
from sceneproof.marks.watermark.codec._embed import _held
from sceneproof.marks.watermark.codec._masking import DENOISED, FREEST, curvature, ease
from sceneproof.marks.watermark.codec._mesh import Welded, vertex_normals, weld

from ._surfaces import KEY, blob, grid_faces

PAYLOAD = bytes.fromhex("0123456789abcdef")


def _sphere(radius: float, rows: int = 60) -> Welded:
    theta, phi = np.meshgrid(np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, 2 * rows), indexing="ij")
    phi[:, -1] = 0.0
    points = radius * np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1)
    points[0], points[-1] = points[0, 0], points[-1, 0]
    return weld(Surface(points.reshape(-1, 3), grid_faces(rows, 2 * rows)))


def _slab(side: int = 71) -> Surface:
    """A closed slab whose top is rough on one half and flat on the other; its walls meet it at right angles."""
    x, y = np.meshgrid(np.linspace(0, 2, side), np.linspace(0, 2, side), indexing="ij")
    swell = np.clip(1.0 - x, 0.0, 1.0) * np.minimum(1.0, 4.0 * np.minimum(y, 2.0 - y).clip(0)) * np.minimum(1.0, 4 * x)
    top = 0.8 + 0.10 * swell * np.sin(7 * x) * np.cos(8 * y)
    sheets = []
    for u, v, w in ((x, y, top), (x, y, 0 * x)):
        sheets.append(np.stack([u, v, w], axis=-1))
    rows = np.linspace(0, 1, 25)[:, None]
    for edge in (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1]):
        upper, lower = sheets[0][edge], sheets[1][edge]
        sheets.append(lower + (upper - lower) * rows[..., None])
    flips = (False, True, True, False, False, True)
    points, faces, first = [], [], 0
    for sheet, flip in zip(sheets, flips, strict=True):
        made = grid_faces(*sheet.shape[:2]) + first
        faces.append(made[:, ::-1] if flip else made)
        points.append(sheet.reshape(-1, 3))
        first += sheet.shape[0] * sheet.shape[1]
    return Surface(np.concatenate(points).astype(np.float32).astype(np.float64), np.concatenate(faces))


def _slow_curvature(welded: Welded, normals: np.ndarray) -> np.ndarray:
    """The same sums, vertex by vertex."""
    beside: list[list[int]] = [[] for _ in welded.vertices]
    for a, b in welded.edges:
        beside[a].append(int(b))
        beside[b].append(int(a))
    for _ in range(DENOISED):
        normals = np.stack(
            [0.5 * n + 0.5 * normals[near].mean(axis=0) if near else n for n, near in zip(normals, beside, strict=True)]
        )
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    out = np.zeros(len(normals))
    for i, near in enumerate(beside):
        turns = [np.arccos(np.clip(normals[i] @ normals[j], -1, 1)) for j in near]
        out[i] = sum(turns) / sum(np.linalg.norm(welded.vertices[i] - welded.vertices[j]) for j in near)
    return out


@pytest.mark.parametrize("radius", [0.5, 3.0])
def test_a_sphere_bends_by_one_over_its_radius(radius: float) -> None:
    ball = _sphere(radius)
    normals, _ = vertex_normals(ball.vertices, ball.faces)
    away = np.abs(ball.vertices[:, 2]) < 0.95 * radius  # from the poles, where vertices have 120 neighbours
    assert curvature(ball, normals)[away] == pytest.approx(1 / radius, rel=0.03)


def test_the_bend_of_a_surface_is_that_of_the_plain_sums() -> None:
    welded = weld(blob(24))
    normals, _ = vertex_normals(welded.vertices, welded.faces)
    assert curvature(welded, normals) == pytest.approx(_slow_curvature(welded, normals), abs=1e-6)


def test_a_sphere_moves_as_freely_everywhere() -> None:
    ball = _sphere(1.0)
    normals, area = vertex_normals(ball.vertices, ball.faces)
    away = np.abs(ball.vertices[:, 2]) < 0.9
    assert ease(ball, normals, area, 0.2)[away] == pytest.approx(1.0, abs=0.02)


def test_how_freely_a_surface_moves_does_not_depend_on_its_size() -> None:
    small, large = weld(_slab()), weld(Surface(_slab().positions * 8.0, _slab().faces))
    found = []
    for welded, unit in ((small, 0.25), (large, 2.0)):
        normals, area = vertex_normals(welded.vertices, welded.faces)
        found.append(ease(welded, normals, area, unit))
        assert 0.5 < np.average(found[-1], weights=area) <= 1.0 + 1e-9
        assert found[-1].min() > 0.0
        assert found[-1].max() <= FREEST
    assert found[0] == pytest.approx(found[1], rel=1e-6)


def test_creases_of_a_box_are_held_and_its_flat_faces_too() -> None:
    welded = weld(_slab())
    normals, area = vertex_normals(welded.vertices, welded.faces)
    free = ease(welded, normals, area, 0.25)
    x, y, z = welded.vertices.T
    on_top = (z > 0.6) & (y > 0.4) & (y < 1.6)
    edge = on_top & (x > 1.999)
    flat = on_top & (x > 1.35) & (x < 1.65)
    rolling = on_top & (x > 0.3) & (x < 0.7)
    assert free[edge].mean() < 0.75 * free[rolling].mean()
    assert free[flat].mean() < 0.75 * free[rolling].mean()


def _shifts(surface: Surface) -> dict[str, float]:
    """Root mean square shift over parts of the slab's top."""
    moved = np.linalg.norm(embed(surface, PAYLOAD, KEY).displacement, axis=1)
    x, y, _ = surface.positions.T
    top = (np.arange(len(x)) < 71 * 71) & (y > 0.3) & (y < 1.7)
    where = {"rolling": (x > 0.2) & (x < 0.8), "flat": (x > 1.3) & (x < 1.7), "edge": x > 1.999}
    return {name: float(np.sqrt((moved[top & here] ** 2).mean())) for name, here in where.items()}


def test_a_mark_spares_edges_and_a_little_flat_faces_against_the_rolling_half(monkeypatch: pytest.MonkeyPatch) -> None:
    held = _shifts(_slab())
    monkeypatch.setattr(_masking, "HOLD", 0.0)
    monkeypatch.setattr(_masking, "FLAT_MASS", 1.0)
    plain = _shifts(_slab())
    assert held["edge"] < 0.55 * held["rolling"]
    assert held["edge"] / held["rolling"] < 0.9 * plain["edge"] / plain["rolling"]
    assert held["flat"] / held["rolling"] < plain["flat"] / plain["rolling"]


def test_the_predicted_change_of_a_picture_is_what_turns_and_what_shifts() -> None:
    ball = _sphere(2.0)
    normals, _ = vertex_normals(ball.vertices, ball.faces)
    grown = measure(ball, ball.vertices + 0.01 * normals)
    assert grown.normal_mean < 0.1
    assert grown.picture == pytest.approx(SHIFTED * 0.01 / 2.0, rel=0.05)
    assert ball.diagonal * PIXEL < 2.0
    angle = 0.02
    turned = ball.vertices @ np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )
    assert measure(ball, turned).picture > TURNED * angle * 0.7


def test_a_picture_at_q_keeps_its_limit() -> None:
    surface = blob()
    welded = weld(surface)
    made = embed(surface, PAYLOAD, KEY)
    places = welded.vertices.copy()
    known = welded.group >= 0
    places[welded.group[known]] += made.displacement[known]
    assert 0.0 < measure(welded, places).picture <= STRENGTHS["Q"].picture * 1.001


def test_the_few_that_would_move_furthest_are_led_to_the_limit_and_the_others_stay() -> None:
    d = np.array([0.0, 0.5, -0.69, 0.75, -2.0, 50.0])
    held = _held(d, 1.0)
    assert held[:3] == pytest.approx(d[:3])
    assert np.abs(held).max() <= 1.0
    assert (np.diff(np.abs(held)) > 0.0).all()
    assert (np.sign(held) == np.sign(d)).all()
    assert _held(np.array([0.7 + 1e-6]), 1.0)[0] == pytest.approx(0.7 + 1e-6, abs=1e-9)
