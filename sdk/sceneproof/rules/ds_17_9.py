"""The file itself holds the label.

What it checks
    A label node with geometry, so that a download or export carries it. Whether it shows is for DS-17.4 and DS-18.2.
Why
    The Labelling Measures, Art. 4(2), ask for the explicit label in the file that is offered for download, copy or
    export, not only in the viewer.
Example
    A web viewer that lays words over the canvas while the GLB holds none: fail.
How to fix
    ``sceneproof mark FILE --output OUT --marks label``
Limits
    A label of another tool's, as texture or geometry, is found by reading the start picture, as ``--depth deep`` does
    (extra ``ocr``); at less depth only Sceneproof's own is known.
Source
    Labelling Measures Art. 4(2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State
from ._labels import put_in

ID = "DS-17.9"
TITLE = Text("Label in the exported file", "导出文件含显式标识")


def check(case: Case) -> Iterator[Outcome]:
    """One outcome: the label is in the file, or a provider needs one."""
    if case.label.found:
        text = case.label.reading if case.label.foreign else case.label.text
        yield Outcome(State.OK, Text("The file holds a label.", "文件中含有显式标识。"), "", {"text": text})
        return
    message = Text(
        "The file holds no label; a provider of content that may confuse the public needs one in the file.",
        "文件中没有显式标识；可能导致公众混淆的内容，其服务提供者需要在文件中添加。",
    )
    yield Outcome(State.VIOLATED, message, "", {}, put_in(case.scene))
