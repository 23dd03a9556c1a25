"""The process that the engine runs in: ``python -m tests.fuzz.engine FORMAT CORPUS SEEDS [libFuzzer options]``."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from tests.fuzz import mutators

# Numba compiles the kernels, and cannot compile them with the engine's counters in them. The engine wants every name.
KERNELS = [path.stem for path in (Path(__file__).resolve().parents[2] / "sdk/sceneproof/kernels").glob("*.py")]
WITHIN = {
    "include": ["sceneproof"],
    "exclude": ["sceneproof.kernels", *(f"sceneproof.kernels.{name}" for name in KERNELS)],
}

with atheris.instrument_imports(**WITHIN):
    import sceneproof.io

    sceneproof.io.extensions()  # every handler


def main() -> None:
    format_ = sys.argv[1]
    with atheris.instrument_imports(**WITHIN):
        from tests.fuzz import seeds, target

        for data in seeds.of(format_)[:40]:  # what is imported when it is first needed is instrumented as well
            target.read(data, format_)

    def one(data: bytes) -> None:
        target.read(data, format_)

    mutate = mutators.of(format_)
    engine = {"custom_mutator": mutate} if mutate else {}
    atheris.Setup([sys.argv[0], *sys.argv[2:]], one, **engine)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
