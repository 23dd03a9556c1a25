"""Run the fuzzer: each format in a process of its own, since the engine ends the one that it runs in."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import seeds, target

SECONDS_FOR_ONE = 20
MIB = 2048
_COVERAGE = re.compile(rb"cov: (\d+) ft: (\d+)")
_EXECUTED = re.compile(rb"(?:stat::number_of_executed_units:\s+|^#)(\d+)", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=180, help="for all formats together; default: %(default)s")
    parser.add_argument("--format", choices=seeds.formats(), action="append", help="may be repeated; default: all")
    parser.add_argument(
        "--found", type=Path, default=Path("fuzz-found"), help="folder for crashes; default: %(default)s"
    )
    parser.add_argument("--corpus", type=Path, help="folder that keeps what gave new coverage, one folder per format")
    parser.add_argument("--seed", type=int, default=0, help="of the engine; 0 is a new one each time")
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="read one file as the fuzzer does, and no more")
    options = parser.parse_args()
    if options.repeat:
        target.read(options.repeat.read_bytes(), options.repeat.suffix[1:])
        print(f"{options.repeat}: no crash")
        return 0
    wanted = options.format or seeds.formats()
    options.found.mkdir(parents=True, exist_ok=True)
    share = max(5, options.seconds // len(wanted))
    crashes = 0
    for format_ in wanted:
        crashes += _one(format_, share, options)
    print(f"{crashes} crashes" + (f", kept in {options.found}" if crashes else ""))
    return 1 if crashes else 0


def _one(format_: str, seconds: int, options: argparse.Namespace) -> int:
    """One format for its share of the time, begun again when the engine ends early. Returns the number of crashes."""
    crashes = executed = coverage = features = 0
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "seeds"
        count = seeds.write(format_, given)
        kept = options.corpus / format_ if options.corpus else Path(folder) / "corpus"
        kept.mkdir(parents=True, exist_ok=True)
        while (left := int(until - time.monotonic())) > 0:
            command = [
                sys.executable, "-m", "tests.fuzz.engine", format_, str(kept), str(given),
                f"-max_total_time={left}", f"-timeout={SECONDS_FOR_ONE}", f"-rss_limit_mb={MIB}",
                f"-artifact_prefix={options.found}{os.sep}{format_}-", "-max_len=65536", "-print_final_stats=1",
                f"-seed={options.seed}", *seeds.dictionary(format_, Path(folder)),
            ]  # fmt: skip
            before = set(options.found.iterdir())
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            new = sorted(set(options.found.iterdir()) - before)
            found = [(int(a), int(b)) for a, b in _COVERAGE.findall(done.stdout)]
            executed += max(map(int, _EXECUTED.findall(done.stdout)), default=0)
            coverage, features = max([*found, (coverage, features)])
            if done.returncode and not new:
                sys.stdout.buffer.write(done.stdout[-4000:])
                raise SystemExit(f"the engine ended with {done.returncode}")
            crashes += sum(_told(path, format_, done.stdout) for path in new)
            if not done.returncode:
                break
    print(
        f"{format_}: {count} seeds, {executed:,} executions, coverage {coverage:,}, features {features:,}", flush=True
    )
    return crashes


def _told(path: Path, format_: str, log: bytes) -> bool:
    """Name a find and how to repeat it; drop one that is the engine's own.

    Its counters keep the result of every comparison of arrays (atheris 3.0), so that its process grows without end: a
    file is too large only when it is too large by itself.
    """
    named = path.with_name(f"{path.name}.{format_}")
    path.rename(named)
    if "-oom-" in path.name and _fits(named):
        named.unlink()
        return False
    lines = log.decode("utf-8", "replace").splitlines()
    tail = "\n".join(line for line in lines if not line.startswith(("INFO:", "#")))[-3000:]
    print(f"  {named}\n  repeat: python -m tests.fuzz --repeat {named}\n{tail}", flush=True)
    return True


def _fits(path: Path) -> bool:
    """Whether one file is read within the limit on memory, in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from tests.fuzz import target; p = Path(sys.argv[1]);"
        "target.read(p.read_bytes(), p.suffix[1:]); shift = 20 if sys.platform == 'darwin' else 10;"
        f"sys.exit(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> shift > {MIB})"
    )
    return subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=120).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
