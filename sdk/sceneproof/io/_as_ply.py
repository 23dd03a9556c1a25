"""Splat formats that are read and written as the trainers' PLY: the Scene becomes one of that format once edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sceneproof.edits import Edit, SetSplats
from sceneproof.scene import Scene

from ._splats import edited, ply_bytes, refuse_moves


def converted(scene: Scene) -> Scene:
    """The Scene as a PLY, with what slot and sidecar said; the numbers are the same up to their activations."""
    made: Scene = _ply().load(ply_bytes(scene.splats[0]), scene.uri, None)
    note = {
        "pointer": scene.splats[0].pointer,
        "codec": f"{scene.format}, written as 3DGS PLY",
        "bits": None,
        "bytes_before": len(scene.document.raw),
        "bytes_after": len(made.document.raw),
    }
    document = replace(made.document, sidecar=scene.document.sidecar, reencoded=(note,))
    return replace(made, problems=scene.problems, asset=scene.asset, document=document)


def apply_as_ply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene, of the format PLY, with the edits."""
    refuse_moves(scene.format, edits)
    moved = converted(replace(scene, splats=edited(scene, edits)))
    made: Scene = _ply().apply(moved, [edit for edit in edits if not isinstance(edit, SetSplats)])
    return made


def save_as_ply(scene: Scene, path: Path) -> list[Path]:
    """Write the Scene as a PLY. Returns all files, the main one last."""
    written: list[Path] = _ply().save(converted(scene), path)
    return written


def _ply() -> ModuleType:
    return import_module("sceneproof.io.ply")
