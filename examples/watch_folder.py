"""Audit every asset of a folder and print the ones that a person must look at.

python examples/watch_folder.py assets
"""

from __future__ import annotations

import sys

import sceneproof as sp
from sceneproof.batch import expand


def main(folder: str) -> int:
    """Print one line per asset: worst verdict, realism risk, how many findings."""
    for name in expand([folder]):
        try:
            report = sp.audit(name, depth="cheap")
        except sp.InputError as error:
            print(f"unreadable  {error}")
            continue
        risk = report["assessment"]["realism_risk"]["level"]
        state = "fail" if report.failed else "review" if report.review else "pass"
        print(f"{state:10}  risk {risk:8}  {len(report.failed)} fail, {len(report.review)} review  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["assets"]))
