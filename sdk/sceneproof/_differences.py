"""Where a mark that was read is not the one that was expected, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import _expected as expected

_WHOLE = {"label": "visible", "metadata": "valid"}
_TOLD = {
    "label": ("text", "height_ratio", "at_edge"),
    "metadata": ("aigc", "digital_source_type"),
    "watermark": ("payload",),
}


def detailed(
    mark: str, state: str, reading: Mapping[str, Any] | None, before: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The reading; of a mark that is missing or damaged with ``expected`` and ``differs`` in its ``detail``.

    ``differs`` names fields of ``expected`` (``payload``, ``aigc.ContentProducer``); ``found`` when there is no mark.
    """
    if state == "ok" or reading is None:
        return reading
    wanted: dict[str, Any] = {"found": True}
    if mark in _WHOLE:
        wanted[_WHOLE[mark]] = True
    wanted |= {name: before[name] for name in _TOLD[mark] if before and name in before}
    differs = ["found"] if state == "missing" else list(_differing(mark, reading, before))
    return {**reading, "detail": {**reading.get("detail", {}), "expected": wanted, "differs": differs}}


def _differing(mark: str, reading: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[str]:
    """Fields that differ, the one that says most first: whether a label shows, a record's fields before its form."""
    if mark == "label" and not reading.get("visible"):
        yield "visible"
    if before is not None:
        yield from _changed(mark, reading, before)
    elif mark == "watermark":
        yield "payload"
    if mark == "metadata" and not reading.get("valid"):
        yield "valid"


def _changed(mark: str, reading: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    for name in expected.COMPARED[mark]:
        was, now = before.get(name), reading.get(name)
        if was == now:
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from (f"{name}.{key}" for key in dict.fromkeys([*was, *now]) if was.get(key) != now.get(key))
        else:
            yield name
    if mark == "label":
        for name in ("height_ratio", "at_edge"):
            alone = {**before, name: reading.get(name)}  # the label as it was put in, but for this
            if expected.smaller(alone, before):
                yield name
