"""The head of the sample human: a distance field, a lattice of rays that meets it, and the skin texture.

Own frame: origin between the ears, +Z out of the face, +Y up, +X to the figure's left; metres.
"""

from __future__ import annotations

import numpy as np

from tests.makers.forms import welded_normals
from tests.makers.samples import _textures as textures
from tests.makers.samples._sdf import ball, capsule, carve, ellipsoid, join
from tests.makers.shapes import Shape, grid_faces, smooth_noise

EYE = np.array([0.0315, 0.010, 0.0715])
EYE_RADIUS = 0.0122
MOUTH_Y = -0.0640
ROWS, COLUMNS = 142, 132


def mirrored(p: np.ndarray) -> np.ndarray:
    q = p.copy()
    q[..., 0] = np.abs(q[..., 0])
    return q


def hairline(p: np.ndarray, soft: float = 0.0035) -> np.ndarray:
    """About 0..1: 1 where hair grows. The line runs over the brow, down to the sideburn, around the ear to the nape."""
    around = np.arctan2(np.abs(p[..., 0]), p[..., 2])
    turn = [0, 0.45, 0.72, 1.0, 1.22, 1.34, 1.46, 1.60, 1.86, 2.10, 2.6, np.pi]
    line = [0.081, 0.080, 0.062, 0.046, 0.030, -0.004, -0.004, 0.040, 0.040, -0.020, -0.060, -0.066]
    return 1 / (1 + np.exp(np.clip(-(p[..., 1] - np.interp(around, turn, line)) / soft, -60, 60)))


def skull(p: np.ndarray) -> np.ndarray:
    """The head with neck and ears; the eyes' openings are hollows in which the eyeballs lie."""
    q = mirrored(p)
    d = ellipsoid(q, (0, 0.036, -0.014), (0.0745, 0.084, 0.097))
    d = join(d, ellipsoid(q, (0, -0.022, 0.020), (0.0605, 0.078, 0.070)), 0.03)
    d = join(d, capsule(q, (0.046, -0.058, 0.008), (0.012, -0.098, 0.062), 0.020, 0.017), 0.035)
    d = join(d, ball(q, (0, -0.099, 0.071), 0.0165), 0.028)
    d = join(d, ball(q, (0.041, -0.014, 0.060), 0.0215), 0.03)
    d = join(d, capsule(q, (0.008, 0.034, 0.083), (0.044, 0.031, 0.064), 0.0085), 0.022)
    d = join(d, ball(q, (0, -0.062, 0.071), 0.021), 0.03)
    d = join(d, capsule(q, (0, -0.06, -0.032), (0, -0.205, -0.047), 0.056, 0.043), 0.03)
    d = join(d, capsule(q, (0.052, -0.03, -0.035), (0.012, -0.165, -0.004), 0.012), 0.03)
    d = carve(d, ellipsoid(q, (0.0315, 0.012, 0.096), (0.0190, 0.0135, 0.0145)), 0.016)
    d = nose(q, d)
    d = eyelids(q, d)
    return ears(q, lips(q, d))


def nose(q: np.ndarray, d: np.ndarray) -> np.ndarray:
    d = join(d, capsule(q, (0, 0.026, 0.082), (0, -0.020, 0.1045), 0.0070, 0.0085), 0.016)
    d = join(d, ball(q, (0, -0.0245, 0.1075), 0.0098), 0.010)
    d = join(d, ellipsoid(q, (0.0125, -0.0280, 0.0960), (0.0068, 0.0075, 0.0105)), 0.008)
    return carve(d, ellipsoid(q, (0.0062, -0.0345, 0.1020), (0.0032, 0.0040, 0.0055)), 0.003)


def eyelids(q: np.ndarray, d: np.ndarray) -> np.ndarray:
    """A shell over the eyeball, pierced by an almond opening."""
    shell = ball(q, EYE, EYE_RADIUS + 0.0024)
    d = join(d, shell, 0.006)
    x, y = q[..., 0] - EYE[0], q[..., 1] - EYE[1] - 0.0004
    upper, lower = 0.0052 * (1 - (x / 0.0128) ** 2), -0.0042 * (1 - (x / 0.0132) ** 2)
    opening = np.maximum(y - upper, lower - y) * 0.85
    opening = np.maximum(opening, 0.05 - q[..., 2])
    pit = np.maximum(opening, -(ball(q, EYE, EYE_RADIUS - 0.0022)))
    return carve(d, pit, 0.0016)


