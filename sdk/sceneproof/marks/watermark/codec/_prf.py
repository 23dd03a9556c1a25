"""Keys: a public id, and a counter-mode stream of uniforms addressed by lattice cell."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import numpy as np

from ._types import METHOD, CodecError

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNIFORMS = 6  # per functional: two of direction, wave number, phase, dither, symbol
_BLOCKS = UNIFORMS // 2


NAMES = "flux-qim/1 key id"  # of the first scheme: a key keeps its name when the scheme gets a new number


def _derive(key: bytes, purpose: str) -> bytes:
    if len(key) < 16:
        raise CodecError(f"watermark key: {len(key)} bytes, at least 16 are needed")
    return hmac.new(bytes(key), f"sceneproof {purpose}".encode(), hashlib.sha256).digest()


def key_id(key: bytes) -> str:
    """Public name of a secret key: 16 hexadecimal digits of an HMAC-SHA-256, from which the key cannot be found.

    Raises :class:`CodecError` when the key is shorter than 16 bytes.
    """
    return _derive(key, NAMES)[:8].hex()


def uniforms(key: bytes, cells: NDArray[np.int64], fields: int, layer: int, exponent: int) -> NDArray[np.float64]:
    """Uniforms in [0, 1) for every functional: (cells, fields, 6) float64.

    AES-256 in counter mode: the block is the cell's integer coordinates (three times 32 bits), layer, cell exponent,
    field and counter, so any functional is reached without the others (NIST SP 800-38A, 6.5).
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    count = len(cells)
    blocks = np.empty((count, fields, _BLOCKS, 4), dtype="<u4")
    blocks[..., :3] = (cells & 0xFFFFFFFF).astype("<u4")[:, None, None, :]
    field = np.arange(fields, dtype=np.uint32)[:, None]
    counter = np.arange(_BLOCKS, dtype=np.uint32)[None, :]
    blocks[..., 3] = ((layer & 0xF) << 28) | ((exponent & 0xFFFF) << 12) | (field << 4) | counter
    # single blocks of distinct plaintext: the raw permutation is what counter mode applies to its counters
    cipher = Cipher(algorithms.AES(_derive(key, f"{METHOD} lattice")), modes.ECB()).encryptor()
    words = np.frombuffer(cipher.update(blocks.tobytes()) + cipher.finalize(), dtype="<u8")
    return ((words >> np.uint64(11)).astype(np.float64) * 2.0**-53).reshape(count, fields, UNIFORMS)
