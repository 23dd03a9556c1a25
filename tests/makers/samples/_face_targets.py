"""The 52 ARKit blend shapes of the sample head as displacement fields; names as in Apple's BlendShapeLocation.

Left is the figure's left (+X). Each field acts on points of the head's own frame and is nought away from its part.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.makers.samples._head import EYE, EYE_RADIUS, MOUTH_Y, slit_height

Move = Callable[[np.ndarray], np.ndarray]
JAW_AXIS = np.array([0.0, -0.016, 0.004])
JAW_ANGLE = 0.30


def step(t: np.ndarray) -> np.ndarray:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def blob(p: np.ndarray, centre: tuple[float, float, float], radius: float | tuple[float, float, float]) -> np.ndarray:
    return np.exp(-((((p - np.asarray(centre)) / np.asarray(radius)) ** 2).sum(-1)))


def front(p: np.ndarray) -> np.ndarray:
    return step((p[..., 2] - 0.025) / 0.03)


def below_slit(p: np.ndarray) -> np.ndarray:
    """1 under the mouth's slit, 0 above: sharp between the lips, broad in the cheeks."""
    wide = 0.0007 + 14 * np.clip(np.abs(p[..., 0]) - 0.005, 0, 0.06) ** 2 + 0.25 * np.clip(0.068 - p[..., 2], 0, 1)
    return step(0.5 + (slit_height(p[..., 0]) - p[..., 1]) / (2 * wide))


def jaw_mask(p: np.ndarray) -> np.ndarray:
    neck = step((p[..., 1] + 1.1 * p[..., 2] + 0.128) / 0.05)
    return below_slit(p) * neck * step((p[..., 2] + 0.005) / 0.04)


def pocket(p: np.ndarray) -> np.ndarray:
    """The lattice rows that lie in the slit: they become the lining of the open mouth."""
    inside = np.exp(-(((p[..., 1] - slit_height(p[..., 0])) / 0.0011) ** 2)) * step(
        (0.0235 - np.abs(p[..., 0])) / 0.006
    )
    return inside * step((p[..., 2] - 0.06) / 0.01)


def turned(p: np.ndarray, angle: float) -> np.ndarray:
    """Displacement of a turn about the jaw's hinge; positive opens."""
    q = p - JAW_AXIS
    c, s = np.cos(angle), np.sin(angle)
    moved = np.stack([q[..., 0], c * q[..., 1] - s * q[..., 2], s * q[..., 1] + c * q[..., 2]], -1)
    return moved - q


def jaw_open(p: np.ndarray) -> np.ndarray:
    hole = pocket(p)[..., None]
    lining = 0.3 * turned(p, JAW_ANGLE) + np.array([0.0, 0.0, -0.034])
    return jaw_mask(p)[..., None] * turned(p, JAW_ANGLE) * (1 - hole) + lining * hole


def lips(p: np.ndarray, *, upper: float = 1.0, lower: float = 1.0, height: float = 0.011) -> np.ndarray:
    """Weight of the lips and the skin about them."""
    dy = p[..., 1] - MOUTH_Y
    reach = np.exp(-((dy / height) ** 2) - (p[..., 0] / 0.026) ** 4) * front(p)
    under = below_slit(p)
    return reach * (lower * under + upper * (1 - under))


def along(weight: np.ndarray, direction: tuple[float, float, float] | np.ndarray) -> np.ndarray:
    return weight[..., None] * np.asarray(direction)


def corner(p: np.ndarray, radius: float | tuple[float, float, float] = (0.016, 0.014, 0.02)) -> np.ndarray:
    return blob(p, (0.024, MOUTH_Y, 0.079), radius) * front(p)


def blink(p: np.ndarray) -> np.ndarray:
    """The upper lid slides down and the hollow of the opening comes forward over the eyeball."""
    e = p - EYE
    radius = np.linalg.norm(e, axis=-1)
    height = np.array([-0.0075, -0.0042, 0.0056, 0.0150])
    slide = np.interp(e[..., 1], height, [0.0, 0.0, -0.0070, 0.0])
    mask = np.clip(1 - (e[..., 0] / 0.0155) ** 2, 0, 1) ** 0.7 * (p[..., 2] > 0.055)
    moved = e + along(slide * mask, (0, 1, 0))
    opening = step((0.0150 - np.abs(e[..., 0])) / 0.002) * step((0.0095 - np.abs(e[..., 1])) / 0.003)
    cover = np.maximum(radius, (EYE_RADIUS + 0.0018) * opening)
    return (moved * (cover / np.linalg.norm(moved, axis=-1))[..., None] - e) * (mask > 0)[..., None]


