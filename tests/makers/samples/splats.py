"""A small Gaussian splat cloud of the scanned still life.

Written as the trainers' PLY (Kerbl et al. 2023) and as glTF with KHR_gaussian_splatting.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.makers.builder import POINTS, Builder
from tests.makers.samples._scan import colours, jug, ply, srgb
from tests.makers.samples._sdf import gradient, iso_surface
from tests.makers.shapes import unit

COUNT = 5_000
SH_DC = 0.28209479177387814
LIGHT = unit(np.array([0.45, 0.75, 0.5]))


@cache
def cloud() -> dict[str, np.ndarray]:
    """position, rotation (x, y, z, w), scale (linear), opacity (0..1), dc and sh1 coefficients; all float32."""
    points, faces = iso_surface(jug, (-0.215, -0.030, -0.215), (0.215, 0.325, 0.215), 0.0052)
    rng = np.random.default_rng(401)
    corners = points[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    area *= np.where(corners[:, :, 1].min(1) < -0.012, 0.15, 1.0) / area.sum()
    pick = np.searchsorted(np.cumsum(area / area.sum()), (np.arange(COUNT) + rng.uniform(0, 1, COUNT)) / COUNT)
    mix = rng.dirichlet((1, 1, 1), COUNT)
    centre = np.einsum("nk,nkj->nj", mix, corners[np.minimum(pick, len(faces) - 1)])
    normal = unit(gradient(jug, centre, 2e-3))
    order = np.lexsort(np.round(centre, 4).T)
    centre, normal = centre[order], normal[order]

    spin = rng.uniform(0, np.pi, COUNT)
    side = unit(np.cross(normal, np.where(np.abs(normal[:, 1:2]) > 0.9, (1.0, 0, 0), (0, 1.0, 0))))
    other = np.cross(normal, side)
    u = side * np.cos(spin)[:, None] + other * np.sin(spin)[:, None]
    matrix = np.stack([u, np.cross(normal, u), normal], -1)
    reach = np.sqrt(0.24 / COUNT) * rng.lognormal(0, 0.22, (COUNT, 2))
    scale = np.concatenate([reach, 0.14 * reach.min(1, keepdims=True)], 1)
    opacity = np.clip(rng.normal(0.93, 0.05, COUNT), 0.35, 0.99)

    tint = colours(centre) * (0.50 + 0.62 * np.clip(normal @ LIGHT, 0, 1))[:, None]
    dc = (srgb(tint) / 255.0 - 0.5) / SH_DC
    # A faint sheen on the lit side, so that degree 1 is not all nought: order m = -1, 0, 1 as in the paper's code.
    sheen = 0.16 * np.clip(normal @ LIGHT, 0, 1)[:, None] * normal
    sh1 = np.repeat(np.stack([sheen[:, 1], -sheen[:, 2], sheen[:, 0]], 1)[:, :, None], 3, axis=2)
    values = {
        "position": centre,
        "rotation": quaternions(matrix),
        "scale": scale,
        "opacity": opacity,
        "dc": dc,
        "sh1": sh1,
    }
    return {name: np.round(array, 6).astype(np.float32) for name, array in values.items()}


def quaternions(m: np.ndarray) -> np.ndarray:
    """Unit quaternions (x, y, z, w) of rotation matrices, w >= 0 (Shepperd: the largest component first)."""
    t = np.stack([m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], m.trace(axis1=1, axis2=2)], 1)
    best = t.argmax(1)
    q = np.empty((len(m), 4))
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        at = best == k
        q[at, k] = 1 - t[at, 3] + 2 * m[at, k, k]
        q[at, i] = m[at, i, k] + m[at, k, i]
        q[at, j] = m[at, j, k] + m[at, k, j]
        q[at, 3] = m[at, j, i] - m[at, i, j]
    at = best == 3
    q[at, :3] = np.stack([m[at, 2, 1] - m[at, 1, 2], m[at, 0, 2] - m[at, 2, 0], m[at, 1, 0] - m[at, 0, 1]], 1)
    q[at, 3] = 1 + t[at, 3]
    q /= np.linalg.norm(q, axis=1, keepdims=True)
    return q * np.where(q[:, 3:] < 0, -1, 1)


def make_ply() -> bytes:
    """The trainers' layout: log scale, opacity before the sigmoid, rotation (w, x, y, z), ``f_rest`` by channel."""
    c = cloud()
    n = len(c["position"])
    logit = np.log(c["opacity"] / (1 - c["opacity"])).astype(np.float32)
    rest = c["sh1"].transpose(0, 2, 1).reshape(n, 9)
    columns = [*zip("xyz", c["position"].T, strict=True)]
    columns += [(name, np.zeros(n, np.float32)) for name in ("nx", "ny", "nz")]
    columns += [(f"f_dc_{k}", c["dc"][:, k]) for k in range(3)] + [(f"f_rest_{k}", rest[:, k]) for k in range(9)]
    columns += [("opacity", logit)] + [(f"scale_{k}", np.log(c["scale"][:, k])) for k in range(3)]
    columns += [(f"rot_{k}", c["rotation"][:, (k + 3) % 4]) for k in range(4)]
    return ply(columns, ["CC0-1.0, the sceneproof authors", "Vertical Axis: y"])


def make() -> bytes:
    """The same splats in glTF: linear scale, opacity after the sigmoid, rotation (x, y, z, w)."""
    c = cloud()
    name = "KHR_gaussian_splatting"
    attributes = {
        "POSITION": c["position"],
        "COLOR_0": np.concatenate([np.clip(c["dc"] * SH_DC + 0.5, 0, 1), c["opacity"][:, None]], 1).astype(np.float32),
        f"{name}:ROTATION": c["rotation"],
        f"{name}:SCALE": c["scale"],
        f"{name}:OPACITY": c["opacity"],
        f"{name}:SH_DEGREE_0_COEF_0": c["dc"],
    }
    attributes |= {f"{name}:SH_DEGREE_1_COEF_{k}": c["sh1"][:, k] for k in range(3)}
    b = Builder(rights="CC0-1.0, the sceneproof authors")
    b.use(name)
    settings = {
        "kernel": "ellipse",
        "colorSpace": "srgb_rec709_display",
        "sortingMethod": "cameraDistance",
        "projection": "perspective",
    }
    splats = b.primitive(attributes, mode=POINTS, extensions={name: settings})
    b.node("splats", mesh=b.mesh([splats], name="splats"))
    return b.glb()
