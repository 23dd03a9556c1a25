"""Whether the colour of the surfaces looks photographed.

What it measures
    Photographs are noisy everywhere and have few perfectly even regions; painted and procedural maps have many.
    Each base colour map is brought to 256 x 256 pixels, blurred by 0.7 pixels, and described by: *flat*, the share of
    neighbouring pixels less than one grey level apart; the kurtosis of the steps; *blocks*, the share of 8 x 8 blocks
    with a spread above 2.5 levels. *photo* is ``(1 - flat) * clip((5 - ln kurtosis) / 2.5)``; it and *blocks* are means
    over the maps, weighted by their pixels (512 x 512 at most) and the area they cover. ``value`` is
    ``photo * (1 + covered) / 2``, with the share of the drawn area that bears such a map.
    Without maps, vertex or point colours stand in: ``clip(log10(distinct colours) / 3.3)``.
Score
    the value, towards realistic. ``None`` when there is no map, no vertex colour and no point colour: then there is no
    surface information to judge, which speaks neither for nor against.
Unit
    share.
Confounders
    Procedural noise and hand-painted detail rank above a real chess set; strong compression flattens photographs.
Not evidence of
    capture, nor of generation.
Source
    own measure; the thresholds were chosen so that storing a map as JPEG at quality 75 changes little.
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.textures import texture
from sceneproof.findings import Signal
from sceneproof.scene import Array, Scene
from sceneproof.signals._tools import clip

from ._surfaces import material_shares
from ._textures import MapStatistics, map_statistics

GROUP = "realism"
UNIT = "1"
COST = "normal"
TESTS = ("realistic",)

MAPS = 24  # the maps on most of the area; more change little and cost time


def measure(scene: Scene) -> Signal:
    """From maps where there are any, else from vertex colours, else undecided."""
    shares = _image_shares(scene)
    rows: list[tuple[float, MapStatistics, str]] = []
    unread = []
    for image, share in sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:MAPS]:
        decoded = texture(scene, image)
        if decoded.pixels is None or min(decoded.pixels.shape[:2]) < 8:
            unread.append(scene.images[image].pointer)
            continue
        height, width = decoded.pixels.shape[:2]
        weight = min(width * height, 512 * 512) * (share + 1e-9)
        rows.append((weight, map_statistics(decoded.pixels), scene.images[image].pointer))
    if not rows:
        return _from_colors(scene, unread)
    weights = np.array([row[0] for row in rows])
    weights = weights / weights.sum()
    photo = float(weights @ [photo_score(row[1]) for row in rows])
    covered = clip(sum(shares.values()))
    value = photo * (1 + covered) / 2
    return Signal(
        "photo-texture",
        round(value, 4),
        UNIT,
        score=round(value, 4),
        confidence=0.5,
        pointers=tuple(row[2] for row in rows)[:16],
        detail={
            "source": "maps",
            "maps": len(rows),
            "unread": unread,
            "photo": round(photo, 4),
            "covered": round(covered, 4),
            "flat": round(float(weights @ [row[1].flat for row in rows]), 4),
            "log_kurtosis": round(float(weights @ [row[1].log_kurtosis for row in rows]), 4),
            "blocks": round(float(weights @ [row[1].blocks for row in rows]), 4),
        },
    )


def photo_score(statistics: MapStatistics) -> float:
    """0..1 for one map, as the page says."""
    return (1 - statistics.flat) * clip((5 - statistics.log_kurtosis) / 2.5)


def _image_shares(scene: Scene) -> dict[int, float]:
    """Image to the share of the drawn area whose base colour it gives."""
    shares: dict[int, float] = {}
    for index, share in material_shares(scene).items():
        reference = None if index is None else scene.materials[index].textures.get("baseColor")
        if reference is not None and reference.image is not None and reference.image < len(scene.images):
            shares[reference.image] = shares.get(reference.image, 0.0) + share
    return shares


def _from_colors(scene: Scene, unread: list[str]) -> Signal:
    parts = [part for mesh in scene.meshes for part in mesh.primitives if "COLOR_0" in part.attributes]
    colors = [part.attributes["COLOR_0"][:, :3] for part in parts]
    colors += [cloud.colors[:, :3] for cloud in scene.points if cloud.colors is not None]
    colors += [cloud.harmonics[:, 0] for cloud in scene.splats if cloud.harmonics.shape[1]]
    distinct = _distinct(colors)
    if distinct < 2:
        return Signal("photo-texture", None, UNIT, detail={"source": None, "unread": unread})
    value = clip(float(np.log10(distinct)) / 3.3)
    return Signal(
        "photo-texture",
        round(value, 4),
        UNIT,
        score=round(value, 4),
        confidence=0.3,
        pointers=tuple(part.pointer for part in parts)[:16],
        detail={"source": "colors", "distinct": distinct, "unread": unread},
    )


def _distinct(colors: list[Array]) -> int:
    """Distinct colours at six bits a channel."""
    if not colors:
        return 0
    joined = np.concatenate([np.asarray(block, np.float64) for block in colors])
    joined = joined[np.isfinite(joined).all(axis=1)]
    levels = np.clip(joined * 63 + 0.5, 0, 63).astype(np.int64)
    return len(np.unique(levels @ np.array([4096, 64, 1])))
