"""A survival test in words: the sentence on top, and its table, cell by cell, for every renderer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sceneproof.findings import Text

from ._tidy import figure, size
from ._words import INSPECTION, MARKS, text_of

_TESTED = ("label", "metadata", "watermark")
_HOW = {
    "marked": Text("Marked for the test", "为测试而加标识"),
    "given": Text("Marks that the file bears", "文件已带有的标识"),
}


@dataclass(frozen=True)
class Cell:
    """What became of one mark: ``✓``, ``~``, ``✗`` or ``·``, the same in words, a figure, and a style."""

    sign: str
    said: Text
    figure: str = ""
    style: str = ""


@dataclass(frozen=True)
class Row:
    """One step. `number` 0 is the marked file; `notes` say what failed; `begins` is true for the first of a chain."""

    number: int
    command: Text
    cells: tuple[Cell, ...]
    amount: str
    bytes: str
    seconds: str
    notes: tuple[Text, ...] = ()
    begins: bool = False


def said(data: Mapping[str, Any]) -> Text:
    """What lived through all chains and what did not, in one sentence."""
    failed = [step for step in data["steps"] if step["state"] == "failed"]
    parts: list[Text] = []
    if failed:
        names = ", ".join(f"{step['step']} ({step['tool']})" for step in failed)
        noun = "step" if len(failed) == 1 else "steps"
        parts.append(Text(f"{noun} that failed: {names}", f"失败的步骤：{names}"))
    groups = (
        (True, "whole at the end", "最终完好"),
        (False, "lost or altered", "丢失或改变"),
    )
    for value, en, zh in groups:
        marks = [MARKS[mark] for mark in _TESTED if data["survived"].get(mark) is value]
        if marks:
            english = ", ".join(mark.en.lower() for mark in marks)
            parts.append(Text(f"{en}: {english}", f"{zh}：{'、'.join(mark.zh for mark in marks)}"))
    if not parts:
        return Text("No step left a file whose marks could be read", "没有任何步骤留下可读取标识的文件")
    english = "; ".join(part.en for part in parts)
    return Text(english[:1].upper() + english[1:], "；".join(part.zh for part in parts))


def state(data: Mapping[str, Any]) -> str:
    """``error`` when a step failed, ``fail`` when a required mark is lost, ``pass`` when all that was put in lives."""
    if any(step["state"] == "failed" for step in data["steps"]):
        return "error"
    survived: Mapping[str, Any] = data["survived"]
    if any(survived[mark] is not True for mark in data["required"]):
        return "fail"
    return "info" if False in survived.values() else "pass"


def titles(data: Mapping[str, Any]) -> tuple[Text, ...]:
    """The heads of the columns, in the order of a row's fields."""
    marks = tuple(MARKS[mark] for mark in _TESTED)
    return (
        Text("#", "#"), *marks, INSPECTION[_unit(data)], Text("size", "大小"), Text("s", "秒"),
        Text("command", "命令"),
    )  # fmt: skip


def rows(data: Mapping[str, Any]) -> Iterator[Row]:
    """The marked file, then every step."""
    start = data["start"]
    unit = _unit(data)
    left = tuple(_left_out(entry, start) for entry in start["left_out"])
    yield Row(0, _HOW[start["how"]], _cells(start, start), figure(start["counts"][unit]), _bytes(start), "", left)
    chain = 0
    for step in data["steps"]:
        begins, chain = step["chain"] != chain, step["chain"]
        command = Text(step["command"], step["command"])
        seconds = "" if step["seconds"] is None else f"{step['seconds']:.1f}"
        notes = tuple(_notes(step))
        yield Row(step["step"], command, _cells(step, start), _amount(step, unit), _bytes(step), seconds, notes, begins)


def _unit(data: Mapping[str, Any]) -> str:
    counts = data["start"]["counts"]
    return next((unit for unit in ("triangles", "splats", "points") if counts[unit]), "triangles")


def _left_out(entry: Mapping[str, Any], start: Mapping[str, Any]) -> Text:
    reason, mark = text_of(entry["reason"]), MARKS[entry["mark"]]
    partly = start["outcome"][entry["mark"]] is not None
    en, zh = ("in part", "部分写入") if partly else ("left out", "未写入")
    return Text(f"{mark.en} {en}: {reason.en}", f"{mark.zh}{zh}：{reason.zh}")


def _bytes(row: Mapping[str, Any]) -> str:
    return size(row["asset"]["bytes"]) if row["asset"] else ""


def _amount(step: Mapping[str, Any], unit: str) -> str:
    if not step["counts"]:
        return ""
    was, now = (step["before"] or {}).get(unit), step["counts"][unit]
    return figure(now) if was in (None, now) else f"{figure(was)} → {figure(now)}"


def _notes(step: Mapping[str, Any]) -> Iterator[Text]:
    failure = step["failure"]
    if failure:
        message, line = text_of(failure["message"]), failure["line"]
        after = f": {line}" if line and failure["reason"] != "start" else ""
        yield Text(f"{step['tool']}: {message.en}{after}", f"{step['tool']}：{message.zh}{after}")
    elif step["state"] == "unread":
        yield Text(
            "its output is of a format that is not read here; the next step takes it",
            "输出格式在此无法读取；由下一步骤继续处理",
        )


def _cells(row: Mapping[str, Any], start: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(_cell(mark, row, start) for mark in _TESTED)


def _cell(mark: str, row: Mapping[str, Any], start: Mapping[str, Any]) -> Cell:
    if row.get("state") == "not_run":
        return Cell("·", Text("not run", "未执行"), style="dim")
    if row.get("state") in ("failed", "unread"):
        return Cell("·", Text("not read", "未读取"), style="dim")
    if mark == "watermark" and not start["key"]:
        return Cell("·", Text("no key", "无密钥"), style="dim")
    found, outcome = row[mark], row["outcome"][mark]
    if outcome is None:
        return Cell("·", Text("none", "无"), style="dim")
    if outcome == "missing":
        return Cell("✗", Text("lost", "丢失"), style="fail")
    good = outcome == "ok"
    p = f"p ≤ 10^{figure(found['log10_p'], 3)}" if found.get("log10_p") is not None else ""
    said = _WORD[mark](found, start[mark] or {}, good)
    return Cell("✓" if good else "~", said, p, "pass" if good else "review")


def _label(found: Mapping[str, Any], was: Mapping[str, Any], good: bool) -> Text:
    if not found["visible"]:
        return Text("not visible", "不可见")
    if good:
        return Text("visible", "可见")
    if found["text"] != was.get("text"):
        return Text("other words", "文字不同")
    if was.get("at_edge") and not found["at_edge"]:
        return Text("off the edge", "不在边缘")
    return Text("too small", "过小")


def _metadata(found: Mapping[str, Any], _: Mapping[str, Any], good: bool) -> Text:
    if not found["valid"]:
        return Text("not valid", "无效")
    return Text("valid", "有效") if good else Text("altered", "有改变")


def _watermark(found: Mapping[str, Any], _: Mapping[str, Any], good: bool) -> Text:
    if not found["payload"]:
        return Text("no payload", "无载荷")
    return Text("payload equal", "载荷一致") if good else Text("other payload", "载荷不同")


_WORD = {"label": _label, "metadata": _metadata, "watermark": _watermark}
