"""A survival test is told by its worst news first, in a table that both languages share with the notebook."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import pytest
from rich.console import Console

from sceneproof.findings import Survival
from sceneproof.report.console import plain, render
from sceneproof.report.html import fragment, page

from ._samples import SURVIVE

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e"


def survival(**changes: Any) -> Survival:
    return Survival(deepcopy(SURVIVE) | changes)


def test_failures_come_first_then_what_is_lost() -> None:
    said = plain(survival(), lang="en").splitlines()[1]
    assert said == "Step that failed: 2 (bake); lost or altered: visible label, metadata"
    assert plain(survival(), lang="zh").splitlines()[1] == "失败的步骤：2 (bake)；丢失或改变：显式标识、元数据标识"


def test_each_step_has_its_figures_and_what_became_of_each_mark() -> None:
    lines = plain(survival(), lang="en").splitlines()
    first = next(line for line in lines if line.endswith("pack -q {in} {out}"))
    for part in ("~ too small", "✗ lost", "✓ payload equal, p ≤ 10^", "104,882 → 52,441", "9.3 MB", "1.2"):
        assert part in first
    assert any("! bake: it ended with exit code 1: out of memory" in line for line in lines)
    assert any(line.startswith("3  · not run") for line in lines)
    assert any("– Watermark in part: 2 of 9 meshes bear none" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "AI合成"}, "~ other words"),
        ({"at_edge": False}, "~ off the edge"),
        ({"visible": False}, "~ not visible"),
    ],
)
def test_how_a_label_is_altered_is_said(change: dict[str, Any], said: str) -> None:
    steps = deepcopy(SURVIVE["steps"])
    steps[0]["label"] |= change
    assert said in plain(survival(steps=steps), lang="en")


def test_a_watermark_with_another_payload_or_none_is_said() -> None:
    for payload, said in (("00" * 8, "~ other payload"), (None, "~ no payload")):
        steps = deepcopy(SURVIVE["steps"])
        steps[0]["watermark"] |= {"payload": payload}
        steps[0]["outcome"]["watermark"] = "damaged"
        assert said in plain(survival(steps=steps), lang="en")


def test_the_state_is_that_of_the_worst() -> None:
    ran = [SURVIVE["steps"][0]]
    assert survival().exit_code() == 3
    assert survival(steps=ran).exit_code() == 1
    assert survival(steps=ran, required=[]).exit_code() == 0
    whole = dict.fromkeys(SURVIVE["survived"], True)
    for result, state in (
        (survival(), "error"),
        (survival(steps=ran), "fail"),
        (survival(steps=ran, required=[]), "info"),
        (survival(steps=ran, survived=whole), "pass"),
    ):
        assert f"sp-says sp-{state}" in fragment(result)


def test_a_splat_file_counts_splats() -> None:
    start, steps = deepcopy(SURVIVE["start"]), deepcopy(SURVIVE["steps"])
    start["counts"] = {"triangles": 0, "vertices": 0, "splats": 500, "points": 0}
    steps[0] |= {"before": start["counts"], "counts": start["counts"] | {"splats": 350}}
    shown = plain(survival(start=start, steps=steps), lang="en")
    assert "splats" in shown
    assert "500 → 350" in shown


def test_what_a_tool_says_cannot_steer_a_terminal_or_a_page() -> None:
    steps = deepcopy(SURVIVE["steps"])
    steps[1]["failure"]["line"] = steps[1]["command"] = HOSTILE
    result = survival(steps=steps)
    assert "\x1b" not in plain(result)
    assert "\u202e" not in plain(result)
    for markup in (fragment(result), page([result])):
        assert "<script>alert" not in markup
        assert "out of" not in markup


def test_a_terminal_gets_the_same_rows_in_colour() -> None:
    stream = io.StringIO()
    render(survival(), Console(file=stream, force_terminal=True, width=200), lang="en")
    assert "\x1b[" in stream.getvalue()
    assert "pack -q {in} {out}" in stream.getvalue()


def test_the_page_holds_the_table() -> None:
    shown = page([survival()])
    assert shown.count("<tr>") >= 5
    assert "pack -q {in} {out}" in shown
