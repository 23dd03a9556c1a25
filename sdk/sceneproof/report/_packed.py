"""What a receipt says of a primitive that was packed again with its codec, as one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sceneproof.findings import Text

from ._tidy import size

_MOST = 6


def packed_rows(entries: Sequence[Mapping[str, Any]]) -> list[Text]:
    """A line for each of the first few, and the sum of the others."""
    rows = [packed_again(entry) for entry in entries[:_MOST]]
    more = entries[_MOST:]
    if more:
        before, after = (sum(entry[name] for entry in more) for name in ("bytes_before", "bytes_after"))
        sizes = f"{size(before)} → {size(after)}"
        rows.append(Text(f"… and {len(more)} more primitives, {sizes}", f"……以及另外 {len(more)} 个图元，{sizes}"))
    return rows


def packed_again(entry: Mapping[str, Any]) -> Text:
    """``packed again: /meshes/0/primitives/0 KHR_draco_mesh_compression 14 bits, 120 kB -> 131 kB``.

    `entry` is one of the receipt's ``reencoded``. Bits that differ among the attributes are named one by one.
    """
    figures = _bits(entry.get("bits"))
    sizes = f"{size(entry['bytes_before'])} → {size(entry['bytes_after'])}"
    place = f"{entry['pointer']} {entry['codec']}"
    english = f"packed again: {place}{' ' + figures + ' bits' if figures else ''}, {sizes}"
    chinese = f"重新压缩：{place}{' ' + figures + ' 位' if figures else ''}，{sizes}"
    return Text(english, chinese)


def _bits(value: Any) -> str:
    """One number where all agree, else each attribute's; empty where nothing is known."""
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, Mapping):
        return ""
    known = {str(name): bits for name, bits in value.items() if isinstance(bits, int) and not isinstance(bits, bool)}
    if len(set(known.values())) <= 1:
        return "".join(str(bits) for bits in list(known.values())[:1])
    return ", ".join(f"{name} {bits}" for name, bits in known.items())
