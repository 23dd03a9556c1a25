"""The page of a run: rates beside their targets, what the marks cost, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ._baseline import beside
from ._cells import scheme
from ._rates import Rate

WITH = "file, key and the unmarked asset"
REACHED = {"yes": "reached", "no": "missed", "open": "short, the interval holds it", "": ""}


def page(
    rows: Sequence[Mapping[str, Any]], found: Sequence[Rate], costs: Sequence[Mapping[str, Any]],
    times: Sequence[Mapping[str, Any]],
) -> str:  # fmt: skip
    """Markdown."""
    now = scheme()
    trials = sorted({row["trial"] for row in rows})
    lines = [
        "# Survival of the watermark",
        "",
        f"Method `{now['scheme']}`, version {now['version']}, codec sources `{now['code']}`, {date.today()}. "
        f"{len(rows)} cells, {len({row['asset'] for row in rows})} assets, {len(trials)} trials (trial t: key SHA-256 "
        "of `key<t>`, payload from seed 100 + t, attack from 7 + t). A cell counts when the whole payload is read. "
        "Intervals: Wilson, 95 %.",
        "",
        f"Payloads read that were not the one put in: {sum(bool(row['false_payload']) for row in rows)}.",
    ]
    for strength in sorted({rate.strength for rate in found}):
        lines += _table(
            [r for r in found if (r.strength, r.method) == (strength, "blind")], strength, "file and key alone"
        )
        lines += _table([r for r in found if (r.strength, r.method) == (strength, "assisted")], strength, WITH)
        lines += beside([r for r in found if r.strength == strength], strength)
    lines += _refusals(rows)
    lines += ["", "## What the marks cost", "", *_plain(_worst(costs))]
    lines += ["", "## Processor seconds, median", "", *_plain(times)]
    return "\n".join(lines) + "\n"


def _table(found: Sequence[Rate], strength: str, how: str) -> list[str]:
    if not found:
        return []
    lines = [
        "",
        f"## Strength {strength}, {how}",
        "",
        "| attack | over | read | rate | interval | target | | worst asset |",
        "| --- | --- | ---: | ---: | --- | ---: | --- | --- |",
    ]
    for rate in found:
        effort = " (deep)" if rate.effort == "deep" else ""
        aim = "" if rate.target is None else f"{100 * rate.target:.0f} %"
        notes = [f"{rate.refused} refused"] if rate.refused else []
        notes += [f"{rate.left_out} not counted"] if rate.left_out else []
        more = f" ({', '.join(notes)})" if notes else ""
        worst = "" if rate.worst_rate in (None, 1.0) else f"{rate.worst} {100 * (rate.worst_rate or 0):.0f} %"
        if not rate.trials:
            lines.append(f"| {rate.attack} {rate.amount}{effort} | {rate.over} | 0 of 0{more} | | | {aim} | | |")
            continue
        lines.append(
            f"| {rate.attack} {rate.amount}{effort} | {rate.over} | {rate.exact} of {rate.trials}{more} | "
            f"{100 * rate.rate:.0f} % | {100 * rate.low:.0f}–{100 * rate.high:.0f} % | {aim} | "
            f"{REACHED[rate.reached]} | {worst} |"
        )
    return lines


def _refusals(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    found = {(row["asset"], row["strength"], row["refused"]) for row in rows if row["refused"]}
    skipped = {(row["attack"], row["not_applicable"]) for row in rows if row["not_applicable"]}
    lines = []
    if found:
        lines += ["", "## Refused", "", *(f"- {name}, {strength}: {why}" for name, strength, why in sorted(found))]
    if skipped:
        lines += ["", "## Attacks that could not be run", "", *(f"- {name}: {why}" for name, why in sorted(skipped))]
    return lines


def _worst(costs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per asset, strength and method: the largest figures over its trials (of PSNR the smallest)."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for cost in costs:
        if not cost["refused"]:
            groups.setdefault((cost["asset"], cost["strength"], cost["method"]), []).append(cost)
    found = []
    for (asset, strength, method), group in sorted(groups.items()):
        row: dict[str, Any] = {"asset": asset, "strength": strength, "method": method, "copies": len(group)}
        for name in group[0]:
            if name.endswith(("_percent", "_deg", "_db", "_levels")):
                values = [cost[name] for cost in group if cost[name] is not None]
                pick = min if name.endswith("_db") else max
                row[name] = round(pick(values), 4 if name.endswith("_percent") else 2) if values else None
        found.append(row)
    return found


def _plain(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return ["Nothing was measured."]
    names = list(rows[0])
    lines = [
        "| " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "| " + " | ".join("---" for _ in names) + " |",
    ]
    return lines + ["| " + " | ".join("" if row[n] is None else str(row[n]) for n in names) + " |" for row in rows]
