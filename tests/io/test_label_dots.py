"""Visible labels in files of splats and points: read back, put again, and nothing else of the file touched."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import numpy as np
import pytest

from sceneproof import io
from sceneproof.errors import MarkError
from sceneproof.io._spz.container import unpack
from sceneproof.marks.label.label import LabelOptions, plan, read
from sceneproof.scene import Scene
from tests.makers import ply as make_ply
from tests.makers import splats as make


def _points(form: str, kind: str = "f4", shift: float = 0.0, *, colored: bool = True) -> bytes:
    draw = np.random.default_rng(5)
    places = draw.uniform(-1, 1, (60, 3)) * (0.4, 1.0, 0.4) + shift
    more = {name: ("u1", draw.integers(0, 256, 60)) for name in ("red", "green", "blue")} if colored else {}
    return make_ply.ply([make_ply.vertices(places, kind, **more)], form)


def _splats(form: str = "binary_little_endian", degree: int = 1) -> bytes:
    """A trainer's PLY of small splats: the words must have somewhere to stand."""
    draw = np.random.default_rng(3)
    names = [
        "nx",
        "ny",
        "nz",
        *(f"f_dc_{k}" for k in range(3)),
        *(f"f_rest_{k}" for k in range(3 * (degree + 1) ** 2 - 3)),
    ]
    names += ["opacity", *(f"rot_{k}" for k in range(4))]
    more = {name: ("f4", draw.normal(size=8)) for name in names}
    more |= {f"scale_{k}": ("f4", draw.uniform(-6, -4, 8)) for k in range(3)}
    return make_ply.ply([make_ply.vertices(draw.normal(size=(8, 3)), **more)], form)


FILES: dict[str, Callable[[], bytes]] = {
    "a.splat": lambda: make.dot_splat(make.cloud()),
    "v1.spz": lambda: make.spz(make.cloud(), 1),
    "v2.spz": lambda: make.spz(make.cloud(), 2),
    "v3.spz": lambda: make.spz(make.cloud(), 3),
    "v4.spz": lambda: make.spz(make.cloud(), 4),
    "text.ply": lambda: _splats("ascii"),
    "little.ply": lambda: _splats(degree=3),
    "big.ply": lambda: _splats("binary_big_endian", 0),
    "points.ply": lambda: _points("binary_little_endian"),
    "text-points.ply": lambda: _points("ascii"),
    "bare-points.ply": lambda: _points("binary_little_endian", colored=False),
    "far-points.ply": lambda: _points("ascii", "f8", 500_000.0, colored=False),
}


def _labelled(scene: Scene, text: str = "AI生成") -> Scene:
    return io.apply(scene, plan(scene, LabelOptions(text)))


def _cloud(scene: Scene) -> dict[str, np.ndarray]:
    if scene.points:
        held = scene.points[0]
        return {"places": held.positions, "colors": np.zeros(0) if held.colors is None else held.colors}
    splats = scene.splats[0]
    names = ("positions", "scales", "rotations", "opacities", "harmonics")
    return {name: getattr(splats, name) for name in names}


@pytest.mark.parametrize("name", FILES)
def test_a_label_is_read_back_and_the_subject_is_what_it_was(name: str) -> None:
    before = io.load(FILES[name](), uri=name)
    after = io.load(io.to_bytes(_labelled(before)), uri=name)
    found = read(after)
    assert (found.visible, found.words_match, found.text) == (True, True, "AI生成")
    assert (found.height_ratio or 0) > 0.055
    assert (found.contrast_ratio or 0) > 10
    assert set(found.problems) <= {"not-at-edge"}
    assert not after.problems
    for key, held in _cloud(before).items():
        np.testing.assert_array_equal(_cloud(after)[key], held)


@pytest.mark.parametrize("name", FILES)
def test_the_same_words_again_change_no_byte_and_others_take_their_place(name: str) -> None:
    source = FILES[name]()
    once = _labelled(io.load(source, uri=name))
    again = _labelled(io.load(io.to_bytes(once), uri=name))
    assert io.to_bytes(again) == io.to_bytes(once)
    other = _labelled(again, "AI合成")
    assert read(other).text == "AI合成"
    assert sum(node.name == "sceneproof label" for node in other.nodes) == 1
    assert io.to_bytes(_labelled(other)) == io.to_bytes(once)


