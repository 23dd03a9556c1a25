"""What the file says made it, and whose it is.

What it measures
    ``value`` is ``asset.generator``; ``detail`` holds ``asset.copyright``, version, and title, author, licence and
    source of ``asset.extras`` where exporters put them.
Unit
    text. Never scored: a score on names would learn names, and anyone can write any.
Confounders
    Re-export replaces the generator. A modelling tool's name says nothing of what was imported into it.
Not evidence of
    origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "provenance"
UNIT = "text"
COST = "cheap"
TESTS: tuple[str, ...] = ()

LONGEST = 400  # characters kept of a string that a stranger wrote
EXTRAS = ("title", "author", "license", "source")


def measure(scene: Scene) -> Signal:
    """Value ``None`` when the file names no generator."""
    extras = scene.asset.get("extras")
    detail: dict[str, Any] = {"version": _text(scene.asset.get("version"))}
    if _text(scene.asset.get("copyright")):
        detail["copyright"] = _text(scene.asset.get("copyright"))
    if isinstance(extras, Mapping):
        detail |= {name: _text(extras[name]) for name in EXTRAS if _text(extras.get(name))}
    return Signal("generator", _text(scene.generator), UNIT, pointers=("/asset",), detail=detail)


def _text(value: Any) -> str | None:
    return value[:LONGEST] if isinstance(value, str) and value else None
