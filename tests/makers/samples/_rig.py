"""Skeleton and skin weights of the sample human: VRM's humanoid bone names, A pose, 1.75 m, facing +Z."""

from __future__ import annotations

import numpy as np

from tests.makers.samples._sdf import neighbours, spread
from tests.makers.shapes import unit

HEAD = np.array([0.0, 1.627, 0.018])
ARM = unit(np.array([0.76, -0.65, 0.0]))
FOREARM = unit(np.array([0.73, -0.66, 0.17]))
SHOULDER = np.array([0.170, 1.415, -0.025])
ELBOW = SHOULDER + 0.275 * ARM
WRIST = ELBOW + 0.245 * FOREARM
FRONT = unit(np.array([0.0, 0.0, 1.0]) - FOREARM * FOREARM[2])
PALM = np.cross(FRONT, FOREARM)
FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")


def finger(name: str) -> np.ndarray:
    """Root, two knuckles and tip [shape=(4, 3)] of a left finger."""
    k = FINGERS.index(name)
    if name == "Thumb":
        ways = [
            0.62 * FOREARM + 0.72 * FRONT - 0.20 * PALM,
            0.83 * FOREARM + 0.52 * FRONT,
            0.93 * FOREARM + 0.34 * FRONT,
        ]
        root, lengths = WRIST + 0.022 * FOREARM + 0.022 * FRONT, (0.040, 0.032, 0.026)
    else:
        lean = (0.09, 0.02, -0.06, -0.15)[k - 1]
        bend = (0.06, 0.20, 0.34)
        ways = [FOREARM * np.cos(b) + lean * FRONT + PALM * np.sin(b) * sign() for b in bend]
        root = WRIST + (0.092, 0.096, 0.091, 0.081)[k - 1] * FOREARM + (0.031, 0.0105, -0.010, -0.0295)[k - 1] * FRONT
        scale = (0.95, 1.05, 0.98, 0.78)[k - 1]
        lengths = (0.043 * scale, 0.026 * scale, 0.022 * scale)
    return np.stack([root, *(root + np.cumsum([n * unit(w) for n, w in zip(lengths, ways, strict=True)], axis=0))])


def sign() -> float:
    """Fingers bend towards the body's side of the hand, whichever way ``PALM`` came out."""
    return 1.0 if PALM[0] < 0 else -1.0


def joints() -> dict[str, tuple[str | None, np.ndarray]]:
    """Name -> (parent, place), parents first."""
    made: dict[str, tuple[str | None, np.ndarray]] = {
        "hips": (None, np.array([0, 0.965, -0.005])),
        "spine": ("hips", np.array([0, 1.06, -0.005])),
        "chest": ("spine", np.array([0, 1.19, -0.010])),
        "upperChest": ("chest", np.array([0, 1.32, -0.020])),
        "neck": ("upperChest", np.array([0, 1.47, -0.025])),
        "head": ("neck", HEAD + np.array([0, -0.065, -0.028])),
    }
    for side, s in (("left", 1.0), ("right", -1.0)):
        m = np.array([s, 1, 1])
        chain = [
            ("Eye", "head", HEAD + np.array([0.0315, 0.010, 0.0715])),
            ("Shoulder", "upperChest", np.array([0.035, 1.425, -0.02])),
        ]
        chain += [("UpperArm", "Shoulder", SHOULDER), ("LowerArm", "UpperArm", ELBOW), ("Hand", "LowerArm", WRIST)]
        for name in FINGERS:
            parts = ("Metacarpal", "Proximal", "Distal") if name == "Thumb" else ("Proximal", "Intermediate", "Distal")
            above = "Hand"
            for part, place in zip(parts, finger(name), strict=False):
                chain.append((name + part, above, place))
                above = name + part
        chain += [
            ("UpperLeg", "hips", np.array([0.088, 0.925, -0.005])),
            ("LowerLeg", "UpperLeg", np.array([0.100, 0.500, 0.005])),
        ]
        chain += [
            ("Foot", "LowerLeg", np.array([0.108, 0.085, -0.030])),
            ("Toes", "Foot", np.array([0.118, 0.025, 0.095])),
        ]
        for name, parent, place in chain:
            full = parent if parent in ("head", "upperChest", "hips") else side + parent
            made[side + name] = (full, place * m)
    return made


