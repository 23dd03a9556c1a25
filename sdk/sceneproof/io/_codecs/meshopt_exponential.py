"""The EXPONENTIAL filter of meshopt, forwards: floats to words of 8 bits of exponent and 24 of mantissa."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_BITS = 14  # of magnitude: what new values get where the held words show fewer (a cube of halves shows one)
MOST_BITS = 23
REACH = 100  # exponents beyond -100..100 are not specified


def split(words: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Exponents and signed mantissas of words, in the words' shape."""
    wide = words.astype(np.int64)
    exponents = wide >> 24
    mantissas = ((wide & 0xFFFFFF) ^ 0x800000) - 0x800000
    return exponents, mantissas


def joined(words: NDArray[np.int32]) -> NDArray[np.float32]:
    """The floats that words stand for, as a decoder gives them."""
    exponents, mantissas = split(words)
    return np.ldexp(mantissas.astype(np.float64), exponents.astype(np.int32)).astype(np.float32)


def shown_bits(words: NDArray[np.int32]) -> int:
    """Bits of the largest magnitude among the mantissas, at least 0; the sign is not counted."""
    _, mantissas = split(words)
    return int(np.abs(mantissas).max(initial=0)).bit_length()


def refilled(
    values: NDArray[np.float32], held: NDArray[np.int32], tolerance: float | None = None
) -> NDArray[np.int32] | None:
    """Words for new ``values``, each at a step at least as fine as that of the word it takes the place of.

    Parameters
    ----------
    values : finite float32, any shape.
    held : int32 words of the same shape; a value that equals its word's keeps that word.
    tolerance : the most by which rounding may move a value, as far as 23 bits of mantissa allow.

    A word keeps its exponent, so that exponents which a writer shared between components or vertices (and the size of
    the stream, which rests on that) stay so. Where the held mantissas have fewer than 14 bits all steps are made finer
    by what is missing; where a value outgrows the held mantissas by more than a bit its exponent is raised; a held
    zero, which shows no step, takes the finest one of the others.

    Returns ``None`` when a value is too large for the filter.

    Source: Khronos, KHR_meshopt_compression, appendix B (filter 3).
    """
    exponents, mantissas = split(held)
    wide = values.astype(np.float64)
    seen = shown_bits(held)
    bits = min(max(seen, LEAST_BITS), MOST_BITS)
    reach = np.where(wide != 0, np.frexp(wide)[1], -REACH).astype(np.int64)  # a value is below 2 to this power
    if seen:
        finest = int(exponents[mantissas != 0].min())
        chosen = np.where(mantissas != 0, exponents, finest) - (bits - seen)
    else:
        chosen = np.full(wide.shape, int(reach.max()) - bits)
    chosen = np.where(reach - chosen > bits + 1, reach - bits, chosen)
    if tolerance:
        chosen = np.minimum(chosen, int(np.frexp(2 * tolerance)[1]) - 1)  # the coarsest step up to twice the tolerance
    chosen = np.maximum(chosen, np.maximum(reach - MOST_BITS, -REACH))
    scaled = np.rint(np.ldexp(wide, -chosen.astype(np.int32)))
    over = np.abs(scaled) >= 1 << MOST_BITS  # rounded up to one bit more
    chosen = chosen + over
    scaled = np.where(over, np.rint(np.ldexp(wide, -chosen.astype(np.int32))), scaled)
    if (chosen > REACH).any():
        return None
    words = ((chosen << 24) | (scaled.astype(np.int64) & 0xFFFFFF)).astype(np.uint32, casting="unsafe").view(np.int32)
    return np.where(joined(held) == values, held, words)