def lid(p: np.ndarray, upper: float, lower: float, side: float = 0.0) -> np.ndarray:
    """Small moves of the lids: ``upper`` and ``lower`` in metres up, ``side`` in metres outward."""
    e = p - EYE
    span = step((0.0165 - np.abs(e[..., 0])) / 0.009) * (p[..., 2] > 0.05)
    up = np.exp(-(((e[..., 1] - 0.0065) / 0.0040) ** 2)) * span
    low = np.exp(-(((e[..., 1] + 0.0055) / 0.0040) ** 2)) * span
    return along(up * upper + low * lower, (0, 1, 0)) + along((up + low) * side, (1, 0, 0))


def brow(p: np.ndarray, centre: float, width: float) -> np.ndarray:
    return blob(p, (centre, 0.036, 0.082), (width, 0.013, 0.03)) * front(p)


# One side's fields, written for the left (+X); the right is the mirror image.
SIDED: dict[str, Move] = {
    "eyeBlink": blink,
    "eyeLookDown": lambda p: lid(p, -0.0026, -0.0008),
    "eyeLookIn": lambda p: lid(p, 0.0, 0.0, -0.0008),
    "eyeLookOut": lambda p: lid(p, 0.0, 0.0, 0.0008),
    "eyeLookUp": lambda p: lid(p, 0.0016, 0.0006),
    "eyeSquint": lambda p: (
        lid(p, -0.0010, 0.0026) + along(blob(p, (0.034, -0.010, 0.075), (0.018, 0.009, 0.03)), (0, 0.003, 0.001))
    ),
    "eyeWide": lambda p: lid(p, 0.0024, -0.0008) + along(brow(p, 0.032, 0.02), (0, 0.0015, 0)),
    "mouthSmile": lambda p: (
        along(corner(p), (0.0085, 0.0095, -0.0040))
        + along(blob(p, (0.040, -0.030, 0.068), 0.018), (0.001, 0.0035, 0.0025))
    ),
    "mouthFrown": lambda p: along(corner(p), (0.0020, -0.0085, -0.0010)),
    "mouthDimple": lambda p: along(corner(p, 0.011), (0.0045, 0.0010, -0.0055)),
    "mouthStretch": lambda p: along(corner(p, (0.018, 0.018, 0.02)), (0.0105, -0.0030, -0.0050)),
    "mouthPress": lambda p: (
        along(lips(p) * half(p) * (1 - 2 * below_slit(p)), (0, -0.0018, 0)) + along(corner(p, 0.012), (0, 0, -0.001))
    ),
    "mouthLowerDown": lambda p: (
        along(lips(p, upper=0) * half(p) * (1 - pocket(p)), (0.001, -0.0070, 0.0012))
        + along(pocket(p) * half(p), (0, 0, -0.012))
    ),
    "mouthUpperUp": lambda p: (
        along(lips(p, lower=0) * half(p) * (1 - pocket(p)), (0.0005, 0.0065, 0.0012))
        + along(pocket(p) * half(p), (0, 0, -0.012))
    ),
    "browDown": lambda p: along(brow(p, 0.026, 0.022), (-0.0022, -0.0070, 0.0012)),
    "browOuterUp": lambda p: along(brow(p, 0.046, 0.016), (0.0005, 0.0080, 0)),
    "cheekSquint": lambda p: along(
        blob(p, (0.040, -0.016, 0.072), (0.020, 0.014, 0.03)) * front(p), (-0.001, 0.0055, 0.0025)
    ),
    "noseSneer": lambda p: (
        along(blob(p, (0.013, -0.022, 0.095), (0.009, 0.013, 0.02)), (0.0012, 0.0050, 0.0004))
        + along(lips(p, lower=0, height=0.010) * blob(p, (0.012, -0.056, 0.09), 0.013), (0, 0.0028, 0))
    ),
}


def puffed(p: np.ndarray, side: float) -> np.ndarray:
    return along(blob(p, (side * 0.044, -0.050, 0.060), (0.022, 0.024, 0.03)), (side * 0.0085, 0, 0.0055))


def half(p: np.ndarray) -> np.ndarray:
    """1 on the left of the mouth, 0 on the right, with a soft middle."""
    return step(0.5 + p[..., 0] / 0.016)


def rolled(p: np.ndarray, weight: np.ndarray, up: float) -> np.ndarray:
    return along(weight, (0, up, -0.0055))


