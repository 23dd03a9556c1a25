"""Where a URI inside an asset may lead: to a file in the asset's own folder, and nowhere else."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, unquote_to_bytes

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")


def is_data_uri(uri: str) -> bool:
    """Whether a URI holds its content (RFC 2397)."""
    return uri[:5].lower() == "data:"


def decode_data_uri(uri: str, pointer: str) -> tuple[str, bytes]:
    """Media type and content of a ``data:`` URI. Raises `InputError`."""
    head, comma, body = uri[5:].partition(",")
    if not comma:
        raise InputError("data URI without a comma", pointer=pointer)
    mime = head.split(";")[0]
    try:
        if not head.lower().endswith(";base64"):
            return mime, unquote_to_bytes(body)
        return mime, base64.b64decode(unquote(body), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"data URI is not base64 ({error})", pointer=pointer) from None


def inside(folder: Path | None, uri: str, pointer: str) -> Path:
    """The file that a relative URI names, checked to lie in `folder` after links are followed.

    Raises `InputError` for other schemes, absolute paths, ``..`` that leaves, links that leave, and when the asset
    was given as bytes, since it then has no folder.
    """
    name = unquote(uri)
    if folder is None:
        raise InputError(f"refers to {_short(uri)} but was given as bytes; load it by its path", pointer=pointer)
    if "\0" in name or _SCHEME.match(name) or name.startswith(("/", "\\")) or PureWindowsPath(name).is_absolute():
        raise InputError(f"URI {_short(uri)} leaves the asset's folder; it is not opened", pointer=pointer)
    root = folder.resolve()
    try:
        target = (root / name.replace("\\", "/")).resolve()
    except (OSError, RuntimeError, ValueError):
        raise InputError(f"URI {_short(uri)} is no usable path", pointer=pointer) from None
    if not target.is_relative_to(root):
        raise InputError(f"URI {_short(uri)} leaves the asset's folder; it is not opened", pointer=pointer)
    return target


def read_part(folder: Path | None, uri: str, pointer: str) -> bytes:
    """The content of a part beside the asset. Raises `InputError` when it is missing, outside or too large."""
    return Parts(folder).read(uri, pointer)


class Parts:
    """Parts beside one asset: each file is read once, and all together are at most `LIMITS.file_bytes`."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: dict[Path, bytes] = {}
        self._bytes = 0

    def read(self, uri: str, pointer: str) -> bytes:
        """One part. Raises `InputError` as `read_part` does, `LimitError` when it is too much."""
        path = inside(self._folder, uri, pointer)
        if path not in self._held:
            content = read_file(path, pointer=pointer, missing=f"part {_short(uri)} is missing beside the file")
            self._bytes += len(content)
            if self._bytes > LIMITS.file_bytes:
                raise LimitError(f"the parts together take more than {LIMITS.file_bytes:,} bytes", pointer=pointer)
            self._held[path] = content
        return self._held[path]


def read_file(path: Path, *, pointer: str = "", missing: str = "no such file") -> bytes:
    """All bytes of a regular file. Raises `InputError` or `LimitError`."""
    try:
        if not path.is_file():
            raise InputError("is a folder, not a file" if path.is_dir() else missing, pointer=pointer)
        size = path.stat().st_size
        if size > LIMITS.file_bytes:
            raise LimitError(f"{size:,} bytes, limit {LIMITS.file_bytes:,}", pointer=pointer)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", pointer=pointer) from None


def _short(uri: str) -> str:
    return repr(uri if len(uri) <= 80 else uri[:77] + "…")
