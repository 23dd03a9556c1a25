"""The baseline's error rates beside those published for it, and what may be said of the two schemes."""

from __future__ import annotations

from collections.abc import Sequence

from ._rates import Rate

WORSE = 0.1  # where our baseline errs so much more than the published one, nothing is claimed

# Bit error rates of Cho 2007 on Venus, 64 bits, perceptual and geometric protocol (MRMS 0.008 and 0.012 % of the
# diagonal): results page "meshben" of LIRIS, Lyon. Its simplification and cropping were not at hand.
PUBLISHED: dict[tuple[str, str], tuple[float, float]] = {
    ("file-reorder", ""): (0.0, 0.0),
    ("similarity", ""): (0.0, 0.0),
    ("noise", "0.05"): (0.01, 0.01),
    ("noise", "0.1"): (0.03, 0.01),
    ("noise", "0.3"): (0.13, 0.10),
    ("noise", "0.5"): (0.28, 0.24),
    ("laplacian", "5"): (0.10, 0.06),
    ("laplacian", "10"): (0.23, 0.16),
    ("laplacian", "30"): (0.38, 0.34),
    ("laplacian", "50"): (0.45, 0.42),
    ("quantise", "11"): (0.0, 0.0),
    ("quantise", "10"): (0.04, 0.02),
    ("quantise", "9"): (0.14, 0.06),
    ("quantise", "8"): (0.26, 0.18),
    ("quantise", "7"): (0.46, 0.41),
    ("subdivide", "midpoint"): (0.04, 0.02),
    ("subdivide", "sqrt3"): (0.14, 0.09),
    ("subdivide", "loop"): (0.16, 0.09),
}


def verdict(error: float, published: tuple[float, float] | None) -> str:
    """What the error rate of our baseline allows to be said, beside the (higher of the two) published ones."""
    if published is None:
        return "no published figure at hand"
    if error > max(published) + WORSE:
        return "ours of Cho is worse than published by more than 0.1: no comparison is claimed"
    return "compared"


def beside(found: Sequence[Rate], strength: str) -> list[str]:
    """A table in Markdown of the baseline, its published figures, and ours; empty where it was not run."""
    ours = {(rate.attack, rate.amount, rate.over): rate for rate in found if rate.method == "blind"}
    base = [rate for rate in found if rate.method == "cho-2007" and rate.bit_accuracy is not None]
    if not base:
        return []
    lines = [
        "",
        f"## The baseline at the MRMS of strength {strength}",
        "",
        "Cho, Prost and Jung 2007, means of vertex norms per radial bin, in the finest mesh of each asset; attacked in "
        "the same run. It has no error correction, so its bit error rate is the fair figure; ours reads all bits or "
        "says that it has not. Published: Venus, LIRIS benchmark, perceptual and geometric protocol; its attacks are "
        "defined otherwise than ours in detail.",
        "",
        "| attack | over | bit errors of the baseline | published | whole payload: baseline | ours | |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for rate in base:
        error = 1 - (rate.bit_accuracy or 0.0)
        published = PUBLISHED.get((rate.attack, rate.amount))
        mine = ours.get((rate.attack, rate.amount, rate.over))
        shown = "" if published is None else f"{published[0]:.2f} / {published[1]:.2f}"
        share = f"{100 * mine.rate:.0f} %" if mine is not None and mine.trials else ""
        lines.append(
            f"| {rate.attack} {rate.amount} | {rate.over} | {error:.2f} | {shown} | {100 * rate.rate:.0f} % | "
            f"{share} | {verdict(error, published)} |"
        )
    return lines
