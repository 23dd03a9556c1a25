"""What a result says, in words, before any renderer lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sceneproof.findings import Text

from . import _survival
from ._marks import NAMES
from ._tidy import figure, kind_of, size
from ._words import EXPECTED, FACTORS, HUMAN, LEVELS, MARKS, SETS, STANCES, TESTS, VERDICTS, of, text_of, word

_ORDER = ("fail", "review", "error", "pass", "notApplicable")
_WEIGHT = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Claim:
    """One line of the headline: a question, where the evidence stands, the same in words, and the signals behind it."""

    id: str
    question: Text
    state: str
    answer: Text
    score: float | None
    because: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Findings of one verdict, heaviest first, and the same folded by rule."""

    verdict: str
    title: Text
    findings: tuple[Mapping[str, Any], ...]

    @property
    def rules(self) -> list[str]:
        """The rules in it, each once."""
        return sorted({str(finding["rule"]) for finding in self.findings})

    def split(self, most: int, total: int) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        """At most `most` findings of each rule, of all rules `total` (but each rule once); and the others."""
        seen: Counter[str] = Counter()
        kept: list[Mapping[str, Any]] = []
        rest: list[Mapping[str, Any]] = []
        for finding in self.findings:
            seen[finding["rule"]] += 1
            first = seen[finding["rule"]] == 1
            room = seen[finding["rule"]] <= most and len(kept) < total
            (kept if first or room else rest).append(finding)
        return kept, rest

    def folded(self, most: int) -> list[tuple[Mapping[str, Any], int]]:
        """At most `most` findings of each rule; with the last of them, how many of that rule follow."""
        seen: Counter[str] = Counter()
        totals = Counter(finding["rule"] for finding in self.findings)
        kept = []
        for finding in self.findings:
            rule = finding["rule"]
            seen[rule] += 1
            if seen[rule] <= most:
                kept.append((finding, totals[rule] - most if seen[rule] == most and totals[rule] > most else 0))
        return kept


def groups(data: Mapping[str, Any]) -> list[Group]:
    """Findings grouped by verdict in the order of urgency; empty groups are left out."""
    findings: Sequence[Mapping[str, Any]] = data.get("findings") or ()
    made = []
    for verdict in _ORDER:
        mine = [finding for finding in findings if finding["verdict"] == verdict]
        mine.sort(key=lambda finding: _WEIGHT.get(str(finding["severity"]), 3))
        if mine:
            made.append(Group(verdict, VERDICTS[verdict], tuple(mine)))
    return made


def counts(data: Mapping[str, Any]) -> dict[str, int]:
    """Findings by verdict, every verdict named."""
    found = Counter(finding["verdict"] for finding in data.get("findings") or ())
    return {verdict: found[verdict] for verdict in _ORDER}


def ran(data: Mapping[str, Any]) -> Text:
    """How many of the rules ran."""
    coverage = data.get("coverage") or {}
    run, total = coverage.get("rules_run", 0), coverage.get("rules_total", 0)
    return Text(f"{run} of {total} rules ran", f"共 {total} 条规则，已运行 {run} 条")


def state(data: Mapping[str, Any]) -> str:
    """The result in one word for a badge: ``error``, ``fail``, ``review``, ``pass`` or ``info``."""
    if data.get("error"):
        return "error"
    kind = kind_of(data)
    if kind == "audit":
        found = counts(data)
        return next((name for name in ("error", "fail", "review") if found[name]), "pass")
    if kind == "receipt":
        if any(not read.get("verified") for read in (data.get("marks") or {}).values()):
            return "fail"
        return "review" if missing(data) or not data.get("marks") else "pass"
    if kind == "verify":
        expected = data.get("expected")
        if expected is None:
            return "info"
        return "pass" if all(value == "ok" for value in expected.values()) else "fail"
    return _survival.state(data) if kind == "survive" else "info"


def outcome(data: Mapping[str, Any]) -> Text:
    """The result in one sentence."""
    if data.get("error"):
        return trouble(data)
    tellers = {"audit": _audited, "receipt": _marked, "verify": _verified, "survive": _survival.said}
    return tellers.get(kind_of(data), _inspected)(data)


def _audited(data: Mapping[str, Any]) -> Text:
    found = counts(data)
    fails, reviews = found["fail"], found["review"]
    if found["error"]:
        return Text(f"{found['error']} rules could not run", f"有 {found['error']} 条规则未能运行")
    if fails:
        return Text(f"{fails} {'finding fails' if fails == 1 else 'findings fail'}", f"{fails} 项不通过")
    if reviews:
        noun = "finding needs" if reviews == 1 else "findings need"
        return Text(f"Nothing fails; {reviews} {noun} a person's judgement", f"没有不通过项；{reviews} 项待人工判断")
    return Text("Nothing fails", "没有不通过项")


def _marked(data: Mapping[str, Any]) -> Text:
    marks, left = data.get("marks") or {}, missing(data)
    good = sum(1 for read in marks.values() if read.get("verified"))
    text = Text(
        f"{good} of {len(marks)} marks read back from the written file",
        f"{len(marks)} 个标识中 {good} 个已从写出文件读回",
    )
    if not left:
        return text
    return Text(f"{text.en}; {len(left)} left out", f"{text.zh}；{len(left)} 个未写入")


