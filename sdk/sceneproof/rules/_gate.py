"""Whether a duty binds, by what the declaration states: yes, no, or not decided. Never guessed from a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sceneproof.declaration import Declaration
from sceneproof.findings import Text
from sceneproof.policies import When


@dataclass(frozen=True)
class Gate:
    """`binds` is ``None`` where the declaration leaves it open; `reason` says what it hangs on."""

    binds: bool | None
    reason: Text | None = None


def gate(when: When, declaration: Declaration) -> Gate:
    """Compare every condition: one that is stated otherwise decides no; one that is not stated leaves it open."""
    open_: list[str] = []
    for field, wanted in _conditions(when):
        stated = declaration.judged_origin if field == "origin" else declaration.answer(field)
        if field == "origin" and stated in (*when.origins_review, "unknown"):
            open_.append(f"origin = {stated}")
        elif stated is None:
            open_.append(field)
        elif not _meets(stated, wanted):
            return Gate(False, Text(f"declared: {field} = {_shown(stated)}", f"声明：{field} = {_shown(stated)}"))
    if when != When() and declaration.role is None:
        open_.append("role")
    if not open_:
        return Gate(True)
    names = ", ".join(open_)
    return Gate(None, Text(f"hangs on the declaration: {names}", f"取决于声明：{names}"))


def _conditions(when: When) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if when.origins:
        found.append(("origin", when.origins))
    if when.units:
        found.append(("unit", when.units))
    if when.markets:
        found.append(("market", when.markets))
    if when.public is not None:
        found.append(("public", (when.public,)))
    return found + [(f"attest.{name}", (value,)) for name, value in when.attest.items()]


def _meets(stated: Any, wanted: tuple[Any, ...]) -> bool:
    return bool(set(stated) & set(wanted)) if isinstance(stated, tuple) else stated in wanted


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