def bones() -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Segments that hold flesh: (joint, from, to)."""
    at = {name: place for name, (_, place) in joints().items()}
    ends = {
        "hips": at["spine"],
        "spine": at["chest"],
        "chest": at["upperChest"],
        "upperChest": at["neck"],
        "neck": at["head"],
    }
    made = [(name, at[name], end) for name, end in ends.items()]
    for side, s in (("left", 1.0), ("right", -1.0)):
        for a, b in (
            ("Shoulder", "UpperArm"),
            ("UpperArm", "LowerArm"),
            ("LowerArm", "Hand"),
            ("UpperLeg", "LowerLeg"),
        ):
            made.append((side + a, at[side + a], at[side + b]))
        made.append((side + "LowerLeg", at[side + "LowerLeg"], at[side + "Foot"]))
        made.append((side + "Foot", at[side + "Foot"], at[side + "Toes"]))
        made.append((side + "Toes", at[side + "Toes"], at[side + "Toes"] + (0, 0, 0.06)))
        made.append((side + "Hand", at[side + "Hand"], (finger("Middle")[0]) * (s, 1, 1)))
        for name in FINGERS:
            places = finger(name) * (s, 1, 1)
            parts = ("Metacarpal", "Proximal", "Distal") if name == "Thumb" else ("Proximal", "Intermediate", "Distal")
            made += [(side + name + part, places[k], places[k + 1]) for k, part in enumerate(parts)]
    return made


def distance(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    t = np.clip((p - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-12), 0, 1)
    return np.linalg.norm(p - a - t[:, None] * (b - a), axis=1)


def weights(
    points: np.ndarray, faces: np.ndarray, only: tuple[str, ...], rounds: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """JOINTS_0 and WEIGHTS_0 [shape=(n, 4), uint8], sums 255: near bones win, then averaged over the mesh.

    ``only`` lists the endings of the joints' names that may act; a side's limbs never move the other side.
    """
    order = list(joints())
    full = np.zeros((len(points), len(order)))
    for name, a, b in bones():
        if not name.endswith(only):
            continue
        w = (0.012 + distance(points, a, b)) ** -7.0
        if name.startswith(("left", "right")):
            s = 1.0 if name.startswith("left") else -1.0
            w *= np.clip(0.5 + s * points[:, 0] / 0.03, 0, 1)
        full[:, order.index(name)] += w
    full /= full.sum(axis=1, keepdims=True)
    used = np.flatnonzero(full.any(axis=0))
    full[:, used] = spread(full[:, used], neighbours(faces, len(points)), rounds)
    return packed(full)


def packed(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The four largest weights of each vertex as bytes that sum to 255, joint 0 where a weight is nought."""
    top = np.argsort(-full, axis=1, kind="stable")[:, :4]
    w = np.take_along_axis(full, top, axis=1)
    eighths = np.floor(w / w.sum(axis=1, keepdims=True) * 255 + 1e-6).astype(np.int64)
    eighths[:, 0] += 255 - eighths.sum(axis=1)
    top = np.where(eighths > 0, top, 0)
    return top.astype(np.uint8), eighths.astype(np.uint8)


def rigid(count: int, joint: str) -> tuple[np.ndarray, np.ndarray]:
    """All vertices bound to one joint."""
    index = list(joints()).index(joint)
    return np.tile(np.array([index, 0, 0, 0], np.uint8), (count, 1)), np.tile(
        np.array([255, 0, 0, 0], np.uint8), (count, 1)
    )
