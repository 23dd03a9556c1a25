"""`sceneproof survive` through the tools that studios use: what each leaves of the marks today, in one table."""

from __future__ import annotations

import shlex
import sys
from functools import cache
from pathlib import Path

import pytest

import sceneproof

from .tools import blender_command, npm

ROOT = Path(__file__).resolve().parents[2]
KEY = b"a key for the studio's chain"
SETTINGS = ("origin=ai-generated", "producer=Round Trip Studio", "content_id=rt-1", "role=provider")
# A chain, and what it leaves of label, metadata and watermark: ok, damaged or missing. The test holds it both ways: a
# mark that begins to live through a chain changes its row. gltfpack's -si takes triangles from label and subject;
# Blender drops asset.extras and XMP.
LEAVES = {
    "gltfpack -i {in} -o {out}": ("ok", "ok", "ok"),
    "gltfpack -kn -km -ke -i {in} -o {out}": ("ok", "ok", "ok"),
    "gltfpack -cc -i {in} -o {out}": ("ok", "ok", "ok"),
    "gltfpack -si 0.5 -i {in} -o {out}": ("damaged", "ok", "ok"),
    "gltfpack -si 0.1 -i {in} -o {out}": ("damaged", "ok", "missing"),
    "gltf-transform draco {in} {out}": ("ok", "ok", "ok"),
    "gltf-transform meshopt {in} {out}": ("ok", "ok", "ok"),
    "gltf-transform quantize {in} {out}": ("ok", "ok", "ok"),
    "gltf-transform weld {in} {out}": ("ok", "ok", "ok"),
    "gltf-transform simplify {in} {out} --ratio 0.5 --error 0.01": ("ok", "ok", "ok"),
    "gltf-transform join {in} {out}": ("ok", "ok", "ok"),
    "gltf-transform flatten {in} {out}": ("ok", "ok", "ok"),
    "gltf-transform prune {in} {out}": ("ok", "ok", "ok"),
    "trimesh {in} {out}": ("ok", "ok", "ok"),
    "blender {in} {out}": ("ok", "missing", "ok"),
}
SHARE = {  # of the triangles that a step is told to leave
    "gltfpack -si 0.5 -i {in} -o {out}": 0.5,
    "gltfpack -si 0.1 -i {in} -o {out}": 0.1,
    "gltf-transform simplify {in} {out} --ratio 0.5 --error 0.01": 0.5,
}


def command(chain: str) -> str:
    """The chain with the program in its place; skips where that is not installed."""
    tool, _, rest = chain.partition(" ")
    if tool == "trimesh":
        words = [sys.executable, str(ROOT / "examples" / "through_trimesh.py")]
    else:
        words = blender_command() if tool == "blender" else [npm(tool)]
    return f"{shlex.join(words)} {rest}"


@cache
def marked() -> sceneproof.Receipt:
    receipt = sceneproof.mark(ROOT / "assets" / "reconstruction.glb", settings=SETTINGS, key=KEY)
    assert set(receipt.marks) == {"label", "metadata", "watermark"}
    return receipt


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["gltfpack", "gltf-transform", "trimesh", "blender"])
def test_what_each_tool_leaves_of_the_marks(tool: str) -> None:
    chains = [chain for chain in LEAVES if chain.startswith(f"{tool} ")]
    result = sceneproof.survive(
        marked().scene, [command(chain) for chain in chains], key=KEY, expect=marked(), each=True
    )
    assert set(result["start"]["outcome"].values()) == {"ok", None}
    left = {}
    for chain, step in zip(chains, result["steps"], strict=True):
        assert step["state"] == "ok", (chain, step["failure"])
        left[chain] = tuple(step["outcome"][mark] for mark in ("label", "metadata", "watermark"))
        share = step["counts"]["triangles"] / step["before"]["triangles"]
        assert share == pytest.approx(SHARE.get(chain, 1.0), abs=0.02), chain
    assert left == {chain: LEAVES[chain] for chain in chains}


@pytest.mark.slow
def test_steps_of_a_real_chain_follow_each_other() -> None:
    weld, draco = (command(f"gltf-transform {verb} {{in}} {{out}}") for verb in ("weld", "draco"))
    result = sceneproof.survive(
        marked().scene, f"{weld} && {draco}", key=KEY, expect=marked(), require=["label", "metadata", "watermark"]
    )
    assert result.ok, str(result)
    sizes = [row["asset"]["bytes"] for row in (result["start"], *result["steps"])]
    assert sizes[2] < 0.5 * sizes[1]


def test_what_a_real_tool_says_is_quoted_where_it_fails() -> None:
    """gltfpack reads no Draco, marked or not."""
    draco = command("gltf-transform draco {in} {out}")
    pack = command("gltfpack -i {in} -o {out}")
    source = ROOT / "assets" / "human.glb"
    result = sceneproof.survive(source, [draco, pack, pack], settings=SETTINGS, marks=["label", "metadata"])
    assert [step["state"] for step in result["steps"]] == ["ok", "failed", "not_run"]
    failure = result["steps"][1]["failure"]
    assert failure["reason"] == "exit"
    assert "raco" in failure["line"]
