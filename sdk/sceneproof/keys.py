"""Watermark keys: a file with 32 secret bytes. The key's id can be published, the file cannot."""

from __future__ import annotations

import base64
import binascii
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .errors import UsageError, nearest

SCHEMA = "sceneproof.key/1"
SIZE = 32


@dataclass(frozen=True)
class Key:
    """A secret and the id under which receipts name it (a truncated HMAC, never the key)."""

    secret: bytes = field(repr=False)
    source: str = "memory"

    @property
    def id(self) -> str:
        from .marks.watermark.codec import key_id

        return key_id(self.secret)


KeyLike = Key | bytes | str | Path


def generate(path: Path, *, overwrite: bool = False) -> Key:
    """Make a key file, readable by its owner only. Raises `UsageError` when the file exists."""
    key = Key(os.urandom(SIZE), str(path))
    secret = base64.b64encode(key.secret).decode("ascii")
    text = (
        f'schema = "{SCHEMA}"\nid = "{key.id}"\n'
        "# Who has this file can write and find this watermark, and can take it out. Keep it secret and keep a copy.\n"
        f'secret = "{secret}"\n'
    )
    if path.exists() and not overwrite:
        raise UsageError(f"{path}: exists; a lost key cannot be made again, name another file (or use --force)")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder; make it first")
    try:
        if overwrite:
            path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{path}: key file cannot be written ({error.strerror or error})") from None
    return key


def load(source: KeyLike) -> Key:
    """A key from a file, bytes (at least 16) or a `Key`. Raises `UsageError`."""
    if isinstance(source, Key):
        return source
    if isinstance(source, bytes):
        if len(source) < 16:
            raise UsageError(f"a key of {len(source)} bytes is too short; 16 at least, {SIZE} are usual")
        return Key(source)
    path = Path(source)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(_missing(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: is no key file ({getattr(error, 'strerror', None) or 'not TOML'})") from None
    if table.get("schema") != SCHEMA or not isinstance(table.get("secret"), str):
        raise UsageError(f"{path}: is no key file (schema {SCHEMA!r} and a secret are needed); make one with 'keygen'")
    try:
        secret = base64.b64decode(table["secret"], validate=True)
    except (binascii.Error, ValueError):
        raise UsageError(f"{path}: the secret is not base64") from None
    if len(secret) < 16:
        raise UsageError(f"{path}: the secret has {len(secret)} bytes; 16 at least")
    return Key(secret, str(path))


def ring(sources: KeyLike | Sequence[KeyLike] | None) -> tuple[Key, ...]:
    """Keys from one source or several; ``()`` from ``None``."""
    if sources is None:
        return ()
    many = sources if isinstance(sources, list | tuple) else (sources,)
    return tuple(load(source) for source in many)


def _missing(path: Path) -> str:
    names = [entry.name for entry in path.parent.iterdir() if entry.is_file()] if path.parent.is_dir() else []
    guess = nearest(path.name, names)
    return f"{path}: no such key file" + (
        f"; did you mean {guess!r}?" if guess else "; make one with 'sceneproof keygen FILE'"
    )
