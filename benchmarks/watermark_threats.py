"""What thieves can do to a watermark, measured: with the file, with copies, with the detector, with the key.

    SCENEPROOF_DATA=… python benchmarks/watermark_threats.py FOLDER [--meshes bun_zipper gargo bumpy-sphere-small]

The rows go to FOLDER as TSV; a run that finds rows of an experiment there leaves it out, and the tables are printed at
the end. `first` is what the studio's key reads after the attack: its ``payload``, ``payload 2`` (that of another
copy), ``FALSE`` (one that nobody wrote), ``found`` (a mark, but no payload), or ``no``; `second` is the other key's
reading. Distortion is against the marked file that the thief starts from, or against the original where it says so.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import _watermark_cases as cases
import numpy as np
from _watermark_rows import COLUMNS, append, finished, tables

from sceneproof.kernels.umbrella import umbrella
from sceneproof.marks.watermark.codec import Surface, detect
from sceneproof.marks.watermark.codec._distortion import measure
from sceneproof.marks.watermark.codec._mesh import Welded, vertex_normals, weld

Row = dict[str, object]
PAYLOADS = [bytes([n + 1]) * 8 for n in range(6)]
AFTER: tuple[tuple[str, str] | None, ...] = (None, ("noise", "0.1"), ("crop", "30"), ("similarity", ""))
LEVELS = {
    "noise": ("0.3", "0.5", "0.7", "1", "1.5", "2"),
    "laplacian": ("10", "30", "50", "100", "200", "400"),
    "simplify": ("50", "70", "80", "90", "95", "97.5", "99"),
}
QUERIES = 50


class Subject:
    """One mesh with the studio's mark in it."""

    def __init__(self, name: str, seed: int, strength: str = "Q") -> None:
        self.name, self.seed, self.strength = name, seed, strength
        self.plain = cases.plain(name)[0]
        self.key, self.thief = cases.key_of(seed, "studio"), cases.key_of(seed, "thief")

    @functools.cached_property
    def marked(self) -> Surface:
        return self.copy(0)

    @functools.lru_cache(maxsize=8)  # noqa: B019 - a subject lives as long as its run
    def copy(self, number: int) -> Surface:
        """The mesh with another payload of the studio's key."""
        return cases.marked(self.plain, PAYLOADS[number], self.key, 1.0, self.strength)

    @functools.cached_property
    def welded(self) -> Welded:
        return weld(self.marked)

    def at(self, positions: np.ndarray) -> Surface:
        """The mesh with other vertex places, as a file keeps them."""
        return cases.stored(positions, self.plain.faces)


def read(surface: Surface, key: bytes, payload: bytes, effort: str = "normal") -> tuple[str, float]:
    """What a key reads, in a word, and the corrected log10 p."""
    result = detect([surface], key, effort=effort)
    if result.payload is not None:
        other = f"payload {PAYLOADS.index(result.payload) + 1}" if result.payload in PAYLOADS else "FALSE"
        return ("payload" if result.payload == payload else other), result.log10_p
    return ("found" if result.found else "no"), result.log10_p


def cost(before: Surface, after: Surface) -> Row:
    """MRMS, % of the diagonal, and mean turn of the normals, degrees, of a change that keeps the triangles."""
    welded = weld(before)
    known = welded.group >= 0
    places = welded.vertices.copy()
    places[welded.group[known]] = after.positions[known]
    found = measure(welded, places)
    return {"mrms": f"{100 * found.mrms:.4f}", "normals": f"{found.normal_mean:.2f}"}


def line(subject: Subject, level: str, surface: Surface, before: Surface | None = None) -> Row:
    """A row of what the studio's key reads."""
    word, p = read(surface, subject.key, PAYLOADS[0])
    return {"level": level, "first": word, "log10_p": f"{p:.1f}"} | (cost(before, surface) if before else {})