def _verified(data: Mapping[str, Any]) -> Text:
    expected = data.get("expected")
    if expected is None:
        found = [MARKS[name] for name in NAMES if (data.get(name) or {}).get("found")]
        english = ", ".join(name.en for name in found) or "no mark"
        return Text(f"Found: {english.lower()}", f"检出：{'、'.join(name.zh for name in found) or '无标识'}")
    bad = {name: value for name, value in expected.items() if value != "ok"}
    if not bad:
        return Text("Every expected mark reads back", "应有的标识全部读回")
    return Text(
        "; ".join(f"{MARKS[name].en}: {EXPECTED[value].en}" for name, value in bad.items()),
        "；".join(f"{MARKS[name].zh}：{EXPECTED[value].zh}" for name, value in bad.items()),
    )


def _inspected(data: Mapping[str, Any]) -> Text:
    found = data.get("inspection") or {}
    faces, points = figure(found.get("triangles", 0)), figure(found.get("vertices", 0))
    return Text(f"{faces} triangles, {points} vertices", f"三角形 {faces}，顶点 {points}")


def risk(data: Mapping[str, Any]) -> tuple[str, Text]:
    """Level of the realism risk and its word."""
    level = str(((data.get("assessment") or {}).get("realism_risk") or {}).get("level", "unknown"))
    return level, of(LEVELS, level)


def claims(data: Mapping[str, Any]) -> list[Claim]:
    """The definition's three tests one by one, then the digital human, which is no part of them."""
    assessment = data.get("assessment") or {}
    stances = (assessment.get("realism_risk") or {}).get("tests") or {}
    made = []
    for name, question in TESTS.items():
        factor = assessment.get(name) or {}
        stance = str(stances.get(name, "undecided"))
        because = tuple(factor.get("because") or ())
        made.append(Claim(name, question, stance, of(STANCES, stance), factor.get("score"), because))
    factor = assessment.get("digital_human") or {}
    level = str(factor.get("level", "unknown"))
    because = tuple(factor.get("because") or ())
    made.append(Claim("digital_human", FACTORS["digital_human"], level, of(HUMAN, level), factor.get("score"), because))
    return made


def calibration(data: Mapping[str, Any]) -> Text:
    """What the scores rest on."""
    set_ = (data.get("assessment") or {}).get("calibration")
    if not set_:
        return Text(
            "Scores are not calibrated: no labelled set stands behind them.", "得分未经校准：没有标注样本作为依据。"
        )
    plus, minus = set_["positives"], set_["negatives"]
    if not isinstance(plus, Mapping) or not isinstance(minus, Mapping):
        return Text(
            f"Scores are calibrated on {plus} positive and {minus} negative assets (set {set_['version']}).",
            f"得分依据 {plus} 个正例与 {minus} 个反例校准（样本集 {set_['version']}）。",
        )
    english = [f"{of(SETS, name).en} {number} / {minus.get(name, 0)}" for name, number in plus.items()]
    chinese = [f"{of(SETS, name).zh} {number} / {minus.get(name, 0)}" for name, number in plus.items()]
    return Text(
        f"Scores are calibrated on positive / negative assets (set {set_['version']}): {', '.join(english)}.",
        f"得分校准所依据的正例 / 反例数（样本集 {set_['version']}）：{'，'.join(chinese)}。",
    )


def because(data: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The named signals with what was measured: ``texel-density = 2,140 px/m``."""
    known = {signal["id"]: signal for signal in data.get("signals") or ()}
    return [measured(known[name]) if name in known else name for name in names]


def measured(signal: Mapping[str, Any]) -> str:
    """A signal with its value and unit, on one line."""
    unit = "" if signal["unit"] in ("1", "", "bool", "text") else f" {signal['unit']}"
    return f"{signal['id']} = {figure(signal['value'])}{unit}"


def not_assessed(data: Mapping[str, Any]) -> list[tuple[Text, tuple[str, ...]]]:
    """What no file can show, with its clauses; the note on the carrier stands in the footer of every result instead."""
    entries = data.get("not_assessed") or ()
    return [(text_of(entry), tuple(entry["clauses"])) for entry in entries if entry["id"] != "carrier"]


def missing(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a receipt says was left out whole; a mark that some parts bear and others do not is not missing."""
    return [entry for entry in data.get("left_out") or () if entry["mark"] not in (data.get("marks") or {})]


def suppressed(data: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Reasons for leaving rules out, each with its rules."""
    reasons: dict[str, list[str]] = {}
    for entry in data.get("suppressed") or ():
        rules = reasons.setdefault(str(entry["why"]), [])
        if entry["rule"] not in rules:  # a baseline may cover several findings of one
            rules.append(str(entry["rule"]))
    return list(reasons.items())


def trouble(data: Mapping[str, Any]) -> Text:
    """What an error means: nothing was read, nothing was written, or nothing was run."""
    return word({"receipt": "unwritten", "survive": "untested"}.get(kind_of(data), "unreadable"))


def place(finding: Mapping[str, Any]) -> str:
    """Pointer and, for a folded finding, how often it stands for."""
    times = f" ×{finding['count']:,}" if finding["count"] > 1 else ""
    return f"{finding['pointer']}{times}".strip()


def name_of(data: Mapping[str, Any]) -> str:
    """What the asset is called; for a receipt, the file that was written."""
    asset = data.get("asset") or {}
    if "before" in asset:
        asset = asset.get("after") or asset["before"]
    return str(asset.get("uri") or "<memory>")


def about(data: Mapping[str, Any]) -> str:
    """Format, size and the beginning of the hash, as far as they are known."""
    asset = data.get("asset") or {}
    if "before" in asset:
        asset = asset.get("after") or asset["before"]
    facts = [asset.get("format"), size(asset["bytes"]) if asset.get("bytes") is not None else None]
    if asset.get("sha256"):
        facts.append(f"sha256 {asset['sha256'][:12]}")
    return ", ".join(str(fact) for fact in facts if fact)
