"""The page of `real_assets.py`: a summary, a table by format, one of compressed files, and one of every asset."""

from __future__ import annotations

import os
import platform
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

Row = Mapping[str, Any]
MARKS = ("label", "metadata", "watermark")
MOST = 110  # characters of a reason in a cell


def page(rows: Sequence[Row], codecs: Mapping[str, str]) -> str:
    """The Markdown of all rows; `codecs` maps the compressed assets to the extension that they name."""
    where = f"CPython {platform.python_version()}, {os.cpu_count()} cores"
    lines = [
        "# Real assets through audit, mark and verify",
        "",
        f"Written by `benchmarks/real_assets.py` on {date.today().isoformat()}, {where}. Whole commands, each in a "
        "process of its own; the machine was shared, so seconds are orders of magnitude. `verify` gets the key where "
        "the receipt names a watermark. Growth is bytes written, sidecar and parts included, over bytes read; a label "
        "is a mesh of its own, which outweighs a small asset.",
        "",
        *(f"- {line}" for line in summary(rows)),
        "",
        "## By format",
        "",
        *_formats(rows),
        "",
        "## Compressed files",
        "",
        *_compressed([row for row in rows if row["asset"] in codecs], codecs),
        "",
        "## Every asset",
        "",
        *_every(rows),
    ]
    return "\n".join(lines) + "\n"


def summary(rows: Sequence[Row]) -> list[str]:
    """Counts over all rows, a line each."""
    marked = [row for row in rows if "verified" in row]
    lines = [
        f"{len(rows)} assets: {sum('fail' in row for row in rows)} audited, {len(marked)} marked, "
        f"{sum(row.get('verify') == 0 for row in rows)} verified as their receipts say"
    ]
    for mark in MARKS:
        put = [row["verified"][mark] for row in marked if mark in row["verified"]]
        lines.append(f"{mark}: put into {len(put)}, read back from {sum(put)}")
    lengths = Counter(row.get("payload", 0) for row in marked if row["verified"].get("watermark"))
    lines.append("payloads: " + ", ".join(f"{count} of {bits} bits" for bits, count in sorted(lengths.items())[::-1]))
    ratios = _ratios(marked)
    if ratios:
        lines.append(f"growth of marked files: median {statistics.median(ratios):.3f}")
    lines += [f"`{row['asset']}`: {row['note']}" for row in rows if "fail" not in row]
    return lines


def _formats(rows: Sequence[Row]) -> list[str]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(PurePosixPath(row["asset"]).suffix.lower(), []).append(row)
    body = []
    for ending, members in sorted(groups.items()):
        marked = [row for row in members if "verified" in row]
        ratios = _ratios(marked)
        body.append(
            [
                ending,
                str(len(members)),
                str(sum("fail" in row for row in members)),
                *(str(sum(bool(row["verified"].get(mark)) for row in marked)) for mark in MARKS),
                str(sum(row.get("verify") == 0 for row in members)),
                f"{statistics.median(ratios):.3f}" if ratios else "not written",
            ]
        )
    return _table(["format", "assets", "audited", *MARKS, "verified", "median growth"], body)


def _compressed(rows: Sequence[Row], codecs: Mapping[str, str]) -> list[str]:
    body = []
    for row in rows:
        marked = "bytes" in row
        before, after = row.get("streams") or (0, 0)
        body.append(
            [
                row["asset"],
                codecs[row["asset"]],
                f"{row['bytes']:,}" if marked else "",
                f"{row['bytes_marked']:,}" if marked else "",
                f"{row['bytes_marked'] / row['bytes']:.3f}" if marked else row["note"],
                f"{after / before:.3f}" if before else "",
                ", ".join(_bits(a, b) for a, b in row.get("bits") or ()),
                _mark(row, "watermark") if marked else "",
            ]
        )
    head = ["file", "codec", "bytes", "marked", "growth", "growth of packed streams", "position bits", "watermark"]
    marked_rows = [row for row in rows if "bytes" in row]
    ratios = _ratios(marked_rows)
    borne = _ratios([row for row in marked_rows if row["verified"].get("watermark")])
    lines = _table(head, body)
    if ratios:
        lines += ["", f"Median growth over {len(ratios)} files: {statistics.median(ratios):.3f}."]
    if borne:
        lines[-1] += f" Over the {len(borne)} that bear a watermark: {statistics.median(borne):.3f}."
    return lines


def _bits(before: int | None, after: int | None) -> str:
    if before is None:
        return "whole numbers"
    return str(before) if before == after else f"{before}→{after}"


def _every(rows: Sequence[Row]) -> list[str]:
    body = []
    for row in rows:
        audited = "fail" in row
        shown = f"{row['fail']} / {row['review']} / {row['error']}" if audited else f"exit {row['audit']}"
        body.append(
            [
                row["asset"],
                _counts(row),
                shown,
                *(_mark(row, mark) for mark in MARKS),
                {0: "as expected", None: ""}.get(row.get("verify"), f"exit {row.get('verify')}"),
                f"{row['bytes_marked'] / row['bytes']:.3f}" if row.get("bytes") else "",
                ", ".join(f"{row[name]:.1f}" for name in ("audit_s", "mark_s", "verify_s") if name in row),
            ]
        )
    head = ["asset", "holds", "fail / review / error", "label (ink)", "metadata", "watermark", "verify", "growth"]
    return _table([*head, "seconds"], body)


def _counts(row: Row) -> str:
    names = ("triangles", "points", "splats")
    return ", ".join(f"{row[name]} {name}" for name in names if row.get(name)) or "nothing"


def _mark(row: Row, mark: str) -> str:
    if "verified" not in row:
        return str(row.get("note", ""))[:MOST]
    if mark not in row["verified"]:
        return f"left out: {row['left_out'].get(mark, '')[:MOST]}"
    text = "read back" if row["verified"][mark] else "NOT read back"
    if mark == "label" and isinstance(row.get("height"), float):
        text += f" ({100 * row['height']:.1f} %)"
    if mark == "watermark" and row.get("carriers"):
        text += f" ({row['carriers']} meshes, {row['payload']} bits)" if row.get("payload") else " (by its key alone)"
    return text


def _ratios(rows: Sequence[Row]) -> list[float]:
    return [row["bytes_marked"] / row["bytes"] for row in rows if row.get("bytes")]


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    lines = [list(head), ["---"] * len(head), *body]
    return ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines]
