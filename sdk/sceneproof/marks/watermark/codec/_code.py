"""Payload to code symbols and back: CRC-32, then a zero-terminated convolutional code of rate 1/8 and K = 13.

A functional picks its code symbol by key, so that any number of functionals, in any part of the surface, repeats or
punctures the code by itself.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels.viterbi import viterbi

from ._constants import CRC_BITS, MEMORY, POLYNOMIALS
from ._types import CodecError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Decoded:
    """``payload`` is None when the CRC does not hold; ``corrected`` counts code symbols whose sign was wrong."""

    payload: bytes | None
    corrected: int
    symbols: int


def check_bits(bits: int) -> int:
    """The number of payload bits, or :class:`CodecError`."""
    if bits % 8 or not 32 <= bits <= 128:
        raise CodecError(f"payload: {bits} bits, a multiple of 8 from 32 to 128 is needed")
    return bits


def code_length(bits: int) -> int:
    """Number of code symbols for a payload of so many bits."""
    return (bits + CRC_BITS + MEMORY) * len(POLYNOMIALS)


@functools.cache
def _outputs() -> NDArray[np.int64]:
    """(states, 2): bit c is the parity of the register under polynomial c."""
    register = np.arange(1 << MEMORY)[:, None] | (np.arange(2)[None, :] << MEMORY)
    out = np.zeros(register.shape, dtype=np.int64)
    for c, polynomial in enumerate(POLYNOMIALS):
        out |= (np.bitwise_count(register & polynomial).astype(np.int64) & 1) << c
    out.setflags(write=True)
    return out


def _encode_bits(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    state = 0
    outputs = _outputs()
    code = np.empty((len(bits), len(POLYNOMIALS)), dtype=np.uint8)
    for t, bit in enumerate(bits):
        word = int(outputs[state, bit])
        code[t] = [(word >> c) & 1 for c in range(len(POLYNOMIALS))]
        state = (state >> 1) | (int(bit) << (MEMORY - 1))
    return code.reshape(-1)


def encode(payload: bytes) -> NDArray[np.uint8]:
    """Code symbols 0 or 1 of a payload of 4 to 16 bytes."""
    check_bits(8 * len(payload))
    checked = payload + zlib.crc32(payload).to_bytes(4, "big")
    bits = np.unpackbits(np.frombuffer(checked, dtype=np.uint8))
    return _encode_bits(np.concatenate([bits, np.zeros(MEMORY, dtype=np.uint8)]))


def decode(soft: NDArray[np.float64], bits: int) -> Decoded:
    """Read a payload from soft symbols, positive where 0 is likely and 0 where nothing is known."""
    found = viterbi(np.ascontiguousarray(soft.reshape(-1, len(POLYNOMIALS))), _outputs())
    known = soft != 0.0
    wrong = int(np.count_nonzero((_encode_bits(found) == 1)[known] != (soft < 0.0)[known]))
    raw = np.packbits(found[: bits + CRC_BITS]).tobytes()
    payload, check = raw[: bits // 8], raw[bits // 8 :]
    good = int.from_bytes(check, "big") == zlib.crc32(payload)
    return Decoded(payload if good else None, wrong, int(np.count_nonzero(known)))
