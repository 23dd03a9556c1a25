"""A reason for leaving a mark out reads in Chinese without English words in it."""

from __future__ import annotations

import re

import pytest

from sceneproof._reasons import chinese, reason

KNOWN = (
    "no mesh can bear it: /meshes/0: it has no triangles",
    "no mesh can bear it: /meshes/1 and 3 more: the mesh has only 8 distinct vertices; /meshes/0: it has no triangles",
    "no mesh can bear it: /meshes/0: the mesh is too coarse or too small for a watermark: 386 movable vertices, "
    "7 of the 297 carriers that 64 bits need",
    "its positions cannot be packed again: #/meshes/0/primitives/0: draco: it ends too early",
    "rounded to the grid of the file it cannot be read back",
    "rounded to the grid of the file it is not invisible at strength Q: normals turn by 2.0 degrees on average",
    "the mesh is made of slivers: its triangles are too long and thin to carry waves",
    "the mesh cannot bear a readable watermark at strength Q: what fits the distortion limits does not survive",
    "the declaration states no origin",
    "the file has no scene, so there is no start picture to label",
    "it has fewer than 3,000 distinct vertices",
    "no mesh or cloud can bear it: /splats/0: the cloud has too few points for a watermark: 4 that can be seen, "
    "400 at least",
    "no mesh or cloud can bear it: /meshes/2/primitives/0: the cloud cannot bear a readable "
    "watermark at strength Q: what",
    "the cloud has too few points for a watermark, or too noisy ones: 213 places to write in, worth 39 "
    "of the 216 that 64 bits need",
    "6 larger clouds bear it",
    "points of XYZ are not moved by this version; convert them to PLY or GLB",
    "as the file stores it, it cannot be read back",
)


@pytest.mark.parametrize("english", KNOWN)
def test_a_known_reason_is_chinese_throughout(english: str) -> None:
    text = reason(english)
    assert text.en == english
    bare = re.sub(
        r"/(?:meshes|splats|points|primitives)/\d+|XYZ|PLY|GLB|KHR_\w+|AIGC|origin|producer|content_id|\bQ\b|\d",
        "",
        text.zh,
    )
    assert re.search(r"[\u4e00-\u9fff]", bare)
    assert not re.search(r"[A-Za-z]{2}", bare), text.zh


def test_figures_and_places_are_carried_over() -> None:
    said = chinese(KNOWN[1])
    assert "/meshes/1" in said
    assert "3" in said
    assert "8" in said


def test_an_unknown_reason_stays_as_it_is() -> None:
    assert chinese("something new") == "something new"
