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

    folded = Folded()
    for part in (container, structure, accessors, meshes, nodes, skins, animations, images):
        for problem in _collected(part.__name__.rpartition(".")[2], part.check(look)):
            folded.add(problem)
    return folded.problems()


def _collected(part: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """What a check yields; one that stumbles over an odd shape says so instead of hiding what it did not see."""
    try:
        yield from problems
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        en = f"the {part} are too malformed to be checked to the end ({type(error).__name__})"
        yield Problem("not-checked", en, f"{part} 结构异常，未能检查完毕（{type(error).__name__}）", "")


class Folded:
    """Problems as they are found, repeats of one code folded at once: a small file can have millions."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Problem]] = {}  # by code, at most `MOST` each
        self._places: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def add(self, problem: Problem) -> None:
        code = problem.code
        kept = self._kept.setdefault(code, [])
        self._places[code] = self._places.get(code, 0) + 1
        self._counts[code] = self._counts.get(code, 0) + problem.count
        if len(kept) < MOST:
            kept.append(problem)

    def problems(self) -> list[Problem]:
        """By code in the order of the first of each; those of one code in the order that they came."""
        found: list[Problem] = []
        for code, kept in self._kept.items():
            more = self._places[code] - 1
            if more < MOST:
                found += kept
                continue
            first = kept[0]
            en, zh = f"{first.message} (and {more} more places)", f"{first.message_zh}（另有 {more} 处）"
            found.append(Problem(code, en, zh, first.pointer, self._counts[code]))
        return found
