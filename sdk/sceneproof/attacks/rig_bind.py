"""An avatar exported again in its bind pose.

What it models: a rig opened in a modelling tool and exported.
Definition: of every part, vertices and faces go into another order and positions to float32; the skin goes with them.
Where all joints at rest agree on where the mesh stands (world times inverse bind is one matrix), the mesh is moved
there and the inverse bind matrices take that back, as exporters do that apply transforms.
Limits: weights are not pruned or quantised; morph targets stay.
Source: glTF 2.0, section 3.7.3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._pose import any_has
from ._subject import Floats, Geometry, Part, Parts, Skinned

ID = "rig-bind"
KIND = "scene"
AMOUNTS = ("",)
SUMMARY = {"en": "avatar exported again in its bind pose", "zh": "以绑定姿态重新导出带骨骼角色"}
AGREE = 1e-4  # of the largest entry: how near the joints' matrices must be


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:  # noqa: ARG001
    """The same avatar under new numbers."""
    any_has(ID, subject, "skin")
    return Parts(tuple(_again(part, rng) for part in subject))


def _again(part: Part, rng: np.random.Generator) -> Part:
    place = _common(part.skin) if part.skin is not None else None
    linear = np.eye(3) if place is None else place[:3, :3]
    points = part.geometry.positions @ linear.T + (0.0 if place is None else place[:3, 3])
    order = rng.permutation(len(points))
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order))
    faces = new[part.geometry.faces]
    mixed = rng.permutation(len(faces))
    if np.linalg.det(linear) < 0.0:
        faces = faces[:, ::-1]
    skin = part.skin
    if skin is not None:
        bind = skin.bind if place is None else skin.bind @ np.linalg.inv(place)
        skin = replace(skin, joints=skin.joints[order], weights=skin.weights[order], bind=bind)
    return replace(
        part,
        geometry=Geometry(points[order].astype(np.float32).astype(np.float64), faces[mixed]),
        material=None if part.material is None else part.material[mixed],
        skin=skin,
        targets=tuple(deltas[order] @ linear.T for deltas in part.targets),
    )


def _common(skin: Skinned) -> Floats | None:
    """Where every joint at rest puts the mesh, if they agree and it can be undone."""
    if not len(skin.world):
        return None
    places = skin.world @ skin.bind
    first: Floats = places[0]
    if np.abs(places - first).max() > AGREE * np.abs(first).max() or abs(np.linalg.det(first[:3, :3])) < 1e-30:
        return None
    return first
