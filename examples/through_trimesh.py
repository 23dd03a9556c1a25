"""Load a scene with trimesh and write it again, as many scripts do. A step for `sceneproof survive`:

sceneproof survive scene.glb --key studio.key --chain "python examples/through_trimesh.py {in} {out}"
"""

from __future__ import annotations

import sys

import trimesh

if __name__ == "__main__":
    source, target = sys.argv[1:]
    trimesh.load_scene(source).export(target)
