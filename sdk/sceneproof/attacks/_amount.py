"""Reading an amount, as it stands in tables."""

from __future__ import annotations

from collections.abc import Sequence

from sceneproof.errors import AttackError, nearest


def number(identifier: str, amount: str, least: float, most: float) -> float:
    """A number within bounds. Raises `AttackError`."""
    try:
        value = float(amount)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise AttackError(f"{identifier}: amount {amount!r} is no number from {least:g} to {most:g}")
    return value


def whole(identifier: str, amount: str, least: int, most: int) -> int:
    """A whole number within bounds. Raises `AttackError`."""
    value = number(identifier, amount, least, most)
    if value != int(value):
        raise AttackError(f"{identifier}: amount {amount!r} is no whole number")
    return int(value)


def choice(identifier: str, amount: str, known: Sequence[str]) -> str:
    """One of the words that are known. Raises `AttackError` with the nearest."""
    if amount in known:
        return amount
    guess = nearest(amount, known)
    hint = f"did you mean {guess!r}?" if guess else f"known: {', '.join(known)}"
    raise AttackError(f"{identifier}: unknown amount {amount!r}; {hint}")
