#!/usr/bin/env bash
# Three minutes of the coverage-guided fuzzer over every reader; fails on a crash and says how to repeat it. Run from a
# checkout with the project installed; the extra `fuzz` is added when it is missing. SECONDS_OF_FUZZING changes the time.
set -euo pipefail
cd "$(dirname "$0")/.."
python -c "import atheris" 2>/dev/null || python -m pip install -q --disable-pip-version-check -e ".[fuzz]"
found=${FUZZ_FOUND:-$(mktemp -d)}
python -m tests.fuzz --seconds "${SECONDS_OF_FUZZING:-180}" --found "$found"
