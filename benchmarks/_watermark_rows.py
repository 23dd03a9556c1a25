"""The rows of `watermark_threats.py` on disk, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

COLUMNS = ("mesh", "threat", "level", "first", "log10_p", "second", "mrms", "normals")


def _rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines[1:]]


def finished(path: Path) -> set[tuple[str, str]]:
    """Mesh and threat of the experiments that have rows; an experiment's rows are written all at once."""
    return {(row["mesh"], row["threat"]) for row in _rows(path)}


def append(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Add the rows of one experiment."""
    head = "" if path.exists() else "\t".join(COLUMNS) + "\n"
    body = "".join("\t".join(str(row[column]) for column in COLUMNS) + "\n" for row in rows)
    with path.open("a", encoding="utf-8") as file:
        file.write(head + body)


def tables(path: Path) -> str:
    """One table per threat."""
    out = []
    rows = _rows(path)
    for threat in dict.fromkeys(row["threat"] for row in rows):
        out += [f"### {threat}", "", "| mesh | level | first | log10 p | second | MRMS % | normals, deg |",
                "|---|---|---|---|---|---|---|"]  # fmt: skip
        for row in rows:
            if row["threat"] == threat:
                out.append("| " + " | ".join(row[name] for name in COLUMNS if name != "threat") + " |")
        out.append("")
    return "\n".join(out)
