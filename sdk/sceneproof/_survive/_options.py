"""What a survival test is told beside asset, chains and key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from sceneproof import _expected as expected
from sceneproof._marking import MarkOptions
from sceneproof._verify import EFFORTS
from sceneproof.errors import UsageError, unknown
from sceneproof.keys import Key


@dataclass(frozen=True)
class SurviveOptions(MarkOptions):
    """How to run the chains, and, for an asset that is marked for the test, how to mark it (`MarkOptions`).

    Attributes
    ----------
    each : every chain begins with the marked file; otherwise one goes on with what the one before it wrote.
    time_limit : seconds for one step.
    keep : folder, empty or not there yet, that keeps the marked file and what each step wrote; ``None`` keeps nothing.
    effort : ``quick``, ``normal`` or ``deep``: how far the search for the watermark goes after each step.
    require : marks that must be whole at the end of every chain.
    """

    each: bool = False
    time_limit: float = 300.0
    keep: str | Path | None = None
    effort: str = "normal"

    def check_all(self, keys: Sequence[Key]) -> None:
        """Raises `UsageError` for a value that does not exist, or a watermark that is required without a key."""
        self.check()
        expected.wanted({}, self.require, keys)
        if self.effort not in EFFORTS:
            raise unknown("effort", self.effort, EFFORTS)
        if not (math.isfinite(self.time_limit) and self.time_limit > 0):
            raise UsageError(f"a time limit of {self.time_limit} seconds; a number above 0 is needed")
        if self.keep is not None:
            folder = Path(self.keep)
            if folder.is_dir():
                if any(folder.iterdir()):
                    raise UsageError(f"{folder}: is not empty; name a new folder, so that nothing old is taken for new")
            elif folder.exists():
                raise UsageError(f"{folder}: is a file; name a folder")
            elif not folder.parent.is_dir():
                raise UsageError(f"{folder.parent}: no such folder; make it first")

    def ask_to_mark(self) -> bool:
        """Whether an option was given that only makes sense when the asset is marked for the test."""
        own = {"require", "operator"}
        return any(getattr(self, field.name) != field.default for field in fields(MarkOptions) if field.name not in own)

    def marking(self, payload: bytes | None) -> MarkOptions:
        """The part of the options that marking takes."""
        values = {field.name: getattr(self, field.name) for field in fields(MarkOptions)}
        return MarkOptions(**(values | {"payload": self.payload or payload}))

    def shown(self) -> dict[str, object]:
        own = {"each": self.each, "time_limit": self.time_limit, "effort": self.effort}
        return {**own, **super().shown(), "keep": str(self.keep) if self.keep is not None else None}
