from __future__ import annotations

import numpy as np
import pytest

from sceneproof.scene import PointCloud, TextureRef
from sceneproof.signals.realism import geometric_detail, pbr_completeness, photo_texture, stylisation, texel_density
from tests._scenes import material, moved, node, primitive, scene
from tests.makers.shapes import Shape, box, icosphere, plane
from tests.signals._makers import image, mapped, picture


def surfaced(kind, shape=None, **fields):
    part = primitive(shape or plane(), material=0)
    return scene([part], materials=(mapped("baseColor", **fields),), images=(image(picture(kind)),))


def test_a_photograph_scores_above_paint_and_plain_colour():
    photo, paint, plain = (photo_texture.measure(surfaced(kind)) for kind in ("photo", "paint", "plain"))
    assert photo.score > 0.5
    assert paint.score < 0.1
    assert plain.score < 0.05


@pytest.mark.parametrize("kind", ["photo", "paint"])
def test_storing_a_map_as_jpeg_changes_little(kind):
    part = primitive(plane(), material=0)
    scores = [
        photo_texture.measure(scene([part], materials=(mapped("baseColor"),), images=(stored,))).score
        for stored in (image(picture(kind)), image(picture(kind), quality=75))
    ]
    assert scores[0] == pytest.approx(scores[1], abs=0.1)


def test_a_map_on_half_of_the_area_counts_for_less():
    full = primitive(plane(), material=0)
    bare = primitive(plane())
    half = photo_texture.measure(
        scene([full], [bare], materials=(mapped("baseColor"),), images=(image(picture("photo")),))
    )
    whole = photo_texture.measure(surfaced("photo"))
    assert half.detail["covered"] == pytest.approx(0.5)
    assert half.value == pytest.approx(0.75 * whole.value, abs=1e-3)


def test_no_surface_information_is_undecided():
    assert photo_texture.measure(scene(box())).value is None
    assert photo_texture.measure(scene(box())).score is None
    assert photo_texture.measure(scene()).value is None


def test_an_image_that_does_not_decode_is_named_not_judged():
    broken = image(picture("photo"))
    broken = type(broken)("/images/0", "", "image/png", broken.data[:60])
    found = photo_texture.measure(
        scene([primitive(plane(), material=0)], materials=(mapped("baseColor"),), images=(broken,))
    )
    assert found.value is None
    assert found.detail["unread"] == ["/images/0"]


def test_vertex_and_point_colours_stand_in_for_maps():
    rng = np.random.default_rng(0)
    colored = primitive(icosphere(level=4), attributes={"COLOR_0": rng.random((2562, 4)).astype(np.float32)})
    assert photo_texture.measure(scene([colored])).score > 0.8
    white = primitive(icosphere(level=4), attributes={"COLOR_0": np.ones((2562, 4), np.float32)})
    assert photo_texture.measure(scene([white])).score is None
    points = PointCloud("", rng.random((3000, 3)).astype(np.float32), rng.random((3000, 3)).astype(np.float32))
    assert photo_texture.measure(scene(points=(points,))).score > 0.8


def test_all_three_maps_are_complete_and_none_is_not():
    images = tuple(image(picture("plain", 16), number=k) for k in range(3))
    full = mapped("baseColor", "metallicRoughness", "normal", images=3)
    assert (
        pbr_completeness.measure(scene([primitive(plane(), material=0)], materials=(full,), images=images)).value == 1
    )
    assert pbr_completeness.measure(scene([primitive(plane(), material=0)], materials=(material(),))).value == 0
    assert pbr_completeness.measure(scene()).value is None


def test_maps_count_by_the_area_they_cover():
    parts = [primitive(plane((3, 1)), material=0)], [primitive(plane((1, 1)), material=1)]
    asset = scene(*parts, materials=(mapped("baseColor"), material(1)), images=(image(picture("plain", 16)),))
    assert pbr_completeness.measure(asset).detail["baseColor"] == pytest.approx(0.75)


def test_a_map_without_its_image_is_no_map():
    lost = material(textures={"baseColor": TextureRef(None), "normal": TextureRef(7)})
    assert pbr_completeness.measure(scene([primitive(plane(), material=0)], materials=(lost,))).value == 0


def test_toon_is_stylised_by_either_vrm_and_photographs_are_not():
    modern = material(extensions={"VRMC_materials_mtoon": {}})
    found = stylisation.measure(scene([primitive(plane(), material=0)], materials=(modern,)))
    assert found.detail["toon"] == 1
    assert found.score == 0
    old = {"VRM": {"materialProperties": [{"shader": "VRM/MToon"}]}}
    asset = scene([primitive(plane(), material=0)], materials=(material(),), extensions=old)
    assert stylisation.measure(asset).detail["toon"] == 1
    photo = stylisation.measure(surfaced("photo"))
    assert photo.value == 0
    assert photo.score is None


def test_unlit_alone_is_not_held_against_a_photograph():
    assert stylisation.measure(surfaced("photo", unlit=True)).value == 0


def test_plain_colours_are_half_a_sign_unless_the_vertices_bear_colour():
    assert stylisation.measure(scene([primitive(plane(), material=0)], materials=(material(),))).value == 0.5
    tinted = primitive(plane(), attributes={"COLOR_0": np.ones((4, 4), np.float32)})
    assert stylisation.measure(scene([tinted])).value == 0
    assert stylisation.measure(scene()).value is None


def textured_plane(scale=1.0, tiles=(1.0, 1.0), **reference):
    textures = {"baseColor": TextureRef(0, scale=tiles, **reference)}
    part = primitive(plane((2, 2)), material=0)
    held = (material(textures=textures),)
    return scene([part], nodes=[node(0, 0, moved(scale=scale))], materials=held, images=(image(picture("plain", 100)),))


def test_texel_density_is_pixels_per_metre():
    assert texel_density.measure(textured_plane()).value == pytest.approx(50, rel=1e-6)
    assert texel_density.measure(textured_plane(scale=10)).value == pytest.approx(5, rel=1e-6)


def test_a_map_that_repeats_is_denser_and_one_that_is_only_moved_is_not():
    repeated = texel_density.measure(textured_plane(tiles=(3.0, 3.0)))
    assert repeated.value == pytest.approx(150, rel=1e-6)
    assert texel_density.measure(textured_plane(offset=(0.5, 0), rotation=0.3)).value == pytest.approx(50, rel=1e-6)


def test_density_per_size_does_not_depend_on_the_unit():
    one, other = texel_density.measure(textured_plane()), texel_density.measure(textured_plane(scale=1000))
    assert one.detail["per_size"] == pytest.approx(other.detail["per_size"], rel=1e-6)


def test_without_maps_or_coordinates_there_is_no_density():
    assert texel_density.measure(scene(box())).value is None
    bare = Shape(plane().positions, plane().faces)
    asset = scene(
        [primitive(bare, material=0)], materials=(mapped("baseColor"),), images=(image(picture("plain", 16)),)
    )
    assert texel_density.measure(asset).value is None


def test_detail_counts_triangles_and_points():
    assert geometric_detail.measure(scene(icosphere(level=3))).value == pytest.approx(np.log10(1280), abs=1e-4)
    points = PointCloud("", np.zeros((100_000, 3), np.float32))
    assert geometric_detail.measure(scene(points=(points,))).score == 1
    assert geometric_detail.measure(scene(box())).score == 0
    assert geometric_detail.measure(scene()).value is None
