"""What makes a finding the same one in a later audit: the rule, the asset, and names instead of numbers.

Indices move when a node is put in before others; names stay. So a place is written with the name of the mesh, node or
material that the JSON Pointer leads to, and numbers of what has no name are left out. Findings that are then alike are
counted in their order.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .findings import Finding
from .scene import Scene

VERSION = "sceneproof/1"
_NAMED = ("nodes", "meshes", "materials", "images", "skins", "cameras", "animations")


def asset_key(uri: str) -> str:
    """The asset as every report names it: relative to the current folder where it lies below, with slashes."""
    path = Path(os.path.abspath(uri))  # noqa: PTH100 - a link keeps its own name
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def with_fingerprints(findings: Sequence[Finding], scene: Scene) -> list[Finding]:
    """The findings, each with its fingerprint; as they are for an asset in memory, which has no name to know it by."""
    if not scene.uri:
        return list(findings)
    names = _names(scene)
    asset = asset_key(scene.uri)
    seen: Counter[tuple[str, ...]] = Counter()
    marked = []
    for finding in findings:
        told = str(finding.evidence.get("code") or finding.evidence.get("signal") or "")
        identity = (VERSION, finding.rule, asset, _place(finding.pointer, names), told)
        seen[identity] += 1
        text = "\0".join((*identity, str(seen[identity])))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        marked.append(replace(finding, fingerprint=digest))
    return marked


def _names(scene: Scene) -> dict[str, str]:
    """JSON Pointer to name, for what has one."""
    found = {}
    for kind in _NAMED:
        for item in getattr(scene, kind, ()):
            if item.name:
                found[item.pointer] = item.name
    return found


def _place(pointer: str, names: dict[str, str]) -> str:
    """The pointer with names for numbers: ``/meshes/3/primitives/0`` is ``/meshes/"Chair"/primitives/0``."""
    tokens = pointer.split("/")
    if len(tokens) < 3 or not tokens[2].isdigit():
        return pointer
    name = names.get("/".join(tokens[:3]))
    return "/".join([*tokens[:2], "*" if name is None else f'"{name}"', *tokens[3:]])
