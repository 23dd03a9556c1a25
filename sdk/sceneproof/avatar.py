"""The avatar that a VRM describes: frozen dataclasses, part of a `Scene`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Expression:
    """A facial expression of an avatar: its name in the file, whether it is one of the standard's own, and its binds
    (mesh index, morph target index, weight 0..1)."""

    name: str
    preset: bool
    binds: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class Licence:
    """What an avatar's licence says, in the words of VRM 1.0; a VRM 0.x is silent where a value is empty.

    `flags` maps ``violent``, ``sexual``, ``political_or_religious``, ``antisocial_or_hate`` and ``redistribution`` to
    whether they are allowed.
    """

    name: str
    authors: tuple[str, ...]
    url: str
    avatar_permission: str
    commercial_usage: str
    modification: str
    credit_notation: str
    flags: Mapping[str, bool]


@dataclass(frozen=True, eq=False)
class Avatar:
    """The humanoid that a VRM describes.

    Attributes
    ----------
    bones : name in the standard (``leftUpperArm``) to node index.
    first_person : node index to how it is shown from the wearer's own eyes.
    look_at : ``bone`` or ``expression`` (0.x: ``Bone``, ``BlendShape``), or ``None``.
    """

    pointer: str
    version: str
    bones: Mapping[str, int]
    expressions: tuple[Expression, ...]
    first_person: Mapping[int, str]
    look_at: str | None
    licence: Licence
