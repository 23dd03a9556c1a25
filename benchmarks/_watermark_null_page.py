"""The tables of `watermark_null.py`: statistics against their law, and rates with what so many trials can say."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sceneproof.marks.watermark.codec import METHOD
from sceneproof.marks.watermark.codec._cloud_constants import CLOUD_METHOD

Rows = Sequence[Mapping[str, str]]
STATISTICS = (("z_pilots", "pilots"), ("z_payload", "doubled payload"), ("z_all", "all as pilots"))
LIMITS = (0.1, 0.01, 0.001)


def wilson(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a rate. Source: Wilson, JASA 22, 1927."""
    if not trials:
        return 0.0, 1.0
    p, n = hits / trials, trials
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def expected_top(trials: int) -> float:
    """The median of the largest of so many standard normal numbers."""
    from scipy.stats import norm

    return float(norm.isf(-math.expm1(math.log(0.5) / max(trials, 1))))


def _kolmogorov(values: NDArray[np.float64], law: str) -> float:
    from scipy.stats import kstest

    return float(kstest(values, law).pvalue)


def _law(name: str, values: NDArray[np.float64]) -> str:
    return (
        f"| {name} | {len(values):,} | {values.mean():+.4f} | {values.std():.4f} | {_kolmogorov(values, 'norm'):.2f} | "
        f"{values.max():.2f} (median for so many {expected_top(len(values)):.2f}) |"
    )


def _pairs(rows: Rows) -> list[str]:
    found = [row for row in rows if row["z_all"] != "-"]
    head = ["| statistic | pairs | mean | standard deviation | KS p | largest |", "|---|---|---|---|---|---|"]
    if not found:
        return ["No pairs yet."]
    values = {name: np.array([float(row[name]) for row in found]) for name, _ in STATISTICS}
    lines = [*head, *(_law(label, values[name]) for name, label in STATISTICS), ""]
    both = np.corrcoef(values["z_pilots"], values["z_payload"])[0, 1]
    least = min(_kolmogorov(values[name], "norm") for name, _ in STATISTICS)
    lines += [
        f"A smallest of three KS p as small as {least:.2f} has a chance of {1 - (1 - least) ** 3:.2f} under the law. "
        f"Correlation of pilots and payload {both:+.3f}. On {len(rows) - len(found)} of {len(rows):,} trials there was "
        "nothing to read: no lattice fits the surface, or it has fewer functionals than a reader looks at. The largest "
        "of the three statistics decides, and is corrected as three.",
        "",
        "By state and layer, all as pilots:",
        "",
        *head,
    ]
    groups: dict[str, list[float]] = {}
    for row in found:
        kind = row["state"].split(" then ")
        groups.setdefault(f"{kind[0]}{', attacked' if kind[1:] else ''}", []).append(float(row["z_all"]))
        groups.setdefault(f"layer {row['layer'].rstrip('123')}", []).append(float(row["z_all"]))
    lines += [_law(name, np.array(group)) for name, group in sorted(groups.items())]
    by_mesh: dict[str, list[float]] = {}
    for row in found:
        by_mesh.setdefault(row["mesh"], []).append(float(row["z_all"]))
    worst = sorted((_kolmogorov(np.array(group), "norm"), name) for name, group in by_mesh.items())
    low, where = worst[0]
    return [
        *lines,
        "",
        f"Over {len(by_mesh)} meshes ({', '.join(by_mesh)}) the smallest KS p is {low:.3f} ({where}); the smallest "
        f"of so many has a median of {1 - 0.5 ** (1 / len(worst)):.3f}.",
    ]


