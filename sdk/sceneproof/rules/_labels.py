"""What the rules on the visible label share: the outcome when there is no label to judge."""

from __future__ import annotations

from sceneproof.findings import Text
from sceneproof.io import bears_label
from sceneproof.scene import Scene

from ._engine import Outcome, State

PUT_IN = Text(
    "Put one in: sceneproof mark FILE --output OUT --marks label",
    "添加标识：sceneproof mark FILE --output OUT --marks label",
)

CONVERT = Text(
    "This file has no place for one: convert the asset to GLB, PLY or OBJ, then: "
    "sceneproof mark FILE --output OUT --marks label",
    "此文件无法承载标识：请先将资产转换为 GLB、PLY 或 OBJ，再运行 sceneproof mark FILE --output OUT --marks label",
)


def put_in(scene: Scene) -> Text:
    """What to do where there is no label, or none that shows."""
    return PUT_IN if bears_label(scene) else CONVERT


def nothing_to_judge() -> Outcome:
    """There is no label; DS-17.9 says so, the others have nothing to measure."""
    return Outcome(State.ABSENT, Text("There is no label to measure; see DS-17.9.", "没有可供测量的标识，见 DS-17.9。"))


def percent(value: float | None) -> str:
    """A fraction as text, ``n/a`` when it was not measured."""
    return "n/a" if value is None else f"{100 * value:.1f} %"
