"""Between a file's bytes and the bytes that are scanned: UTF-16 becomes UTF-8 and goes back the same way."""

from __future__ import annotations

from dataclasses import dataclass

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError, MarkError

_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Encoding:
    """How a text file is stored: `codec` is empty where bytes are scanned as they are; `bom` stands before them."""

    codec: str = ""
    bom: bytes = b""


def to_text(data: bytes) -> tuple[bytes, Encoding]:
    """The bytes to scan, without byte order mark. Raises `InputError` for UTF-16 that is none, `LimitError`."""
    if len(data) > LIMITS.text_bytes:
        raise LimitError(f"{len(data):,} bytes of text, limit {LIMITS.text_bytes:,}; convert it to GLB or PLY")
    if data.startswith(UTF8_BOM):
        return data[3:], Encoding("", UTF8_BOM)
    for bom, codec in _BOMS:
        if data.startswith(bom):
            try:
                return data[2:].decode(codec, "surrogatepass").encode("utf-8", "surrogatepass"), Encoding(codec, bom)
            except UnicodeError:
                raise InputError("begins like UTF-16 but is damaged") from None
    return data, Encoding()


def from_text(text: bytes, encoding: Encoding) -> bytes:
    """The file's bytes again. Raises `MarkError` when the text cannot be stored in the file's encoding."""
    if not encoding.codec:
        return encoding.bom + text
    try:
        stored = text.decode("utf-8", "surrogatepass").encode(encoding.codec, "surrogatepass")
    except UnicodeError:
        raise MarkError(f"the text cannot be written as {encoding.codec}") from None
    return encoding.bom + stored


def name_of(data: bytes) -> str:
    """A name or comment as text: UTF-8, else Latin-1, so that any bytes read."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def newline(text: bytes) -> bytes:
    """The line ending that the text uses first."""
    head = text[: 1 << 16]
    at = head.find(b"\n")
    if at > 0 and head[at - 1 : at] == b"\r":
        return b"\r\n"
    return b"\r" if at < 0 and b"\r" in head else b"\n"
