"""Lines of styled text, laid out once for plain strings and for terminals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._words import pick

if TYPE_CHECKING:
    from rich.console import Console

    from sceneproof.findings import Text

Span = tuple[str, str]
"""Text and style: ``fail``, ``review``, ``pass``, ``info``, ``head``, ``key``, ``dim`` or ``""``."""

STYLES = {
    "fail": "bold red",
    "error": "bold magenta",
    "review": "bold yellow",
    "pass": "green",
    "info": "cyan",
    "head": "bold",
    "key": "bold",
    "dim": "dim",
}


@dataclass
class Lines:
    """A text that grows line by line in one language or in both."""

    lang: str
    rows: list[tuple[int, tuple[Span, ...]]] = field(default_factory=list)

    def add(self, indent: int, *spans: Span | str) -> None:
        """One line; a bare string has no style."""
        self.rows.append((indent, tuple(span if isinstance(span, tuple) else (span, "") for span in spans)))

    def gap(self) -> None:
        """An empty line."""
        self.rows.append((0, ()))

    def say(self, indent: int, text: Text, style: str = "", lead: str = "") -> None:
        """A sentence, one line per language; the second is indented under the first."""
        for number, sentence in enumerate(pick(text, self.lang)):
            first = number == 0
            self.add(indent, (lead if first else " " * len(lead), "dim"), (sentence, style if first else "dim"))

    def word(self, text: Text) -> str:
        """A short word; in both languages side by side."""
        return " ".join(pick(text, self.lang))

    def head(self, text: Text, style: str = "head", after: str = "") -> None:
        """A heading, set off by an empty line."""
        self.gap()
        self.add(0, (self.word(text) + after, style))

    def __str__(self) -> str:
        return "\n".join((" " * indent + "".join(text for text, _ in spans)).rstrip() for indent, spans in self.rows)

    def render(self, console: Console) -> None:
        """Print with colours; wrapped lines keep their indent."""
        from rich.padding import Padding
        from rich.text import Text as RichText

        for indent, spans in self.rows:
            line = RichText()
            for text, style in spans:
                line.append(text, STYLES.get(style))
            console.print(Padding(line, (0, 0, 0, indent)), highlight=False)
