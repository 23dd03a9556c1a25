"""Pictures against closed forms: silhouettes, colours, alpha, depth, points, splats."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from sceneproof.derived.framing import View, views
from sceneproof.render.picture import render, to_png
from sceneproof.scene import Image, Material, Mode, PointCloud, Primitive, Scene, Splats, TextureRef
from tests import _scenes
from tests.makers import shapes
from tests.makers.shapes import Shape

FLAT = View("flat", "orthographic", np.array([0.0, 0, 5]), np.eye(3), 0.1, None, 1.0)
"""Looks along -Z at the square from -1 to 1."""


def quad(z: float = 0.0, half: float = 0.5, *, back: bool = False) -> Shape:
    points = np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.uint32)
    uvs = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    return Shape(points, faces[:, ::-1].copy() if back else faces, None, uvs)


def painted(*layers: tuple[Shape, Material], images: tuple[Image, ...] = (), **attributes: np.ndarray) -> Scene:
    primitives = [
        _scenes.primitive(shape, material=number, attributes=attributes) for number, (shape, _) in enumerate(layers)
    ]
    return _scenes.scene(*primitives, materials=tuple(material for _, material in layers), images=images)


def unlit(color: tuple[float, float, float, float], **fields: object) -> Material:
    return replace(_scenes.material(unlit=True, base_color=color), **fields)  # type: ignore[arg-type]


def checker() -> Image:
    """Two by two texels: red, green / blue, white."""
    pixels = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "PNG")
    return Image("/images/0", "", "image/png", out.getvalue())


def background(height: int = 60) -> np.ndarray:
    return render(_scenes.scene(), FLAT, height, height).rgb


@pytest.mark.parametrize("size", [64, 200])
def test_a_sphere_covers_the_area_of_its_disc(size: int) -> None:
    """Orthographic: pi r^2. The icosphere of 5 subdivisions is 0.05 % short of that."""
    picture = render(_scenes.scene(shapes.icosphere(0.7, 5)), FLAT, size, size)
    share = (picture.part == 0).mean()
    assert share == pytest.approx(np.pi * 0.7**2 / 4, rel=3 / size)


def test_a_sphere_in_perspective_covers_its_cone() -> None:
    """Seen from distance d the silhouette is a disc of tangent r / sqrt(d^2 - r^2)."""
    scene = _scenes.scene(shapes.icosphere(0.5, 5))
    view = views(scene)[0]
    picture = render(scene, view, 240, 240)
    distance = float(np.linalg.norm(view.eye))
    tangent = 0.5 / np.sqrt(distance**2 - 0.25) / view.half(1.0)[1]
    assert (picture.part == 0).mean() == pytest.approx(np.pi * tangent**2 / 4, rel=0.01)
    assert picture.depth[120, 120] == pytest.approx(distance - 0.5, rel=1e-3)


def test_depth_is_along_the_view_and_infinite_behind_nothing() -> None:
    picture = render(painted((quad(z=1.0), unlit((1, 1, 1, 1)))), FLAT, 40, 40)
    assert picture.depth[20, 20] == pytest.approx(4.0)
    assert np.isinf(picture.depth[1, 1])
    assert picture.part[1, 1] == -1


def test_an_unlit_colour_is_its_own() -> None:
    """Linear 0.2 is sRGB 124 (IEC 61966-2-1)."""
    picture = render(painted((quad(), unlit((0.2, 1.0, 0.0, 1)))), FLAT, 40, 40)
    assert picture.rgb[20, 20].tolist() == [124, 255, 0]
    assert np.array_equal(picture.rgb[2, 2], background(40)[2, 2])


def test_a_textured_quad_shows_each_texel_where_it_belongs() -> None:
    look = TextureRef(0, wrap=(33071, 33071))
    scene = painted((quad(half=1.0), unlit((1, 1, 1, 1), textures={"baseColor": look})), images=(checker(),))
    rgb = render(scene, FLAT, 80, 80).rgb
    corners = [rgb[5, 5], rgb[5, 74], rgb[74, 5], rgb[74, 74]]
    assert [c.tolist() for c in corners] == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    # Half way between blue and white, in linear light: 0.5 is sRGB 188.
    assert rgb[74, 39].astype(int) == pytest.approx(np.array([188, 188, 255]), abs=4)


def test_texture_transforms_turn_as_the_extension_says() -> None:
    """The extension's example, the lower left quadrant turned by a quarter: (u, v) looks up (v / 2, 1 - u / 2)."""
    look = TextureRef(0, offset=(0.0, 1.0), rotation=np.pi / 2, scale=(0.49, 0.49), wrap=(33071, 33071))
    scene = painted((quad(half=1.0), unlit((1, 1, 1, 1), textures={"baseColor": look})), images=(checker(),))
    rgb = render(scene, FLAT, 40, 40).rgb
    assert rgb[1, 1].tolist() == [0, 0, 255]  # the texture's lower left
    assert rgb[1, 38, 0] > 150  # half way up its left side, toward red
    assert rgb[1, 38, 1] < 10
    assert rgb[38, 1, 0] > 150 < rgb[38, 1, 1]  # half way along its lower side, toward white


