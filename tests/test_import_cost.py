from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.makers import hostile

HEAVY = (
    "numba",
    "llvmlite",
    "scipy",
    "trimesh",
    "open3d",
    "PIL",
    "jinja2",
    "rich",
    "fontTools",
    "cryptography",
    "embreex",
    "pandas",
    "DracoPy",
)
SDK = str(Path(__file__).resolve().parents[1] / "sdk")


def loaded(code: str, *arguments: str) -> set[str]:
    """The heavy packages that a fresh interpreter holds after `code`."""
    tail = f"\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    path = f"import sys\nsys.path.insert(0, {SDK!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", path + code + tail, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_package_pulls_nothing_heavy_and_not_even_numpy():
    assert loaded("import sceneproof") == set()
    assert loaded("import sceneproof, sys\nassert 'numpy' not in sys.modules") == set()


@pytest.mark.parametrize("name", ["box.glb", "box.gltf"])
def test_reading_an_uncompressed_asset_pulls_nothing_heavy(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(hostile.good())
    code = "from sceneproof.io import load\nassert len(load(sys.argv[1]).meshes[0].primitives[0].triangles) == 12"
    assert loaded(code, str(path)) == set()


def test_editing_and_writing_pulls_nothing_heavy(tmp_path):
    path = tmp_path / "box.glb"
    path.write_bytes(hostile.good())
    code = (
        "from pathlib import Path\n"
        "from sceneproof.io import apply, load, save\n"
        "from sceneproof.edits import PutMetadata\n"
        "path = Path(sys.argv[1])\n"
        "save(apply(load(path), [PutMetadata({'dc:x': 1}, {'dc': 'y'})]), path.with_name('out.glb'))"
    )
    assert loaded(code, str(path)) == set()
    assert (tmp_path / "out.glb").is_file()


def test_measuring_world_bounds_pulls_nothing_heavy(tmp_path):
    path = tmp_path / "box.glb"
    path.write_bytes(hostile.good())
    assert (
        loaded(
            "import sceneproof\nfrom sceneproof.derived.world import bounds\nbounds(sceneproof.load(sys.argv[1]))",
            str(path),
        )
        == set()
    )


def test_names_of_the_package_are_listed_and_an_unknown_one_is_an_attribute_error():
    import sceneproof

    assert set(sceneproof.__all__) <= set(dir(sceneproof))
    assert all(getattr(sceneproof, name) is not None for name in sceneproof.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        sceneproof.nonsense  # noqa: B018
