"""Before, after and eight times the difference: what a watermark at strength Q looks like under a glossy light.

    python benchmarks/watermark_pictures.py ASSET… --output DIR

Each asset's finest mesh is marked under a fixed key. The pictures are those that the bench measures PSNR from:
recomputed normals, grey surface, two highlights. Without room for a payload the mark that can only be detected is
shown.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

import sceneproof
from sceneproof.bench._gloss import picture, psnr
from sceneproof.derived.framing import frame
from sceneproof.derived.welded import welded
from sceneproof.marks.watermark.codec import CapacityError, Surface, embed

KEY, PAYLOAD = b"a fixed key for pictures", bytes.fromhex("0123456789abcdef")


def main() -> None:
    """Write one PNG per asset and print what the mark costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assets", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--strength", default="Q", choices=("Q", "R"))
    chosen = parser.parse_args()
    chosen.output.mkdir(parents=True, exist_ok=True)
    for path in chosen.assets:
        scene = sceneproof.load(path)
        whole = max((welded(scene, mesh) for mesh in range(len(scene.meshes))), key=lambda one: len(one.positions))
        surface = Surface(
            np.ascontiguousarray(whole.positions, np.float64), np.ascontiguousarray(whole.faces, np.int64)
        )
        made = None
        for payload in (PAYLOAD, PAYLOAD[:4], b""):
            try:
                made = embed(surface, payload, KEY, strength=chosen.strength)
                break
            except CapacityError as error:
                print(f"{path.name}: {8 * len(payload)} bits: {error}")
        if made is None:
            continue
        before, after = surface.positions, (surface.positions + made.displacement).astype(np.float32).astype(np.float64)
        view = frame(before)
        assert view is not None
        first, second = (picture([(places, surface.faces)], view)[0] for places in (before, after))
        apart = np.clip(0.5 + 8.0 * (second - first), 0.0, 1.0)
        strip = np.concatenate([first, second, apart], axis=1)
        Image.fromarray((255 * strip).round().astype(np.uint8)).save(chosen.output / f"{path.stem}.png")
        ratio = psnr([(before, surface.faces)], [(after, surface.faces)])
        print(
            f"{path.name}: {8 * len(payload)} bits, {len(before)} vertices, MRMS {100 * made.mrms:.3f} %, normals "
            f"{made.normal_deviation_mean_deg:.2f} degrees on average, PSNR {ratio:.1f} dB"
        )


if __name__ == "__main__":
    main()
