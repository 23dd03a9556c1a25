"""The targets, as data beside this file, and which cells they ask of an asset."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sceneproof.errors import UsageError

from ._assets import HARD, Asset
from ._cells import Cell

DENSE, LOW = 20_000, (2_000, 3_500)
HARD_VERTICES = (6_000, 30_000)


@dataclass(frozen=True)
class Target:
    """One attack with the shares of exact payloads that are aimed at, by strength (``None``: no aim).

    `meshes` is the class of assets that the rate is taken over; `effort` is ``None`` where the run decides; `method` is
    ``blind`` or ``assisted``.
    """

    title: str
    attack: str
    amount: str
    meshes: str
    effort: str | None
    method: str
    aims: tuple[tuple[str, float | None], ...]

    def aim(self, strength: str) -> float | None:
        """The share aimed at."""
        return dict(self.aims).get(strength)


@functools.cache
def targets() -> tuple[Target, ...]:
    """All of them, in the order of the file. Raises `UsageError` where the file contradicts itself."""
    table = tomllib.loads(files(__package__).joinpath("targets.toml").read_text("utf-8"))
    return tuple(target for row in table["row"] for target in _row(row))


def _row(row: dict[str, Any]) -> list[Target]:
    names: Sequence[str] = row["attacks"]
    found = []
    for number, name in enumerate(names):
        attack, _, amount = name.partition(":")
        aims = []
        for strength in ("Q", "R"):
            given = row.get(strength, [])
            if len(given) > len(names):
                raise UsageError(f"targets.toml: {row['title']}: {len(given)} figures for {len(names)} attacks")
            one = given[0] if len(given) == 1 else given[number] if number < len(given) else None
            aims.append((strength, one))
        found.append(
            Target(
                row["title"],
                attack,
                amount,
                row.get("meshes", "dense"),
                row.get("effort"),
                row.get("method", "blind"),
                tuple(aims),
            )
        )
    return found


def classes(asset: Asset) -> frozenset[str]:
    """The classes that an asset counts in."""
    if asset.splats is not None:
        return frozenset({"splats"})
    found = set()
    if asset.vertices >= DENSE:
        found.add("dense")
    if LOW[0] <= asset.vertices <= LOW[1]:
        found.add("low")
    if asset.name in HARD and HARD_VERTICES[0] <= asset.vertices <= HARD_VERTICES[1]:
        found.add("hard")
    if len(asset.surfaces) > 1:
        found.add("several")
    if asset.skins:
        found.add("skinned")
    return frozenset(found)


def wanted(asset: Asset, effort: str, method: str = "blind") -> tuple[Cell, ...]:
    """The cells that the targets ask of an asset: those of its classes; of one with none but those of a dense mesh.

    An asset of middling size is measured like a dense one, and its rates are shown, not counted.
    """
    mine = classes(asset)
    mine |= set() if mine & {"low", "splats"} else {"dense"}
    found = [Cell(t.attack, t.amount, t.effort or effort) for t in targets() if t.meshes in mine and t.method == method]
    return tuple(dict.fromkeys(found))


def named(wishes: Sequence[str], effort: str) -> tuple[Cell, ...]:
    """Cells of ``ID`` (all amounts) and ``ID:AMOUNT``. Raises `UsageError` with the nearest known id."""
    from sceneproof import attacks

    found = []
    for wish in wishes:
        attack, given, amount = wish.partition(":")
        modules = [attacks.module(part) for part in attack.split("+")]
        if len(modules) > 1 and not given:
            raise UsageError(
                f"--attack {wish}: attacks one after the other need their amounts, as in crop+noise:50+0.1"
            )
        amounts = (amount,) if given else modules[0].AMOUNTS
        found += [Cell(attack, one, effort) for one in amounts]
    return tuple(dict.fromkeys(found))


def fits(cell: Cell, asset: Asset) -> bool:
    """Whether an attack is for such an asset: those on splats for splats, the others for meshes."""
    from sceneproof import attacks

    for_splats: bool = attacks.module(cell.attack.split("+")[0]).KIND == "splats"
    return for_splats == (asset.splats is not None)
