"""Small assets and their marked copies, made once per process, and editing of a GLB's JSON for tampering."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import sceneproof as sp
from sceneproof._warmup import bumpy_sphere
from tests.makers import shapes
from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder

SECRET = bytes(range(32, 64))
OTHER = bytes(range(100, 132))
CONFUSING = {
    "role": "provider",
    "market": ["cn"],
    "public": True,
    "unit": "scene",
    "origin": "ai-generated",
    "producer": "Example-Studio",
    "content_id": "A-0001",
    "attest": {"confusing": True},
}


def declared(**changes: Any) -> dict[str, Any]:
    """A declaration under which a missing mark fails, with fields changed; ``None`` takes one out."""
    return {name: value for name, value in (CONFUSING | changes).items() if value is not None}


@functools.cache
def dense() -> bytes:
    """A GLB with room for a watermark: a bumpy sphere of 10,368 vertices."""
    positions, faces = bumpy_sphere(72)
    b = Builder()
    mesh = b.mesh(
        shapes.Shape(positions, faces.astype(np.uint32)),
        name="ball",
        material=b.material("m", color=(0.2, 0.4, 0.6, 1)),
    )
    b.node("ball", mesh=mesh)
    return b.glb()


@functools.cache
def low() -> bytes:
    """A GLB without room for a watermark: a box, seen by a camera."""
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), name="box", material=b.material("m", color=(0.2, 0.4, 0.6, 1))))
    b.node("eye", camera=b.camera(), translation=[0, 0, 4])
    return b.glb()


@functools.cache
def marked() -> sp.Receipt:
    """The dense asset with all three marks."""
    return sp.mark(dense(), declaration=declared(), key=SECRET)


@functools.cache
def marked_low() -> sp.Receipt:
    """The low asset with label and metadata."""
    return sp.mark(low(), declaration=declared())


def bytes_of(receipt: sp.Receipt) -> bytes:
    """The file that a receipt's Scene stands for."""
    from sceneproof.io import to_bytes

    assert receipt.scene is not None
    return to_bytes(receipt.scene)


def edited(data: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """A GLB with its JSON changed in place by `edit`."""
    document, binary = unpack_glb(data)
    edit(document)
    return pack_glb(document, binary)


def document(data: bytes) -> dict[str, Any]:
    """The JSON of a GLB."""
    found: dict[str, Any] = unpack_glb(data)[0]
    return found


def findings(report: sp.Report) -> dict[str, list[sp.Finding]]:
    """Rule to its findings."""
    found: dict[str, list[sp.Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.rule, []).append(finding)
    return found


def verdicts(report: sp.Report) -> dict[str, str]:
    """Rule to its verdict; of several findings the first."""
    return {rule: str(found[0].verdict) for rule, found in findings(report).items()}
