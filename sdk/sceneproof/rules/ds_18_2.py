"""The label was not tampered with.

What it checks
    A label node that is scaled to nothing, hidden by ``KHR_node_visibility`` or transparent; and, where a start picture
    shows no label, one that is off camera, behind other geometry, or recoloured to its background. Triangles that do
    not draw the words that the label's node claims: letters taken out, put in or exchanged.
Why
    Nobody may delete, tamper with or hide the marks (Provisions Art. 18, Labelling Measures Art. 10).
Example
    ``"scale": [0, 0, 0]`` on the label's node: fail.
How to fix
    Restore it by marking again.
Limits
    It tells that the label is out of sight, not who did it or why. A label that is gone altogether leaves nothing to
    find here: compare with the receipt (``verify --expect``).
Source
    Provisions Art. 18; Labelling Measures Art. 10(2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State
from ._labels import nothing_to_judge

ID = "DS-18.2"
TITLE = Text("Label not tampered with", "标识未被篡改或隐藏")

_FIX = Text(
    "Restore it: sceneproof mark FILE --output OUT --marks label",
    "恢复标识：sceneproof mark FILE --output OUT --marks label",
)
_ALWAYS = ("zero-scale", "hidden-by-visibility", "transparent", "words-altered")
_WORDS = {
    "zero-scale": Text("scaled to nothing", "缩放为零"),
    "off-camera": Text("outside the start picture", "位于起始画面之外"),
    "hidden-by-visibility": Text("hidden by KHR_node_visibility", "被 KHR_node_visibility 隐藏"),
    "transparent": Text("transparent", "透明"),
    "buried": Text("behind other geometry", "被其他几何体遮挡"),
    "low-contrast": Text("of its background's colour", "与背景颜色相近"),
    "words-altered": Text("not drawn as the words that it claims", "文字图形与其声明的文字不符"),
}


def check(case: Case) -> Iterator[Outcome]:
    """One outcome that names every trace."""
    if not case.label.found:
        yield nothing_to_judge()
        return
    if case.label.foreign:
        message = Text(
            "The label is another tool's: nothing in the file says what it was, so nothing tells of changes.",
            "该标识由其他工具添加：文件未说明其原貌，无法判断是否被篡改。",
        )
        yield Outcome(State.ABSENT, message, "", {"reading": case.label.reading})
        return
    # A label that shows may be a little covered or pale: that is for DS-17.6 and a person, and is no tampering.
    counted = _ALWAYS if case.label.visible else tuple(_WORDS)
    traces = [_WORDS[code] for code in case.label.problems if code in counted]
    if not traces:
        yield Outcome(State.OK, Text("The label shows no sign of tampering.", "标识未见篡改迹象。"))
        return
    en, zh = "; ".join(trace.en for trace in traces), "；".join(trace.zh for trace in traces)
    message = Text(f"The label was tampered with or is out of sight: {en}.", f"标识被篡改或不可见：{zh}。")
    yield Outcome(State.VIOLATED, message, "", {"problems": list(case.label.problems)}, _FIX, len(traces))
