"""How much a document draws: a few bytes can place a mesh a million times, and each time is work."""

from __future__ import annotations

from collections.abc import Sequence

from sceneproof.config import LIMITS
from sceneproof.errors import LimitError
from sceneproof.scene import Mesh, Node


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
