"""Audits as workflow commands of GitHub Actions: one annotation per finding that fails or waits for a person.

A fail is an error, a warning or a notice by its severity; a review is a notice, unless reviews gate. Values are escaped
as the runner reads them, so that no text of an asset can be taken for a command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._audits import audits, remedy
from ._shown import AS_IS, Shown

__all__ = ["text"]

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def text(results: Sequence[object], shown: Shown = AS_IS) -> str:
    """One line per annotation; empty when there is nothing to say. Raises `UsageError` for other results."""
    return "".join(f"{line}\n" for asset, data in audits(results) for line in _lines(asset, data, shown))


def _lines(asset: str, data: Mapping[str, Any], shown: Shown) -> Iterator[str]:
    if data.get("error"):
        yield _command("error", asset, "unreadable", str(data["error"]["message"]))
    for finding in data["findings"] or ():
        verdict = finding["verdict"]
        if verdict == "error":
            command = "error"
        elif verdict == "fail" or shown.gates(finding):
            command = _COMMANDS[finding["severity"]]
        elif verdict == "review":
            command = "notice"
        else:
            continue
        place = f" ({finding['pointer']})" if finding["pointer"] else ""
        yield _command(command, asset, f"{finding['rule']}{place}", remedy(finding, shown.lang, "\n"))


def _command(name: str, asset: str, title: str, message: str) -> str:
    fields = [f"file={_property(asset)}"] if asset else []
    return f"::{name} {','.join([*fields, f'title={_property(title)}'])}::{_data(message)}"


def _data(value: str) -> str:
    printable = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return printable.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
