"""Audits as JUnit XML, for continuous integration: a suite per asset, a case per rule.

A case fails exactly when the rule counts for the exit code (``--fail-on``, ``--fail-on-review``), so that the report
and the exit code say the same. A review that does not count is skipped, as is a rule that does not apply; a fail below
the gate passes and says so in its output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from ._audits import audits, remedy, sentence
from ._shown import AS_IS, Shown
from ._words import VERDICTS, of, pick

__all__ = ["text"]

_READING = "read"


def text(results: Sequence[object], shown: Shown = AS_IS) -> str:
    """One XML document; ends with an end of line. Raises `UsageError` for other results."""
    root = ET.Element("testsuites", name="sceneproof")
    for asset, data in audits(results):
        _suite(root, asset or "<memory>", data, shown)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, asset: str, data: Mapping[str, Any], shown: Shown) -> None:
    seconds = f"{float((data.get('seconds') or {}).get('total') or 0.0):.3f}"
    suite = ET.SubElement(root, "testsuite", name=_xml(asset), time=seconds)
    if data.get("error"):
        case = ET.SubElement(suite, "testcase", classname=_xml(asset), name=_READING, time="0")
        _tell(case, "error", [str(data["error"]["message"])], "unreadable")
    for rule, findings in _by_rule(data).items():
        case = ET.SubElement(suite, "testcase", classname=_xml(asset), name=_xml(rule), time="0")
        _case(case, findings, shown)
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))


def _case(case: ET.Element, findings: list[Mapping[str, Any]], shown: Shown) -> None:
    """One element by the worst of the findings; it tells all that are as bad."""
    broken = [finding for finding in findings if finding["verdict"] == "error"]
    gating = [finding for finding in findings if shown.gates(finding)]
    below = [finding for finding in findings if finding["verdict"] == "fail" and not shown.gates(finding)]
    reviews = [finding for finding in findings if finding["verdict"] == "review" and not shown.gates(finding)]
    if broken:
        _tell(case, "error", [remedy(finding, shown.lang, "\n") for finding in broken], "error")
    elif gating:
        kind = min((finding["severity"] for finding in gating), key=("error", "warning", "info").index)
        _tell(case, "failure", [_told(finding, shown) for finding in gating], kind)
    elif below:
        ET.SubElement(case, "system-out").text = _xml("\n\n".join(_told(finding, shown) for finding in below))
    elif reviews:
        _tell(case, "skipped", [_told(finding, shown) for finding in reviews])
    elif all(finding["verdict"] == "notApplicable" for finding in findings):
        _tell(case, "skipped", [sentence(finding["message"], shown.lang, "\n") for finding in findings])


def _told(finding: Mapping[str, Any], shown: Shown) -> str:
    verdict = " ".join(pick(of(VERDICTS, finding["verdict"]), shown.lang))
    times = f" ×{finding['count']}" if finding["count"] > 1 else ""
    place = f" {finding['pointer']}{times}".rstrip()
    return f"{verdict} ({finding['severity']}){place}\n{remedy(finding, shown.lang, chr(10))}"


def _tell(case: ET.Element, tag: str, texts: list[str], kind: str | None = None) -> None:
    element = ET.SubElement(case, tag, message=_xml(" / ".join(texts[0].splitlines())))
    if kind is not None:
        element.set("type", kind)
    if tag != "skipped":
        element.text = _xml("\n\n".join(texts))


def _by_rule(data: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for finding in data["findings"] or ():
        found.setdefault(finding["rule"], []).append(finding)
    return found


def _xml(value: str) -> str:
    """The text without what XML 1.0 cannot hold (2.2): control characters, halves of pairs, noncharacters."""
    return "".join(c if _held(ord(c)) else c.encode("unicode_escape").decode("ascii") for c in value)


def _held(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
