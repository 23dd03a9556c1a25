"""What is left in a file: its marks, held against those that were put in, and how much geometry there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sceneproof import _expected as expected
from sceneproof._verify import read_marks
from sceneproof.digests import sha256
from sceneproof.findings import asset_dict
from sceneproof.io import to_bytes
from sceneproof.keys import Key
from sceneproof.scene import Scene

NOTHING: Mapping[str, Any] = {
    "asset": None,
    "counts": None,
    "outcome": dict.fromkeys(expected.MARKS),
    **dict.fromkeys(expected.MARKS),
}
"""The same keys for a step that left no file to read."""


def reading(
    scene: Scene, before: Mapping[str, Mapping[str, Any]], keys: Sequence[Key], effort: str, bits: int
) -> dict[str, Any]:
    """Asset, counts, outcome by mark (``ok``, ``damaged``, ``missing``; ``None``: not put in, or not looked for)."""
    from sceneproof.derived.inspection import counts

    found = read_marks(scene, keys, effort, bits)
    data = to_bytes(scene)
    outcome = {
        mark: expected.state(mark, found[mark], before[mark]) if before.get(mark) and found[mark] else None
        for mark in expected.MARKS
    }
    return {
        "asset": asset_dict(scene.uri, sha256(data), scene.format, len(data)),
        "counts": counts(scene),
        "outcome": outcome,
        **found,
    }


def survived(start: Mapping[str, Any], ends: Sequence[Mapping[str, Any]]) -> dict[str, bool | None]:
    """Mark to whether it is whole at the end of every chain; ``None`` where it was not put in or an end is unknown."""
    found: dict[str, bool | None] = {}
    for mark in expected.MARKS:
        states = [start["outcome"][mark], *(end["outcome"][mark] for end in ends)]
        lost = states[0] is not None and any(state in ("damaged", "missing") for state in states)
        found[mark] = False if lost else None if None in states else True
    return found
