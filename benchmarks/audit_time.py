"""How long `sceneproof audit` takes on a GLB of 100k triangles: the very first run, warm runs, and peers beside them.

    python benchmarks/audit_time.py [--triangles 100000] [--rounds 5]

Whole processes, alternating, so that a busy machine hits all of them alike; medians, and ratios to `sceneproof audit`.
The first run starts with an empty kernel cache. Peers do less (trimesh: load, bounds, area, components, watertight;
gltf-validator, when node has it: validation), which the table says.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRIMESH = (
    "import sys, trimesh\n"
    "scene = trimesh.load_scene(sys.argv[1]); mesh = scene.to_mesh()\n"
    "print(mesh.bounds, mesh.area, mesh.is_watertight, mesh.body_count, len(mesh.faces))\n"
)
VALIDATOR = (
    "const v=require('gltf-validator'),fs=require('fs');"
    "v.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1]))).then(r=>console.log(r.issues.numErrors))"
)


def seconds(command: list[str], environment: dict[str, str]) -> float | None:
    """Wall time of one process; ``None`` when it cannot run or fails."""
    start = time.perf_counter()
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False, cwd=HERE.parent / "tests")
    except FileNotFoundError:
        return None
    return time.perf_counter() - start if done.returncode in (0, 1) else None


def asset(triangles: int, path: Path) -> None:
    """A closed bumpy surface of about so many triangles."""
    from sceneproof._warmup import bumpy_sphere
    from sceneproof.io._bridges import glb_of

    rings = max(8, round((triangles / 4) ** 0.5))
    path.write_bytes(glb_of([bumpy_sphere(rings)]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triangles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asset.glb"
        asset(options.triangles, path)
        cache = Path(folder) / "cache"
        environment = os.environ | {"SCENEPROOF_CACHE_DIR": str(cache)}
        audit = [sys.executable, "-m", "sceneproof", "audit", str(path), "--format", "json", "--fail-on", "never"]
        commands = {
            "sceneproof audit": audit,
            "sceneproof inspect": [sys.executable, "-m", "sceneproof", "inspect", str(path), "--format", "json"],
            "sceneproof --help": [sys.executable, "-m", "sceneproof", "--help"],
            "trimesh load + 5 figures": [sys.executable, "-c", TRIMESH, str(path)],
            "gltf-validator (node)": [shutil.which("node") or "node", "-e", VALIDATOR, str(path)],
        }
        first = seconds(audit, environment)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                taken = seconds(command, environment)
                if taken is not None:
                    times[name].append(taken)
    base = statistics.median(times["sceneproof audit"])
    print(f"{options.triangles:,} triangles, {options.rounds} rounds, {os.cpu_count()} cores\n")
    print("| whole process | median s | min s | max s | ratio to audit |\n| --- | --- | --- | --- | --- |")
    print(
        f"| sceneproof audit, very first (empty kernel cache) | {first:.2f} | | | {first / base:.2f} |" if first else ""
    )
    for name, taken in times.items():
        if taken:
            middle = statistics.median(taken)
            print(f"| {name} | {middle:.2f} | {min(taken):.2f} | {max(taken):.2f} | {middle / base:.2f} |")
        else:
            print(f"| {name} | not installed | | | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
