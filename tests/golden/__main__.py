"""``python -m tests.golden`` writes the golden reports again; look at what changed before it is committed."""

from __future__ import annotations

from tests.golden import CASES, FOLDER, current, text

for name in CASES:
    (FOLDER / f"{name}.json").write_text(text(current(name)), encoding="utf-8")
    print(f"{name}.json")
