"""C2PA manifests in JUMBF boxes: that they are there, who says to have made them, what they assert; not validated.

Sources: C2PA 2.1, chapters 10 and 11 (claims, manifest stores); ISO/IEC 19566-5, A (boxes).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import cbor
from ._collect import Labels, number

DEPTH, BOXES = 16, 4096
CLAIMS = ("c2pa.claim", "c2pa.claim.v2")
ACTIONS = ("c2pa.actions", "c2pa.actions.v2")


def read(data: bytes, labels: Labels) -> None:
    """Add size, claim generators, assertions, and the actions with their digital source types."""
    labels.spend(1 + len(data) // 64)
    labels.add("c2pa", "bytes", len(data))
    assertions: list[str] = []
    try:
        for path, kind, body in _contents(data, (), [0, 0]):
            label = path[-1].partition("__")[0] if path else ""
            if "c2pa.assertions" in path[:-1] and path[-1] not in assertions:
                assertions.append(path[-1])
            if kind == b"cbor" and label in CLAIMS:
                _claim(cbor.loads(body), labels)
            elif kind == b"cbor" and label in ACTIONS:
                _actions(cbor.loads(body), labels)
    except ValueError as error:
        labels.problem(f"c2pa: {error}")
    if assertions:
        labels.add("c2pa", "assertions", ", ".join(assertions))


def _contents(data: bytes, path: tuple[str, ...], seen: list[int]) -> Iterator[tuple[tuple[str, ...], bytes, bytes]]:
    """Labels of the boxes around, type and content of each content box; `seen` counts boxes and levels."""
    offset, inner = 0, path
    while offset + 8 <= len(data):
        seen[0] += 1
        if seen[0] > BOXES or seen[1] > DEPTH:
            raise ValueError("more boxes or levels than are looked at")
        length, kind, head = number(data, offset, ">I"), data[offset + 4 : offset + 8], 8
        if length == 1:
            length, head = number(data, offset + 8, ">Q"), 16
        length = length or len(data) - offset
        if length < head or offset + length > len(data):
            raise ValueError("a box ends too early")
        body = data[offset + head : offset + length]
        if kind == b"jumb":
            seen[1] += 1
            yield from _contents(body, inner, seen)
            seen[1] -= 1
        elif kind == b"jumd":
            inner = (*path, body[17:].partition(b"\0")[0].decode("utf-8", "replace")[:200])
        else:
            yield inner, kind, body
        offset += length


def _claim(claim: Any, labels: Labels) -> None:
    if not isinstance(claim, dict):
        return
    if isinstance(claim.get("claim_generator"), str):
        labels.add("c2pa", "claim_generator", claim["claim_generator"])
    info = claim.get("claim_generator_info")
    for entry in info if isinstance(info, list) else [info]:
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            labels.add("c2pa", "claim_generator_info", f"{entry['name']} {entry.get('version') or ''}")
    if isinstance(claim.get("dc:title"), str):
        labels.add("c2pa", "title", claim["dc:title"])


def _actions(content: Any, labels: Labels) -> None:
    actions = content.get("actions") if isinstance(content, dict) else None
    for entry in actions[:64] if isinstance(actions, list) else ():
        if not isinstance(entry, dict):
            continue
        labels.add("c2pa", "action", entry.get("action") or "")
        labels.add("c2pa", "digitalSourceType", entry.get("digitalSourceType") or "")
        agent = entry.get("softwareAgent")
        labels.add("c2pa", "softwareAgent", agent.get("name", "") if isinstance(agent, dict) else agent or "")
