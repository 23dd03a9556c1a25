"""Names of a humanoid rig that were found: VRM bones, and the naming of well-known rigs.

What it measures
    ``value`` is the family with most bones recognised (``vrm``, ``mixamo``, ``unreal``, ``biped``, ``rigify``,
    ``smpl``, ``makehuman``, ``plain``) or ``None``; ``detail.bones`` how many of its names stand on nodes.
Unit
    text. Never scored: names are pasted on anything, and left off humans.
Confounders
    Fixtures and animals carry humanoid names.
Not evidence of
    a human in the scene; see humanoid-skeleton, which reads no names.
"""

from __future__ import annotations

import re

from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "human"
UNIT = "text"
COST = "cheap"
TESTS: tuple[str, ...] = ()

FEWEST = 8
LONGEST = 100  # characters of a name that are read
PATTERNS = {
    "mixamo": r"mixamorig\d*[:_]?(hips|spine\d?|neck|head|(left|right)(shoulder|(fore)?arm|hand|(up)?leg|foot|toe.*))",
    "unreal": r"(pelvis|spine_0\d|neck_0\d|head|(clavicle|upperarm|lowerarm|hand|thigh|calf|foot|ball)_[lr])",
    "biped": r"bip0*1[ _](pelvis|spine\d?|neck|head|[lr][ _](clavicle|upperarm|forearm|hand|thigh|calf|foot|toe\d))",
    "rigify": r"(def-)(spine|neck|head|pelvis|shoulder|upper_arm|forearm|hand|thigh|shin|foot|toe)([._].*)?",
    "smpl": r"((left|right)_(hip|knee|ankle|foot|collar|shoulder|elbow|wrist|hand)|spine[123]|pelvis|neck|head|jaw)",
    "makehuman": r"(upperleg|lowerleg|upperarm|lowerarm|clavicle|wrist|foot|spine|neck|head)0?\d[._][lr]?",
    "plain": r"(hips|spine|chest|neck|head|(left|right)?(shoulder|(upper|lower)(arm|leg)|hand|foot)([._-]?[lr])?)",
}


def measure(scene: Scene) -> Signal:
    """Value ``None`` when no family has eight names."""
    counts = dict.fromkeys(PATTERNS, 0)
    for node in scene.nodes:
        name = node.name.strip().lower()[:LONGEST]
        bare = re.sub(r"_0?\d+$", "", name)  # some hosts number every node
        for family, pattern in PATTERNS.items():
            counts[family] += bool(re.fullmatch(pattern, name) or re.fullmatch(pattern, bare))
    counts["vrm"] = len(scene.avatar.bones) if scene.avatar else 0
    family = max(counts, key=lambda item: (counts[item], item == "vrm"))
    found = family if counts[family] >= FEWEST else None
    pointers = tuple(skin.pointer for skin in scene.skins)[:16] if found else ()
    detail = {"bones": counts[family], "families": {name: count for name, count in counts.items() if count >= FEWEST}}
    return Signal("humanoid-names", found, UNIT, confidence=0.5, pointers=pointers, detail=detail)
