"""What Sceneproof itself says in comment lines of the header: the hidden label, and where a visible one stands.

A header is ASCII by custom and some readers refuse anything else, so other letters stand as JSON escapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from sceneproof.io._label_record import LabelRecord, record_of
from sceneproof.io._plain import KEYS

from .header import Header

LABEL = "sceneproof-label"
_KEY = re.compile(rb"^[ \t]*comment[ \t]+(AIGC|DigitalSourceType)[ \t:=]+(.*)$")
_LABEL = re.compile(rb"^[ \t]*comment[ \t]+sceneproof-label[ \t]+(.*)$")
_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)")


def read_slot(header: Header) -> tuple[dict[str, str], dict[str, str]]:
    """What the comments say by key (`KEYS`), and further values that differ from the first of their key."""
    slot: dict[str, str] = {}
    others: dict[str, str] = {}
    for line in header.lines:
        found = _KEY.match(line)
        if found is None:
            continue
        key, value = found[1].decode("ascii"), _plain(found[2].decode("utf-8", "replace").strip())
        if value and slot.setdefault(key, value) != value and value not in others.values():
            others[f"{key} {2 + len(others)}"] = value
    return slot, others


def with_slot(lines: list[bytes], slot: Mapping[str, str]) -> list[bytes]:
    """The header's lines with the slot in them: where a key stands it is replaced, else put before ``end_header``."""
    fresh = {key: f"comment {key} ".encode("ascii") + _escaped(slot[key]) for key in KEYS if key in slot}
    out: list[bytes] = []
    shown: set[str] = set()
    for line in lines[:-1]:
        found = _KEY.match(line)
        key = found[1].decode("ascii") if found else ""
        if found and key in fresh:
            same = _plain(found[2].decode("utf-8", "replace").strip()) == slot[key]
            out.append(line if same else fresh[key])
            shown.add(key)
        else:
            out.append(line)
    return [*out, *(line for key, line in fresh.items() if key not in shown), lines[-1]]


def read_labels(header: Header) -> tuple[LabelRecord, ...]:
    """The labels that the comments speak of. Raises `ValueError` for a line that is malformed."""
    found = [_LABEL.match(line) for line in header.lines]
    return tuple(record_of(match[1]) for match in found if match is not None)


def label_line(record: LabelRecord) -> bytes:
    """A label's header line without its end."""
    return f"comment {LABEL} {record.text()}".encode("ascii")


def without_labels(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not _LABEL.match(line)]


def _escaped(text: str) -> bytes:
    """ASCII without control characters: what else there is, in JSON's escapes."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2").tolist()
    return "".join(chr(unit) if 32 <= unit < 127 else f"\\u{unit:04x}" for unit in units).encode("ascii")


def _plain(text: str) -> str:
    """`_escaped` undone. Escapes of ASCII stay, since they are the text's own."""

    def put(match: re.Match[str]) -> str:
        units = [int(digits, 16) for digits in re.findall(r"\\u(....)", match[2])]
        if any(32 <= unit < 127 for unit in units):
            return match[0]
        raw = np.array(units, "<u2").tobytes()
        try:
            return match[1] + raw.decode("utf-16-le")
        except UnicodeDecodeError:
            return match[0]

    return _ESCAPE.sub(put, text)
