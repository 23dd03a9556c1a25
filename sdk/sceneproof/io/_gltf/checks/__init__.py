"""Faults of a glTF that touch what Sceneproof reads, judges or writes, each with the validator's code and a pointer.

Checked: container, buffers, views, accessors, meshes, morph targets, nodes, skins, animations and their targets,
cameras, and how images are stored. Materials, texture settings, unknown properties and the inner rules of extensions
are not checked here: that is what gltf-validator is for. Codes are the validator's own, in lower case with dashes.

Nothing here refuses a file. Where geometry cannot be trusted the readers have refused it before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sceneproof.scene import Problem

if TYPE_CHECKING:
    from ._look import Look

MOST = 12  # places of one fault that are named one by one; beyond, one problem counts them all


def faults(look: Look) -> list[Problem]:
    """Every fault found, repeats of one code folded. Never raises for a malformed document."""
    from . import accessors, animations, container, images, meshes, nodes, skins, structure

    found: list[Problem] = []
    for part in (container, structure, accessors, meshes, nodes, skins, animations, images):
        found += _collected(part.__name__.rpartition(".")[2], part.check(look))
    return _folded(found)


def _collected(part: str, problems: Iterator[Problem]) -> list[Problem]:
    """What a check yields; one that stumbles over an odd shape says so instead of hiding what it did not see."""
    found: list[Problem] = []
    try:
        found.extend(problems)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        en = f"the {part} are too malformed to be checked to the end ({type(error).__name__})"
        found.append(Problem("not-checked", en, f"{part} 结构异常，未能检查完毕（{type(error).__name__}）", ""))
    return found


def _folded(problems: list[Problem]) -> list[Problem]:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    kept: list[Problem] = []
    for same in by_code.values():
        if len(same) <= MOST:
            kept += same
            continue
        first, more = same[0], len(same) - 1
        en = f"{first.message} (and {more} more places)"
        zh = f"{first.message_zh}（另有 {more} 处）"
        kept.append(Problem(first.code, en, zh, first.pointer, sum(problem.count for problem in same)))
    return kept
