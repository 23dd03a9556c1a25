"""JSON Schemas (draft 2020-12) of everything that Sceneproof prints or reads, by name.

>>> names()
('audit-1', 'bench-1', 'declaration-1', 'inspect-1', 'receipt-1', 'survive-1', 'verify-1')
>>> schema("sceneproof.audit/1")["$id"]
'urn:sceneproof:schema:audit:1'
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from sceneproof.errors import unknown

__all__ = ["names", "schema"]

_COMMON = "_common"


@cache
def names() -> tuple[str, ...]:
    """Names of the schemas in the package, sorted: one file ``<name>.json`` each."""
    stems = (entry.name.removesuffix(".json") for entry in files(__package__).iterdir() if entry.name.endswith(".json"))
    return tuple(sorted(stem for stem in stems if not stem.startswith("_")))


def schema(name: str) -> dict[str, Any]:
    """The schema with that name, whole: what it refers to is bundled under ``$defs``, so that it validates by itself.

    `name` is ``audit-1`` or the value of a result's ``schema`` field, ``sceneproof.audit/1``. Each call gives a fresh
    copy. Raises `UsageError` with the nearest known name.
    """
    stem = name.removeprefix("sceneproof.").replace("/", "-")
    if stem not in names():
        raise unknown("schema", name, names())
    loaded = deepcopy(_read(stem))
    common = deepcopy(_read(_COMMON))
    if common["$id"] in files(__package__).joinpath(f"{stem}.json").read_text("utf-8"):
        loaded.setdefault("$defs", {})["common"] = common
    return loaded


@cache
def _read(stem: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath(f"{stem}.json").read_text("utf-8"))
    return loaded
