"""Marks in words: what was found, or not, or not looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sceneproof.findings import Text

from ._tidy import figure, percent
from ._words import EXPECTED, MARKS, text_of, word

NAMES = ("label", "metadata", "watermark", "credential")


@dataclass(frozen=True)
class MarkView:
    """One mark. `state` is ``pass``, ``fail``, ``review`` (there, but not measured), ``absent`` or ``skipped``."""

    id: str
    title: Text
    state: str
    sentence: Text
    facts: tuple[tuple[Text, str], ...] = ()
    problems: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def found_marks(marks: Mapping[str, Any], expected: Mapping[str, str] | None = None) -> list[MarkView]:
    """The marks of an audit or a verification."""
    return [_with_expected(_view(name, marks.get(name)), (expected or {}).get(name)) for name in NAMES]


def written_marks(data: Mapping[str, Any]) -> list[MarkView]:
    """The marks of a receipt, judged by whether they were read back; with a note on the parts that do not bear one."""
    views = []
    for name, read in data["marks"].items():
        view = _view(name, read)
        verified = bool(read.get("verified"))
        lead = word("verified" if verified else "not_verified")
        sentence = Text(f"{lead.en}: {view.sentence.en}", f"{lead.zh}：{view.sentence.zh}")
        notes = tuple(text_of(entry["reason"]) for entry in data["left_out"] if entry["mark"] == name)
        views.append(replace(view, state="pass" if verified else "fail", sentence=sentence, notes=notes))
    return views


def _with_expected(view: MarkView, expected: str | None) -> MarkView:
    if expected is None:
        return view
    note = EXPECTED.get(expected) or Text(expected, expected)
    sentence = Text(f"{note.en}: {view.sentence.en}", f"{note.zh}：{view.sentence.zh}")
    return replace(view, state="pass" if expected == "ok" else "fail", sentence=sentence)


def _view(name: str, read: Mapping[str, Any] | None) -> MarkView:
    title = MARKS.get(name) or Text(name, name)
    if read is None:
        return MarkView(name, title, "skipped", _SKIPPED.get(name, _SKIPPED["other"]))
    problems = tuple(text_of(problem) for problem in read.get("problems") or ())
    notes = _label_notes(read) if name == "label" else ()
    if not read.get("found"):
        facts = tuple(_registration_facts(read)) if name == "watermark" else ()
        return MarkView(name, title, "absent", _ABSENT.get(name, _ABSENT["other"]), facts, problems, notes)
    state, sentence = _SENTENCES[name](read) if name in _SENTENCES else ("review", Text("found", "检出"))
    facts = tuple(_FACTS[name](read)) if name in _FACTS else ()
    return MarkView(name, title, state, sentence, facts, problems, notes)


_SKIPPED = {
    "watermark": Text("not looked for: no key was given", "未查找：没有提供密钥"),
    "other": Text("not looked for", "未查找"),
}
_ABSENT = {
    "watermark": Text("not found with the keys given", "用所给密钥未检出"),
    "other": Text("not found", "未检出"),
}


def _label(read: Mapping[str, Any]) -> tuple[str, Text]:
    quoted = read.get("reading") or read.get("text")
    name = (Text(f" “{quoted}”", f"“{quoted}”")) if quoted else Text("", "")
    visible = read.get("visible")
    if visible is None:
        return "review", Text(f"found{name.en}, not measured in a start picture", f"检出{name.zh}，未在起始画面中测量")
    if visible:
        return "pass", Text(f"found{name.en}, visible", f"检出{name.zh}，可见")
    return "fail", Text(f"found{name.en}, but NOT visible", f"检出{name.zh}，但不可见")


def _label_notes(read: Mapping[str, Any]) -> tuple[Text, ...]:
    """What character recognition says, where it was asked."""
    told = (read.get("detail") or {}).get("ocr")
    if not told:
        return ()
    if told["state"] != "read":
        return (Text(told["note"]["en"], told["note"]["zh"]),)
    seen, count, words = told["read_in"], told["pictures"], read.get("reading")
    return (
        Text(
            f"character recognition reads “{words}” in {seen} of {count} start pictures",
            f"文字识别在 {count} 个起始画面中的 {seen} 个读出“{words}”",
        ),
    )


def _label_facts(read: Mapping[str, Any]) -> Iterator[tuple[Text, str]]:
    if read.get("height_ratio") is not None:
        yield Text("ink height of the shortest side", "字高占最短边"), percent(read["height_ratio"])
    if read.get("contrast_ratio") is not None:
        yield Text("contrast", "对比度"), f"{figure(read['contrast_ratio'], 3)} : 1"
    if read.get("hidden_fraction") is not None:
        yield Text("hidden", "被遮挡"), percent(read["hidden_fraction"])
    if read.get("at_edge") is not None:
        yield Text("at an edge or corner", "位于边缘或角落"), "✓" if read["at_edge"] else "✗"


def _metadata(read: Mapping[str, Any]) -> tuple[str, Text]:
    if read.get("valid") is None:
        return "review", Text("found, not checked", "检出，未检查")
    if read["valid"]:
        return "pass", Text("found, valid", "检出，有效")
    return "fail", Text("found, with faults", "检出，存在错误")


def _metadata_facts(read: Mapping[str, Any]) -> Iterator[tuple[Text, str]]:
    for key, value in (read.get("aigc") or {}).items():
        if value not in ("", None):
            yield Text(key, key), str(value)
    if read.get("digital_source_type"):
        yield Text("digital source type", "数字来源类型"), str(read["digital_source_type"]).rsplit("/", 1)[-1]


def _watermark(read: Mapping[str, Any]) -> tuple[str, Text]:
    if read.get("payload"):
        return "pass", Text(f"found, payload {read['payload']}", f"检出，载荷 {read['payload']}")
    return "pass", Text("found, without a payload", "检出，无载荷")


def _watermark_facts(read: Mapping[str, Any]) -> Iterator[tuple[Text, str]]:
    if read.get("log10_p") is not None:
        yield Text("chance of a false find", "误检概率"), f"p ≤ 10^{figure(read['log10_p'], 3)}"
    for key, name in (("bits", Text("bits", "位数")), ("corrected", Text("corrected", "已纠正"))):
        if read.get(key) is not None:
            yield name, figure(read[key])
    if read.get("carriers") is not None:
        yield Text("carriers", "载体"), figure(read["carriers"])
    for key, name in (("method", Text("method", "方法")), ("key_id", Text("key", "密钥"))):
        if read.get(key):
            yield name, str(read[key])

    yield from _registration_facts(read)


_REGISTRATIONS = {
    "none": Text("not needed: read as it stands", "无需配准：直接读出"),
    "failed": Text("the suspect could not be placed on it", "无法将待检文件与其对齐"),
}


def _registration_facts(read: Mapping[str, Any]) -> Iterator[tuple[Text, str]]:
    """How a suspect was brought to the reference, and how well it lies there."""
    found = (read.get("detail") or {}).get("reference")
    if not found:
        return
    how = _REGISTRATIONS.get(found["registration"])
    told = f"{how.en} · {how.zh}" if how else str(found["registration"])
    if found.get("rms_fraction") is not None:
        told += f", RMS {100 * found['rms_fraction']:.3f} %, {percent(found['overlap'])}"
    yield Text("reference: registration, distance, overlap", "参考文件：配准方式、距离、重叠"), told
    if found.get("problem"):
        yield Text("reference: left out", "参考文件：未进行"), str(found["problem"])


def _credential(read: Mapping[str, Any]) -> tuple[str, Text]:
    return _metadata(read)


_SENTENCES = {"label": _label, "metadata": _metadata, "watermark": _watermark, "credential": _credential}
_FACTS = {"label": _label_facts, "metadata": _metadata_facts, "watermark": _watermark_facts}


def distortion_facts(found: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """Figures of a receipt's distortion object."""
    facts = [
        (Text("MRMS, of the bounding-box diagonal", "MRMS（占包围盒对角线）"), f"{100 * found['mrms']:.4f} %"),
        (Text("greatest, of the bounding-box diagonal", "最大值（占包围盒对角线）"), f"{100 * found['max']:.4f} %"),
    ]
    names = {
        "normal_deviation_mean_deg": Text("mean normal deviation", "法线平均偏差"),
        "normal_deviation_p95_deg": Text("95th percentile of normal deviation", "法线偏差第 95 百分位"),
    }
    return facts + [(name, f"{figure(found[key], 3)}°") for key, name in names.items() if found.get(key) is not None]
