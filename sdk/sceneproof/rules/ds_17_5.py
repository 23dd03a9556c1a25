"""The label is tall enough.

What it checks
    Height of the ink box of the words, as a fraction of the picture's shortest side, the least over all views at 16:9,
    9:16 and 1:1.
Why
    GB 45438, 5.5 asks for at least 5 %.
Example
    3.1 % in the portrait picture: fail.
How to fix
    Mark again; the default aims for 7.5 %.
Limits
    The standard does not say which box of a glyph it means; the ink box is the strictest.
Source
    GB 45438-2025, 5.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State
from ._labels import nothing_to_judge, percent, put_in

ID = "DS-17.5"
TITLE = Text("Height of the label", "标识文字高度")


def check(case: Case) -> Iterator[Outcome]:
    """One outcome: the smallest height over views and aspect ratios against the limit."""
    label = case.label
    if not label.found or label.height_ratio is None:
        yield nothing_to_judge()
        return
    limit = case.limits.label_height_fraction
    evidence = {"height_ratio": label.height_ratio, "limit": limit}
    shown = percent(label.height_ratio)
    if label.height_ratio >= limit:
        message = Text(f"The label's ink is {shown} of the shortest side.", f"标识文字高度为最短边的 {shown}。")
        yield Outcome(State.OK, message, "", evidence)
        return
    message = Text(
        f"The label's ink is {shown} of the shortest side; at least {percent(limit)} is needed.",
        f"标识文字高度为最短边的 {shown}，至少需要 {percent(limit)}。",
    )
    yield Outcome(State.VIOLATED, message, "", evidence, put_in(case.scene))
