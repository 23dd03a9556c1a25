"""Payload to code symbols and back: CRC-32, then a tail-biting convolutional code of rate 1/32, read as a list.

A functional picks its code symbol by key, so that any number of functionals, in any part of the surface, punctures or
repeats the code by itself. The rate is low because a symbol that is seen twice says less than two symbols. With the
register closed on itself no functional is spent on a tail; and since the CRC tells the right word from a list of the
likeliest, a short register loses nothing against a long one.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels.viterbi import list_viterbi

from ._constants import CRC_BITS, MEMORY, POLYNOMIALS
from ._types import CodecError

if TYPE_CHECKING:
    from numpy.typing import NDArray

STARTS = 4  # states tried at the surest cut; 16 read no more
TRIES = 128  # code words whose CRC is looked at; each doubling is worth a payload bit, and costs one of certainty


@dataclass(frozen=True)
class Decoded:
    """What was read: ``payload`` is None when no CRC held.

    ``corrected`` counts the code symbols, of the ``symbols`` known at all, whose sign was not that of the word read
    (of the likeliest one, without a payload). ``candidates`` counts the CRC checks made. Each passes by chance once
    in 2^32, so it is they, and not the calls of :func:`decode`, that count as decodes in a corrected p.
    """

    payload: bytes | None
    corrected: int
    symbols: int
    candidates: int


def check_bits(bits: int) -> int:
    """The number of payload bits, or :class:`CodecError`; 0 stands for a mark that can only be detected."""
    if bits and (bits % 8 or not 32 <= bits <= 128):
        raise CodecError(f"payload: {bits} bits, a multiple of 8 from 32 to 128, or 0 for detection only, is needed")
    return bits


def code_length(bits: int) -> int:
    """Number of code symbols for a payload of so many bits; 1, a symbol that is always 0, when there is none."""
    return (bits + CRC_BITS) * len(POLYNOMIALS) if bits else 1


@functools.cache
def _outputs() -> NDArray[np.int64]:
    """(states / 2, bytes): parity of the register under each polynomial, 8 to a byte, for input 0 in even states."""
    register = 2 * np.arange(1 << (MEMORY - 1))
    out = np.zeros((len(register), -(-len(POLYNOMIALS) // 8)), dtype=np.int64)
    for c, polynomial in enumerate(POLYNOMIALS):
        out[:, c // 8] |= (np.bitwise_count(register & polynomial).astype(np.int64) & 1) << (c % 8)
    return out


@functools.cache
def _check(bits: int) -> tuple[NDArray[np.int64], int]:
    """The CRC as parity sums: what each bit of payload and CRC contributes, and the sum of a good word.

    A CRC is affine: crc(a ^ b) = crc(a) ^ crc(b) ^ crc(0).
    """
    empty = zlib.crc32(bytes(bits // 8))
    one = [zlib.crc32((1 << (bits - 1 - n)).to_bytes(bits // 8, "big")) ^ empty for n in range(bits)]
    return np.array(one + [1 << (CRC_BITS - 1 - n) for n in range(CRC_BITS)], dtype=np.int64), empty


def _encode_bits(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Code symbols of input bits in a circle: the register holds the latest in its highest place."""
    register = np.stack([np.roll(bits, MEMORY - place) for place in range(MEMORY + 1)], axis=1)
    taps = np.array([[p >> place & 1 for p in POLYNOMIALS] for place in range(MEMORY + 1)], dtype=np.uint8)
    return np.ascontiguousarray((register @ taps) % 2, dtype=np.uint8).reshape(-1)


def encode(payload: bytes) -> NDArray[np.uint8]:
    """Code symbols (code_length,) uint8, 0 or 1, of a payload of 4 to 16 bytes, or of none."""
    if not check_bits(8 * len(payload)):
        return np.zeros(code_length(0), dtype=np.uint8)
    checked = payload + zlib.crc32(payload).to_bytes(CRC_BITS // 8, "big")
    return _encode_bits(np.unpackbits(np.frombuffer(checked, dtype=np.uint8)))


def decode(soft: NDArray[np.float64], bits: int, tries: int = TRIES) -> Decoded:
    """Read a payload from soft symbols (code_length(bits),) float64.

    A symbol is positive where 0 is likely, 0 where nothing is known (so is one that is not finite); only ratios
    matter. At most ``tries`` code words, likeliest first, are checked, and the first good one ends it.
    """
    check_bits(bits)
    soft = np.where(np.isfinite(soft), soft, 0.0)
    known = soft != 0.0
    if bits:
        syndromes, wanted = _check(bits)
        steps = np.ascontiguousarray(soft.reshape(-1, len(POLYNOMIALS)))
        found, good, candidates = list_viterbi(steps, _outputs(), syndromes, wanted, STARTS, tries)
        code = _encode_bits(found)
        payload = np.packbits(found[:bits]).tobytes() if good else None
    else:
        code, candidates, payload = encode(b""), 0, None
    wrong = int(np.count_nonzero((code == 1)[known] != (soft < 0.0)[known]))
    return Decoded(payload, wrong, int(np.count_nonzero(known)), candidates)
