"""How much a document asks for beyond its bytes: meshes drawn over and over, pictures larger than any machine shows."""

from __future__ import annotations

from collections.abc import Sequence

from sceneproof.config import LIMITS
from sceneproof.errors import LimitError
from sceneproof.io._picture_header import picture_header
from sceneproof.scene import Image, Mesh, Node


def check_draws(nodes: Sequence[Node], meshes: Sequence[Mesh]) -> None:
    """Raises `LimitError` when the nodes draw more primitives than `LIMITS.instances`, instances counted each."""
    drawn = 0
    for node in nodes:
        if node.mesh is not None:
            times = 1 if node.instances is None else len(node.instances)
            drawn += times * len(meshes[node.mesh].primitives)
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
