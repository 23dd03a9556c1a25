"""The words of a label are read from its triangles: altered ones are named, re-saved ones are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sceneproof.derived.world import slot_of
from sceneproof.marks.label._ink import DIFFERENT, _known, candidates, difference, raster
from sceneproof.marks.label.label import LabelReading, read, text_mesh
from sceneproof.scene import Array, Primitive, Scene

from ._scenes import figure, load, marked, room

Change = Callable[[Array, Array], tuple[Array, Array]]
LONG = "本场景由人工智能生成合成请注意辨别"


@cache
def labelled(kind: str, text: str | None = None, lang: str | None = None) -> Scene:
    return marked(load(room() if kind == "room" else figure()), text=text, lang=lang)[0]


def label_node(scene: Scene) -> int:
    return next(k for k, node in enumerate(scene.nodes) if slot_of(node) == "label")


def with_ink(scene: Scene, change: Change) -> LabelReading:
    """Read the scene after `change` of positions and triangles of every part of its label that bears words."""

    def changed(primitive: Primitive) -> Primitive:
        if not scene.materials[primitive.material or 0].name.startswith("sceneproof label text"):
            return primitive
        positions, triangles = change(np.asarray(primitive.positions, np.float64), primitive.triangles)
        return replace(primitive, attributes={"POSITION": positions.astype(np.float32)}, triangles=triangles)

    number = scene.nodes[label_node(scene)].mesh or 0
    mesh = scene.meshes[number]
    mesh = replace(mesh, primitives=tuple(changed(primitive) for primitive in mesh.primitives))
    return read(replace(scene, meshes=tuple(mesh if k == number else m for k, m in enumerate(scene.meshes))))


def half_cut(positions: Array, triangles: Array) -> tuple[Array, Array]:
    return positions, triangles[: len(triangles) // 2]


def every_other_cut(positions: Array, triangles: Array) -> tuple[Array, Array]:
    return positions, triangles[::2]


def one_letter_cut(positions: Array, triangles: Array) -> tuple[Array, Array]:
    """The rightmost sixth of the ink goes: the width of the box tells."""
    limit = positions[:, 0].min() + 5 / 6 * np.ptp(positions[:, 0])
    return positions, triangles[positions[triangles][:, :, 0].max(axis=1) < limit]


def crossed_out(positions: Array, triangles: Array) -> tuple[Array, Array]:
    low, high = positions.min(axis=0), positions.max(axis=0)
    y = low[1] + np.ptp(positions[:, 1]) * np.array([0.4, 0.6])
    bar = np.array([[low[0], y[0], low[2]], [high[0], y[0], low[2]], [high[0], y[1], low[2]], [low[0], y[1], low[2]]])
    more = np.array([[0, 1, 2], [0, 2, 3]]) + len(positions)
    return np.concatenate([positions, bar]), np.concatenate([triangles, more])


def other_words(positions: Array, triangles: Array) -> tuple[Array, Array]:
    """人工合成 in place of AI生成, as wide and as tall."""
    mesh = text_mesh("人工合成")
    low, span = positions.min(axis=0), np.ptp(positions, axis=0)
    flat = low[:2] + mesh.positions / mesh.ink_bounds[1] * span[:2]
    return np.concatenate([flat, np.full((len(flat), 1), low[2])], axis=1), mesh.triangles


def squeezed(positions: Array, triangles: Array) -> tuple[Array, Array]:
    return positions * (0.7, 1, 1), triangles


def bent(positions: Array, triangles: Array) -> tuple[Array, Array]:
    return positions + np.sin(positions[:, :1]) * (0, 0, 1), triangles


@pytest.mark.parametrize(
    "change", [half_cut, every_other_cut, one_letter_cut, crossed_out, other_words, squeezed, bent]
)
@pytest.mark.parametrize("kind", ["room", "figure"])
def test_altered_words_are_named_and_do_not_count(kind: str, change: Change) -> None:
    reading = with_ink(labelled(kind), change)
    assert reading.found
    assert not reading.visible
    assert not reading.at_edge
    assert "words-altered" in reading.problems
    assert reading.text == "AI生成"
    assert reading.to_dict()["detail"] == {"words_match": False}


def rounded(bits: int, times: float) -> Change:
    """To a grid of that many bits over a mesh `times` as wide as the ink is tall."""

    def change(positions: Array, triangles: Array) -> tuple[Array, Array]:
        unit = np.ptp(positions[:, 1]) * times / 2**bits
        return np.round(positions / unit) * unit, triangles

    return change


def welded(positions: Array, triangles: Array) -> tuple[Array, Array]:
    points, back = np.unique(positions.astype(np.float32), axis=0, return_inverse=True)
    return points, back.reshape(-1)[triangles]


def shuffled(positions: Array, triangles: Array) -> tuple[Array, Array]:
    rng = np.random.default_rng(5)
    order = rng.permutation(len(positions))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return positions[order], np.roll(place[triangles][rng.permutation(len(triangles))], 1, axis=1)


def split_up(positions: Array, triangles: Array) -> tuple[Array, Array]:
    """Each triangle in three, none sharing a vertex: another triangulation of the same ink."""
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    middle = (a + b + c) / 3
    soup = np.concatenate([np.stack(sides, axis=1) for sides in ((a, b, middle), (b, c, middle), (c, a, middle))])
    return soup.reshape(-1, 3), np.arange(3 * len(soup)).reshape(-1, 3)


SAVED: list[Change] = [rounded(16, 30), rounded(14, 40), welded, shuffled, split_up]


@pytest.mark.parametrize("change", SAVED, ids=["16 bits", "14 bits", "welded", "shuffled", "split"])
@pytest.mark.parametrize(
    ("kind", "text", "lang"),
    [("room", None, None), ("room", LONG, None), ("figure", None, None), ("figure", None, "en")],
)
def test_saving_in_another_way_keeps_the_words(kind: str, text: str | None, lang: str | None, change: Change) -> None:
    reading = with_ink(labelled(kind, text, lang), change)
    assert reading.problems == ()
    assert reading.visible
    assert reading.to_dict()["detail"] == {"words_match": True}


def test_a_flattened_tree_keeps_the_words() -> None:
    """World positions in the mesh, the node without a transform: the view tells where the words' right is."""
    scene = labelled("room")
    index = label_node(scene)
    node = scene.nodes[index]
    number = node.mesh or 0
    turn, move = node.world[:3, :3], node.world[:3, 3]
    flat = [
        replace(p, attributes={"POSITION": (p.positions @ turn.T + move).astype(np.float32)})
        for p in scene.meshes[number].primitives
    ]
    meshes = [replace(m, primitives=tuple(flat)) if k == number else m for k, m in enumerate(scene.meshes)]
    nodes = [replace(n, world=np.eye(4)) if k == index else n for k, n in enumerate(scene.nodes)]
    assert read(replace(scene, meshes=tuple(meshes), nodes=tuple(nodes))).problems == ()


