"""A planned label shows: tall enough, at an edge, upright, in every aspect ratio, at any scale, always the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.framing import views
from sceneproof.derived.world import slot_of
from sceneproof.edits import PutNode
from sceneproof.errors import InputError, MarkError, UsageError
from sceneproof.marks.label.label import LabelOptions, LabelReading, plan, read
from sceneproof.scene import Scene
from tests.makers import Builder, shapes

from ._scenes import figure, load, marked, room, turned


def assert_good(reading: LabelReading, views_: int = 1) -> None:
    assert reading.found
    assert reading.visible
    assert reading.at_edge
    assert reading.problems == ()
    assert reading.height_ratio is not None
    assert reading.height_ratio >= 0.055
    assert reading.contrast_ratio is not None
    assert reading.contrast_ratio > 10
    assert reading.hidden_fraction == 0
    whole = {(sight.view, sight.aspect) for sight in reading.views if sight.inside > 0.999}
    assert len(whole) == 3 * views_


def same(one: list[PutNode], two: list[PutNode]) -> bool:
    def flat(edits: list[PutNode]) -> list[bytes]:
        rows = []
        for edit in edits:
            rows += [repr((edit.slot, edit.parent, dict(edit.extras))).encode(), edit.matrix.tobytes()]
            rows += [b for p in edit.parts for b in (p.name.encode(), p.positions.tobytes(), p.triangles.tobytes())]
        return rows

    return flat(one) == flat(two)


@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_in_a_room_it_hangs_on_the_camera(scale: float) -> None:
    scene, edits = marked(load(room(scale)))
    assert [edit.slot for edit in edits] == ["label"]
    assert scene.nodes[edits[0].parent or 0].camera is not None
    assert_good(read(scene))


@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_beside_a_figure_it_stands_at_the_edge(scale: float) -> None:
    scene, edits = marked(load(figure(scale)))
    assert edits[0].parent is None
    assert_good(read(scene))


@pytest.mark.parametrize("lang", ["zh-CN", "zh-TW", "en", "ja", "ko"])
def test_in_every_language(lang: str) -> None:
    for builder in (room(), figure()):
        assert_good(read(marked(load(builder), lang=lang)[0]))


def test_ink_is_as_tall_as_asked() -> None:
    """With a camera the vertical angle is the same at 16:9, so the ratio there is the height asked for."""
    reading = read(marked(load(room()), height=0.1)[0])
    ratios = {sight.aspect: sight.height_ratio for sight in reading.views}
    assert ratios["16:9"] == pytest.approx(0.1, rel=0.01)
    assert ratios["1:1"] == pytest.approx(0.1, rel=0.01)
    assert ratios["9:16"] == pytest.approx(0.1 * 16 / 9, rel=0.01)


def test_the_framing_of_a_viewer_stays() -> None:
    scene = load(figure())
    before, after = views(scene)[0], views(marked(scene)[0])[0]
    assert after.eye == pytest.approx(before.eye, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("kind", ["globe", "cube", "slab"])
def test_shapes_that_fill_the_framing_step_back_for_it(kind: str) -> None:
    b = Builder()
    shape = {"globe": shapes.icosphere(0.5, 3), "cube": shapes.box(), "slab": shapes.box((4, 0.1, 3))}[kind]
    b.node(kind, mesh=b.mesh(shape))
    reading = read(marked(load(b))[0])
    assert reading.visible
    assert (reading.height_ratio or 0) >= 0.055
    # A globe fills the sphere that the framing holds: in the tall picture its label is beside the edge band.
    assert reading.problems == (("not-at-edge",) if kind == "globe" else ())


def test_before_an_avatar_of_vrm_0_it_stands_on_the_side_of_the_face() -> None:
    b = figure()
    b.doc["extensionsUsed"] = ["VRM"]
    b.doc["extensions"] = {"VRM": {"specVersion": "0.0"}}
    scene, _ = marked(load(b))
    assert_good(read(scene))
    node = next(node for node in scene.nodes if slot_of(node) == "label")
    assert node.world[2, 2] < 0
    assert not read(replace(scene, extensions_used=("VRMC_vrm",))).visible


def test_it_is_found_far_from_the_origin() -> None:
    scene, _ = marked(load(figure(offset=(5e4, 0, -8e4))))
    assert_good(read(scene))


@pytest.mark.parametrize(
    "scale", [(2.0, 0.5, 3.0), (1e-4, 1e-4, 1e-4), (1e4, 1e4, 1e4), (-1.0, 1.0, 1.0), (1.0, 1.0, 1e-3)]
)
def test_a_camera_under_a_scaled_parent(scale: tuple[float, float, float]) -> None:
    b = room()
    camera = len(b.doc["nodes"]) - 1
    b.doc["nodes"][camera] |= {"translation": [p / s for p, s in zip((0.0, 0.2, 2.2), scale, strict=True)]}
    b.node("rig", scale=list(scale), children=[camera])
    scene, _ = marked(load(b))
    assert_good(read(scene))


def test_a_camera_under_a_skewed_parent() -> None:
    b = room(rotation=turned(0.4))
    camera = len(b.doc["nodes"]) - 1
    b.doc["nodes"][camera]["translation"] = [0.0, 0.1, 0.5]
    b.node("rig", scale=[1.0, 2.0, 4.0], children=[camera])
    assert_good(read(marked(load(b))[0]))


def test_a_turned_and_tilted_camera() -> None:
    assert_good(read(marked(load(room(rotation=turned(0.7, -0.3))))[0]))


def test_every_camera_gets_one() -> None:
    b = room()
    b.node("second", camera=b.camera(yfov=0.6, name="two"), translation=[1.5, 1.0, 2.0], rotation=turned(0.5, -0.4))
    scene, edits = marked(load(b))
    assert [edit.slot for edit in edits] == ["label", "label-2"]
    assert_good(read(scene), views_=2)


def test_an_orthographic_camera() -> None:
    b = figure()
    lens = {"xmag": 1.6, "ymag": 1.2, "znear": 0.1, "zfar": 20}
    camera = b.add("cameras", {"type": "orthographic", "orthographic": lens})
    b.node("side", camera=camera, translation=[0, 0.85, 5])
    assert_good(read(marked(load(b))[0]))


def test_a_camera_outside_keeps_the_bounds() -> None:
    """The label stands where the view enters the scene: a viewer that frames by bounds still finds the subject."""
    b = figure()
    b.node("far", camera=b.camera(yfov=0.3), translation=[0, 0.85, 12])
    scene, edits = marked(load(b))
    assert_good(read(scene))
    node = next(node for node in scene.nodes if slot_of(node) == "label")
    assert abs(node.world[2, 3]) < 1.0
    assert edits[0].parent is not None


def test_the_same_again_on_a_scene_that_bears_it() -> None:
    for builder in (room(), figure()):
        scene = load(builder)
        once, edits = marked(scene)
        assert same(edits, plan(once))
        assert same(plan(scene), edits)
        english = plan(once, LabelOptions(lang="en"))
        assert same(english, plan(scene, LabelOptions(lang="en")))


def test_own_words_follow_the_market() -> None:
    scene = load(figure())
    words = "synthetic, made by AI"
    assert plan(scene, LabelOptions(text=words, lang="en"))[0].extras["text"] == words
    assert plan(scene, LabelOptions(text=words, market=["eu"]))[0].extras["lang"] == "en"
    for options in (LabelOptions(text=words), LabelOptions(text=words, lang="en", market=["eu", "cn"])):
        with pytest.raises(MarkError, match="generation element"):
            plan(scene, options)


@pytest.mark.parametrize("builder", [room, figure])
@pytest.mark.parametrize(
    ("lang", "market", "words"),
    [("en", ["cn"], "AI生成 AI-generated"), ("en", ["eu"], "AI-generated"), ("en", [], "AI-generated")],
)
def test_the_wording_of_a_language_follows_the_market(
    builder: Callable[[], Builder], lang: str, market: list[str], words: str
) -> None:
    reading = read(marked(load(builder()), lang=lang, market=market)[0])
    assert_good(reading)
    assert reading.text == words


@pytest.mark.parametrize("builder", [room, figure])
@pytest.mark.parametrize("times", [5, 20])
def test_words_that_are_too_long_say_how_many_fit(builder: Callable[[], Builder], times: int) -> None:
    text = "人工智能生成" * times
    scene = load(builder())
    with pytest.raises(MarkError, match=r"the text is too long: .* fits about") as caught:
        plan(scene, LabelOptions(text=text))
    fits = int(str(caught.value).split("about ")[1].split()[0])
    assert 6 <= fits < len(text)
    reading = read(marked(scene, text=text[:fits])[0])
    assert reading.visible
    assert (reading.height_ratio or 0) >= 0.055


def test_long_words_are_broken_into_lines() -> None:
    text = "本场景由人工智能生成合成请注意辨别"
    scene, _ = marked(load(room()), text=text)
    reading = read(scene)
    assert_good(reading)
    assert reading.text == text


def test_what_the_node_says() -> None:
    _, edits = marked(load(figure()))
    assert dict(edits[0].extras) == {"text": "AI生成", "lang": "zh-CN", "style": "edge"}
    assert [part.name for part in edits[0].parts][:2] == ["label text AI生成", "label plate"]
    assert all(part.positions.dtype == np.float32 for part in edits[0].parts)


def empty() -> Scene:
    b = Builder()
    b.node("nothing")
    return load(b)


def point() -> Scene:
    b = Builder()
    b.node("dot", mesh=b.mesh({"POSITION": np.zeros((3, 3), np.float32)}))
    return load(b)


@pytest.mark.parametrize(("scene", "reason"), [(empty, "no geometry"), (point, "no extent")])
def test_nothing_to_frame_is_refused(scene: object, reason: str) -> None:
    with pytest.raises(MarkError, match=reason):
        plan(scene())  # type: ignore[operator]


def test_positions_that_are_not_finite_are_refused() -> None:
    scene = load(figure())
    primitive = scene.meshes[0].primitives[0]
    broken = replace(
        primitive, attributes=dict(primitive.attributes) | {"POSITION": np.full((24, 3), np.nan, np.float32)}
    )
    with pytest.raises(MarkError, match="finite"):
        plan(replace(scene, meshes=(replace(scene.meshes[0], primitives=(broken,)),)))


def test_geometry_that_is_not_decoded_is_framed_by_its_bounds() -> None:
    scene = load(figure())
    primitive = scene.meshes[0].primitives[0]
    box = np.array([primitive.positions.min(axis=0), primitive.positions.max(axis=0)], np.float64)
    closed = replace(primitive, attributes={}, triangles=np.zeros((0, 3), np.int64), undecoded="draco", bounds_hint=box)
    hinted = replace(scene, meshes=(replace(scene.meshes[0], primitives=(closed,)),))
    edits = plan(hinted)
    assert edits[0].slot == "label"
    assert views(hinted)[0].eye == pytest.approx(views(scene)[0].eye)


def test_a_singular_camera_is_refused() -> None:
    with pytest.raises(InputError, match="singular"):
        plan(load(_flat_camera()))


def _flat_camera() -> Builder:
    b = room()
    b.doc["nodes"][-1]["scale"] = [0, 0, 0]
    return b


def test_options_that_do_not_exist() -> None:
    with pytest.raises(UsageError, match="style"):
        plan(load(figure()), LabelOptions(style="neon"))
    with pytest.raises(UsageError, match="height"):
        plan(load(figure()), LabelOptions(height=0.01))
    with pytest.raises(MarkError, match="too long"):
        plan(load(room()), LabelOptions(text="人工智能生成" * 20))
