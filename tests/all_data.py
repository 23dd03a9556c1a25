"""What Sceneproof makes of every real asset: a table of one row each, loaded with its counts or refused with a reason.

``python -m tests.all_data`` writes ``all_data.tsv`` anew from the folder that SCENEPROOF_DATA names.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sceneproof.errors import InputError
from sceneproof.io import load
from sceneproof.scene import Scene

TABLE = Path(__file__).with_suffix(".tsv")
COUNTS = ("triangles", "vertices", "splats", "points", "skins")
HEAD = "\t".join(("file", "result", *COUNTS, "problems"))
FOLDERS = ("gltf", "humans", "meshes", "reconstructions", "splats")
PARTS = (".bin", ".png", ".jpg", ".mtl")
"""Endings of what lies beside an asset; any other file is an asset, so that a new format cannot be passed over."""


@dataclass(frozen=True)
class Row:
    """One file: read with its counts and the codes of its problems, or refused with the reason."""

    file: str
    result: str
    counts: tuple[int, ...] = (0, 0, 0, 0, 0)
    problems: tuple[str, ...] = ()

    @property
    def loaded(self) -> bool:
        return not self.result.startswith("refused: ")

    def line(self) -> str:
        counts = (str(count) if self.loaded else "" for count in self.counts)
        return "\t".join((self.file, self.result, *counts, " ".join(self.problems)))


def files(data: Path) -> list[str]:
    """Every asset below the folders, relative."""
    found = [path for folder in FOLDERS for path in (data / folder).rglob("*") if path.is_file()]
    return sorted(path.relative_to(data).as_posix() for path in found if path.suffix.lower() not in PARTS)


def row(data: Path, name: str) -> Row:
    """One asset's row."""
    try:
        scene = load(data / name)
    except InputError as error:
        return Row(name, f"refused: {error.pointer or '-'}: {error.reason}")
    return Row(name, scene.format, counts(scene), tuple(sorted({problem.code for problem in scene.problems})))


def counts(scene: Scene) -> tuple[int, ...]:
    """As in `COUNTS`: what the file holds, each mesh once, however often it is drawn."""
    primitives = [primitive for mesh in scene.meshes for primitive in mesh.primitives]
    return (
        sum(len(primitive.triangles) for primitive in primitives),
        sum(len(primitive.positions) for primitive in primitives),
        sum(len(cloud.positions) for cloud in scene.splats),
        sum(len(cloud.positions) for cloud in scene.points),
        len(scene.skins),
    )


def summary(rows: Sequence[Row]) -> list[str]:
    """How many were loaded and refused, by ending; then each refusal with its reason."""
    loaded, refused = Counter[str](), Counter[str]()
    for item in rows:
        (loaded if item.loaded else refused)[Path(item.file).suffix.lower()] += 1
    total = f"real assets: {sum(loaded.values())} loaded, {sum(refused.values())} refused"
    lines = [f"{ending:8} {loaded[ending]:4} {refused[ending]:4}" for ending in sorted(loaded | refused)]
    reasons = [f"{item.file}: {item.result}" for item in rows if not item.loaded]
    return [total, "format loaded refused", *lines, *reasons]


def main() -> None:
    data = Path(os.environ["SCENEPROOF_DATA"])
    rows = [row(data, name) for name in files(data)]
    TABLE.write_text("\n".join([HEAD, *(item.line() for item in rows)]) + "\n", "utf-8")
    print("\n".join(summary(rows)))


if __name__ == "__main__":
    main()
