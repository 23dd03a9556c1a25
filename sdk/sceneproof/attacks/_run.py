"""Running attacks: by id, and as chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TypeVar

import numpy as np

from sceneproof import registry
from sceneproof.scene import Splats

from ._subject import AttackError, Geometry, Parts
from ._weld import weld

S = TypeVar("S", Geometry, Splats, Parts)
KINDS: dict[str, type] = {"surface": Geometry, "splats": Splats, "scene": Parts}


def names(kind: str | None = None) -> tuple[str, ...]:
    """Ids of all attacks, sorted; with `kind`, those of one kind of subject (which imports them)."""
    ids = tuple(stem.replace("_", "-") for stem in registry.stems("attacks"))
    return ids if kind is None else tuple(name for name in ids if kind == module(name).KIND)


def module(identifier: str) -> ModuleType:
    """The file behind an id. Raises `UsageError` with the nearest known one."""
    return registry.module("attacks", identifier)


def describe(identifier: str) -> dict[str, object]:
    """Id, kind, amounts and summaries of one attack, as a table of attacks wants them."""
    found = module(identifier)
    return {"id": found.ID, "kind": found.KIND, "amounts": found.AMOUNTS, "summary": dict(found.SUMMARY)}


def run(identifier: str, subject: S, amount: str = "", seed: int = 0) -> S:
    """Apply one attack with a generator of its own: same subject, amount and seed, same result.

    `amount` is one of the module's ``AMOUNTS`` or another that it can read; empty, the first of them.
    Raises `UsageError` for an unknown id, `AttackError` when the attack cannot run on this subject.
    """
    return step(identifier, subject, amount, np.random.default_rng(seed))


def chain(steps: Sequence[tuple[str, str]]) -> Callable[[S, np.random.Generator], S]:
    """One attack out of several ``(id, amount)``, applied in order with one generator."""

    def apply(subject: S, rng: np.random.Generator) -> S:
        for identifier, amount in steps:
            subject = step(identifier, subject, amount, rng)
        return subject

    return apply


def step(identifier: str, subject: S, amount: str, rng: np.random.Generator) -> S:
    """Apply one attack with a generator that goes on; surfaces are welded before and after."""
    found = module(identifier)
    wanted = KINDS[found.KIND]
    if not isinstance(subject, wanted):
        raise AttackError(f"{found.ID}: is for {found.KIND}, not for a {type(subject).__name__}")
    chosen = amount or found.AMOUNTS[0]
    welds = isinstance(subject, Geometry) and getattr(found, "WELDS", True)
    if not welds:
        out: S = found.apply(subject, chosen, rng)
        return out
    before = weld(subject)  # type: ignore[arg-type]  # welds only a Geometry
    _not_empty(before, found.ID)
    after: S = weld(found.apply(before, chosen, rng))  # type: ignore[assignment]
    return after


def _not_empty(surface: Geometry, identifier: str) -> None:
    if not len(surface.faces):
        raise AttackError(f"{identifier}: the surface has no triangle")
    if not np.isfinite(surface.positions).all():
        raise AttackError(f"{identifier}: a position is not finite")
