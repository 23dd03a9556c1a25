"""The limits that keep a stranger's file from taking the machine, in one table.

Checked against headers, before memory is taken. `LIMITS` is the default; nothing reads a configuration that lies
beside an asset.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds; the unit stands in the name.

    Attributes
    ----------
    file_bytes : one file or part.
    json_bytes : the JSON of a glTF.
    text_bytes : a mesh or cloud in text lines, which takes several times its size while it is read.
    accessor_bytes : one accessor, decoded.
    nodes : nodes of a document.
    node_depth : longest path from a root.
    instances : drawn instances of all nodes.
    world_bytes : all drawn vertices in world space, instances counted.
    image_pixels : width times height of one image.
    unfold_ratio : bytes that one byte of a compressed file may unfold to, past what fits in memory with ease.
    """

    file_bytes: int = 2 << 30
    json_bytes: int = 256 << 20
    text_bytes: int = 256 << 20
    accessor_bytes: int = 1 << 30
    nodes: int = 1_000_000
    node_depth: int = 512
    instances: int = 1_000_000
    world_bytes: int = 4 << 30
    image_pixels: int = 16384 * 16384
    unfold_ratio: int = 1000


LIMITS = Limits()
