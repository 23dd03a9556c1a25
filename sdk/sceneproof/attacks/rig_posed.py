"""An avatar posed and baked to a static mesh.

What it models: a figure taken out of a game in some pose, a print.
Definition: every joint but the roots turns about its own place by an angle uniform within the given degrees, about a
random axis; children follow. Parts with a skin are blended linearly into the world and lose skin and morph targets; the
others are placed by their transform. Skins that share joints (equal places at rest) turn alike.
Limits: joints know no limits of anatomy, so bodies may enter themselves. Parts hung on joints without a skin stay.
Source: linear blend skinning as in glTF 2.0, section 3.7.3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._amount import number
from ._pose import Pose, any_has, blended, in_world, posed, without_morphs
from ._subject import Geometry, Part, Parts

ID = "rig-posed"
KIND = "scene"
AMOUNTS = ("25", "40")
SUMMARY = {
    "en": "avatar posed by joint angles within so many degrees, baked",
    "zh": "关节在给定角度内随机摆姿后烘焙",
}


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:
    """Static parts in the world."""
    degrees = number(ID, amount, 0.0, 180.0)
    any_has(ID, subject, "skin")
    pose: Pose = {}
    return Parts(tuple(_baked(part, degrees, rng, pose) for part in subject))


def _baked(part: Part, degrees: float, rng: np.random.Generator, pose: Pose) -> Part:
    if part.skin is None:
        surface = in_world(part)
    else:
        surface = Geometry(blended(part, posed(part.skin, degrees, rng, pose)), part.geometry.faces)
    return replace(without_morphs(part), geometry=surface, matrix=np.eye(4), skin=None)
