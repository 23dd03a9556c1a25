"""What Sceneproof makes of the invalid assets, beside the Khronos validator's expected report: a table of one row each.

``python -m tests.io.invalid_table`` writes ``invalid_table.tsv`` anew from the folder that SCENEPROOF_DATA names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sceneproof.errors import InputError
from sceneproof.io import load

TABLE = Path(__file__).with_suffix(".tsv")
HEAD = "file\tresult\tnamed\tnot checked here: gltf-validator"
ENDINGS = (".gltf", ".glb")

# Our word for a fault that the validator calls otherwise.
ALIASES: dict[str, tuple[str, ...]] = {
    "accessor-element-out-of-min-bound": ("accessor-min-mismatch",),
    "accessor-element-out-of-max-bound": ("accessor-max-mismatch",),
    "glb-extra-data": ("glb-trailing",),
    "invalid-uri": ("image-unreadable", "image-mime-type-invalid"),
    "one-of-mismatch": ("image-unreadable",),
}
# Faults that touch nothing which Sceneproof reads, judges or writes. By code, and by where they stand.
NOT_CHECKED_CODES = {
    "unexpected-property", "multiple-extensions", "unexpected-extension-object", "invalid-extension-name-format",
    "material-alpha-cutoff-invalid-mode", "mesh-primitive-generated-tangent-space", "mesh-primitive-no-tangent-space",
    "data-uri-glb", "node-skinned-mesh-parent-transforms", "pattern-mismatch",
    "unknown-asset-minor-version",  # 2.1 is read
}  # fmt: skip
NOT_CHECKED_PLACES = ("/materials", "/samplers", "/textures", "/extensions")


@dataclass(frozen=True)
class Row:
    """One file: refused (with the reason) or read, codes that are named, codes that are left to the validator."""

    file: str
    result: str
    named: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    def line(self) -> str:
        return "\t".join((self.file, self.result, " ".join(self.named), " ".join(self.left)))


def rows(data: Path) -> Iterator[Row]:
    """A row for each invalid asset, by name."""
    root = data / "invalid"
    for path in sorted(item for item in root.rglob("*") if item.suffix in ENDINGS):
        yield _row(path, path.relative_to(root).as_posix())


def expected(path: Path) -> list[dict[str, Any]]:
    """Errors and warnings of the report beside a file."""
    report = path.with_name(path.name + ".report.json")
    if not report.is_file():
        return []
    messages = json.loads(report.read_text("utf-8"))["issues"]["messages"]
    return [message for message in messages if message["severity"] <= 1]


def code(message: dict[str, Any]) -> str:
    return str(message["code"]).lower().replace("_", "-")


def _row(path: Path, name: str) -> Row:
    try:
        scene = load(path)
    except InputError as error:
        return Row(name, f"refused: {error.pointer or '-'}: {error.reason}")
    mine = {problem.code for problem in scene.problems}
    left, missed = set(), set()
    for message in expected(path):
        word = code(message)
        if word in mine or mine & set(ALIASES.get(word, ())):
            continue
        place = message.get("pointer") or ""
        beyond = word in NOT_CHECKED_CODES or place.startswith(NOT_CHECKED_PLACES) or "/extensions/" in place
        (left if beyond else missed).add(word)
    return Row(name, "read", tuple(sorted(mine)), tuple(sorted(left)), tuple(sorted(missed)))


def main() -> None:
    found = list(rows(Path(os.environ["SCENEPROOF_DATA"])))
    TABLE.write_text("\n".join([HEAD, *(row.line() for row in found)]) + "\n", "utf-8")
    for row in found:
        if row.missed:
            print(row.file, "misses", *row.missed)


if __name__ == "__main__":
    main()