@pytest.mark.parametrize(("wrap", "expected"), [(10497, [255, 0, 0]), (33071, [0, 255, 0]), (33648, [0, 255, 0])])
def test_wrap_modes_beyond_the_edge(wrap: int, expected: list[int]) -> None:
    """The top row at u = 1.25: repeated it is red, clamped or mirrored it is green."""
    look = TextureRef(0, offset=(1.25, 0.0), scale=(0.0, 0.2), wrap=(wrap, 33071))
    scene = painted((quad(half=1.0), unlit((1, 1, 1, 1), textures={"baseColor": look})), images=(checker(),))
    rgb = render(scene, FLAT, 40, 40).rgb
    assert rgb[5, 20].tolist() == expected


def test_a_mask_cuts_at_its_cutoff() -> None:
    front = unlit((1, 0, 0, 0.4), alpha_mode="MASK", alpha_cutoff=0.5)
    behind = unlit((0, 0, 1, 1))
    picture = render(painted((quad(z=1), front), (quad(z=0), behind)), FLAT, 40, 40)
    assert picture.rgb[20, 20].tolist() == [0, 0, 255]
    assert picture.part[20, 20] == 1
    kept = replace(front, alpha_cutoff=0.3)
    picture = render(painted((quad(z=1), kept), (quad(z=0), behind)), FLAT, 40, 40)
    assert picture.rgb[20, 20].tolist() == [255, 0, 0]
    assert picture.part[20, 20] == 0


def test_blending_adds_in_linear_light() -> None:
    """0.25 red over blue: linear (0.25, 0, 0.75), sRGB (137, 0, 225)."""
    front = unlit((1, 0, 0, 0.25), alpha_mode="BLEND")
    picture = render(painted((quad(z=1), front), (quad(z=0), unlit((0, 0, 1, 1)))), FLAT, 40, 40)
    assert picture.rgb[20, 20].astype(int) == pytest.approx(np.array([137, 0, 225]), abs=1)
    assert picture.part[20, 20] == 1


def test_a_stack_of_clear_layers_is_followed_through() -> None:
    clear = unlit((1, 1, 1, 0.0), alpha_mode="BLEND")
    layers = [(quad(z=1 + 0.1 * k), clear) for k in range(5)]
    picture = render(painted(*layers, (quad(z=0), unlit((0, 1, 0, 1)))), FLAT, 20, 20)
    assert picture.rgb[10, 10].tolist() == [0, 255, 0]
    assert picture.part[10, 10] == 5


def test_a_back_face_shows_only_when_double_sided() -> None:
    scene = painted((quad(back=True), unlit((1, 0, 0, 1))))
    assert (render(scene, FLAT, 20, 20).part == -1).all()
    both = painted((quad(back=True), unlit((1, 0, 0, 1), double_sided=True)))
    assert render(both, FLAT, 20, 20).part[10, 10] == 0


def test_a_mirroring_node_turns_faces_over() -> None:
    material = unlit((1, 0, 0, 1))
    node = _scenes.node(0, 0, np.diag([-1.0, 1, 1, 1]))
    scene = _scenes.scene(_scenes.primitive(quad(), material=0), nodes=[node], materials=(material,))
    assert render(scene, FLAT, 20, 20).part[10, 10] == 0


def test_vertex_colours_multiply() -> None:
    tint = np.tile(np.float32([0.5, 1, 0.25]), (4, 1))
    scene = painted((quad(), unlit((1, 0.5, 1, 1))), COLOR_0=tint)
    rgb = render(scene, FLAT, 20, 20).rgb[10, 10]
    assert rgb.astype(int) == pytest.approx(np.array([188, 188, 137]), abs=1)


