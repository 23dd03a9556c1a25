"""The closing line of a run over several assets: how they ended, each counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sceneproof.findings import Text

from . import _view
from ._marks import NAMES
from ._tidy import kind_of

_AUDIT = {
    "fail": Text("with fails", "有不通过项"),
    "error": Text("with rules that could not run", "有规则未能运行"),
    "review": Text("for review only", "仅待人工判断"),
    "pass": Text("clean", "无问题"),
    "unreadable": Text("unreadable", "无法读取"),
}
_RECEIPT = {
    "verified": Text("marks verified", "个标识已读回验证"),
    "unverified": Text("marks NOT verified", "个标识未能读回验证"),
    "left_out": Text("marks left out", "个标识未写入"),
    "unreadable": Text("assets not marked", "个资产未写出"),
}
_VERIFY = {
    "pass": Text("as expected", "符合预期"),
    "fail": Text("not as expected", "不符合预期"),
    "marked": Text("with marks", "带有标识"),
    "bare": Text("without marks", "没有标识"),
    "unreadable": Text("unreadable", "无法读取"),
}
_WORDS = {"audit": _AUDIT, "receipt": _RECEIPT, "verify": _VERIFY}
_ONLY_WHEN_THERE = ("error", "unverified", "marked", "bare")


class Totals:
    """Counts results as they come; keeps none of them."""

    def __init__(self) -> None:
        self._assets = 0
        self._kind = ""
        self._counts: Counter[str] = Counter()

    def add(self, result: Any) -> None:
        """Count one result."""
        data: Mapping[str, Any] = result if isinstance(result, Mapping) else result.data
        self._assets += 1
        self._kind = kind_of(data)
        if data.get("error"):
            self._counts["unreadable"] += 1
        elif self._kind == "receipt":
            good = sum(bool(read.get("verified")) for read in data["marks"].values())
            self._counts.update(verified=good, unverified=len(data["marks"]) - good, left_out=len(_view.missing(data)))
        elif self._kind == "verify":
            self._counts[_verified(data)] += 1
        elif self._kind == "audit":
            self._counts[_audited(data)] += 1

    def line(self) -> Text | None:
        """``3 assets: 1 with fails, 0 for review only, 2 clean, 0 unreadable``; none for a single asset."""
        words = _WORDS.get(self._kind)
        if self._assets < 2 or words is None:
            return None
        told = [(self._counts[name], text) for name, text in words.items() if self._counts[name] or self._said(name)]
        return Text(
            f"{self._assets} assets: {', '.join(f'{n} {text.en}' for n, text in told)}",
            f"共 {self._assets} 个资产：{'，'.join(f'{n} {text.zh}' for n, text in told)}",
        )

    def _said(self, name: str) -> bool:
        """Whether a count is said although it is nought."""
        if name in ("pass", "fail") and self._kind == "verify":
            return not (self._counts["marked"] or self._counts["bare"])
        return name not in _ONLY_WHEN_THERE


def _audited(data: Mapping[str, Any]) -> str:
    found = _view.counts(data)
    return next((name for name in ("fail", "error", "review") if found[name]), "pass")


def _verified(data: Mapping[str, Any]) -> str:
    if data.get("expected") is not None:
        return _view.state(data)
    return "marked" if any((data.get(name) or {}).get("found") for name in NAMES) else "bare"
