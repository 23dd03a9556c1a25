"""The label stands at an edge or corner and nothing hides it.

What it checks
    In every view the ink box touches the outer band of the picture, and no part of the ink lies behind other geometry.
Why
    GB 45438, 5.5 names edge or corner (lower right is only its example).
Example
    A prop that an animator moved in front of the words: hidden fraction 0.4, a warning.
How to fix
    Mark again, or move the prop. Without a camera: add one and mark again; a shape that fills the framed sphere (a
    globe) leaves no edge free.
Limits
    The standard gives no width for "edge"; ours is written with the renderer. The first frame is judged.
Source
    GB 45438-2025, 5.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State
from ._labels import nothing_to_judge, percent, put_in

ID = "DS-17.6"
TITLE = Text("Place of the label", "标识位置")
_ADD_CAMERA = Text(
    "Add a camera to the scene and mark again; a shape that fills the framed sphere leaves no edge free",
    "请在场景中添加相机后重新标识；形体充满取景球时，画面边缘没有空位",
)
HIDDEN_MOST = 0.02  # of the ink; a pixel row lost to rounding is no cover


def check(case: Case) -> Iterator[Outcome]:
    """One outcome over all views."""
    label = case.label
    if not label.found or label.height_ratio is None:
        yield nothing_to_judge()
        return
    evidence = {"at_edge": label.at_edge, "hidden_fraction": label.hidden_fraction}
    hidden = (label.hidden_fraction or 0.0) > HIDDEN_MOST
    if label.at_edge and not hidden:
        message = Text("The label stands at an edge and nothing hides it.", "标识位于画面边缘且未被遮挡。")
        yield Outcome(State.OK, message, "", evidence)
        return
    en = [] if label.at_edge else ["it is not at an edge or corner"]
    zh = [] if label.at_edge else ["不在边缘或角部"]
    if hidden:
        en.append(f"{percent(label.hidden_fraction)} of its ink is hidden")
        zh.append(f"{percent(label.hidden_fraction)} 的文字被遮挡")
    message = Text(f"The label is misplaced: {' and '.join(en)}.", f"标识位置不当：{'，'.join(zh)}。")
    crowded = "not-at-edge" in label.problems and not _has_camera(case)
    yield Outcome(State.VIOLATED, message, "", evidence, _ADD_CAMERA if crowded else put_in(case.scene))


def _has_camera(case: Case) -> bool:
    nodes = case.scene.nodes
    return any(nodes[index].camera is not None for index in case.scene.live_nodes())