WHOLE: dict[str, Move] = {
    "jawForward": lambda p: along(jaw_mask(p), (0, 0, 0.0085)),
    "jawLeft": lambda p: along(jaw_mask(p), (0.0095, 0, 0)),
    "jawRight": lambda p: along(jaw_mask(p), (-0.0095, 0, 0)),
    "jawOpen": jaw_open,
    "mouthClose": lambda p: -jaw_open(p) * (lips(p, height=0.014) ** 0.5)[..., None],
    "mouthFunnel": lambda p: (
        along(lips(p, height=0.014), (0, 0, 0.0085))
        + along(lips(p) * (1 - 2 * below_slit(p)), (0, 0.0042, 0))
        + along(lips(p), (-1, 0, 0)) * p[..., :1] * 0.42
        + along(pocket(p), (0, 0, -0.016))
    ),
    "mouthPucker": lambda p: (
        along(lips(p, height=0.014), (0, 0, 0.0090)) + along(lips(p, height=0.016), (-1, 0, 0)) * p[..., :1] * 0.52
    ),
    "mouthLeft": lambda p: along(lips(p, height=0.018), (0.0095, 0, -0.001)),
    "mouthRight": lambda p: along(lips(p, height=0.018), (-0.0095, 0, -0.001)),
    "mouthRollLower": lambda p: rolled(p, lips(p, upper=0, height=0.009), 0.0035),
    "mouthRollUpper": lambda p: rolled(p, lips(p, lower=0, height=0.009), -0.0030),
    "mouthShrugLower": lambda p: along(lips(p, upper=0.35) + blob(p, (0, -0.094, 0.08), 0.016), (0, 0.0050, 0.0012)),
    "mouthShrugUpper": lambda p: along(lips(p, lower=0), (0, 0.0045, 0.0022)),
    "browInnerUp": lambda p: along(brow(p, 0.013, 0.014) + brow(p, -0.013, 0.014), (0, 0.0070, 0.0004)),
    "cheekPuff": lambda p: puffed(p, 1.0) + puffed(p, -1.0),
    "tongueOut": lambda p: along(
        lips(p) * (1 - 2 * below_slit(p)) * step((0.02 - np.abs(p[..., 0])) / 0.01), (0, 0.0032, 0.0006)
    ),
}


def names() -> list[str]:
    """The 52 names, in the order of Apple's documentation."""
    eyes = ["eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide"]
    ordered = [name + side for side in ("Left", "Right") for name in eyes]
    ordered += ["jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker"]
    ordered += ["mouthLeft", "mouthRight"]
    ordered += [n + s for n in ("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch") for s in ("Left", "Right")]
    ordered += ["mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"]
    ordered += [n + s for n in ("mouthPress", "mouthLowerDown", "mouthUpperUp") for s in ("Left", "Right")]
    ordered += ["browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff"]
    ordered += ["cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"]
    return ordered


def skin_move(name: str, p: np.ndarray) -> np.ndarray:
    """Displacement of the skin under one named shape; moves under 0.05 mm count as none."""
    flip = np.array([-1.0, 1.0, 1.0])
    if name in WHOLE:
        move = WHOLE[name](p)
    elif name.endswith("Left"):
        move = SIDED[name.removesuffix("Left")](p)
    else:
        move = SIDED[name.removesuffix("Right")](p * flip) * flip
    move = np.where(np.linalg.norm(move, axis=-1, keepdims=True) < 5e-5, 0.0, move)
    return np.round(move, 6)


def eye_move(name: str, p: np.ndarray) -> np.ndarray:
    """Displacement of the eyeballs: a turn of 0.42 rad under the eyeLook shapes, else none."""
    move = np.zeros_like(p)
    if name.startswith("eyeLook"):
        side = 1.0 if name.endswith("Left") else -1.0
        way = name.removeprefix("eyeLook").removesuffix("Left").removesuffix("Right")
        e = p - EYE * (side, 1, 1)
        angle = 0.42 * {"Down": 1, "Up": -1, "In": -side, "Out": side}[way]
        c, s = np.cos(angle), np.sin(angle)
        x, y, z = e.T
        if way in ("Down", "Up"):
            after = np.stack([x, c * y - s * z, s * y + c * z], -1)
        else:
            after = np.stack([c * x + s * z, y, -s * x + c * z], -1)
        move = np.where((p[:, :1] * side) > 0, after - e, 0.0)
    return np.round(move, 6)


def inside_move(name: str, p: np.ndarray, part: str) -> np.ndarray:
    """Displacement of ``upper`` teeth, ``lower`` teeth and ``tongue``: the latter two ride on the jaw."""
    move = np.zeros_like(p)
    if part != "upper":
        move = {
            "jawOpen": lambda: turned(p, JAW_ANGLE),
            "jawForward": lambda: along(np.ones(len(p)), (0, 0, 0.0085)),
            "jawLeft": lambda: along(np.ones(len(p)), (0.0095, 0, 0)),
            "jawRight": lambda: along(np.ones(len(p)), (-0.0095, 0, 0)),
        }.get(name, lambda: move)()
    if part == "tongue" and name == "tongueOut":
        ahead = step((p[:, 2] - 0.022) / 0.05)
        move = along(ahead, (0, 0.006, 0.046)) + along(ahead**3, (0, -0.012, 0))
    return np.round(move, 6)
