"""Simplification by quadric edge collapse.

What it models: levels of detail, budgets of headsets and web viewers.
Definition: edges are collapsed in the order of the quadric error until the given percent of the faces is gone
(Open3D's ``simplify_quadric_decimation``, boundary weight 1). The surface is scaled to unit size first, so the unit of
length does not matter.
Limits: needs Open3D (``sceneproof[reconstruction]``). A surface of many tiny parts may keep more faces than asked.
Source: Garland and Heckbert, "Surface simplification using quadric error metrics", SIGGRAPH 1997.
"""

from __future__ import annotations

import numpy as np

from ._amount import number
from ._mesh import unit_frame
from ._open3d import from_mesh, library, to_mesh
from ._subject import Geometry

ID = "simplify"
KIND = "surface"
AMOUNTS = ("10", "50", "70", "90", "95", "97.5")
SUMMARY = {"en": "percent of faces removed by quadric edge collapse", "zh": "按二次误差边折叠减去若干百分比的面"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """The surface on fewer faces."""
    share = number(ID, amount, 0.0, 99.99) / 100.0
    o3d = library(ID)
    unit, scale, shift = unit_frame(subject)
    target = max(round(len(unit.faces) * (1.0 - share)), 1)
    fewer = from_mesh(to_mesh(o3d, unit).simplify_quadric_decimation(target))
    return Geometry(fewer.positions * scale + shift, fewer.faces)
