"""Hashes of files: SHA-256 everywhere, SM3 (GB/T 32905) besides in receipts."""

from __future__ import annotations

import hashlib


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def sm3(data: bytes) -> str | None:
    """Lower-case hexadecimal SM3, ``None`` where the cryptography library was built without it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    try:
        digest = Hash(SM3())
    except UnsupportedAlgorithm:
        return None
    digest.update(data)
    return digest.finalize().hex()
