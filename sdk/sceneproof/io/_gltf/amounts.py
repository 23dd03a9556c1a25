"""How much a document asks for beyond its bytes: meshes drawn over and over, pictures larger than any machine shows."""

from __future__ import annotations

from collections.abc import Sequence

from sceneproof.config import LIMITS
from sceneproof.errors import LimitError
from sceneproof.io._picture_header import picture_header
from sceneproof.scene import Image, Mesh, Node

_VERTEX_BYTES = 24  # three float64


def check_draws(nodes: Sequence[Node], meshes: Sequence[Mesh]) -> None:
    """Raises `LimitError` when the nodes draw more primitives than `LIMITS.instances`, instances counted each, or more
    vertices than `LIMITS.world_bytes` hold in world space."""
    drawn = placed = 0
    for node in nodes:
        if node.mesh is not None:
            times = 1 if node.instances is None else len(node.instances)
            primitives = meshes[node.mesh].primitives
            drawn += times * len(primitives)
            placed += times * sum(_VERTEX_BYTES * len(primitive.positions) for primitive in primitives)
            if placed > LIMITS.world_bytes:
                reason = f"all drawn vertices together take more than {LIMITS.world_bytes:,} bytes"
                raise LimitError(reason, pointer=node.pointer)
            if drawn > LIMITS.instances:
                reason = f"the nodes draw more than {LIMITS.instances:,} primitives, instances counted"
                raise LimitError(reason, pointer=node.pointer)


def check_pictures(images: Sequence[Image]) -> None:
    """Raises `LimitError` for a picture whose header claims more pixels than `LIMITS.image_pixels`: a bomb."""
    for image in images:
        header = picture_header(image.data)
        if header is not None and header.pixels > LIMITS.image_pixels:
            size = f"{header.width:,} x {header.height:,} pixels"
            raise LimitError(f"a picture of {size}, limit {LIMITS.image_pixels:,} pixels", pointer=image.pointer)
