"""``python -m tests.makers [NAME…]``: write the sample assets anew, all or the named ones."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.makers.samples import ASSETS, build


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ASSETS]
    if unknown:
        print(f"no such asset: {', '.join(unknown)}; there are {', '.join(ASSETS)}", file=sys.stderr)
        return 2
    folder = Path(__file__).parents[2] / "assets"
    for name in names or ASSETS:
        data, path = build(name), folder / name
        same = path.exists() and path.read_bytes() == data
        path.write_bytes(data)
        print(f"{name}  {len(data):,} bytes  {'unchanged' if same else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
