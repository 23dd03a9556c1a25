"""What the rules on the visible label share: the outcome when there is no label to judge."""

from __future__ import annotations

from sceneproof.findings import Text

from ._engine import Outcome, State

PUT_IN = Text(
    "Put one in: sceneproof mark FILE --output OUT --marks label",
    "添加标识：sceneproof mark FILE --output OUT --marks label",
)


def nothing_to_judge() -> Outcome:
    """There is no label; DS-17.9 says so, the others have nothing to measure."""
    return Outcome(State.ABSENT, Text("There is no label to measure; see DS-17.9.", "没有可供测量的标识，见 DS-17.9。"))


def percent(value: float | None) -> str:
    """A fraction as text, ``n/a`` when it was not measured."""
    return "n/a" if value is None else f"{100 * value:.1f} %"
