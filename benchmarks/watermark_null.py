"""What the detector says of marks that are not there: its statistics, whole searches, clouds and CRCs under wrong keys.

    SCENEPROOF_DATA=… python benchmarks/watermark_null.py FOLDER [--pairs 10000] [--ladders 300] [--page FILE]

Every trial has a key of its own, drawn from the seed, which wrote no mark. The rows go to FOLDER as TSV one by one; a
run that finds rows there goes on behind them, and one that finds all only prints the tables. Without SCENEPROOF_DATA
only meshes made by code are looked at.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import _watermark_cases as cases
import numpy as np
from _watermark_null_page import page

from sceneproof.marks.watermark.codec import CodecError, _detect, detect, detect_cloud
from sceneproof.marks.watermark.codec._code import code_length, decode
from sceneproof.marks.watermark.codec._constants import STEPS
from sceneproof.marks.watermark.codec._dither import phases
from sceneproof.marks.watermark.codec._frames import Frame, raw_frame, shape_frames
from sceneproof.marks.watermark.codec._lattice import probe
from sceneproof.marks.watermark.codec._mesh import Welded, weld
from sceneproof.marks.watermark.codec._parts import parts
from sceneproof.marks.watermark.codec._reader import FEWEST
from sceneproof.marks.watermark.codec._statistic import _normalised

BLOCK, LADDER_BLOCK = 25, 5  # trials in a row on one case, so that a surface is made ready once
TRIES = 8192  # code words of one decode
Row = dict[str, object]

PAIRS = ("mesh", "state", "layer", "step", "functionals", "pilots", "z_pilots", "z_payload", "z_all")
LADDERS = ("mesh", "state", "hypotheses", "log10_p", "found", "payload", "z", "seconds")
CHECKS = ("checks", "passes", "seconds")


@functools.cache
def places(case: cases.Case, seed: int) -> tuple[str, list[tuple[Welded, Frame]]]:
    """The state of a case, and the frames in which its largest surface is read."""
    surfaces, bears = cases.built(case, seed)
    whole = weld(surfaces[0])
    found = [(whole, raw_frame(whole))]
    for part in parts(whole):
        found += [place for frames in shape_frames(part) for place in frames]
    return case.state if bears or not case.marked else case.state.replace("marked", "refused"), found


def pair(number: int, seed: int, real: bool) -> Row | None:
    """One hypothesis: one surface, one wrong key, one frame, one step."""
    every = cases.pair_cases() if real else cases.pair_cases(cases.MADE[:2])
    case = every[number // BLOCK % len(every)]
    try:
        state, frames = places(case, seed)
    except CodecError:  # no lattice fits the surface, so that nothing is read there
        return None
    rng = np.random.default_rng([seed, number])
    # half in the file's own axes, half in one of the others
    index = 0 if len(frames) == 1 or rng.random() < 0.5 else int(rng.integers(1, len(frames)))
    step = STEPS[int(rng.integers(len(STEPS)))]
    found, _, _, _ = probe(*frames[index], cases.key_of(seed, "pair", number))
    if len(found.value) < FEWEST:
        return None
    cosine, weight, pilot = np.cos(phases(found, step)), found.weight * found.border, found.symbol < 0.0
    return {
        "mesh": case.mesh,
        "state": state,
        "layer": frames[index][1].name,
        "step": f"{step:.5f}",
        "functionals": len(pilot),
        "pilots": int(pilot.sum()),
        "z_pilots": f"{_normalised(weight[pilot], cosine[pilot]):.6f}",
        "z_payload": f"{_normalised(weight[~pilot], 2.0 * cosine[~pilot] ** 2 - 1.0):.6f}",
        "z_all": f"{_normalised(weight, cosine):.6f}",
    }


def remember() -> None:
    """Keep what a search makes of a surface before any key comes in, for the next key on the same surface."""
    search: Any = _detect
    search.weld = functools.lru_cache(maxsize=64)(search.weld)
    search.parts = functools.lru_cache(maxsize=64)(search.parts)
    search.raw_frame = functools.lru_cache(maxsize=64)(search.raw_frame)
    search.exponent_of = functools.lru_cache(maxsize=256)(search.exponent_of)
    frames = search.shape_frames
    search.shape_frames = functools.lru_cache(maxsize=64)(lambda surface: tuple(frames(surface)))
    search.UNDO = tuple(replace(undo, apply=functools.lru_cache(maxsize=8)(undo.apply)) for undo in search.UNDO)


def ladder(number: int, seed: int, real: bool) -> Row:
    """One whole search of a small asset under a wrong key."""
    every = cases.ladder_cases(real)
    case = every[number // LADDER_BLOCK % len(every)]
    surfaces, bears = cases.built(case, seed)
    start = time.process_time()
    result = detect(surfaces, cases.key_of(seed, "ladder", number), effort="normal")
    state = case.state if bears or not case.marked else case.state.replace("marked", "refused")
    return _searched(case.mesh, state, result, start)


def cloud(number: int, seed: int, real: bool) -> Row:  # noqa: ARG001
    """One whole search of a cloud under a wrong key."""
    name, foreign = ("splats.ply", "points.ply")[number % 2], number % 4 > 1
    subject = cases.cloud(name, foreign, seed)
    start = time.process_time()
    result = detect_cloud([subject], cases.key_of(seed, "cloud", number), effort="normal")
    return _searched(name, "marked" if foreign else "unmarked", result, start)


def _searched(mesh: str, state: str, result: object, start: float) -> Row:
    row: Row = {"mesh": mesh, "state": state, "hypotheses": result.hypotheses, "log10_p": f"{result.log10_p:.6f}"}  # type: ignore[attr-defined]
    row |= {"found": int(result.found), "payload": int(result.payload is not None)}  # type: ignore[attr-defined]
    row["z"] = f"{max((record.z for record in result.all), default=0.0):.4f}"  # type: ignore[attr-defined]
    return row | {"seconds": f"{time.process_time() - start:.2f}"}


def check(number: int, seed: int, real: bool) -> Row:  # noqa: ARG001
    """One decode of pure noise, with a list as long as the decoder gives; every CRC in it is a check."""
    start = time.process_time()
    soft = np.random.default_rng([seed, number, 4]).normal(size=code_length(64))
    result = decode(soft, 64, tries=TRIES)
    passed = int(result.payload is not None)
    return {"checks": result.candidates, "passes": passed, "seconds": f"{time.process_time() - start:.2f}"}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a TSV that are whole."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    head, *lines = text[: text.rfind("\n")].splitlines()
    names = head.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines if line.count("\t") == len(names) - 1]


def fill(path: Path, names: tuple[str, ...], wanted: Iterator[int], one: Callable[[int], Row | None]) -> None:
    """Append a row per trial; trials without one leave a row of dashes, so that the count tells where to go on."""
    fresh = not path.exists()
    if not fresh:  # a row that was cut off is written anew
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole[: whole.rfind("\n") + 1], encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        if fresh:
            file.write("\t".join(("trial", *names)) + "\n")
        for number in wanted:
            row = one(number) or {}
            file.write("\t".join([str(number), *(str(row.get(name, "-")) for name in names)]) + "\n")
            file.flush()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the rows are kept")
    parser.add_argument("--pairs", type=int, default=10_000, help="surfaces with a wrong key, one hypothesis each")
    parser.add_argument("--ladders", type=int, default=300, help="whole searches of meshes")
    parser.add_argument("--clouds", type=int, default=100, help="whole searches of clouds")
    parser.add_argument("--checks", type=int, default=1_000_000, help="CRC checks on noise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="write the tables as Markdown")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    remember()
    real = bool(os.environ.get("SCENEPROOF_DATA"))
    decodes = -(-options.checks // TRIES)
    parts_of_it = (
        ("pairs", PAIRS, options.pairs, pair),
        ("checks", CHECKS, decodes, check),
        ("clouds", LADDERS, options.clouds, cloud),
        ("ladders", LADDERS, options.ladders, ladder),
    )
    found = {}
    for name, names, count, one in parts_of_it:
        path = options.folder / f"{name}.tsv"
        done = len(rows_of(path))
        fill(path, names, iter(range(done, count)), lambda number, one=one: one(number, options.seed, real))  # type: ignore[misc]
        found[name] = rows_of(path)
    text = page(found, options.seed)
    print(text)
    if options.page:
        options.page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
