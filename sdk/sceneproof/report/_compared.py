"""A damaged mark in words: what was expected and what was found, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sceneproof.findings import Text

from ._marks import MarkView
from ._tidy import figure, percent

_FIELDS = {
    "visible": Text("visible", "可见"),
    "valid": Text("valid", "有效"),
    "text": Text("words", "文字"),
    "height_ratio": Text("ink height of the shortest side", "字高占最短边"),
    "at_edge": Text("at an edge or corner", "位于边缘或角落"),
    "digital_source_type": Text("digital source type", "数字来源类型"),
    "payload": Text("payload", "载荷"),
}
_NOTHING = Text("nothing", "无")
_SOMETHING = Text("one that can be read", "可读出的值")


def compared(view: MarkView, read: Mapping[str, Any] | None, expected: Mapping[str, str]) -> MarkView:
    """The view; of a damaged mark with ``expected X, found Y`` for its sentence and further such ones as notes."""
    detail = (read or {}).get("detail") or {}
    if read is None or expected.get(view.id) != "damaged" or not detail.get("differs"):
        return view
    first, *others = [_difference(str(path), detail.get("expected") or {}, read) for path in detail["differs"]]
    return replace(view, sentence=first, notes=(*view.notes, *others))


def _difference(path: str, wanted: Mapping[str, Any], read: Mapping[str, Any]) -> Text:
    name = path.removeprefix("aigc.")
    title = _FIELDS.get(path) or Text(name, name)
    told = path != "payload" or "payload" in wanted
    was, now = _shown(path, _at(wanted, path)) if told else _SOMETHING, _shown(path, _at(read, path))
    return Text(f"{title.en}: expected {was.en}, found {now.en}", f"{title.zh}：应为 {was.zh}，实为 {now.zh}")


def _at(data: Mapping[str, Any], path: str) -> Any:
    head, _, key = path.partition(".")
    value = data.get(head)
    if not key:
        return value
    return value.get(key) if isinstance(value, Mapping) else None


def _shown(path: str, value: Any) -> Text:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return Text("yes", "是") if value else Text("no", "否")
    if path == "height_ratio":
        text = percent(value)
    elif path == "digital_source_type":
        text = str(value).rsplit("/", 1)[-1]
    else:
        text = figure(value)
    return Text(text, text)
