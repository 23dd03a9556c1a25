"""What reading a label back says of one that somebody has tampered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sceneproof.derived.world import slot_of
from sceneproof.marks.label._sight import EDGE_BAND, at_edge
from sceneproof.marks.label.label import LabelReading, read
from sceneproof.scene import Material, Scene

from ._scenes import figure, load, marked, room

Change = Callable[[Scene, int], Scene]


def tampered(scene: Scene, change: Change) -> LabelReading:
    index = next(k for k, node in enumerate(scene.nodes) if slot_of(node) == "label")
    return read(change(scene, index))


def with_node(scene: Scene, index: int, **fields: Any) -> Scene:
    nodes = list(scene.nodes)
    nodes[index] = replace(nodes[index], **fields)
    return replace(scene, nodes=tuple(nodes))


def scaled(factor: float) -> Change:
    return lambda scene, index: with_node(
        scene, index, world=scene.nodes[index].world @ np.diag([factor, factor, factor, 1.0])
    )


def moved(x: float, y: float, z: float) -> Change:
    def change(scene: Scene, index: int) -> Scene:
        world = scene.nodes[index].world.copy()
        world[:3, 3] += (x, y, z)
        return with_node(scene, index, world=world)

    return change


def turned_round(scene: Scene, index: int) -> Scene:
    return with_node(scene, index, world=scene.nodes[index].world @ np.diag([-1.0, 1.0, -1.0, 1.0]))


def recoloured(**fields: Any) -> Change:
    """Change the material of the words (not the plate)."""

    def change(scene: Scene, index: int) -> Scene:
        mesh = scene.meshes[scene.nodes[index].mesh or 0]
        words = {
            p.material
            for p in mesh.primitives
            if scene.materials[p.material or 0].name.startswith("sceneproof label text")
        }
        made: list[Material] = [replace(m, **fields) if k in words else m for k, m in enumerate(scene.materials)]
        return replace(scene, materials=tuple(made))

    return change


def hidden(scene: Scene, index: int) -> Scene:
    return with_node(scene, index, extensions={"KHR_node_visibility": {"visible": False}})


def hidden_by_parent(scene: Scene, index: int) -> Scene:
    parent = next(k for k, node in enumerate(scene.nodes) if index in node.children)
    return with_node(scene, parent, extensions={"KHR_node_visibility": {"visible": False}})


def detached(scene: Scene, index: int) -> Scene:
    nodes = tuple(replace(n, children=tuple(c for c in n.children if c != index)) for n in scene.nodes)
    return replace(scene, nodes=nodes, roots=tuple(r for r in scene.roots if r != index))


CASES: list[tuple[str, Change, str]] = [
    ("scaled to nothing", scaled(0.0), "zero-scale"),
    ("behind the camera", moved(0, 0, 50), "off-camera"),
    ("beside the picture", moved(30, 0, 0), "off-camera"),
    ("out of the scene", detached, "off-camera"),
    ("KHR_node_visibility", hidden, "hidden-by-visibility"),
    ("KHR_node_visibility of an ancestor", hidden_by_parent, "hidden-by-visibility"),
    ("transparent", recoloured(alpha_mode="BLEND", base_color=(1, 1, 1, 0.0)), "transparent"),
    ("cut out", recoloured(alpha_mode="MASK", base_color=(1, 1, 1, 0.2)), "transparent"),
    ("buried in a wall", moved(0, 0, -60), "buried"),
    ("of its plate's colour", recoloured(base_color=(0.006, 0.007, 0.01, 1.0)), "low-contrast"),
    ("turned round", turned_round, "mirrored"),
]


@pytest.fixture(scope="module")
def good() -> Scene:
    return marked(load(room()))[0]


@pytest.mark.parametrize(("change", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_tampering_is_named(good: Scene, change: Change, code: str) -> None:
    reading = tampered(good, change)
    assert reading.found
    assert not reading.visible
    assert code in reading.problems
    assert not reading.at_edge


def test_an_untouched_label_has_no_problem(good: Scene) -> None:
    assert read(good).problems == ()


def test_half_the_size_is_too_small_but_visible(good: Scene) -> None:
    reading = tampered(good, scaled(0.5))
    assert reading.visible
    assert "too-small" in reading.problems
    whole = read(good).height_ratio
    assert reading.height_ratio == pytest.approx((whole or 0) / 2, rel=0.02)


def test_moved_to_the_middle_is_not_at_the_edge() -> None:
    scene, _ = marked(load(figure()))
    label = next(k for k, node in enumerate(scene.nodes) if slot_of(node) == "label")
    lifted = scene.nodes[label].world.copy()
    lifted[1, 3] += 0.45
    reading = read(with_node(scene, label, world=lifted))
    assert "not-at-edge" in reading.problems
    assert not reading.at_edge


def test_a_wall_in_front_hides_a_known_share() -> None:
    """A plate over the right half of the words hides about half of the ink."""
    scene, edits = marked(load(room()))
    label = next(k for k, node in enumerate(scene.nodes) if slot_of(node) == "label")
    words = next(part for part in edits[0].parts if part.name.startswith("label text"))
    plate = next(part for part in edits[0].parts if part.name == "label plate")
    middle = float(words.positions[:, 0].mean())
    share = float((words.positions[words.triangles].mean(axis=1)[:, 0] > middle).mean())
    cover = plate.positions.copy()
    cover[:, 0] = np.where(cover[:, 0] < 0, middle, cover[:, 0])
    cover[:, 2] = 0.2
    number = scene.nodes[label].mesh or 0
    mesh = scene.meshes[number]
    wall = replace(
        mesh.primitives[1],
        attributes=dict(mesh.primitives[1].attributes) | {"POSITION": cover},
        pointer="/meshes/9/primitives/0",
    )
    meshes = (*scene.meshes, replace(mesh, primitives=(wall,), name="wall"))
    node = replace(
        scene.nodes[label], mesh=len(scene.meshes), extras=None, name="wall", pointer=f"/nodes/{len(scene.nodes)}"
    )
    nodes = list(scene.nodes)
    parent = next(k for k, n in enumerate(nodes) if label in n.children)
    nodes[parent] = replace(nodes[parent], children=(*nodes[parent].children, len(nodes)))
    reading = read(replace(scene, meshes=meshes, nodes=(*nodes, node)))
    assert reading.hidden_fraction == pytest.approx(share, abs=0.25)
    assert 0.2 < (reading.hidden_fraction or 0) < 0.8
    assert "buried" in reading.problems


def test_it_is_found_by_its_material_when_extras_and_names_are_lost(good: Scene) -> None:
    label = next(k for k, node in enumerate(good.nodes) if slot_of(node) == "label")
    bare = with_node(good, label, extras=None, name="")
    number = bare.nodes[label].mesh or 0
    meshes = [replace(mesh, name="") if k == number else mesh for k, mesh in enumerate(bare.meshes)]
    reading = read(replace(bare, meshes=tuple(meshes)))
    assert reading.found
    assert reading.visible
    assert reading.text == "AI生成"


def test_a_scene_without_one_says_so() -> None:
    reading = read(load(room()))
    assert not reading.found
    assert not reading.visible
    assert reading.to_dict() == {
        "found": False, "visible": False, "text": None, "reading": None, "height_ratio": None,
        "contrast_ratio": None, "hidden_fraction": None, "at_edge": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((400, 200, 600, 300), False),  # the middle of 1000 x 500
        ((400, 380, 600, 441), True),  # into the lower band, 60 pixels wide
        ((400, 380, 600, 439), False),
        ((59, 200, 100, 300), True),
        ((61, 200, 100, 300), False),
        ((900, 200, 941, 300), True),
        ((400, 59, 600, 100), True),
        ((1001, 200, 1100, 300), False),  # outside
    ],
)
def test_the_edge_is_a_band_of_the_shortest_side(box: tuple[float, float, float, float], expected: bool) -> None:
    assert pytest.approx(0.12) == EDGE_BAND
    assert at_edge(box, 1000, 500) is expected
