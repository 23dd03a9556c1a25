"""A marked copy, and the key and payload of a trial."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sceneproof.scene import Array


@dataclass(frozen=True, eq=False)
class Copy:
    """A marked copy.

    Attributes
    ----------
    positions : of every surface of the asset, as float32 holds them; float64 [shape=(n, 3)]. Of splats the centres and
        the coefficients of degree 0.
    carriers : indices of the surfaces that bear the payload; empty when the asset was `refused`, with the reason.
    facts : seconds, and what the mark costs: fractions of the diagonal and degrees, the largest over the carriers.
    """

    positions: tuple[Array, ...]
    carriers: tuple[int, ...]
    refused: str | None
    facts: Mapping[str, Any]


def key_of(trial: int) -> bytes:
    """The key of a trial: SHA-256 of ``key<trial>``."""
    return hashlib.sha256(f"key{trial}".encode()).digest()


def payload_of(trial: int, bits: int) -> bytes:
    """The payload of a trial."""
    return np.random.default_rng(100 + trial).bytes(bits // 8)
