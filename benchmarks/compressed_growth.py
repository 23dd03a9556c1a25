"""How much compressed files grow by being marked, and whether the watermark holds on their grid.

``python benchmarks/compressed_growth.py FOLDER`` marks every glTF under FOLDER that Draco or meshopt compressed, and
prints a Markdown table: bytes of the file before and after, the ratio, bytes of the streams that were packed again,
bits of their positions, what the receipt says of the watermark, and the median. ``--marks watermark,metadata`` leaves
the label out, whose mesh outweighs a small asset.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sceneproof
from sceneproof.errors import SceneproofError

CODECS = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")
KEY = bytes(range(32))
DECLARATION = {"role": "provider", "origin": "ai-generated", "producer": "benchmark", "content_id": "growth-1"}


def document(path: Path) -> dict[str, Any]:
    """The JSON of a .gltf or .glb; empty when there is none."""
    content = path.read_bytes()
    try:
        if content[:4] == b"glTF":
            content = content[20 : 20 + int.from_bytes(content[12:16], "little")]
        tree = json.loads(content)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) else {}


def compressed(folder: Path) -> list[tuple[Path, str]]:
    """Files of a folder, those made to be wrong left out, with the codec that they name."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".glb", ".gltf", ".vrm") and "invalid" not in path.relative_to(folder).parts:
            used = document(path).get("extensionsUsed") or []
            found += [(path, name) for name in CODECS if name in used][:1]
    return found


def size(path: Path) -> int:
    """Bytes of a file and of the buffers beside it."""
    uris = [entry.get("uri") for entry in document(path).get("buffers") or []]
    return path.stat().st_size + sum(
        (path.parent / uri).stat().st_size for uri in uris if uri and not uri.startswith("data:")
    )


def measure(path: Path, codec: str, folder: Path, marks: tuple[str, ...]) -> tuple[list[str], float | None]:
    """One row of the table, and the ratio."""
    before = size(path)
    output = folder / f"{path.stem}{path.suffix}"
    start = time.perf_counter()
    try:
        receipt = sceneproof.mark(
            path, output, declaration=DECLARATION, key=KEY, marks=list(marks), overwrite=True
        ).to_dict()
    except SceneproofError as error:
        return [path.name, codec, f"{before:,}", "-", "-", "-", "-", f"no: {error}"[:160], "-"], None
    took = time.perf_counter() - start
    after = size(output)
    mark = receipt["marks"].get("watermark")
    why = next((entry["reason"]["en"] for entry in receipt["left_out"] if entry["mark"] == "watermark"), "")
    verified = f"{'verified' if mark['verified'] else 'NOT READ'}, {mark['carriers']} meshes" if mark else f"no: {why}"
    bits = {
        f"{value['before']}→{value['after']}" if value["before"] != value["after"] else str(value["before"])
        for note in receipt["reencoded"]
        for name, value in (note.get("bits") or {}).items()
        if name == "POSITION"
    }
    ratio = after / before
    streams = [sum(note[name] for note in receipt["reencoded"]) for name in ("bytes_before", "bytes_after")]
    packed = f"{streams[0]:,} → {streams[1]:,} ({streams[1] / streams[0]:.3f})" if streams[0] else "-"
    row = [path.name, codec, f"{before:,}", f"{after:,}", f"{ratio:.3f}", packed, ", ".join(sorted(bits)) or "-"]
    return [*row, verified[:160], f"{took:.0f}"], ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="a part of the file name")
    parser.add_argument("--marks", default="label,metadata,watermark")
    options = parser.parse_args()
    rows, ratios = [], []
    with tempfile.TemporaryDirectory() as folder:
        for path, codec in compressed(options.folder):
            if options.only in path.name:
                row, ratio = measure(path, codec, Path(folder), tuple(options.marks.split(",")))
                print("·", row[0], row[4], file=sys.stderr, flush=True)
                rows.append(row)
                ratios += [ratio] if ratio else []
    head = ["file", "codec", "bytes before", "after", "ratio", "streams", "position bits", "watermark", "s"]
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    if ratios:
        print(f"\nMedian ratio over {len(ratios)} files: {statistics.median(ratios):.3f}, largest {max(ratios):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
