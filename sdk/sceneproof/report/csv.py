"""Audits as a table (RFC 4180), one row per finding, for spreadsheets.

A cell that a spreadsheet would take for a formula begins with an apostrophe: names in an asset are a stranger's text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._audits import audits, covered
from ._shown import AS_IS, Shown

__all__ = ["COLUMNS", "text"]

COLUMNS = (
    "asset", "rule", "verdict", "severity", "message_en", "message_zh", "pointer", "count", "clauses", "standing",
    "fix_en", "fix_zh", "suppressed", "fingerprint",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def text(results: Sequence[object], shown: Shown = AS_IS) -> str:
    """The table with a line of headings; a byte order mark first where `shown.bom` asks for one.

    An asset that could not be read is a row with the verdict ``error`` and no rule. Raises `UsageError` for other
    results.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for asset, data in audits(results):
        writer.writerows([_cell(value) for value in row] for row in _rows(asset, data))
    return ("\ufeff" if shown.bom else "") + stream.getvalue()


def _rows(asset: str, data: Mapping[str, Any]) -> Iterator[list[Any]]:
    error = data.get("error")
    if error:
        yield [asset, "", "error", "", error["message"], error["message"], error["pointer"], 1, *[""] * 6]
    for finding, known in [
        *((finding, "") for finding in data["findings"] or ()),
        *((finding, "baseline") for finding in covered(data)),
    ]:
        fix = finding["fix"] or {"en": "", "zh": ""}
        yield [
            asset,
            finding["rule"],
            finding["verdict"],
            finding["severity"] or "",
            finding["message"]["en"],
            finding["message"]["zh"],
            finding["pointer"],
            finding["count"],
            " ".join(finding["clauses"]),
            finding["standing"] or "",
            fix["en"],
            fix["zh"],
            known,
            finding.get("fingerprint") or "",
        ]


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return f"'{whole}" if whole.lstrip(" ").startswith(_FORMULA) else whole
