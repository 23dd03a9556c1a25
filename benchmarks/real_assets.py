"""Audit, mark and verify every asset of a folder through the command line, and write the table.

    SCENEPROOF_DATA=… python benchmarks/real_assets.py [--output docs/real-assets.md] [--folder gltf] [--rows FILE]

Each asset goes through the same three commands as a user's would, in processes of their own. The table says what was
found, put in and read back, how the files grew, and how long each command took (a shared machine: read the seconds as
orders of magnitude). ``--rows`` keeps each row as a line of JSON as it comes; a run that finds rows there goes on
behind them, and one that finds all only writes the page.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _real_assets_page import page, summary
from compressed_growth import compressed, size

from sceneproof.io import extensions, written_as

FOLDERS = ("gltf", "humans", "meshes", "reconstructions", "splats")
SETTINGS = (
    "role=provider",
    "market=cn",
    "public=true",
    "unit=scene",
    "origin=ai-generated",
    "producer=Benchmark",
    "attest.confusing=true",
)
Row = dict[str, Any]


def run(*arguments: str) -> tuple[int, str, str, float]:
    """One command: exit code, stdout, stderr, seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "sceneproof", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr.strip(), time.perf_counter() - start


def assets(root: Path, folders: list[str]) -> list[Path]:
    """Every file below the folders whose ending some handler reads."""
    endings = extensions()
    return sorted(path for name in folders for path in (root / name).rglob("*") if path.suffix.lower() in endings)


def row(path: Path, root: Path, work: Path, key: str) -> Row:
    """Take one asset through audit, mark and verify."""
    name = path.relative_to(root).as_posix()
    settings = [item for setting in SETTINGS for item in ("--set", setting)] + ["--set", f"content_id={path.stem}"]
    result: Row = {"asset": name} | audit(path, settings)
    if "fail" not in result:
        return result
    written = written_as(path.suffix)
    if not written:
        return result | {"note": f"{path.suffix.lower()} is read, not written"}
    folder = work / name.replace("/", "_")
    folder.mkdir()
    target = folder / (path.name if written[0] == path.suffix.lower() else path.stem + written[0])
    receipt = work / f"{folder.name}.receipt.json"
    arguments = ("--output", str(target), "--key", key, "--receipt", str(receipt), "--format", "json", *settings)
    code, _, error, seconds = run("mark", str(path), *arguments)
    result |= {"mark": code, "mark_s": seconds, "note": said(error)}
    if code not in (0, 1) or not target.exists():
        return result
    result |= receipted(json.loads(receipt.read_text(encoding="utf-8")))
    result |= {"written_as": target.suffix, "bytes": before(path, folder), "bytes_marked": after(folder)}
    # Looking for a watermark that is not there takes the longest: the key is given where there is one.
    keys = ("--key", key) if result["carriers"] else ()
    code, _, error, seconds = run("verify", str(target), *keys, "--expect", str(receipt), "--format", "json")
    return result | {"verify": code, "verify_s": seconds, "note": said(error)}


def audit(path: Path, settings: list[str]) -> Row:
    """Exit code, findings by verdict and the asset's counts; the error where it cannot be read."""
    code, out, error, seconds = run("audit", str(path), "--format", "json", *settings)
    result: Row = {"audit": code, "audit_s": seconds, "note": said(error)}
    if code == 3 and not out.strip():
        return result
    report = json.loads(out)
    if report.get("error"):
        return result | {"note": said(report["error"]["message"])}
    verdicts = [finding["verdict"] for finding in report["findings"]]
    counts = {name: report["inspection"][name] for name in ("triangles", "points", "splats")}
    return result | counts | {name: verdicts.count(name) for name in ("fail", "review", "error")}


def said(error: str) -> str:
    """The last line of a message without the asset's own path."""
    return error.splitlines()[-1].rpartition(f"{os.sep}")[2][-200:] if error else ""


def receipted(receipt: dict[str, Any]) -> Row:
    """What the receipt says: marks read back, marks left out, carriers, and streams that were packed again."""
    marks = receipt["marks"]
    bits = {
        (value["before"], value["after"])
        for note in receipt["reencoded"]
        for name, value in (note.get("bits") or {}).items()
        if name == "POSITION"
    }
    return {
        "verified": {name: found["verified"] for name, found in marks.items()},
        "left_out": {entry["mark"]: entry["reason"]["en"] for entry in receipt["left_out"]},
        "height": (marks.get("label") or {}).get("height_ratio"),
        "carriers": (marks.get("watermark") or {}).get("carriers"),
        "payload": 4 * len((marks.get("watermark") or {}).get("payload") or ""),
        "streams": [sum(note[name] for note in receipt["reencoded"]) for name in ("bytes_before", "bytes_after")],
        "bits": sorted(bits, key=str),
    }


def before(path: Path, folder: Path) -> int:
    """Bytes of an asset: the file, a glTF's buffers, and what was copied beside the output from beside it."""
    beside = [found for found in folder.rglob("*") if found.is_file()]
    parts = [path.parent / found.relative_to(folder) for found in beside]
    copied = [part for part in parts if part.is_file() and part != path and part.suffix != ".bin"]
    main = size(path) if path.suffix.lower() in (".glb", ".gltf", ".vrm") else path.stat().st_size
    return main + sum(part.stat().st_size for part in copied)


def after(folder: Path) -> int:
    """Bytes of all files that were written, sidecar and copied parts included."""
    return sum(found.stat().st_size for found in folder.rglob("*") if found.is_file())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default="docs/real-assets.md")
    parser.add_argument("--folder", action="append", default=[])
    parser.add_argument("--only", default="", help="part of an asset's name")
    parser.add_argument("--rows", type=Path, help="lines of JSON, one per asset, read first and added to")
    options = parser.parse_args()
    if "SCENEPROOF_DATA" not in os.environ:
        parser.error("SCENEPROOF_DATA does not name a folder of assets")
    root = Path(os.environ["SCENEPROOF_DATA"])
    chosen = [path for path in assets(root, options.folder or list(FOLDERS)) if options.only in str(path)]
    held: list[Row] = []
    if options.rows and options.rows.exists():
        held = [json.loads(line) for line in options.rows.read_text(encoding="utf-8").splitlines()]
    rows = {item["asset"]: item for item in held}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        key = str(work / "bench.key")
        run("keygen", key)
        for path in chosen:
            name = path.relative_to(root).as_posix()
            if name in rows:
                continue
            rows[name] = row(path, root, work, key)
            print({label: value for label, value in rows[name].items() if label != "left_out"}, flush=True)
            if options.rows:
                with options.rows.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(rows[name]) + "\n")
    found = [rows[path.relative_to(root).as_posix()] for path in chosen]
    codecs = {path.relative_to(root).as_posix(): codec for path, codec in compressed(root)}
    Path(options.output).write_text(page(found, codecs), encoding="utf-8")
    print("\n".join(summary(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
