"""The visible label: words as real geometry in the start picture.

Measures for Labelling AI-Generated Content, Art. 4(1)(v), and GB 45438-2025, 5.5: a virtual scene bears words in its
start picture, at an edge or corner, at least 5 % of the shortest side tall,
with an AI element and a generation element.

    edits = plan(scene, LabelOptions(lang="zh-CN"))     # nodes to put in; nothing is written
    reading = read(marked)                              # measured in the marked scene's start pictures
"""

from __future__ import annotations

from ._glyphs import TextMesh, text_mesh
from ._plan import LabelOptions, plan
from ._wording import Elements, elements, has_required_elements, wording
from .read import LabelReading, read

ID = "label"

__all__ = [
    "ID",
    "Elements",
    "LabelOptions",
    "LabelReading",
    "TextMesh",
    "elements",
    "has_required_elements",
    "plan",
    "read",
    "text_mesh",
    "wording",
]
