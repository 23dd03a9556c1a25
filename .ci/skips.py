"""Fail when a test was skipped for a reason that is not on the list."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as Tree
from pathlib import Path


def main(results: str, allowed: str) -> int:
    """Compare the skip reasons of a JUnit file with the lines of the list (the beginning of a reason is enough)."""
    lines = [line.strip() for line in Path(allowed).read_text(encoding="utf-8").splitlines()]
    reasons = [line for line in lines if line and not line.startswith("#")]
    bad = []
    for case in Tree.parse(results).iter("testcase"):
        for skip in case.findall("skipped"):
            if skip.get("type") == "pytest.xfail":  # known to fail, and said so beside the test
                continue
            why = skip.get("message") or ""
            if not any(why.startswith(reason) for reason in reasons):
                bad.append(f"{case.get('classname')}::{case.get('name')}: {why}")
    for entry in bad:
        print(f"skip that is not allowed: {entry}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