def test_emission_adds_to_the_lit_colour() -> None:
    dark = _scenes.material(base_color=(0.0, 0.0, 0.0, 1.0), emissive=(0.2, 0.0, 1.0))
    assert render(painted((quad(), dark)), FLAT, 20, 20).rgb[10, 10].tolist() == [124, 0, 255]


def test_a_lit_face_is_brighter_toward_the_eye_than_aslant() -> None:
    scene = _scenes.scene(shapes.icosphere(0.8, 4))
    rgb = render(scene, FLAT, 60, 60).rgb[..., 0].astype(int)
    assert rgb[30, 30] > rgb[30, 50] > 40


def test_the_far_plane_cuts() -> None:
    near = replace(FLAT, zfar=4.5)
    assert (render(painted((quad(z=0), unlit((1, 1, 1, 1)))), near, 20, 20).part == -1).all()
    assert render(painted((quad(z=1), unlit((1, 1, 1, 1)))), near, 20, 20).part[10, 10] == 0


def test_points_are_discs_in_front_and_behind() -> None:
    points = Primitive(
        "/meshes/1/primitives/0",
        Mode.POINTS,
        {"POSITION": np.float32([[0.2, 0, 1], [-0.2, 0, -1]]), "COLOR_0": np.float32([[1, 0, 0], [0, 1, 0]])},
        np.zeros((0, 3), np.int64),
    )
    wall = _scenes.primitive(quad(z=0), material=0)
    scene = _scenes.scene(wall, points, materials=(unlit((0, 0, 1, 1)),))
    picture = render(scene, FLAT, 100, 100)
    assert picture.rgb[50, 60].tolist() == [255, 0, 0]
    assert picture.part[50, 60] == 1
    assert picture.rgb[50, 40].tolist() == [0, 0, 255]


def test_loose_points_and_splats_are_drawn() -> None:
    cloud = PointCloud("/points/0", np.float32([[0.5, 0, 0]]), np.float32([[0, 1, 0]]))
    dc = (np.float32([[[1, 0, 0]]]) - 0.5) / 0.28209479177387814
    splat = Splats(
        "/splats/0",
        np.float32([[-0.5, 0, 0]]),
        np.float32([[0.1, 0.1, 0.1]]),
        np.float32([[0, 0, 0, 1]]),
        np.float32([1]),
        dc,
    )
    scene = Scene("ply", None, (), (), (), points=(cloud,), splats=(splat,))
    picture = render(scene, FLAT, 80, 80)
    assert picture.rgb[40, 60].tolist() == [0, 255, 0]
    assert picture.rgb[40, 20].tolist() == [255, 0, 0]
    assert picture.rgb[40, 25].tolist() == [255, 0, 0]  # within 1.5 standard deviations = 6 pixels
    assert picture.part[40, 20] == -2


def test_a_splat_whose_size_is_not_finite_is_not_drawn_and_the_others_are() -> None:
    scales = np.full((3, 3), 0.1, np.float32)
    scales[0, 1], scales[1, 1] = np.nan, np.inf
    places = np.float32([[-0.5, 0, 0], [0, 0, 0], [0.5, 0, 0]])
    turns = np.tile(np.float32([0, 0, 0, 1]), (3, 1))
    splats = Splats("/splats/0", places, scales, turns, np.ones(3, np.float32), np.zeros((3, 1, 3), np.float32))
    picture = render(Scene("ply", None, (), (), (), splats=(splats,)), FLAT, 80, 80)
    assert picture.part[40, [20, 40, 60]].tolist() == [-1, -1, -2]


def test_more_samples_smooth_the_rim_only() -> None:
    scene = painted((quad(half=0.505), unlit((1, 1, 1, 1))))
    one, four = render(scene, FLAT, 50, 50), render(scene, FLAT, 50, 50, samples=2)
    assert one.rgb.shape == four.rgb.shape
    assert np.array_equal(one.rgb[25, 25], four.rgb[25, 25])
    assert len(np.unique(four.rgb[25, :, 0])) > len(np.unique(one.rgb[25, :, 0]))


def test_the_same_picture_every_time() -> None:
    scene = _scenes.scene(shapes.torus())
    first, again = (to_png(render(scene, views(scene)[0], 64, 48).rgb) for _ in range(2))
    assert first == again
    assert Pillow.open(io.BytesIO(first)).size == (64, 48)


def test_an_empty_scene_is_a_grey_gradient() -> None:
    rgb = background()
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert rgb[0, 0, 0] > rgb[-1, 0, 0] > 100
