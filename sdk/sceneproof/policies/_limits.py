"""The ``[limits]`` of a policy: numbers and words that rules compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sceneproof.findings import Text


@dataclass(frozen=True, slots=True)
class CodeSegment:
    """A run of characters in the service provider's code."""

    name: str
    start: int
    """Offset of its first character."""
    length: int
    alphabet: str
    """The characters that may stand in it."""
    values: Mapping[str, Text]
    """The values seen, with their meaning; empty where any will do."""


@dataclass(frozen=True, slots=True)
class ProviderCode:
    """Layout of the service provider's code and of the unified social credit code in it.

    The check character of a credit code ``c`` (GB 32100) is ``alphabet[(modulus - s) % modulus]`` with
    ``s = sum(alphabet.index(c[i]) * weight_base**i for i in range(17)) % modulus``.
    """

    length: int
    looks_like_prefix: str
    """A text of the right length that starts like this is taken to be meant as a code."""
    segments: tuple[CodeSegment, ...]
    check_alphabet: str
    check_weight_base: int
    check_modulus: int

    def segment(self, name: str) -> CodeSegment:
        """The segment of that name; `KeyError` when there is none."""
        for segment in self.segments:
            if segment.name == name:
                return segment
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers and words that rules compare with. Sizes are fractions of the picture's shortest side."""

    label_height_fraction: float
    label_height_recommended: float
    aspect_ratios: tuple[tuple[int, int], ...]
    contrast_ratio: float
    ai_elements: tuple[str, ...]
    generation_elements: tuple[str, ...]
    translated_ai_elements: tuple[str, ...]
    """Words in other languages: a reader's help, no substitute for the elements that the standard names."""
    translated_generation_elements: tuple[str, ...]
    metadata_key: str
    metadata_fields: tuple[str, ...]
    metadata_non_empty: tuple[str, ...]
    metadata_copies: int
    label_values: Mapping[str, Text]
    producer_label_values: tuple[str, ...]
    code_points: tuple[tuple[int, int], ...]
    """Ranges, both ends included."""
    escaped_characters: tuple[str, ...]
    xmp_prefix: str
    xmp_property: str
    xmp_namespace: str
    log_months: int
    provider_code: ProviderCode
    basis: Mapping[str, str]
    """Clause id of each limit, or ``proposal``."""