def lips(q: np.ndarray, d: np.ndarray) -> np.ndarray:
    upper = join(
        capsule(q, (0.0035, -0.0575, 0.0925), (0.0235, -0.0642, 0.0795), 0.0058, 0.0022),
        ball(q, (0, -0.0590, 0.0925), 0.0052),
        0.006,
    )
    lower = capsule(q, (0, -0.0712, 0.0895), (0.0215, -0.0648, 0.0795), 0.0072, 0.0024)
    d = join(join(d, upper, 0.006), lower, 0.007)
    d = carve(d, capsule(q, (0, -0.0435, 0.1000), (0, -0.0520, 0.1005), 0.0032), 0.008)
    d = carve(d, ellipsoid(q, (0, -0.0845, 0.0935), (0.018, 0.0045, 0.006)), 0.012)
    slit = np.maximum(
        np.abs(q[..., 1] - slit_height(q[..., 0])) - 0.0005, np.maximum(q[..., 0] - 0.0245, 0.0755 - q[..., 2])
    )
    return carve(d, slit, 0.0022)


def ears(q: np.ndarray, d: np.ndarray) -> np.ndarray:
    turn = np.array([[0.93, 0.0, 0.36], [0.0, 1.0, 0.0], [-0.36, 0.0, 0.93]])
    e = (q - (0.0785, -0.004, -0.012)) @ turn.T
    e[..., 2] -= -0.18 * e[..., 1]
    shell = ellipsoid(e, (0, 0, 0), (0.0085, 0.0315, 0.0185))
    shell = carve(shell, ellipsoid(e, (0.0080, 0.004, 0.002), (0.0060, 0.0205, 0.0105)), 0.005)
    shell = join(shell, capsule(e, (0.003, -0.006, 0.012), (0.003, 0.006, 0.013), 0.004), 0.005)
    return join(d, shell, 0.010)


def hair_lift(p: np.ndarray) -> np.ndarray:
    """How far the hair stands off the scalp: swept back in strands, short at the sides and the nape."""
    grow = hairline(p - (0, 0.005, 0), 0.0075)
    x, y, _z = np.moveaxis(p, -1, 0)
    full = 0.004 + 0.012 * np.clip((y - 0.0) / 0.09, 0, 1)
    flow = np.arctan2(x, y + 0.02) * 1.0 + 0.35 * smooth_noise(p * 18, seed=31)
    strands = 0.5 + 0.5 * np.sin(38 * flow + 2.2 * smooth_noise(p * 9, seed=32))
    return grow * (full + 0.0022 * strands * np.clip((y + 0.03) / 0.06, 0, 1))


def field(p: np.ndarray) -> np.ndarray:
    return skull(p) - hair_lift(p)


def rays() -> tuple[np.ndarray, np.ndarray]:
    """Origins and directions [shape=(ROWS, COLUMNS + 1, 3)]: dense over the face, densest at eyes and mouth."""
    s = crowded(ROWS, [(-0.02, 0.35, 1.5), (0.36, 0.045, 3.2), (0.545, 0.030, 5.0), (0.48, 0.1, 1.4)])
    elevation = np.interp(s, [0, 0.36, 0.545, 0.70, 1], [np.pi / 2, 0.13, -0.56, -1.0, -1.05])
    height = np.interp(s, [0, 0.4, 0.72, 1], [0.02, 0.0, -0.035, -0.16])
    back = np.interp(s, [0, 0.72, 1], [0.0, -0.012, -0.040])
    phi = np.pi * 2 * (crowded(COLUMNS + 1, [(0.5, 0.07, 3.0), (0.44, 0.03, 1.0), (0.56, 0.03, 1.0)]) - 0.5)
    origin = np.stack([np.zeros_like(s), height, back], -1)[:, None] * np.ones((1, COLUMNS + 1, 1))
    e, f = np.meshgrid(elevation, phi, indexing="ij")
    return origin, np.stack([np.cos(e) * np.sin(f), np.sin(e), np.cos(e) * np.cos(f)], -1)


