"""Attacks: what a studio's tools and a thief do to geometry, each one small seeded file, found by discovery.

A file holds ``ID``, ``KIND`` (``surface``, ``splats`` or ``scene``: the type of subject), ``AMOUNTS`` (its grid, as it
stands in tables; ``("",)`` without a parameter), ``SUMMARY`` in English and Chinese, and ``apply(subject, amount,
rng)``; its docstring is its page. Every attack is deterministic for a seed and does not depend on the unit of length.
A surface is welded by exact position before and after, except where the module says ``WELDS = False``.
"""

from __future__ import annotations

from ._run import chain, describe, module, names, run
from ._scene import parts_of
from ._subject import AttackError, Geometry, Part, Parts, Skinned, Subject

__all__ = [
    "AttackError",
    "Geometry",
    "Part",
    "Parts",
    "Skinned",
    "Subject",
    "chain",
    "describe",
    "module",
    "names",
    "parts_of",
    "run",
]