def second_mark(subject: Subject) -> Iterator[Row]:
    """Another key's mark over the first, at the whole and at half of the limits, and what is read of both after."""
    for share in (1.0, 0.5):
        both = cases.marked(subject.marked, PAYLOADS[5], subject.thief, share)
        for attack in AFTER:
            after = cases.attacked(both, attack, subject.seed) if attack else both
            row = line(subject, f"share {share}, {' '.join(attack).strip() if attack else 'as written'}", after)
            yield row | {"second": read(after, subject.thief, PAYLOADS[5])[0]} | cost(subject.marked, both)
            if row["first"] == "no" and attack is None:
                break


def more_marks(subject: Subject) -> Iterator[Row]:
    """Marks of one new key after another, each at half of the limits, until the first is lost."""
    now = subject.marked
    for count in range(1, 5):
        now = cases.marked(now, PAYLOADS[5], cases.key_of(subject.seed, "thief", count), 0.5)
        row = line(subject, f"{count} of half strength", now, subject.marked)
        yield row
        if row["first"] == "no":
            return


def removal(subject: Subject) -> Iterator[Row]:
    """The usual attacks, stronger and stronger, until the payload is lost."""
    for attack, levels in LEVELS.items():
        for level in levels:
            after = cases.attacked(subject.marked, (attack, level), subject.seed)
            before = subject.marked if len(after.positions) == len(subject.marked.positions) else None
            row = line(subject, f"{attack} {level}", after, before)
            yield row
            if row["first"] != "payload":
                break


def smooth_noise(welded: Welded, rng: np.random.Generator, steps: int) -> np.ndarray:
    """A normal displacement (v, 3), white noise smoothed to about the wavelengths of the mark, of unit MRMS."""
    normals, area = vertex_normals(welded.vertices, welded.faces)
    field = umbrella(np.repeat(rng.normal(size=(len(normals), 1)), 3, axis=1), welded.edges, 0.5, steps)[:, :1]
    field /= np.sqrt((field[:, 0] ** 2 * area).sum() / area.sum()) / welded.diagonal
    out: np.ndarray = field * normals
    return out


def steps_for(welded: Welded) -> int:
    """Umbrella steps that reach about 1.5 % of the diagonal, a quarter of the mark's wavelength."""
    edge = np.linalg.norm(np.diff(welded.vertices[welded.edges], axis=1)[:, 0], axis=1).mean()
    return int(np.clip((0.015 * welded.diagonal / edge) ** 2 * 2.0, 1, 400))


def matching(subject: Subject) -> Iterator[Row]:
    """Noise in the band of the mark, from half its MRMS upwards, until the payload is lost."""
    welded = subject.welded
    field = smooth_noise(welded, np.random.default_rng(subject.seed), steps_for(welded))[welded.group]
    own = float(cost(subject.plain, subject.marked)["mrms"]) / 100.0  # type: ignore[arg-type]
    for times in (0.5, 0.7, 1.0, 1.4, 2.0, 3.0):
        row = line(subject, f"{times:g} times the mark", subject.at(subject.marked.positions + field * own * times),
                   subject.marked)  # fmt: skip
        yield row
        if row["first"] != "payload":
            return


def collusion(subject: Subject) -> Iterator[Row]:
    """Averages of copies with different payloads, and of two with different keys."""
    everything = [subject.copy(number).positions for number in range(5)]
    for count in (2, 3, 5):
        mean = subject.at(np.mean(everything[:count], axis=0))
        yield line(subject, f"average of {count} payloads", mean, subject.marked)
    other = cases.marked(subject.plain, PAYLOADS[0], subject.thief)
    mean = subject.at((everything[0] + other.positions) / 2.0)
    row = line(subject, "average of 2 keys", mean, subject.marked)
    yield row | {"second": read(mean, subject.thief, PAYLOADS[0])[0]}


