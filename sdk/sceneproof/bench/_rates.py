"""Rates with the interval that the trials allow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Z95 = 1.959963984540054  # two-sided 95 %


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Score interval of a rate, 95 % by default (Wilson 1927; Brown, Cai and DasGupta 2001, section 3.1.1).

    (0, 1) without trials. Raises `ValueError` for counts that cannot be.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    if not trials:
        return 0.0, 1.0
    rate, spread = successes / trials, z * z / trials
    middle = (rate + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(rate * (1 - rate) / trials + spread / (4 * trials))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return low, high


@dataclass(frozen=True)
class Rate:
    """Exact payloads of one attack, over the assets of a class or over one.

    Attributes
    ----------
    over : the class (``dense``, ``hard`` …), or the name of an asset.
    trials, exact : readings, and those that gave the whole payload.
    low, high : the 95 % interval of Wilson.
    target : share that is aimed at, or ``None``.
    worst, worst_rate : the asset that did worst.
    assets : how many there are; refused : how many of the trials are refusals; left_out : cells that the attack could
        not be run on, not counted.
    false_payloads : payloads that were read and were not the one put in.
    """

    title: str
    attack: str
    amount: str
    effort: str
    strength: str
    method: str
    over: str
    trials: int
    exact: int
    low: float
    high: float
    target: float | None
    worst: str | None
    worst_rate: float | None
    assets: int
    refused: int
    left_out: int
    false_payloads: int
    bit_accuracy: float | None

    @property
    def rate(self) -> float:
        """Share of exact payloads; 0 without trials."""
        return self.exact / self.trials if self.trials else 0.0

    @property
    def reached(self) -> str:
        """``yes``, ``no`` (the whole interval lies below), ``open`` (below, and the interval holds the target)."""
        if self.target is None or not self.trials:
            return ""
        if self.rate >= self.target:
            return "yes"
        return "open" if self.high >= self.target else "no"

    def to_dict(self) -> dict[str, Any]:
        """All fields, and what follows from them."""
        return asdict(self) | {"rate": self.rate, "reached": self.reached}


def rates(rows: Sequence[Mapping[str, Any]]) -> list[Rate]:
    """One per target, strength, method and effort that was measured; then what counts towards no target."""
    from ._targets import targets

    found = []
    groups: dict[tuple[str, str], dict[tuple[str, str, str], list[Mapping[str, Any]]]] = {}
    for row in rows:
        ways = groups.setdefault((row["attack"], row["amount"]), {})
        ways.setdefault((row["strength"], row["method"], row["effort"]), []).append(row)
    known: dict[tuple[str, str, str], set[str]] = {}
    for target in targets():
        for method in (target.method, "cho-2007"):
            known.setdefault((target.attack, target.amount, method), set()).add(target.meshes)
        for (strength, method, effort), group in sorted(groups.get((target.attack, target.amount), {}).items()):
            mine = method == target.method or (method == "cho-2007" and target.method == "blind")
            chosen = [row for row in group if mine and target.meshes in row["classes"]]
            if chosen and (method == "cho-2007" or target.effort in (None, effort)):
                aim = target.aim(strength) if method != "cho-2007" else None
                found.append(_rate(target.title, target.meshes, chosen, aim, spare=target.meshes == "low"))
    for (attack, amount), ways in groups.items():
        for (_, method, _), group in sorted(ways.items()):
            counted = known.get((attack, amount, method), set())
            loose = [row for row in group if not counted & set(row["classes"])]
            if loose:
                found.append(_rate("no target", "others" if counted else "all", loose, None))
    return found


def per_asset(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str, str, str], Rate]:
    """By (strength, method, attack, amount, asset)."""
    groups: dict[tuple[str, str, str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        key = (row["strength"], row["method"], row["attack"], row["amount"], row["asset"])
        groups.setdefault(key, []).append(row)
    return {key: _rate("", key[4], group, None) for key, group in groups.items()}


def _rate(
    title: str, over: str, rows: Sequence[Mapping[str, Any]], target: float | None, *, spare: bool = False
) -> Rate:
    """`spare`: at Q a refusal is an answer there, and is left out."""
    first = rows[0]
    spared = spare and first["strength"] == "Q"
    counted = [row for row in rows if row["not_applicable"] is None and not (spared and row["refused"])]
    exact = sum(bool(row["exact"]) for row in counted)
    low, high = wilson(exact, len(counted))
    shares = {}
    for name in {row["asset"] for row in counted}:
        mine = [row for row in counted if row["asset"] == name]
        shares[name] = sum(bool(row["exact"]) for row in mine) / len(mine)
    worst = min(sorted(shares), key=lambda name: shares[name], default=None)
    read = [row["bit_accuracy"] for row in counted if row["bit_accuracy"] is not None]
    return Rate(
        title, first["attack"], first["amount"], first["effort"], first["strength"], first["method"], over,
        len(counted), exact, low, high, target, worst, None if worst is None else shares[worst], len(shares),
        sum(row["refused"] is not None for row in counted), len(rows) - len(counted),
        sum(bool(row["false_payload"]) for row in counted), sum(read) / len(read) if read else None,
    )  # fmt: skip
