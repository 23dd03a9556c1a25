"""Inputs made by code and, beside them, the audit that is expected of each, without what changes from run to run.

A change of rules, policies or signals changes these files, and the change is then read line by line in the diff.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sceneproof as sp
from sceneproof.report.json import plain_data
from tests._marked import declared
from tests.makers import shapes
from tests.makers.builder import Builder

FOLDER = Path(__file__).parent
DIGITS = 4  # of a measured figure: the last ones may differ between processors


def room() -> bytes:
    """A box in front of a camera, on a floor."""
    b = Builder()
    paint = b.material("paint", color=(0.2, 0.4, 0.6, 1))
    b.node("box", mesh=b.mesh(shapes.box(), name="box", material=paint))
    b.node("floor", mesh=b.mesh(shapes.plane((4, 4)), name="floor", material=paint), translation=[0, -0.5, 0])
    b.node("eye", camera=b.camera(), translation=[0, 0, 4])
    return b.glb()


CASES: dict[str, tuple[Callable[[], bytes], dict[str, Any]]] = {
    "room-undeclared": (room, {}),
    "room-unlabelled": (room, declared()),
    "room-handmade": (room, declared(origin="handmade")),
}


def current(name: str) -> dict[str, Any]:
    """The audit of a case as it is now, without seconds, version, and the policies' hashes."""
    make, stated = CASES[name]
    record: dict[str, Any] = plain_data(sp.audit(make(), declaration=stated).to_dict())
    del record["seconds"], record["tool"]["version"]
    for policy in record["policies"]:
        del policy["sha256"]
    rounded: dict[str, Any] = _rounded(record)
    return rounded


def text(record: dict[str, Any]) -> str:
    """The text of a golden file."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return value