def difference(subject: Subject) -> Iterator[Row]:
    """What the difference of two copies with different payloads gives away, and what it does on top of one of them."""
    everything = [subject.copy(number).positions for number in range(2)]
    yield line(subject, "copy 1 + (copy 1 - copy 2)", subject.at(2 * everything[0] - everything[1]), subject.marked)
    mark, gap = everything[0] - subject.plain.positions, everything[0] - everything[1]
    share = np.linalg.norm(gap) / np.linalg.norm(mark)
    yield {"level": "difference of two copies against one mark", "second": f"{share:.2f} of its size, "
           f"correlation {np.corrcoef(mark.ravel(), gap.ravel())[0, 1]:.2f}"}  # fmt: skip


def same_key(subject: Subject) -> Iterator[Row]:
    """Shapes with one topology under one key: whether the mean of their marks foretells that of another."""
    welded = weld(subject.plain)
    normals, _ = vertex_normals(welded.vertices, welded.faces)
    fields = []
    for number in range(5):
        rng = np.random.default_rng([subject.seed, number])
        shape = welded.vertices + 0.01 * smooth_noise(welded, rng, 4 * steps_for(welded))
        before = cases.stored(shape, welded.faces)
        after = cases.marked(before, PAYLOADS[0], subject.key)
        fields.append(((after.positions - before.positions) * normals).sum(axis=1))
    for count in (1, 2, 4):
        mean = np.mean(fields[:count], axis=0)
        yield {"level": f"mean of {count} marks against a new one",
               "second": f"correlation {np.corrcoef(mean, fields[4])[0, 1]:+.3f}"}  # fmt: skip


def oracle(subject: Subject) -> Iterator[Row]:
    """Random local fields, each kept when the detector's p gets worse; after so many queries, or at the first miss."""
    welded, rng = subject.welded, np.random.default_rng(subject.seed)
    own = float(cost(subject.plain, subject.marked)["mrms"]) / 100.0  # type: ignore[arg-type]
    now, (word, p) = subject.marked, read(subject.marked, subject.key, PAYLOADS[0], "quick")
    kept, query, spread = 0, 0, steps_for(welded)
    while word == "payload" and query < QUERIES:
        query += 1
        centre = welded.vertices[rng.integers(len(welded.vertices))]
        reach = np.exp(-((np.linalg.norm(welded.vertices - centre, axis=1) / (0.2 * welded.diagonal)) ** 2))
        field = (smooth_noise(welded, rng, spread) * reach[:, None])[welded.group]
        tried = subject.at(now.positions + 1.5 * own * field)
        word, worse = read(tried, subject.key, PAYLOADS[0], "quick")
        if worse > p:
            now, p, kept = tried, worse, kept + 1
    yield line(subject, f"{query} queries at quick, {kept} kept", now, subject.marked)


def with_key(subject: Subject) -> Iterator[Row]:
    """Another payload written over the first with the same key."""
    over = cases.marked(subject.marked, PAYLOADS[4], subject.key)
    row = line(subject, "written over", over, subject.marked)
    row["second"] = read(over, subject.key, PAYLOADS[4])[0]
    yield row
    yield {"level": "written over, against the original"} | cost(subject.plain, over)
    yield {"level": "the first mark alone, against the original"} | cost(subject.plain, subject.marked)


EXPERIMENTS: dict[str, Callable[[Subject], Iterable[Row]]] = {
    "with-key": with_key,
    "second-mark": second_mark,
    "collusion": collusion,
    "difference": difference,
    "more-marks": more_marks,
    "matching-noise": matching,
    "removal": removal,
    "oracle": oracle,
    "same-key": same_key,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the rows are kept")
    parser.add_argument("--meshes", nargs="+", default=["bun_zipper", "gargo", "bumpy-sphere-small"])
    parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=list(EXPERIMENTS))
    parser.add_argument("--strength", choices=("Q", "R"), default="Q", help="of the studio's mark; thieves work at Q")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "threats.tsv"
    for name in options.meshes:
        subject = Subject(name, options.seed, options.strength)
        for threat in options.only:
            if (name, threat) not in finished(path):
                rows = [{"mesh": name, "threat": threat} | row for row in EXPERIMENTS[threat](subject)]
                append(path, [{column: row.get(column, "-") for column in COLUMNS} for row in rows])
    print(tables(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
