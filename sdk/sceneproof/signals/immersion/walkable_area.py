"""Floor to stand on, with headroom, and walls around.

What it measures
    600 points on faces that look up (normal y > 0.85), spread by area. A point counts when 1.9 m above it are free;
    the eye stands 1.6 m above it and looks along 48 rays. *Area*: upward area times the share that counts. *Enclosure*:
    share of hits among the rays above -0.2 in y, its 90 % quantile over the points. *Level*: share of the points in
    the fullest layer of 0.5 m. ``value`` is the area.
    *Indoors* are the points with an enclosure of at least 0.8, so that a roof seen from above is no floor; an
    interior has 10 to 1000 m2 of them, at least 0.8 of these in one layer (``detail.interior``).
Score
    ``clip(log10(area / 2) / 1.5) (0.35 + 0.65 enclosure) (0.5 + 0.5 level)``, of all points or of those indoors,
    whichever is more; towards immersive. glTF is in metres; centimetres and millimetres are tried only when the metre
    reading is absurd (over 300 m across), and then a unit that makes it an interior counts, else the best;
    ``detail.unit`` says which. ``detail.any_unit`` is the best score over all three, so that a miniature is never
    called no room because of its unit.
Unit
    m2.
Confounders
    Wrong units; chess boards, heads and parts read as buildings when they are hundreds of units wide. Open terrain and
    dioramas have little enclosure.
Not evidence of
    realism. No floor is found where the file's up axis is not +Y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.derived.ray_scene import RayScene, ray_scene
from sceneproof.derived.welded import Surface, world_surface
from sceneproof.findings import Signal
from sceneproof.scene import Array, Scene
from sceneproof.signals._tools import clip

GROUP = "immersion"
UNIT = "m2"
COST = "normal"
TESTS = ("immersive",)

POINTS, RAYS = 600, 48
HEADROOM, EYE, LAYER = 1.9, 1.6, 0.5  # metres
ABSURD = 300.0  # metres
UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001}


INDOORS = 0.8  # enclosure of a point from which it counts as indoors


@dataclass(frozen=True)
class Reading:
    """What one unit gives: areas in square metres, enclosure and levels as shares."""

    area: float = 0.0
    enclosure: float = 0.0
    level: float = 0.0
    indoor_area: float = 0.0
    indoor_level: float = 0.0

    @property
    def score(self) -> float:
        """0..1 as the page says."""
        return max(_score(self.area, self.enclosure, self.level), _score(self.indoor_area, 1.0, self.indoor_level))

    @property
    def interior(self) -> bool:
        """Whether it reads as an interior."""
        return 10 <= self.indoor_area <= 1000 and self.indoor_level >= 0.8


def _score(area: float, enclosure: float, level: float) -> float:
    size = clip(float(np.log10(area / 2)) / 1.5) if area > 0 else 0.0
    return size * (0.35 + 0.65 * enclosure) * (0.5 + 0.5 * level)


def measure(scene: Scene) -> Signal:
    """Value ``None`` without a decoded surface."""
    surface = world_surface(scene)
    if not len(surface.faces):
        return Signal("walkable-area", None, UNIT)
    across = float(np.ptp(surface.positions, axis=0).max())
    rays = ray_scene(scene)
    floor = _floor(surface)
    readings = {unit: _read(rays, floor, scale) for unit, scale in UNITS.items()}
    allowed = list(UNITS) if across > ABSURD else ["m"]
    unit = max(allowed, key=lambda name: (readings[name].interior, readings[name].score))
    best = readings[unit]
    return Signal(
        "walkable-area",
        round(best.area, 3),
        UNIT,
        score=round(best.score, 4),
        confidence=0.5 if unit == "m" else 0.3,
        detail={
            "unit": unit,
            "enclosure": round(best.enclosure, 4),
            "level": round(best.level, 4),
            "indoor_m2": round(best.indoor_area, 3),
            "indoor_level": round(best.indoor_level, 4),
            "interior": best.interior,
            "across_m": across * UNITS[unit],
            "undecoded": sum(part.undecoded is not None for mesh in scene.meshes for part in mesh.primitives),
            "any_unit": round(max(reading.score for reading in readings.values()), 4),
        },
    )


def _floor(surface: Surface) -> tuple[Array, float]:
    """Points on the upward faces [shape=(600, 3)], spread by area in an order of place, and the area of these faces."""
    corners = surface.positions[surface.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(normal, axis=1)
    upward = corners[(normal[:, 1] > 0.85 * doubled) & (doubled > 0)]
    area = 0.5 * doubled[(normal[:, 1] > 0.85 * doubled) & (doubled > 0)]
    if not len(upward):
        return np.zeros((0, 3)), 0.0
    order = np.lexsort(np.rint(upward.mean(axis=1) / (1e-6 * surface.extent)).T)
    running = np.cumsum(area[order])
    steps = (np.arange(POINTS) + 0.5) / POINTS
    chosen = upward[order][np.minimum(np.searchsorted(running, steps * running[-1]), len(order) - 1)]
    # Roberts' R2 sequence: even places inside the triangles without a random number.
    u, v = (np.arange(POINTS)[:, None] * (0.7548776662466927, 0.5698402909980532) % 1.0).T
    u, v = np.where(u + v > 1, (1 - u, 1 - v), (u, v))
    a, b, c = chosen[:, 0], chosen[:, 1], chosen[:, 2]
    return a + u[:, None] * (b - a) + v[:, None] * (c - a), float(running[-1])


def _read(rays: RayScene, floor: tuple[Array, float], scale: float) -> Reading:
    """One unit; `scale` is metres per unit of the file."""
    points, area = floor
    up = np.array([0.0, 1.0, 0.0])
    if not len(points):
        return Reading()
    lifted = points + up * (0.02 / scale)
    free = rays.cast(lifted, np.broadcast_to(up, lifted.shape)).distance * scale > HEADROOM
    stood = points[free]
    if not len(stood):
        return Reading()
    directions = _sphere(RAYS)
    directions = directions[directions[:, 1] > -0.2]
    eyes = np.repeat(stood + up * (EYE / scale), len(directions), axis=0)
    hits = rays.cast(eyes, np.tile(directions, (len(stood), 1))).part.reshape(len(stood), -1) >= 0
    enclosure = hits.mean(axis=1)
    inside = enclosure >= INDOORS
    walkable = area * scale**2 * float(free.mean())
    return Reading(
        walkable,
        float(np.quantile(enclosure, 0.9)),
        _level(stood[:, 1] * scale),
        walkable * float(inside.mean()),
        _level(stood[inside, 1] * scale),
    )


def _level(heights: Array) -> float:
    """Share of the heights in the fullest layer, layers counted from the lowest; metres."""
    if not len(heights):
        return 0.0
    counts = np.bincount(((heights - heights.min()) / LAYER).astype(np.int64))
    return float(counts.max() / len(heights))


def _sphere(count: int) -> Array:
    """Even directions [shape=(count, 3)] (Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    height, angle = 1 - 2 * k / count, np.pi * (1 + 5**0.5) * k
    ring = np.sqrt(1 - height**2)
    return np.stack([ring * np.cos(angle), height, ring * np.sin(angle)], axis=1)
