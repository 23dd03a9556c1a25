"""What a run of the bench is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sceneproof.errors import UsageError, unknown

STRENGTHS = ("Q", "R")
EFFORTS = ("quick", "normal", "deep")
SETS = ("real", "made", "smoke")
TRIALS = 5
MORE_TRIALS = 20  # where a rate lies near its target
SMOKE_ATTACKS = ("file-reorder", "similarity", "soup", "noise:0.1", "quantise:10", "crop:10")


@dataclass(frozen=True)
class Options:
    """A run.

    Attributes
    ----------
    output : folder of the results; what stands in it already is not measured again.
    paths : assets to measure, besides those of `sets` (``real``, ``made``, ``smoke``).
    attacks : ``ID`` (all its amounts) or ``ID:AMOUNT``; empty for those that have a target.
    strengths : ``Q``, ``R`` or both.
    trials : keys, payloads and attack seeds per cell.
    effort : how hard to look (``quick``, ``normal``, ``deep``); a target that names another keeps its own.
    assisted : read with the unmarked asset beside the file too, where that has a target.
    baseline : measure the scheme of Cho, Prost and Jung 2007 beside ours, at equal distortion.
    release : both strengths, the assisted reader, the baseline, and 20 trials where a rate lies within 0.1 of its
        target.
    jobs : processes; 0 for one per processor.
    seconds : time after which no further cell is begun, or ``None``.
    other_code : count cells that other sources of the codec have measured too.
    """

    output: Path
    paths: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    attacks: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ("Q",)
    trials: int = TRIALS
    effort: str = "normal"
    assisted: bool = False
    baseline: bool = False
    release: bool = False
    jobs: int = 1
    seconds: float | None = None
    other_code: bool = False

    def check(self) -> None:
        """Raises `UsageError` for what does not exist or cannot be."""
        for strength in self.strengths:
            if strength not in STRENGTHS:
                raise unknown("strength", strength, STRENGTHS)
        if self.effort not in EFFORTS:
            raise unknown("effort", self.effort, EFFORTS)
        for name in self.sets:
            if name not in SETS:
                raise unknown("set", name, SETS)
        if not self.paths and not self.sets:
            raise UsageError("there is nothing to measure; name assets, or give --set made or --set real")
        if self.trials < 1:
            raise UsageError(f"{self.trials} trials; at least 1")
        if self.seconds is not None and self.seconds <= 0:
            raise UsageError(f"a time limit of {self.seconds:g} seconds; more than 0")
        if self.output.exists() and not self.output.is_dir():
            raise UsageError(f"{self.output}: is a file; name a folder for the results")
