"""Rules: what is judged. One file each, found by its name; the docstring of the file is the rule's page.

A file holds ``ID``, ``TITLE`` and ``check(case) -> Iterable[Outcome]``. It measures nothing itself: it compares what
`Case` holds (readings of marks, signals, the declaration) with the limits of the policies. Which clauses it rests on,
how heavy it is and when it binds stands in the policies, not here.
"""

from __future__ import annotations

from ._engine import Case, Outcome, State, judge

__all__ = ["Case", "Outcome", "State", "judge"]