def _searches(rows: Rows) -> list[str]:
    if not rows:
        return ["No searches yet."]
    p = 10.0 ** np.array([float(row["log10_p"]) for row in rows])
    hypotheses = np.array([float(row["hypotheses"]) for row in rows])
    lines = ["| corrected p below | searches | rate | 95 % interval | anti-conservative |", "|---|---|---|---|---|"]
    for limit in LIMITS:
        hits = int((p < limit).sum())
        low, high = wilson(hits, len(p))
        verdict = "yes" if low > limit else "no"
        lines.append(f"| {limit} | {hits} of {len(p)} | {hits / len(p):.4f} | {low:.4f} to {high:.4f} | {verdict} |")
    found = sum(row["found"] == "1" for row in rows)
    payloads = sum(row["payload"] == "1" for row in rows)
    lines += [
        "",
        f"Smallest corrected p {p.min():.4g} (median of the smallest of so many uniforms "
        f"{1 - 0.5 ** (1 / len(p)):.4g}), median {np.median(p):.2f}; found {found}, payloads {payloads}; "
        f"hypotheses per search {hypotheses.min():.0f} to {hypotheses.max():.0f}, {hypotheses.sum():,.0f} in all. "
        f"The trials alone bound the rate of false finds to {3 / len(p):.2g} (rule of three).",
    ]
    kinds: dict[str, int] = {}
    for row in rows:
        state = row["state"].split(" then ")
        kind = f"{state[0]}{', attacked' if state[1:] else ''}"
        kinds[kind] = kinds.get(kind, 0) + 1
    meshes = ", ".join(dict.fromkeys(row["mesh"] for row in rows))
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return [*lines, "", f"Of them {counted}. Assets: {meshes}."]


def _checks(rows: Rows) -> list[str]:
    checks, passes = sum(int(row["checks"]) for row in rows), sum(int(row["passes"]) for row in rows)
    if not checks:
        return ["No checks yet."]
    return [
        f"{checks:,} CRC checks in {len(rows):,} decodes of Gaussian noise with lists of up to 8192 code words: "
        f"**{passes} passed**.",
        "",
        "| per check | chance of a false payload |",
        "|---|---|",
        f"| the model: 2⁻³² | {2.0**-32:.2g} (expected here {checks * 2.0**-32:.2g} passes) |",
        f"| what the trials bound, {passes} passes (rule of three) | {3 / checks:.2g} |"
        if not passes
        else f"| what was seen | {passes / checks:.2g} |",
    ]


def page(rows: Mapping[str, Rows], seed: int) -> str:
    """The whole page. A search that had nothing to read, and so no hypothesis, is no trial."""
    rows = dict(rows) | {n: [r for r in rows[n] if r["hypotheses"] != "0"] for n in ("ladders", "clouds")}
    return "\n".join(
        [
            "# The watermark's null: what is read where no mark is",
            "",
            f"Written by `benchmarks/watermark_null.py` on {date.today().isoformat()}, methods `{METHOD}` and "
            f"`{CLOUD_METHOD}`, seed {seed}, CPython {platform.python_version()}. Every trial has a key of its own "
            "that wrote nothing. Half of the assets bear a mark of another key where they have room (`refused`: they "
            "have none), and half of each are attacked (noise, crop, simplification). What a search makes of a surface "
            "before a key comes in is kept for the next key; nothing else differs from `detect`.",
            "",
            "The law claimed is a model: under a key that did not write, every term is the cosine of an independent "
            "uniform angle, whatever the surface, and a CRC passes once in 2³². It is set apart below from what the "
            "trials alone can bound, which is far less.",
            "",
            "## One hypothesis: one surface, one wrong key, one frame, one step",
            "",
            *_pairs(rows["pairs"]),
            "",
            "## Whole searches of meshes (`normal`)",
            "",
            *_searches(rows["ladders"]),
            "",
            "## Whole searches of clouds (`normal`)",
            "",
            *_searches(rows["clouds"]),
            "",
            "## CRC checks on noise",
            "",
            *_checks(rows["checks"]),
            "",
            "## The limit of a find, model and trials apart",
            "",
            *_limit(rows),
            "",
        ]
    )


def _limit(rows: Mapping[str, Rows]) -> list[str]:
    searches = len(rows["ladders"]) + len(rows["clouds"])
    finds = sum(row["found"] == "1" for name in ("ladders", "clouds") for row in rows[name])
    trials = (
        f"{3 / searches:.2g}, from {searches} searches without a find" if searches and not finds else f"{finds} finds"
    )
    return [
        "| | chance that a search under a wrong key finds a mark |",
        "|---|---|",
        "| the model, by the rule of `found` | below 1e-9 |",
        f"| what these trials bound at 95 % | {trials} |",
        "",
        "The correction takes the hypotheses of a search as independent. Neighbouring steps read nearly the same "
        "numbers, so the corrected p errs to the safe side: fewer small ones than a uniform law has.",
    ]
