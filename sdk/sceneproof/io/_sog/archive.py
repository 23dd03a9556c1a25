"""The zip of a SOG: members by name, and images by their pixels, each held to what may be unfolded."""

from __future__ import annotations

import io
import zipfile
import zlib

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._bounded import Inflater, check_unfolded
from sceneproof.scene import Array

from .image import pixels

_MEMBERS = 64  # a SOG has eight
_ENTRY = b"PK\x01\x02"  # begins each entry of the directory (APPNOTE 4.3.12)
_CHANCE = 64  # how often packed bytes may look like one; a gigabyte does a quarter of a time
_LARGEST_META = 16 << 20


class Archive:
    """A zip in memory. Nothing is unfolded before the directory's sizes are checked; no name is used as a path."""

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > _MEMBERS + _CHANCE:  # counted before the directory becomes objects
            raise LimitError(f"more than {_MEMBERS} members in the archive")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as held:
                entries = held.infolist()
                names = {entry.filename for entry in entries}
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError) as error:
            raise InputError(f"is no zip that can be read ({str(error)[:80]})") from None
        if len(entries) > _MEMBERS:
            raise LimitError(f"{len(entries):,} members in the archive, limit {_MEMBERS}")
        if len(names) != len(entries):
            raise InputError("two members of the archive have one name")
        self._data = data
        self._entries = {entry.filename: entry for entry in entries}
        self._folder = next((name[: -len("meta.json")] for name in sorted(names) if name.endswith("meta.json")), "")

    def meta(self) -> bytes:
        """``meta.json``, at the root or in the one folder that holds it."""
        return self.read("meta.json", _LARGEST_META)

    def read(self, name: str, most: int) -> bytes:
        """A member's bytes. Raises `InputError` when it is missing or damaged, `LimitError` when it is too large."""
        entry = self._entries.get(self._folder + name)
        if entry is None:
            raise InputError(f"the archive has no {name[:60]!r}")
        check_unfolded(entry.file_size, entry.compress_size, repr(name[:60]))
        if entry.file_size > most:
            raise LimitError(f"{name[:60]!r} would unfold to {entry.file_size:,} bytes, limit {most:,}")
        if entry.flag_bits & 1:
            raise InputError(f"{name[:60]!r} is encrypted")
        body = self._body(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            content = body.tobytes()
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            content = Inflater(body, -15).read(entry.file_size)
        else:
            raise InputError(f"{name[:60]!r} is packed by a method other than deflate")
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            raise InputError(f"{name[:60]!r} is damaged: its length or checksum does not fit")
        return content

    def _body(self, entry: zipfile.ZipInfo) -> memoryview:
        """The packed bytes, found by the local header (APPNOTE 4.3.7)."""
        head = self._data[entry.header_offset : entry.header_offset + 30]
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise InputError("a member of the archive has no header where the directory says")
        start = entry.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        if start + entry.compress_size > len(self._data):
            raise InputError("a member of the archive ends after the file")
        return memoryview(self._data)[start : start + entry.compress_size]

    def pixels(self, name: str, least: int, most: int | None = None) -> tuple[Array, int]:
        """An image's rows of pixels, uint8 [shape=(pixels, 4)], and its width.

        `least` pixels must be there; more than `most` (else four times `least`, and a little) are refused from the
        image's header, before they are decoded.
        """
        limit = most if most is not None else 4 * least + 65536
        return pixels(self.read(name, LIMITS.file_bytes), name[:60], least, limit)
