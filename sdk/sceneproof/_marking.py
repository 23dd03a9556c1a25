"""What one marking is told (`MarkOptions`) and what it gathers on its way (`Work`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ._expected import MARKS
from .errors import UsageError, unknown
from .findings import Text
from .scene import Scene

WRITABLE = ("label", "metadata", "watermark")


@dataclass(frozen=True)
class MarkOptions:
    """What to put in and how; the fields are the command line's options.

    Attributes
    ----------
    marks : ids that the caller named, or ``None`` for all that can be put in.
    payload : of the watermark; ``None`` derives it from producer and content id.
    label_text, label_lang, label_style : wording, language and style of the label; ``None`` chooses.
    strength : ``Q`` (invisible, the default) or ``R`` (stronger).
    require : marks without which nothing is written.
    operator : who ran it, for the receipt.
    """

    marks: tuple[str, ...] | None = None
    payload: bytes | None = None
    label_text: str | None = None
    label_lang: str | None = None
    label_style: str = "auto"
    strength: str = "Q"
    require: tuple[str, ...] = ()
    operator: str | None = None

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> Self:
        """Options from keywords; lists become tuples. Raises `TypeError` for a keyword that does not exist."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in choices.items()
        }
        return cls(**values)

    def check(self) -> None:
        """Raises `UsageError` for a value that does not exist."""
        for mark in (*(self.marks or ()), *self.require):
            if mark not in MARKS:
                raise unknown("mark", mark, MARKS)
            if mark not in WRITABLE:
                raise UsageError(f"the mark {mark!r} cannot be written by this version")
        if self.strength not in ("Q", "R"):
            raise unknown("strength", self.strength, ("Q", "R"))
        if self.payload is not None and not 4 <= len(self.payload) <= 16:
            raise UsageError(f"a payload of {8 * len(self.payload)} bits; 32 to 128 are possible, 64 are usual")

    def wants(self, mark: str) -> bool:
        return self.marks is None or mark in self.marks

    def shown(self) -> dict[str, Any]:
        return {
            "marks": list(self.marks) if self.marks is not None else None,
            "label_text": self.label_text,
            "label_lang": self.label_lang,
            "label_style": self.label_style,
            "strength": self.strength,
            "require": list(self.require),
        }


@dataclass
class Work:
    """The state of one marking: the Scene so far, and what the receipt will say.

    `expected` maps each mark that was put in to the values that must read back from the written file.
    """

    scene: Scene
    replaced: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    distortion: dict[str, Any] | None = None
    payload: bytes | None = None
    expected: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def done(self) -> tuple[str, ...]:
        """The marks that were put in."""
        return tuple(self.expected)

    def leave_out(self, mark: str, reason: Text) -> None:
        self.left_out.append({"mark": mark, "reason": reason.to_dict()})
