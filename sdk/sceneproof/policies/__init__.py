"""Policies as data: what is required, by which clause, from when, of whom.

    >>> load_policy("cn-deep-synthesis").clause("17-1-4").cite.zh
    '第十七条第一款第（四）项'

Engineering notes, not legal advice. The format is described in `sceneproof.policies._model`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sceneproof.errors import unknown

from ._limits import CodeSegment, Limits, ProviderCode
from ._model import (
    Attestation,
    Clause,
    Criterion,
    Definition,
    Document,
    NotAssessed,
    Policy,
    Requirement,
    When,
)
from ._parse import parse

__all__ = [
    "Attestation",
    "Clause",
    "CodeSegment",
    "Criterion",
    "Definition",
    "Document",
    "Limits",
    "NotAssessed",
    "Policy",
    "ProviderCode",
    "Requirement",
    "When",
    "load_policy",
    "parse_policy",
    "policy_ids",
]


@cache
def policy_ids() -> tuple[str, ...]:
    """Ids of the policies in the package, sorted: one file each."""
    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_policy(policy_id: str) -> Policy:
    """The policy with that id.

    Raises `UsageError` with the nearest known id, `SceneproofError` when the file is not as the format says.
    """
    if policy_id not in policy_ids():
        raise unknown("policy", policy_id, policy_ids())
    return parse_policy(files(__package__).joinpath(f"{policy_id}.toml").read_bytes(), policy_id)


def parse_policy(data: bytes, policy_id: str) -> Policy:
    """Read a policy from the bytes of its file.

    Raises `SceneproofError` with a JSON Pointer to what is wrong.
    """
    return parse(data, policy_id, lambda other: load_policy(other).limits)
