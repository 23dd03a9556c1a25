"""What the formats for other programs share: the audits among the results, and where their assets lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from sceneproof._fingerprint import asset_key
from sceneproof.errors import UsageError

from ._tidy import kind_of, shown
from ._words import pick, text_of


def audits(results: Sequence[object]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each audit as plain data that is safe to print, and its asset's name (relative to the current folder).

    Raises `UsageError` for a result of another kind.
    """
    for result in results:
        data = shown(result)
        if kind_of(data) != "audit":
            raise UsageError(f"this format holds audits, not the result of {kind_of(data)}")
        plain = result if isinstance(result, Mapping) else getattr(result, "data", {})
        uri = (plain.get("asset") or {}).get("uri")
        yield asset_key(str(uri)) if uri else "", data


def link(asset: str) -> str:
    """The asset as a URI reference: relative below the current folder, else ``file:``."""
    path = PurePath(asset)
    if path.is_absolute():
        return path.as_uri()
    return quote(asset.encode("utf-8", "surrogateescape"), safe="/")


def covered(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings that a baseline covers."""
    return [entry["finding"] for entry in data.get("suppressed") or () if entry.get("finding")]


def sentence(value: Any, lang: str, between: str = " ") -> str:
    """A text of a result in the language asked for, or in both."""
    return between.join(pick(text_of(value), lang))


def remedy(finding: Mapping[str, Any], lang: str, between: str = " ") -> str:
    """Message and, where there is one, what to do."""
    told = sentence(finding["message"], lang, between)
    return told if not finding.get("fix") else f"{told}{between}→ {sentence(finding['fix'], lang, between)}"
