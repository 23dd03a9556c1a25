"""The start picture shows the label.

What it checks
    The label is seen in the picture of every entry camera of the default scene; without a camera, in the default
    framing that is documented with the renderer.
Why
    The Labelling Measures ask virtual scenes for a conspicuous prompt in the start picture.
Example
    A label node behind the sofa: it is in the file, no view shows it.
How to fix
    ``sceneproof mark`` places one at the edge of the picture.
Limits
    Without a camera each viewer frames the scene in its own way: then the finding asks a person. A label that an engine
    lays over the picture is not in the file and is not seen here. A label of another tool's is found with
    ``--depth deep`` (extra ``ocr``), in the first four views.
Source
    Labelling Measures Art. 4(1)(v); GB 45438-2025, 5.5; Provisions Art. 17(1)(4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State
from ._labels import put_in

ID = "DS-17.4"
TITLE = Text("Label in the start picture", "起始画面显示标识")


def check(case: Case) -> Iterator[Outcome]:
    """One outcome for all views."""
    label = case.label
    if not label.found:
        message = Text(
            "No start picture shows a label; a provider of content that may confuse the public needs one there.",
            "起始画面没有标识；可能导致公众混淆的内容，其服务提供者需要在起始画面显示标识。",
        )
        yield Outcome(State.VIOLATED, message, "", {"views": len(label.views)}, put_in(case.scene))
        return
    evidence: dict[str, object] = {"problems": list(label.problems), "views": len(label.views)}
    if label.foreign:
        evidence = {"problems": list(label.problems), "reading": label.reading}
    if label.visible:
        message = Text("Every start picture shows the label.", "每个起始画面均显示标识。")
        yield Outcome(State.OK, message, "", evidence)
        return
    state = State.VIOLATED if case.scene.cameras else State.UNCLEAR
    reasons = ", ".join(label.problems) or "not seen"
    message = Text(
        f"A label is in the file, but a start picture does not show it ({reasons}); a provider needs it there.",
        f"文件中有标识，但起始画面未显示（{reasons}）；服务提供者需要在起始画面显示。",
    )
    yield Outcome(state, message, "", evidence, put_in(case.scene))
