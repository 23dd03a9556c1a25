"""The pieces of the sample room. Each function returns ``{material: [shapes]}`` standing on y = 0 about the origin."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from tests.makers.forms import lathe, pillow, rod, rounded_box, tube, welded_normals
from tests.makers.shapes import Shape, box, icosphere, plane, smooth_noise, surface, unit

Parts = dict[str, list[Shape]]


def upright(shape: Shape) -> Shape:
    """UVs turned a quarter, so that the grain of the wood runs up a leg or along a rod."""
    return replace(shape, uvs=np.asarray(shape.uvs)[:, ::-1])


def table(length: float, depth: float, height: float, top: float = 0.035) -> Parts:
    legs = [
        upright(rounded_box((0.055, height - top, 0.055), 0.012, segments=2, texel=0.5)).moved(
            (x, (height - top) / 2, z)
        )
        for x in (-length / 2 + 0.07, length / 2 - 0.07)
        for z in (-depth / 2 + 0.07, depth / 2 - 0.07)
    ]
    apron = [
        rounded_box((length - 0.2, 0.07, 0.02), 0.004, texel=0.5).moved((0, height - top - 0.036, z))
        for z in (-depth / 2 + 0.07, depth / 2 - 0.07)
    ]
    plate = rounded_box((length, top, depth), 0.012, texel=0.8).moved((0, height - top / 2, 0))
    return {"wood": [plate, *legs, *apron]}


def chair() -> Parts:
    """A dining chair that faces -z: seat at 0.45 m, back to 0.86 m."""
    legs = [upright(rod((x, 0, -0.17), (x * 0.95, 0.44, -0.16), 0.018)) for x in (-0.19, 0.19)]
    back = [upright(tube(np.array([(x, 0, 0.22), (x, 0.45, 0.18), (x, 0.86, 0.25)]), 0.017)) for x in (-0.185, 0.185)]
    t = np.linspace(-1, 1, 9)
    slats = []
    for height, lean in ((0.80, 0.238), (0.68, 0.216), (0.57, 0.198)):
        y, x = np.meshgrid(np.array([height + 0.035, height - 0.035]), t, indexing="ij")
        bow = lean + 0.03 * (1 - x**2)
        front = surface(np.stack([x * 0.185, y, bow - 0.008], -1)[:, ::-1], repeat=(1, 0.2))
        rear = surface(np.stack([x * 0.185, y, bow + 0.008], -1), repeat=(1, 0.2))
        slats += [front, rear]
    seat = rounded_box((0.44, 0.05, 0.42), 0.022, texel=0.3).moved((0, 0.455, 0))
    rails = [upright(rod((-0.19, 0.25, z), (0.19, 0.25, z), 0.011)) for z in (-0.165, 0.2)]
    return {"wood": [*legs, *back, *slats, *rails], "linen": [seat]}


def soft_block(size: tuple[float, float, float], radius: float, seed: int, *, texel: float = 0.5) -> Shape:
    """An upholstered block: rounded, crowned and slightly creased, so that no face is a flat plane."""
    shape = rounded_box(size, radius, segments=3, middle=6, texel=texel)
    reach = np.asarray(shape.positions) / (np.asarray(size) / 2)
    crown = np.prod(np.clip(1 - 0.85 * reach**2, 0.05, 1), axis=1) ** 0.5
    swell = 0.018 * crown + 0.004 * smooth_noise(np.asarray(shape.positions) * 6, seed=seed)
    moved = shape.positions + np.asarray(shape.normals) * swell[:, None]
    return replace(shape, positions=moved, normals=welded_normals(moved, shape.faces))


def sofa(width: float = 2.1) -> Parts:
    """A three-seat sofa that faces +z."""
    inner = width - 0.36
    third = inner / 3
    parts = [soft_block((inner, 0.24, 0.80), 0.03, 1).moved((0, 0.22, 0))]
    parts += [
        soft_block((third - 0.008, 0.17, 0.66), 0.06, 2 + k).moved((third * (k - 1), 0.42, 0.07)) for k in range(3)
    ]
    parts += [
        soft_block((third - 0.01, 0.46, 0.18), 0.075, 5 + k).turned("x", -0.2).moved((third * (k - 1), 0.66, -0.25))
        for k in range(3)
    ]
    parts += [
        soft_block((0.18, 0.52, 0.86), 0.08, 8 + k).moved((s * (width / 2 - 0.09), 0.36, 0))
        for k, s in enumerate((-1, 1))
    ]
    parts += [soft_block((width - 0.3, 0.70, 0.12), 0.05, 10).turned("x", -0.12).moved((0, 0.45, -0.38))]
    feet = [rod((x, 0, z), (x, 0.12, z), 0.022) for x in (-width / 2 + 0.1, width / 2 - 0.1) for z in (-0.34, 0.34)]
    return {"sofa": parts, "wood": feet}


def cushion(turn: float) -> Shape:
    return pillow((0.46, 0.46), 0.17, 30).turned("z", turn).turned("x", -0.35)


def shelf(width: float = 0.95, height: float = 1.95, depth: float = 0.30) -> Parts:
    """A bookcase with five boards of books and things; it faces +z."""
    side = [
        upright(rounded_box((0.025, height, depth), 0.004, segments=1, texel=0.6)).moved((s * width / 2, height / 2, 0))
        for s in (-1, 1)
    ]
    levels = np.linspace(0.06, height - 0.013, 6)
    boards = [rounded_box((width, 0.025, depth), 0.004, segments=1, texel=0.8).moved((0, y, 0)) for y in levels]
    back = [box((width, height, 0.01), texel=0.8).moved((0, height / 2, -depth / 2 + 0.005))]
    return {"wood": [*side, *boards, *back], "books": books(levels[:-1] + 0.0125, width - 0.06)}


def books(levels: np.ndarray, width: float) -> list[Shape]:
    """Rows of upright books; each spine takes one of the 24 of the spine texture, the other sides its page colour."""
    rng = np.random.default_rng(7)
    made = []
    for row, level in enumerate(levels):
        x = -width / 2
        stop = width / 2 - (0.32, 0.0, 0.38, 0.12, 0.25)[row]
        while x < stop:
            thick, tall, deep = rng.uniform(0.018, 0.05), rng.uniform(0.19, 0.28), rng.uniform(0.14, 0.19)
            book = box((thick, tall, deep))
            spine = int(rng.integers(24))
            uvs = np.asarray(book.uvs).copy()
            front = slice(16, 20)  # the +z side
            u = np.where(np.asarray(book.positions)[:, 0] > 0, 0.98, 0.02)
            uvs[:, 0] = (spine + 0.5) / 24
            uvs[:, 1] = 0.5 - 0.48 * np.sign(np.asarray(book.positions)[:, 1])
            uvs[front, 0] = (spine + u[front]) / 24
            lean = 0.0 if rng.random() < 0.9 else -0.12
            made.append(
                replace(book, uvs=uvs)
                .turned("z", lean)
                .moved((x + thick / 2, level + tall / 2 + abs(lean) * 0.01, -0.02))
            )
            x += thick + 0.002 + abs(lean) * tall
    return made


def floor_lamp() -> Parts:
    base = lathe(np.array([(0, 0), (0.15, 0), (0.155, 0.012), (0.145, 0.026), (0.03, 0.035), (0, 0.036)]), 40)
    pole = rod((0, 0.02, 0), (0, 1.48, 0), 0.011)
    outside = [(0.21, 1.30), (0.205, 1.302), (0.14, 1.62)]
    shade = lathe(np.array([*outside, (0.138, 1.62), (0.203, 1.305), (0.21, 1.30)]), 48)
    return {"brass": [base, pole], "shade": [shade]}


def pendant(drop: float = 0.7) -> Parts:
    """A lamp that hangs from y = 0."""
    bowl = np.array(
        [(0.19, -drop), (0.185, -drop + 0.06), (0.13, -drop + 0.14), (0.03, -drop + 0.18), (0.0, -drop + 0.185)]
    )
    inside = bowl[::-1] - (0.006, 0.006)
    profile = np.concatenate([np.clip(inside, (0, -9), None), bowl])
    bulb = icosphere(0.045, 2).moved((0, -drop + 0.08, 0))
    return {"enamel": [lathe(profile, 48)], "brass": [rod((0, -drop + 0.18, 0), (0, 0, 0), 0.005, 8)], "glow": [bulb]}


def picture(width: float, height: float, art: str) -> Parts:
    """A framed painting that faces +z, about the origin."""
    bar = 0.035
    frame = [
        rounded_box((width + 2 * bar, bar, 0.03), 0.006, texel=0.5).moved((0, s * (height + bar) / 2, 0))
        for s in (-1, 1)
    ] + [rounded_box((bar, height, 0.03), 0.006, texel=0.5).moved((s * (width + bar) / 2, 0, 0)) for s in (-1, 1)]
    canvas = plane((width, height)).turned("x", np.pi / 2).moved((0, 0, 0.005))
    return {"wood": frame, art: [canvas]}


def curtain(width: float, height: float, seed: int) -> Shape:
    """Hanging cloth in folds, from y = 0 up, facing +z."""
    y, x = np.meshgrid(np.linspace(height, 0, 24), np.linspace(-0.5, 0.5, 84), indexing="ij")
    hang = 1 - y / height
    fold = np.sin(2 * np.pi * 7 * x + 0.8 * np.sin(5 * x + seed)) * (0.025 + 0.03 * hang)
    depth = fold + 0.012 * smooth_noise(np.stack([x * 3, y, np.full_like(x, seed)], -1), seed=seed)
    return surface(np.stack([x * width * (1 + 0.06 * hang), y, depth], -1), repeat=(width * 5, height * 2.5))


def plant(leaves: int = 34, seed: int = 3) -> Parts:
    """A house plant in a glazed pot, about 1.1 m tall."""
    pot = lathe(
        np.array(
            [(0, 0), (0.12, 0), (0.13, 0.01), (0.165, 0.29), (0.168, 0.30), (0.155, 0.30), (0.15, 0.26), (0, 0.26)]
        ),
        48,
    )
    rng = np.random.default_rng(seed)
    blades, stems = [], []
    for k in range(leaves):
        turn, tilt = k * 2.39996, 0.25 + 0.9 * (k / leaves)
        length, rise = rng.uniform(0.30, 0.42), 0.78 * (1 - k / leaves) + 0.10
        t = np.linspace(0, 1, 9)
        reach = length * t * np.sin(tilt) * 1.1
        lift = 0.26 + rise * min(1.0, 0.3 + rng.random()) + length * (t * np.cos(tilt) - 0.55 * t**2 * np.sin(tilt))
        spine = np.stack([reach, lift, np.zeros_like(t)], -1)
        half = 0.055 * np.sin(np.pi * np.clip(t * 0.97 + 0.02, 0, 1)) ** 0.8 + 0.002
        cross = np.linspace(-1, 1, 5)
        points = spine[:, None] + half[:, None, None] * cross[:, None] * np.array([0, 0, 1.0])
        points[..., 1] += 0.35 * half[:, None] * np.abs(cross)
        blades.append(surface(points[:, ::-1]).turned("y", turn))
        root = np.array([(0, 0.25, 0), (0.01, (0.25 + lift[0]) / 2, 0), (0, lift[0], 0)])
        stems.append(tube(root, 0.005, 6).turned("y", turn))
    return {"glaze": [pot], "leaf": [*blades, *stems]}


def vase(rows: int = 140, columns: int = 124) -> Shape:
    """A hand-thrown vase, 0.34 m tall, twisted flutes that fade and a throwing wobble; closed, 17k vertices welded."""
    outside = np.array(
        [
            (0, 0),
            (0.055, 0),
            (0.062, 0.006),
            (0.075, 0.04),
            (0.108, 0.12),
            (0.115, 0.17),
            (0.095, 0.235),
            (0.055, 0.285),
            (0.046, 0.305),
            (0.055, 0.33),
            (0.062, 0.34),
        ]
    )
    inside = np.array(
        [
            (0.056, 0.341),
            (0.047, 0.325),
            (0.039, 0.305),
            (0.05, 0.28),
            (0.085, 0.23),
            (0.1, 0.17),
            (0.06, 0.03),
            (0, 0.02),
        ]
    )
    control = np.concatenate([outside, inside])
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(control, axis=0), axis=1))])
    s = np.linspace(0, arc[-1], rows)
    from scipy.interpolate import PchipInterpolator

    profile = PchipInterpolator(arc, control)(s)
    shape = lathe(profile, columns, repeat=(1, 1))
    x, y, z = np.asarray(shape.positions).T
    angle, radius = np.arctan2(x, z), np.hypot(x, z)
    flute = 0.045 * np.cos(9 * angle + 14 * y) * np.exp(-(((y - 0.15) / 0.07) ** 2))
    wobble = 0.03 * smooth_noise(np.asarray(shape.positions) * 7, seed=5) + 0.02 * np.cos(2 * angle + 1) * y / 0.34
    grow = 1 + (flute + wobble) * np.clip(radius / 0.03, 0, 1)
    points = np.stack([x * grow, y + 0.006 * np.cos(angle + 0.7) * y / 0.34, z * grow], -1)
    uvs = np.asarray(shape.uvs).copy()
    uvs[:, 1] = 1 - np.clip(points[:, 1] / 0.345, 0, 1)
    return replace(shape, positions=points, uvs=uvs, normals=welded_normals(points, shape.faces))


def sculpture(rows: int = 130, columns: int = 160) -> Shape:
    """A carved stone: a leaning, pierced-looking organic form of 20k vertices, 0.55 m tall, closed."""
    theta, phi = np.meshgrid(np.linspace(0, np.pi, rows + 1), np.linspace(0, 2 * np.pi, columns + 1), indexing="ij")
    theta = theta - 0.28 * np.sin(2 * theta)
    direction = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], -1)
    direction[:, -1] = direction[:, 0]
    direction[0], direction[-1] = (0, 1, 0), (0, -1, 0)
    p = direction * (0.15, 0.275, 0.13)
    swell = 1 + 0.16 * smooth_noise(direction * 0.55, seed=12) + 0.05 * smooth_noise(direction * 1.3, seed=13)
    hollow = np.zeros(theta.shape)
    for centre, width, depth in (
        ((0.5, 0.45, 0.74), 0.33, 0.42),
        ((-0.75, -0.1, 0.65), 0.3, 0.34),
        ((0.3, -0.4, -0.87), 0.4, 0.4),
    ):
        gap = np.linalg.norm(direction - unit(np.array(centre)), axis=-1)
        hollow += depth * np.exp(-((gap / width) ** 2))
    waist = 1 - 0.30 * np.exp(-(((direction[..., 1] - 0.30) / 0.22) ** 2)) + 0.12 * np.clip(-direction[..., 1], 0, 1)
    p = p * (swell * (1 - hollow))[..., None]
    p[..., 0] *= waist
    p[..., 2] *= waist
    twist = 2.2 * p[..., 1]
    x, z = p[..., 0].copy(), p[..., 2].copy()
    p[..., 0], p[..., 2] = (
        x * np.cos(twist) - z * np.sin(twist) + 0.10 * p[..., 1] + 0.5 * p[..., 1] ** 2,
        x * np.sin(twist) + z * np.cos(twist),
    )
    p[:, -1] = p[:, 0]
    p[..., 1] -= p[..., 1].min()
    shape = surface(p, repeat=(2, 2))
    keep = np.ones(len(shape.faces), bool).reshape(rows, columns, 2)
    keep[0, :, 1] = keep[-1, :, 0] = False
    shape = replace(shape, faces=shape.faces[keep.ravel()])
    return replace(shape, normals=welded_normals(shape.positions, shape.faces))


def gathered(*pieces: Parts) -> Parts:
    together: Parts = defaultdict(list)
    for piece in pieces:
        for material, shapes in piece.items():
            together[material] += shapes
    return dict(together)