def test_other_words_in_the_extras_than_in_the_ink() -> None:
    scene = labelled("room")
    index = label_node(scene)
    extras = {"sceneproof": {"slot": "label", "text": "人工智能合成", "lang": "zh-CN"}}
    nodes = [replace(n, extras=extras) if k == index else n for k, n in enumerate(scene.nodes)]
    reading = read(replace(scene, nodes=tuple(nodes)))
    assert reading.problems == ("words-altered",)
    assert not reading.visible
    assert reading.text == "人工智能合成"


def test_what_cannot_be_set_is_no_claim_that_holds() -> None:
    assert candidates("x" * 500) == ()
    assert _known("𓀀") is None
    assert "AI生成" in candidates(None)
    assert "AI生成\nAI-generated" in candidates("AI生成 AI-generated")


def test_a_raster_counts_area_and_counts_it_once() -> None:
    """A square that fills the lower left quarter, twice, and half of a square by its diagonal."""
    square = np.array([[[0, 0], [0.5, 0], [0.5, 0.5]], [[0, 0], [0.5, 0.5], [0, 0.5]]])
    assert raster(np.concatenate([square, square]), (8, 8)).mean() == pytest.approx(0.25)
    assert raster(np.array([[[0.0, 0], [1, 0], [1, 1]]]), (8, 8)).mean() == pytest.approx(0.5, abs=0.03)
    assert raster(np.zeros((0, 3, 2)), (4, 4)).sum() == 0


@pytest.mark.parametrize("text", ["AI生成", "AI-generated", "AI 생성", "人工智能合成", "AI生成\nAI-generated"])
def test_the_ink_that_a_raster_holds_is_that_of_the_outlines(text: str) -> None:
    mesh, known = text_mesh(text), _known(text)
    assert known is not None
    cell = 1 / len(known[2]) ** 2
    assert known[2].sum() * cell == pytest.approx(mesh.ink_area, rel=0.03)


def test_every_stroke_of_the_chinese_wording_counts() -> None:
    """Each connected piece of AI生成 taken out is more than the tolerance."""
    mesh, known = text_mesh("AI生成"), _known("AI生成")
    assert known is not None
    piece = np.arange(len(mesh.positions))
    for _ in range(len(piece)):
        least = piece[mesh.triangles].min(axis=1)
        new = piece.copy()
        np.minimum.at(new, mesh.triangles.ravel(), np.repeat(least, 3))
        if (new == piece).all():
            break
        piece = new
    pieces = np.unique(piece)
    assert len(pieces) >= 4
    for one in pieces:
        left = mesh.triangles[piece[mesh.triangles[:, 0]] != one]
        assert difference(raster(mesh.positions[left], known[2].shape), known[2], 1) > 2 * DIFFERENT