def crowded(count: int, peaks: list[tuple[float, float, float]]) -> np.ndarray:
    """``count`` numbers from 0 to 1, closer together around each (place, width, weight)."""
    t = np.linspace(0, 1, 4001)
    density = 1.0 + sum(weight * np.exp(-(((t - place) / width) ** 2)) for place, width, weight in peaks)
    total = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.interp(np.linspace(0, total[-1], count), total, t)


def lattice() -> np.ndarray:
    """Where each ray last leaves the head [shape=(ROWS, COLUMNS + 1, 3)], found from outside."""
    origin, direction = rays()
    direction = along_mouth(origin, direction)
    direction[:, -1] = direction[:, 0]
    points = origin + traced(origin, direction)[..., None] * direction
    points[0] = points[0].mean(axis=0)
    points[:, -1] = points[:, 0]
    return points


def traced(origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Distance along each ray at which it last leaves the head."""
    far = np.full(direction.shape[:-1], 0.30)
    for _ in range(90):
        far -= np.clip(0.55 * field(origin + far[..., None] * direction), -0.001, 0.02)
        far = np.maximum(far, 0.0)
    return far


def along_mouth(origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Directions tilted so that one row runs along the slit of the mouth and its neighbours along the lips."""
    rows = np.arange(len(origin))
    plain = np.hypot(direction[..., 0], direction[..., 2])
    elevation, turn = np.arctan2(direction[..., 1], plain), np.arctan2(direction[..., 0], direction[..., 2])
    place = origin[:, 0, 1] + 0.09 * np.sin(elevation[:, 0])
    middle = int(np.argmin(np.abs(place - MOUTH_Y)))
    near = np.exp(-(((rows - middle) / 9.0) ** 2))[:, None]
    for _ in range(6):
        ray = direction[middle]
        hit = origin[middle] + traced(origin[middle], ray)[:, None] * ray
        miss = (slit_height(hit[:, 0]) - hit[:, 1]) * np.exp(-((hit[:, 0] / 0.036) ** 4)) * (hit[:, 2] > 0.03)
        elevation = elevation + near * (miss / 0.09)
        flat = np.cos(elevation)
        direction = np.stack([flat * np.sin(turn), np.sin(elevation), flat * np.cos(turn)], -1)
    return direction


def slit_height(x: np.ndarray) -> np.ndarray:
    """The height of the line where the closed lips meet."""
    return MOUTH_Y + 0.0012 * np.cos(x * 260)


def head() -> tuple[Shape, np.ndarray]:
    """The head's shape (UVs from the lattice, so that the texture below fits) and its lattice of points."""
    points = lattice()
    faces = grid_faces(ROWS, COLUMNS + 1).reshape(-1, 3)
    keep = np.ones(len(faces), bool).reshape(ROWS - 1, COLUMNS, 2)
    keep[0, :, 1] = False
    v, u = np.meshgrid(np.linspace(0, 1, ROWS), np.linspace(0, 1, COLUMNS + 1), indexing="ij")
    flat = points.reshape(-1, 3)
    faces = faces[keep.ravel()]
    return Shape(flat, faces, welded_normals(flat, faces), np.stack([u, v], -1).reshape(-1, 2)), points


def upsampled(points: np.ndarray, size: int) -> np.ndarray:
    """The lattice resampled to texels [shape=(size, size, 3)]."""
    rows, columns = points.shape[:2]
    y, x = (np.arange(size) + 0.5) / size * (rows - 1), (np.arange(size) + 0.5) / size * (columns - 1)
    i, j = y.astype(int), x.astype(int)
    fy, fx = (y - i)[:, None, None], (x - j)[None, :, None]
    a, b = points[i][:, j], points[i][:, j + 1]
    c, d = points[i + 1][:, j], points[i + 1][:, j + 1]
    return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy


def skin_pictures(points: np.ndarray, size: int = 1024) -> tuple[np.ndarray, np.ndarray]:
    """Colour and occlusion-roughness-metal of the head, painted in space."""
    p = upsampled(points, size)
    q = mirrored(p)
    x, y, z = np.moveaxis(q, -1, 0)

    def spot(centre: tuple[float, float, float], radius: float) -> np.ndarray:
        return np.exp(-((np.linalg.norm(q - np.asarray(centre), axis=-1) / radius) ** 2))

    blotch = smooth_noise(p * 45, seed=41)
    pores = textures.noise((size, size), 42, slope=0.5)
    colour = np.ones((size, size, 3)) * (0.80, 0.585, 0.47)
    red = (
        0.8 * spot((0.045, -0.025, 0.07), 0.028)
        + 0.9 * spot((0, -0.026, 0.11), 0.018)
        + 0.7 * spot((0.085, 0, -0.02), 0.03)
    )
    colour *= 1 - red[..., None] * np.array((0.03, 0.16, 0.17))
    colour *= 1 + (0.030 * blotch + 0.022 * pores)[..., None] * np.array((0.7, 1.0, 1.1))
    shade = (
        np.clip(1 - np.abs(y + 0.088) / 0.04, 0, 1) * np.clip((z - 0.01) / 0.04, 0, 1) * np.clip(1.5 - x / 0.05, 0, 1)
    )
    colour *= 1 - 0.10 * (shade * (0.8 + 0.2 * pores))[..., None] * np.array((1.1, 0.9, 0.7))
    socket = spot((0.0315, 0.012, 0.082), 0.016)
    colour *= 1 - 0.16 * socket[..., None] * np.array((0.8, 1.0, 0.95))
    # Lips: the two rolls about the slit; the pocket behind is dark.
    reach = np.clip(1 - (x / 0.0245) ** 2, 0, 1) ** 0.6
    above, below = y - MOUTH_Y, MOUTH_Y - y
    lip = np.clip((0.0088 * reach - above) / 0.0016, 0, 1) * np.clip((0.0120 * reach - below) / 0.0020, 0, 1)
    lip *= (x < 0.0245) & (z > 0.06)
    colour = colour + (np.array((0.62, 0.30, 0.27)) * (1 + 0.05 * pores[..., None]) - colour) * 0.8 * lip[..., None]
    inner = np.clip((0.0017 - np.abs(y - slit_height(x))) / 0.0008, 0, 1) * (x < 0.0235) * (z > 0.06)
    colour = colour + (np.array((0.20, 0.05, 0.05)) - colour) * 0.9 * inner[..., None]
    # Brows, lashes, hair.
    arch = 0.0315 + 0.0045 * np.sin(np.clip((x - 0.012) / 0.042, 0, 1) * 2.3)
    thick = 0.0042 * np.clip((x - 0.009) / 0.004, 0, 1) * np.clip((0.056 - x) / 0.022, 0, 1)
    brow = (
        np.clip((thick - np.abs(y - arch)) / 0.0018, 0, 1)
        * (z > 0.03)
        * (0.70 + 0.25 * textures.noise((size, size), 45, slope=0.5, stretch=(3, 1)))
    )
    ex, ey = x - EYE[0], y - EYE[1] - 0.0004
    rim_up = np.abs(ey - 0.0058 * (1 - (ex / 0.0135) ** 2))
    lash = np.clip((0.0011 - rim_up) / 0.0006, 0, 1) * (np.abs(ex) < 0.0130) * (z > 0.05)
    dark = np.array((0.085, 0.050, 0.032))
    strands = textures.noise((size, size), 44, slope=0.8, stretch=(1, 9))
    hair = (
        dark
        * (1 + 0.30 * strands + 0.5 * (0.5 + 0.5 * np.sin(38 * np.arctan2(p[..., 0], p[..., 1] + 0.02))))[..., None]
    )
    for mask in (0.85 * brow, 0.85 * lash):
        colour = colour + (dark - colour) * np.clip(mask, 0, 1)[..., None]
    grow = hairline(p)
    colour = colour + (hair - colour) * np.clip(grow * 1.6 - 0.3, 0, 1)[..., None]
    rough = 0.52 + 0.03 * pores - 0.14 * lip + 0.08 * grow
    return np.clip(colour, 0, 1), textures.orm(rough, 1.0)
