"""One module per sample asset: ``make()`` gives the GLB, ``make_ply()`` the PLY, as bytes."""

from __future__ import annotations

from importlib import import_module

ASSETS = {
    "interior.glb": ("interior", "make"),
    "human.glb": ("human", "make"),
    "reconstruction.glb": ("reconstruction", "make"),
    "points.glb": ("points", "make"),
    "points.ply": ("points", "make_ply"),
    "splats.glb": ("splats", "make"),
    "splats.ply": ("splats", "make_ply"),
}


def build(name: str) -> bytes:
    """The bytes of one asset of ``assets/``, by file name."""
    module, function = ASSETS[name]
    made: bytes = getattr(import_module(f"{__name__}.{module}"), function)()
    return made
