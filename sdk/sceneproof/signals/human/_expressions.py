"""Names of facial morph targets, and the part of the face that each should move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sceneproof.scene import Scene

# Apple's ARKit, ARFaceAnchor.BlendShapeLocation, without the sides.
ARKIT_ENDINGS = {
    "brow": ("down", "innerup", "outerup"),
    "cheek": ("puff", "squint"),
    "eye": ("blink", "lookdown", "lookin", "lookout", "lookup", "squint", "wide"),
    "jaw": ("forward", "", "open"),
    "mouth": (
        "close",
        "dimple",
        "frown",
        "funnel",
        "",
        "lowerdown",
        "press",
        "pucker",
        "rolllower",
        "rollupper",
        "shruglower",
        "shrugupper",
        "smile",
        "stretch",
        "upperup",
    ),
}
ARKIT = frozenset(f"{part}{ending}" for part, endings in ARKIT_ENDINGS.items() for ending in endings)
ARKIT |= {"tongueout", "nosesneer"}
# VRM 0.x blend shape groups and VRM 1.0 expressions: name to the part of the face.
VRM = {
    **dict.fromkeys(("a", "i", "u", "e", "o", "aa", "ih", "ou", "ee", "oh"), "mouth"),
    **dict.fromkeys(("blink", "blinkleft", "blinkright", "blink_l", "blink_r"), "eye"),
}
PARTS = {
    **dict.fromkeys(("eyeblink", "eyesquint", "eyewide"), "eye"),
    **dict.fromkeys(("mouthsmile", "mouthfrown", "mouthpucker", "mouthfunnel"), "mouth"),
    **{"brow": "brow", "jawopen": "jaw"},
}


@dataclass(frozen=True)
class FaceTarget:
    """A morph target with a known facial name.

    `family` is ``arkit`` or ``vrm``; `part` is ``eye``, ``brow``, ``mouth``, ``jaw`` or ``None`` where its place is
    not tested; `side` is ``l``, ``r`` or ``None``.
    """

    mesh: int
    index: int
    name: str
    family: str
    part: str | None
    side: str | None


def face_targets(scene: Scene) -> list[FaceTarget]:
    """All of them, those that VRM binds first."""
    found = {(t.mesh, t.index): t for t in _arkit(scene)}
    found |= {(t.mesh, t.index): t for t in _vrm(scene) if (t.mesh, t.index) not in found}
    return [found[key] for key in sorted(found)]


def split_side(name: str) -> tuple[str, str | None]:
    """A name in lower case without separators and side, and its side: ``eyeBlink_L`` is (eyeblink, l)."""
    words = re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower() if "." in name[:-2] else name.lower())
    for ending, side in (("left", "l"), ("right", "r")):
        if words.endswith(ending):
            return words[: -len(ending)], side
    if re.search(r"[_. ][lr]$", name.lower()):
        return words[:-1], words[-1]
    return words, None


def _arkit(scene: Scene) -> Iterator[FaceTarget]:
    for number, mesh in enumerate(scene.meshes):
        for index, name in enumerate(mesh.target_names):
            stem, side = split_side(name)
            if stem in ARKIT:
                part = next((part for start, part in PARTS.items() if stem.startswith(start)), None)
                yield FaceTarget(number, index, name, "arkit", part, side)


def _vrm(scene: Scene) -> Iterator[FaceTarget]:
    for expression in scene.avatar.expressions if scene.avatar else ():
        key = expression.name.lower()
        side = "l" if key.endswith(("left", "_l")) else "r" if key.endswith(("right", "_r")) else None
        for mesh, index, _ in expression.binds if len(expression.binds) <= 4 else ():
            if mesh < len(scene.meshes):
                yield FaceTarget(mesh, index, expression.name, "vrm", VRM.get(key), side)
