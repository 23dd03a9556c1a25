"""Marked files go through other people's exporters, which make of them what they make of the unmarked ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import sceneproof
from sceneproof.derived.inspection import inspection
from sceneproof.io import load

from .tools import blender, gltf_transform, gltfpack

ASSETS = Path(__file__).resolve().parents[2] / "assets"
KEY = b"a key for the round trips"
SETTINGS = ("origin=ai-generated", "producer=Round Trip Studio", "content_id=rt-1", "role=provider")
Chain = Callable[[Path, Path], Path]
CHAINS: dict[str, Chain] = {
    "gltfpack": gltfpack,
    "gltfpack -kn -km -ke": lambda source, out: gltfpack(source, out, "-kn", "-km", "-ke"),
    "gltfpack -cc -ke": lambda source, out: gltfpack(source, out, "-cc", "-ke"),
    "glTF-Transform copy": partial(gltf_transform, "copy"),
    "glTF-Transform draco": partial(gltf_transform, "draco"),
    "glTF-Transform meshopt": partial(gltf_transform, "meshopt"),
    "Blender": blender,
}
SHORT = ("gltfpack -cc -ke", "glTF-Transform copy", "Blender")
REAL = (
    "gltf/chess-board.glb",  # Draco
    "gltf/hotel-room.glb",  # meshopt
    "gltf/cat.glb",  # WebP
    "humans/CesiumMan.glb",  # skin and animation
    "humans/vrm_basic_armature.vrm",
)
# What a tool does not read, marked or not.
CANNOT_TAKE = {("gltfpack -cc -ke", "gltf/chess-board.glb"), ("Blender", "gltf/hotel-room.glb")}  # Draco; meshopt
# What each chain leaves of the marks on our own sample (docs/round-trips.md). Without -kn, gltfpack joins the label
# with the subject into one mesh, and the watermark is looked for mesh by mesh; Blender drops asset.extras and XMP.
LEAVES: Mapping[str, tuple[str, ...]] = {
    "gltfpack": ("label", "metadata", "watermark"),
    "gltfpack -kn -km -ke": ("label", "metadata", "watermark"),
    "gltfpack -cc -ke": ("label", "metadata", "watermark"),
    "glTF-Transform copy": ("label", "metadata", "watermark"),
    "glTF-Transform draco": ("label", "metadata", "watermark"),
    "glTF-Transform meshopt": ("label", "metadata", "watermark"),
    "Blender": ("label", "watermark"),
}


def _through(chain: str, source: Path, out: Path) -> Path:
    taken = source
    if source.suffix == ".vrm":  # the tools go by the ending
        taken = out.with_name(f"{out.stem}-in.glb")
        taken.write_bytes(source.read_bytes())
    return CHAINS[chain](taken, out)


def _counts(path: Path) -> dict[str, Any]:
    whole = inspection(load(path))
    return {name: whole[name] for name in ("triangles", "skins", "joints", "animations", "images", "morph_targets")}


def _same_but_for_the_label(chain: str, source: Path, marked: Path, folder: Path) -> Path:
    """Both files through a chain: equal counts, and the label's triangles beside them."""
    own = _counts(marked)["triangles"] - _counts(source)["triangles"]
    after = _through(chain, marked, folder / "after.glb")
    seen, plain = _counts(after), _counts(_through(chain, source, folder / "plain.glb"))
    gained = seen.pop("triangles") - plain.pop("triangles")
    assert seen == plain, chain
    # A chain may drop triangles without area, the subject's and the label's; it must neither lose the label nor
    # double it.
    assert abs(gained - own) <= max(20, 0.05 * own), chain
    return after


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("name", ["human.glb"])
def test_a_marked_sample_comes_through_as_the_unmarked_one(name: str, chain: str, tmp_path: Path) -> None:
    marked = tmp_path / "marked.glb"
    sceneproof.mark(ASSETS / name, marked, settings=SETTINGS)
    _same_but_for_the_label(chain, ASSETS / name, marked, tmp_path)


@pytest.mark.parametrize("name", REAL)
def test_a_marked_real_asset_comes_through_as_the_unmarked_one(name: str, tmp_path: Path, data: Path) -> None:
    marked = tmp_path / f"marked{Path(name).suffix}"
    sceneproof.mark(data / name, marked, settings=SETTINGS)
    for chain in SHORT:
        if (chain, name) in CANNOT_TAKE:
            continue
        _same_but_for_the_label(chain, data / name, marked, tmp_path)


def test_what_each_chain_leaves_of_the_marks(tmp_path: Path) -> None:
    """The table of docs/round-trips.md, both ways: a mark that begins to live through a chain changes it too."""
    source = ASSETS / "reconstruction.glb"
    marked = tmp_path / "marked.glb"
    receipt = sceneproof.mark(source, marked, settings=SETTINGS, key=KEY)
    assert set(receipt.marks) == {"label", "metadata", "watermark"}
    left = {}
    for chain in CHAINS:
        after = _same_but_for_the_label(chain, source, marked, tmp_path)
        seen = sceneproof.verify(after, key=KEY)
        left[chain] = tuple(name for name in ("label", "metadata", "watermark") if seen[name]["found"])
        if "watermark" in left[chain]:
            assert seen["watermark"]["payload"] == receipt["payload"], chain
        if "metadata" in left[chain]:
            assert seen["metadata"]["aigc"]["ProduceID"] == "rt-1", chain
    assert left == LEAVES