def test_rows_of_a_ply_keep_their_bytes() -> None:
    source = FILES["little.ply"]()
    marked = io.to_bytes(_labelled(io.load(source, uri="a.ply")))
    body = source[source.index(b"end_header\n") + 11 :]
    assert marked[marked.index(b"end_header\n") + 11 :].startswith(body)


def test_splats_keep_their_bytes() -> None:
    source = FILES["a.splat"]()
    assert io.to_bytes(_labelled(io.load(source, uri="a.splat"))).startswith(source)
    packed = FILES["v3.spz"]()
    marked = unpack(io.to_bytes(_labelled(io.load(packed, uri="a.spz"))))
    for name, stream in unpack(packed).streams.items():
        assert marked.streams[name].startswith(stream)
    assert set(marked.streams["sh"][len(unpack(packed).streams["sh"]) :]) == {128}


def test_a_spz_without_a_place_for_the_record_is_refused_and_says_so() -> None:
    scene = io.load(make.spz(make.cloud(), 2, packed=False), uri="a.spz")
    assert not io.bears_label(scene)
    with pytest.raises(MarkError, match="pack it with gzip"):
        _labelled(scene)


def test_a_grid_too_coarse_for_the_words_is_refused() -> None:
    cloud = make.cloud()
    tiny = np.float32(0.002)
    small = type(cloud)("/splats/0", cloud.positions * tiny, cloud.scales * tiny, *_rest(cloud))
    with pytest.raises(MarkError, match="too coarse"):
        _labelled(io.load(make.spz(small, 3), uri="a.spz"))


def test_a_record_that_does_not_fit_leaves_the_splats_to_the_subject() -> None:
    marked = io.to_bytes(_labelled(io.load(FILES["a.splat"](), uri="a.splat")))
    scene = io.load(marked[32 * 5000 :], uri="a.splat")
    assert [problem.code for problem in scene.problems] == ["label-mismatch"]
    assert not read(scene).found


def test_words_made_faint_are_named() -> None:
    name = "little.ply"
    marked = _labelled(io.load(FILES[name](), uri=name))
    raw = io.to_bytes(marked)
    start = raw.index(b"end_header\n") + 11
    table = np.frombuffer(raw[start:], "<f4").reshape(sum(_counts(marked)), -1).copy()
    names = [line.split()[-1].decode() for line in raw[:start].split(b"\n") if line.startswith(b"property")]
    table[_counts(marked)[0] :, names.index("opacity")] = -4.0
    found = read(io.load(raw[:start] + table.tobytes(), uri=name))
    assert found.found
    assert not found.visible
    assert "transparent" in found.problems


def test_words_shuffled_are_no_words() -> None:
    name = "little.ply"
    marked = _labelled(io.load(FILES[name](), uri=name))
    raw = io.to_bytes(marked)
    start = raw.index(b"end_header\n") + 11
    own = _counts(marked)[0]
    table = np.frombuffer(raw[start:], "<f4").reshape(sum(_counts(marked)), -1).copy()
    words = len(marked.meshes[0].primitives[0].triangles) // 2
    table[own : own + words, 0] = np.sort(table[own : own + words, 0])
    found = read(io.load(raw[:start] + table.tobytes(), uri=name))
    assert not found.words_match
    assert "words-altered" in found.problems


def test_a_gzip_stays_readable_by_others() -> None:
    marked = io.to_bytes(_labelled(io.load(FILES["v2.spz"](), uri="a.spz")))
    assert int.from_bytes(gzip.decompress(marked)[8:12], "little") == unpack(marked).count


def _counts(scene: Scene) -> tuple[int, int]:
    """Splats of the subject and of the label."""
    label = sum(len(primitive.triangles) // 2 for mesh in scene.meshes for primitive in mesh.primitives)
    return len(scene.splats[0].positions), label


def _rest(cloud) -> tuple[np.ndarray, ...]:
    return cloud.rotations, cloud.opacities, cloud.harmonics
