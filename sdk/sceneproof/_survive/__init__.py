"""Survive: run a studio's own tools on a marked copy, and say after each step which marks are left."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sceneproof import keys as keyring
from sceneproof.digests import sha256
from sceneproof.errors import SceneproofError
from sceneproof.findings import TOOL, Survival, asset_dict
from sceneproof.io import load, to_bytes
from sceneproof.scene import Scene

from ._chain import parse
from ._options import SurviveOptions
from ._reading import reading, survived
from ._start import Expect, Start, Stated, begin
from ._steps import File, Walk

_MARKED = "0-marked"  # the steps' folders follow: 1-gltfpack …

__all__ = ["SurviveOptions", "error_record", "survive"]


def survive(
    asset: Any,
    chain: str | Sequence[str],
    *,
    key: keyring.KeyLike | Sequence[keyring.KeyLike] | None = None,
    declaration: Stated = None,
    settings: Sequence[str] = (),
    expect: Expect = None,
    options: SurviveOptions | None = None,
    **choices: Any,
) -> Survival:
    """Run tools on a marked copy of an asset and read its marks after each step. The asset itself is never touched.

    Parameters
    ----------
    asset : as in `sceneproof.audit`. One that bears no mark, or for which options of marking are given, is marked for
        the test in a folder of its own, as `sceneproof.mark` would.
    chain : one command line or several, each ``TOOL … {in} … {out} …``. It is split into words as a POSIX shell would
        and run without a shell; ``&&`` between two commands makes them two steps. ``{out.obj}`` gives the output
        another ending than the input's, ``{in.glb}`` hands the input over under another one; ``{{in}}`` is ``{in}``.
    key : as in `sceneproof.verify`; the first of several is the one to mark with. Without one there is no watermark.
    declaration, settings : as in `sceneproof.mark`. Without a payload, producer and content id, the watermark bears the
        first 64 bits of the asset's SHA-256.
    expect : receipt of an asset that is marked already, as in `sceneproof.verify`.
    options, choices : a `SurviveOptions`, or its fields as keywords (``each``, ``time_limit``, ``keep``, ``effort``,
        ``require`` and those of `sceneproof.mark`).

    Returns
    -------
    A `Survival`. A tool that fails, runs out of time, or writes nothing that can be read is a row of it, and what would
    follow in its chain is not run.

    Raises `UsageError` for a chain that cannot be meant, a tool that is not installed and an unknown name, `InputError`
    when the asset cannot be read, `MarkError` when it bears no mark and none can be put in.
    """
    started = time.perf_counter()
    chosen = options or SurviveOptions.of(choices)
    keys = keyring.ring(key)
    chosen.check_all(keys)
    chains = parse([chain] if isinstance(chain, str) else list(chain))
    source = load(asset)
    with _folder(chosen) as root:
        folder = root / _MARKED
        folder.mkdir()
        start = begin(asset, source, folder, keys, (declaration, settings), expect, chosen)
        seconds = {"start": time.perf_counter() - started, "tools": 0.0, "read": 0.0}

        held = keys if "watermark" in start.before else ()  # one that was not put in is not searched for in every step

        def read(scene: Scene, path: Path, ring: Sequence[keyring.Key] = held) -> dict[str, Any]:
            since = time.perf_counter()
            row = reading(scene, start.before, ring, chosen.effort, start.bits)
            row["asset"]["uri"] = str(Path(chosen.keep) / path.relative_to(root)) if chosen.keep is not None else None
            seconds["read"] += time.perf_counter() - since
            return row

        first = _first(start, read(start.scene, start.path, held if start.receipt else keys), keys)
        begin_with = File(start.path, first["counts"])
        walk = Walk(root, read, chosen.time_limit, begin_with)
        rows: list[dict[str, Any]] = []
        ends: list[dict[str, Any]] = []
        for steps in chains:
            if chosen.each:
                walk.taken = begin_with
                ends += rows[-1:]
            rows += [walk.step(step) for step in steps]
    seconds["tools"] = sum(row["seconds"] or 0.0 for row in rows)
    seconds["total"] = time.perf_counter() - started
    data = to_bytes(source)
    return Survival(
        {
            "schema": "sceneproof.survive/1",
            "tool": TOOL,
            "asset": asset_dict(source.uri, sha256(data), source.format, len(data)),
            "start": first,
            "steps": rows,
            "survived": survived(first, [*ends, rows[-1]]),
            "required": list(chosen.require),
            "options": chosen.shown(),
            "seconds": {name: round(value, 4) for name, value in seconds.items()},
        }
    )


@contextlib.contextmanager
def _folder(options: SurviveOptions) -> Iterator[Path]:
    """Where the files lie while the tools run, as an absolute path: a tool may change its folder."""
    if options.keep is not None:
        kept = Path(options.keep).absolute()
        new = not kept.exists()
        kept.mkdir(exist_ok=True)
        try:
            yield kept
        finally:  # nothing was kept: leave nothing
            with contextlib.suppress(OSError):
                (kept / _MARKED).rmdir()
                if new:
                    kept.rmdir()
        return
    # A process that a tool left behind may hold a file there: no reason to lose the result.
    with tempfile.TemporaryDirectory(prefix="sceneproof-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def _first(start: Start, read: Mapping[str, Any], keys: Sequence[keyring.Key]) -> dict[str, Any]:
    """The row of the marked file."""
    receipt = start.receipt
    return {
        "how": "given" if receipt is None else "marked",
        "key": bool(keys),
        **read,
        "payload": receipt["payload"] if receipt else (read["watermark"] or {}).get("payload"),
        "left_out": receipt["left_out"] if receipt else [],
    }


def error_record(uri: str, error: SceneproofError) -> Survival:
    """The record of an asset that could not be read or marked: no tool was run."""
    return Survival(
        {
            "schema": "sceneproof.survive/1",
            "tool": TOOL,
            "asset": {"uri": uri, "sha256": None, "format": None, "bytes": None},
            "error": {"message": str(error), "pointer": getattr(error, "pointer", "")},
            **dict.fromkeys(("start", "steps", "survived", "required", "options", "seconds")),
        }
    )
