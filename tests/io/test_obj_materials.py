from __future__ import annotations

import pytest

from sceneproof.io import load
from sceneproof.io._obj.mtl import read_mtl

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
TRIANGLE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nusemtl m\nf 1/1 2/1 3/1\n"


def scene(folder, mtl: str | None, statement: str = "mtllib a.mtl", **files: bytes):
    (folder / "x.obj").write_text(f"{statement}\n{TRIANGLE}")
    if mtl is not None:
        (folder / "a.mtl").write_text(mtl)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return load(folder / "x.obj")


def test_colours_maps_and_the_pbr_extension_reach_the_material(tmp_path):
    (tmp_path / "wood grain.png").write_bytes(PNG)
    found = scene(
        tmp_path,
        "newmtl m\nKd 1 0.5 0\nd 0.25\nPr 0.3\nPm 0.9\nKe 0 1 0\nmap_Kd -s 2 3 1 -o 0.5 0 -clamp on wood grain.png\n"
        "norm n.png\nmap_Pr r.png\nmap_Ks s.png\n",
        **{"n.png": PNG, "r.png": PNG, "s.png": PNG},
    )
    material = found.materials[found.meshes[0].primitives[0].material]
    assert material.base_color == pytest.approx((1, 0.2140411, 0, 0.25))
    assert (material.metallic, material.roughness, material.alpha_mode) == (0.9, 0.3, "BLEND")
    assert material.emissive == (0, 1, 0)
    base = material.textures["baseColor"]
    assert found.images[base.image].uri == "wood grain.png"
    assert bytes(found.images[base.image].data) == PNG
    assert (base.scale, base.offset, base.wrap) == ((2, 3), (0.5, -2), (33071, 33071))
    assert set(material.textures) == {"baseColor", "normal", "metallicRoughness"}
    assert {image.uri for image in found.images} == {"wood grain.png", "n.png", "r.png", "s.png"}
    assert not found.problems


@pytest.mark.parametrize(
    ("lines", "alpha"), [("d 0.5", 0.5), ("Tr 0.25", 0.75), ("Tr 1", 1.0), ("d 1\nTr 1", 1.0), ("", 1.0)]
)
def test_opacity_is_read_from_either_statement(tmp_path, lines, alpha):
    assert scene(tmp_path, f"newmtl m\n{lines}\n").materials[0].base_color[3] == alpha


def test_what_is_missing_is_named_and_the_rest_is_read(tmp_path):
    found = scene(tmp_path, "newmtl m\nmap_Kd gone.png\n")
    assert [problem.code for problem in found.problems] == ["image-unreadable"]
    (tmp_path / "a.mtl").unlink()
    found = load(tmp_path / "x.obj")
    assert [problem.code for problem in found.problems] == ["material-library-unreadable"]
    assert found.materials[0].name == "m"


def test_a_name_that_no_library_defines_is_named(tmp_path):
    assert [problem.code for problem in scene(tmp_path, "newmtl other\n").problems] == ["material-missing"]


@pytest.mark.parametrize("uri", ["../secret.mtl", "/etc/passwd", "C:\\x.mtl", "http://x/a.mtl", "%2e%2e/secret.mtl"])
def test_no_library_outside_the_folder_is_opened(tmp_path, uri):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.mtl").write_text("newmtl m\nKd 0 0 0\n")
    found = scene(inner, None, f"mtllib {uri}")
    assert [problem.code for problem in found.problems] == ["material-library-unreadable"]
    assert found.materials[0].base_color == (1, 1, 1, 1)


@pytest.mark.parametrize("file", ["../secret.png", "/secret.png", "file:secret.png", "link.png"])
def test_no_texture_outside_the_folder_is_opened(tmp_path, file):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.png").write_bytes(PNG)
    (inner / "link.png").symlink_to(tmp_path / "secret.png")
    found = scene(inner, f"newmtl m\nmap_Kd {file}\n")
    assert not any(image.data for image in found.images)
    assert [problem.code for problem in found.problems] == ["image-unreadable"]


def test_textures_of_a_library_in_a_subfolder_lie_beside_it(tmp_path):
    (tmp_path / "mats").mkdir()
    (tmp_path / "mats" / "a.mtl").write_text("newmtl m\nmap_Kd .\\t.png\n")
    (tmp_path / "mats" / "t.png").write_bytes(PNG)
    found = scene(tmp_path, None, "mtllib mats\\a.mtl")
    assert found.images[0].uri == "mats/t.png"
    assert found.images[0].data


@pytest.mark.parametrize("name", ["my lib.mtl", "a.mtl b.mtl"])
def test_one_statement_names_one_file_with_blanks_or_several(tmp_path, name):
    (tmp_path / "my lib.mtl").write_text("newmtl m\nKd 0 0 0\n")
    (tmp_path / "a.mtl").write_text("newmtl other\n")
    (tmp_path / "b.mtl").write_text("newmtl m\nKd 0 0 0\n")
    found = scene(tmp_path, None, f"mtllib {name}")
    assert found.materials[found.meshes[0].primitives[0].material].base_color[:3] == (0, 0, 0)


def test_odd_libraries_are_read_as_far_as_they_go():
    _, found = read_mtl(
        b"Kd 1 1 1\nnewmtl\nKd x\nKd nan 1 1\nNs 1e400\nmap_Kd\nmap_Kd -s\nmap_Kd -o 1 -foo.png\nnewmtl b\n"
    )
    assert [material.name for material in found] == ["", "b"]
    assert found[0].maps["map_kd"].file == "-foo.png"
