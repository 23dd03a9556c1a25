"""Whether the numbers can be metres: a guess at the unit, and what float32 leaves of the precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._memo import derived
from .world import bounds

if TYPE_CHECKING:
    from sceneproof.scene import Scene

LEAST, MOST = 0.02, 200.0  # metres: what scans and scenes of rooms and objects measure across
UNITS = (("mm", 1000.0), ("cm", 100.0))
STEP = 1e-4  # of the extent: coarser float32 steps are seen as stairs


@derived
def scale(scene: Scene) -> dict[str, Any] | None:
    """The ``scale`` object; ``None`` when nothing has a place.

    Returns
    -------
    ``extent_m`` (longest side, read as metres), ``unit`` (``m``, ``cm``, ``mm`` (where both fit, the smaller),
    ``normalised`` or ``unknown``),
    ``plausible`` (whether metres are), ``reason`` in English and Chinese; ``origin_distance_m`` from the origin to the
    centre, ``float32_step_m`` at the farthest coordinate, and ``precise``: whether the step is finer than 1e-4 of the
    extent (geographic coordinates stored as they are lose it).
    """
    box = bounds(scene, with_marks=False)
    if box is None:
        return None
    extent = float((box[1] - box[0]).max())
    farthest = float(np.abs(box).max())
    step = float(np.spacing(np.float32(min(farthest, 3e38))))
    unit, english, chinese = _guess(extent)
    return {
        "extent_m": extent,
        "unit": unit,
        "plausible": unit == "m",
        "reason": {"en": english, "zh": chinese},
        "origin_distance_m": float(np.linalg.norm(box.mean(axis=0))),
        "float32_step_m": step,
        "precise": extent == 0 or step <= STEP * extent,
    }


def _guess(extent: float) -> tuple[str, str, str]:
    size = f"{extent:.4g}"
    if not extent > 0:
        return "unknown", "everything lies in one place: there is no size to judge", "所有内容位于同一点，无尺寸可判断"
    for side in (1.0, 2.0):
        if abs(extent - side) < 0.01 * side:
            return (
                "normalised",
                f"the longest side is {size}: fitted to a box of {side:g}, as generators and normalising scripts do; "
                "the true size is not in the file",
                f"最长边为 {size}：被缩放到边长 {side:g} 的盒子（生成模型与归一化脚本的惯例），真实尺寸不在文件中",
            )
    if LEAST <= extent <= MOST:
        return (
            "m",
            f"{size} m across: an object, a room or a building",
            f"跨度 {size} 米：符合物件、房间或建筑的尺寸",
        )
    if extent > MOST:
        fits = {unit: f"{extent / per:.4g} m" for unit, per in UNITS if LEAST <= extent / per <= 20.0}
        if fits:
            return (
                next(iter(fits)),
                f"{size} m across would be a landscape; read as "
                + ", as ".join(f"{u} it is {v}" for u, v in fits.items()),
                f"若以米计跨度为 {size} 米，相当于地景；" + "，".join(f"若为 {u} 则为 {v}" for u, v in fits.items()),
            )
        return (
            "unknown",
            f"{size} m across: a landscape, or a smaller unit than metres",
            f"跨度 {size} 米：地景，或单位小于米",
        )
    return (
        "unknown",
        f"{size} m across: smaller than a thumb; check the unit (a scan in decimetres or a scaled node?)",
        f"跨度 {size} 米：小于拇指；请检查单位（是否以更大的单位存储，或节点带有缩放）",
    )
