"""Surfaces and clouds that the watermark benchmarks look at: as they are, marked, attacked; all of it seeded."""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sceneproof.bench._assets import REAL, Source, load
from sceneproof.marks.watermark.codec import CapacityError, Cloud, CodecError, Surface, embed, embed_cloud

ROOT = Path(__file__).resolve().parent.parent
MORE = {"rabbit": "meshes/rabbit.obj", "quadknot": "meshes/quadknot.obj", "suzanne": "humans/suzanne.glb"}
SCANS = ("bun_zipper", "gargo", "ankylosaurus")
OTHERS = ("ict-head", "archer", "cad-cycloidal", "chess-board", "vrm-godette", "spot", "rabbit", "quadknot", "suzanne")
MADE = ("bumpy-sphere-small", "cloth-small", "bevelled-box", "torus-knot", "three-parts")
ATTACKS = (("noise", "0.3"), ("crop", "30"), ("simplify", "50"), ("noise", "1"), ("crop", "50"), ("simplify", "90"))
SMALL_ATTACKS = (("noise", "0.3"), ("crop", "30"), ("simplify", "50"), ("noise", "0.1"), ("crop", "50"))
PAYLOAD = bytes.fromhex("5ce7e9a00f00c0de")


def key_of(seed: int, *name: object) -> bytes:
    """A key of 32 bytes for a seed and a name, independent of every other."""
    text = "/".join(map(str, name))
    return hmac.new(f"benchmark {seed}".encode(), text.encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class Case:
    """What is looked at: an asset, coarsened first by ``reduced`` percent, perhaps marked, perhaps attacked after."""

    mesh: str
    marked: bool = False
    attack: tuple[str, str] | None = None
    reduced: str = ""

    @property
    def state(self) -> str:
        """Its treatment in a word or two, as tables hold it."""
        attack = f" then {' '.join(self.attack)}" if self.attack else ""
        return ("marked" if self.marked else "unmarked") + attack


def source(name: str) -> Source:
    """Where a mesh comes from; real ones lie under SCENEPROOF_DATA."""
    if name in (*SCANS, *OTHERS):
        return Source(name, str(Path(os.environ["SCENEPROOF_DATA"]) / (MORE | REAL)[name]))
    return Source(f"made:{name}", maker=name)


@functools.cache
def plain(name: str, reduced: str = "") -> tuple[Surface, ...]:
    """The surfaces of an asset, at most three, most vertices first."""
    found = [Surface(*pair) for pair in load(source(name)).surfaces[:3]]
    return tuple(attacked(s, ("simplify", reduced), 0) if reduced else s for s in found)


def attacked(surface: Surface, attack: tuple[str, str], seed: int) -> Surface:
    """The surface after one attack, as a file of float32 holds it."""
    from sceneproof import attacks

    after = attacks.run(attack[0], attacks.Geometry(surface.positions, surface.faces), attack[1], seed)
    return stored(after.positions, after.faces)


def stored(positions: Any, faces: Any) -> Surface:
    """A surface as float32 keeps it."""
    return Surface(np.ascontiguousarray(positions.astype(np.float32), np.float64), faces)


def marked(surface: Surface, payload: bytes, key: bytes, share: float = 1.0, strength: str = "Q") -> Surface:
    """The surface with a mark. Raises `CapacityError` when it has no room."""
    mark = embed(surface, payload, key, strength=strength, share=share)
    return stored(surface.positions + mark.displacement, surface.faces)


@functools.cache
def built(case: Case, seed: int) -> tuple[tuple[Surface, ...], bool]:
    """The surfaces of a case, and whether any of them bears the foreign mark that the case asks for."""
    out, any_marked = [], False
    for number, before in enumerate(plain(case.mesh, case.reduced)):
        surface = before
        if case.marked:
            try:
                bits = 8 if len(surface.positions) > 5000 else 4
                surface = marked(surface, PAYLOAD[:bits], key_of(seed, "foreign", case.mesh))
                any_marked = True
            except CapacityError:
                pass
        out.append(attacked(surface, case.attack, seed + number) if case.attack else surface)
    return tuple(out), any_marked


def pair_cases(names: tuple[str, ...] = (*SCANS, *OTHERS, *MADE)) -> list[Case]:
    """Every mesh unmarked and marked, and each of these attacked."""
    found = []
    for place, name in enumerate(names):
        hit, other = ATTACKS[place % len(ATTACKS)], ATTACKS[(place + 1) % len(ATTACKS)]
        found += [Case(name), Case(name, True), Case(name, False, hit), Case(name, True, other)]
    return found


def ladder_cases(real: bool = True) -> list[Case]:
    """Small meshes, and large ones made small, since a whole search is long."""
    small = [(name, "") for name in MADE[:2]]
    if real:
        small += [(name, "") for name in ("spot", "suzanne", "rabbit")]
        small += [(name, "80") for name in (*SCANS, "cad-cycloidal", "archer")]
    found = []
    for place, (name, reduced) in enumerate(small):
        hit = SMALL_ATTACKS[place % len(SMALL_ATTACKS)]
        other = SMALL_ATTACKS[(place + 1) % len(SMALL_ATTACKS)]
        found += [Case(name, False, None, reduced), Case(name, True, None, reduced)]
        found += [Case(name, False, hit, reduced), Case(name, True, other, reduced)]
    return found


@functools.cache
def cloud(name: str, foreign: bool, seed: int) -> Cloud:
    """A cloud of the sample assets, perhaps with a mark of another key."""
    from sceneproof import io
    from sceneproof.marks.watermark._clouds import _gather

    found = next(iter(_gather(io.load(ROOT / "assets" / name)))).cloud
    if foreign:
        try:
            mark = embed_cloud(found, PAYLOAD, key_of(seed, "foreign", name))
        except CodecError:
            mark = embed_cloud(found, PAYLOAD[:4], key_of(seed, "foreign", name))
        colors = None if found.colors is None or mark.color_change is None else found.colors + mark.color_change
        places = found.positions if mark.displacement is None else found.positions + mark.displacement
        found = Cloud(places, found.weights, found.colors if colors is None else colors, found.levels)
    return found
