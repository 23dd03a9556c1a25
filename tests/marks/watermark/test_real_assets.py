from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import Surface, detect, embed

from ._surfaces import KEY, noisy, quantised, reordered, stored, turned

PAYLOAD = bytes.fromhex("5ce9e9f00f123456")
DENSE = ["reconstructions/bun_zipper.ply", "reconstructions/gargo.ply", "reconstructions/ankylosaurus_mesh.ply"]


@pytest.mark.parametrize("name", DENSE)
def test_a_scan_is_read_after_reorder_similarity_12_bits_and_noise(name: str, data: Path) -> None:
    import trimesh

    mesh = trimesh.load(data / name, process=False, force="mesh")
    points = np.asarray(mesh.vertices, dtype=np.float32).astype(np.float64)
    surface = Surface(points, np.asarray(mesh.faces, dtype=np.int64))
    embedding = embed(surface, PAYLOAD, KEY)
    assert embedding.layers == ("raw", "canonical")
    marked = stored(surface, embedding.displacement)
    assert detect([reordered(marked)], KEY).payload == PAYLOAD
    assert detect([noisy(quantised(turned(reordered(marked)), 12), 0.001)], KEY).payload == PAYLOAD
