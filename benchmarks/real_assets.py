"""Audit, mark and verify every glTF of a folder of real assets through the command line, and write the table.

    SCENEPROOF_DATA=… python benchmarks/real_assets.py [--output docs/real-assets.md] [--folder gltf --folder humans]

Each asset goes through the same three commands as a user's would, in processes of their own. The table says what was
found, put in and read back, and how long each command took (this machine, shared: read them as orders of magnitude).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

SETTINGS = (
    "role=provider",
    "market=cn",
    "public=true",
    "unit=scene",
    "origin=ai-generated",
    "producer=Benchmark",
    "attest.confusing=true",
)


def run(*arguments: str) -> tuple[int, str, str, float]:
    """One command: exit code, stdout, stderr, seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "sceneproof", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr.strip(), time.perf_counter() - start


def assets(root: Path, folders: list[str]) -> list[Path]:
    """Every glTF, GLB and VRM below the folders."""
    endings = {".glb", ".gltf", ".vrm"}
    return sorted(path for name in folders for path in (root / name).rglob("*") if path.suffix.lower() in endings)


def row(path: Path, root: Path, work: Path, key: str) -> dict[str, object]:
    """Take one asset through audit, mark and verify."""
    name = path.relative_to(root).as_posix()
    settings = [item for setting in SETTINGS for item in ("--set", setting)] + ["--set", f"content_id={path.stem}"]
    code, out, error, audit_seconds = run("audit", str(path), "--format", "json", *settings)
    result: dict[str, object] = {"asset": name, "audit": code, "note": error[-160:]}
    if code == 3 and not out.strip():
        return result
    report = json.loads(out)
    if report.get("error"):
        return result | {"note": report["error"]["message"][-160:]}
    verdicts = [finding["verdict"] for finding in report["findings"]]
    figures = report["inspection"]
    result |= {
        "triangles": figures["triangles"],
        "fail": verdicts.count("fail"),
        "review": verdicts.count("review"),
        "error": verdicts.count("error"),
        "audit_s": audit_seconds,
    }
    folder = work / name.replace("/", "_")
    folder.mkdir()
    target, receipt = folder / path.name, folder / "receipt.json"
    arguments = ("--output", str(target), "--key", key, "--receipt", str(receipt), "--format", "json", *settings)
    code, out, error, mark_seconds = run("mark", str(path), *arguments)
    result |= {"mark": code, "mark_s": mark_seconds, "note": error[-160:]}
    if code not in (0, 1) or not target.exists():
        return result
    made = json.loads(receipt.read_text(encoding="utf-8"))
    result["verified"] = {name: found["verified"] for name, found in made["marks"].items()}
    result["left_out"] = {entry["mark"]: entry["reason"]["en"] for entry in made["left_out"]}
    label = made["marks"].get("label") or {}
    result["height"] = label.get("height_ratio")
    code, out, error, verify_seconds = run(
        "verify", str(target), "--key", key, "--expect", str(receipt), "--format", "json"
    )
    return result | {"verify": code, "verify_s": verify_seconds, "note": error[-160:]}


def table(rows: list[dict[str, object]]) -> str:
    """The Markdown page."""
    marks = ("label", "metadata", "watermark")
    lines = [
        "# Real assets through audit, mark and verify",
        "",
        f"Written by `benchmarks/real_assets.py` on {date.today().isoformat()}, CPython {platform.python_version()}, "
        f"{os.cpu_count()} cores. Whole commands in processes of their own; the machine was shared.",
        "",
        _summary(rows, marks),
        "",
        "| asset | triangles | audit: fail, review, error | label (ink) | metadata | watermark | verify | seconds |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for item in rows:
        cells = [str(item["asset"]), str(item.get("triangles", ""))]
        cells.append(
            f"{item['fail']} / {item['review']} / {item['error']}" if "fail" in item else f"exit {item['audit']}"
        )
        cells += [_mark(item, mark) for mark in marks]
        cells.append({0: "as expected", None: ""}.get(item.get("verify"), f"exit {item.get('verify')}"))  # type: ignore[arg-type]
        cells.append(", ".join(f"{item[name]:.1f}" for name in ("audit_s", "mark_s", "verify_s") if name in item))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _mark(item: dict[str, object], mark: str) -> str:
    verified, left = item.get("verified"), item.get("left_out")
    if not isinstance(verified, dict) or not isinstance(left, dict):
        return str(item.get("note", ""))[:120]
    if mark in verified:
        height = item.get("height")
        extra = f" ({100 * height:.1f} %)" if mark == "label" and isinstance(height, float) else ""
        return ("read back" if verified[mark] else "NOT read back") + extra
    return f"left out: {left.get(mark, '')[:110]}"


def _summary(rows: list[dict[str, object]], marks: tuple[str, ...]) -> str:
    audited = sum("fail" in item for item in rows)
    counts = [
        f"{len(rows)} assets, {audited} audited, {sum(item.get('verify') == 0 for item in rows)} verified as expected"
    ]
    for mark in marks:
        put = [
            item["verified"][mark]
            for item in rows
            if isinstance(item.get("verified"), dict) and mark in item["verified"]
        ]  # type: ignore[index, operator]
        counts.append(f"{mark}: {sum(put)} of {len(put)} put in read back")
    return "; ".join(counts) + "."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default="docs/real-assets.md")
    parser.add_argument("--folder", action="append", default=[])
    parser.add_argument("--only", default="", help="part of an asset's name")
    options = parser.parse_args()
    if "SCENEPROOF_DATA" not in os.environ:
        parser.error("SCENEPROOF_DATA does not name a folder of assets")
    root = Path(os.environ["SCENEPROOF_DATA"])
    chosen = [path for path in assets(root, options.folder or ["gltf", "humans"]) if options.only in str(path)]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        key = str(work / "bench.key")
        run("keygen", key)
        rows = []
        for path in chosen:
            rows.append(row(path, root, work, key))
            print({name: value for name, value in rows[-1].items() if name != "left_out"}, flush=True)
    Path(options.output).write_text(table(rows), encoding="utf-8")
    print(_summary(rows, ("label", "metadata", "watermark")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
