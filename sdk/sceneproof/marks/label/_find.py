"""Which nodes are labels, and what hides one before any picture is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sceneproof.derived.ray_scene import hidden_nodes, is_label
from sceneproof.derived.world import slot_of, world_parts
from sceneproof.scene import Primitive, Scene

MARK = "sceneproof label"
WORDS = "sceneproof label text"


@dataclass(frozen=True)
class Label:
    """One board of a label: its node, the primitive of its words, and what its node says the words are."""

    node: int
    primitive: int
    text: str | None
    lang: str | None


def labels(scene: Scene) -> list[Label]:
    """Every label in the file, whether the default scene shows it or not.

    By the slot in a node's extras; where a tool has lost those, by the names of node, mesh or material.
    """
    found = []
    for index, node in enumerate(scene.nodes):
        if node.mesh is None:
            continue
        mesh = scene.meshes[node.mesh]
        own = is_label(slot_of(node)) or _plain(node.name).startswith(MARK) or _plain(mesh.name).startswith(MARK)
        named = [k for k, primitive in enumerate(mesh.primitives) if _material(scene, primitive).startswith(WORDS)]
        if not own and not named:
            continue
        mark = node.extras.get("sceneproof") if isinstance(node.extras, Mapping) else None
        stated = mark if isinstance(mark, Mapping) else {}
        for primitive in named or ([_finest(mesh.primitives)] if mesh.primitives else []):
            name = _material(scene, mesh.primitives[primitive])
            named_so = name.removeprefix(WORDS).strip() if name.startswith(WORDS) else ""
            text = stated.get("text") or named_so or None
            lang = stated.get("lang")
            found.append(Label(index, primitive, str(text) if text else None, lang if isinstance(lang, str) else None))
    return found


def faults(scene: Scene, label: Label) -> tuple[str, ...]:
    """Why a label cannot show whatever the view: zero-scale, off-camera, hidden-by-visibility, transparent."""
    out = []
    parts = [part for part in world_parts(scene) if part.node == label.node and part.primitive == label.primitive]
    if label.node not in scene.live_nodes():
        out.append("off-camera")
    elif label.node in hidden_nodes(scene):
        out.append("hidden-by-visibility")
    if not parts and not out:
        out.append("zero-scale")
    for part in parts:
        finite = part.positions[np.isfinite(part.positions).all(axis=1)]
        if not len(finite) or not len(part.triangles):
            out.append("zero-scale")
            continue
        # Two directions must have extent; the words are flat, so the third never has.
        sizes = np.linalg.svd(finite - finite.mean(axis=0), compute_uv=False)
        if sizes[1] <= 1e-9 * max(sizes[0], float(np.abs(finite).max())):
            out.append("zero-scale")
    if _clear(scene, label):
        out.append("transparent")
    return tuple(dict.fromkeys(out))


def _clear(scene: Scene, label: Label) -> bool:
    mesh = scene.nodes[label.node].mesh
    number = None if mesh is None else scene.meshes[mesh].primitives[label.primitive].material
    if number is None:
        return False
    material = scene.materials[number]
    if material.alpha_mode == "MASK":
        return material.base_color[3] < material.alpha_cutoff
    return material.alpha_mode == "BLEND" and material.base_color[3] < 0.1


def _material(scene: Scene, primitive: Primitive) -> str:
    return "" if primitive.material is None else _plain(scene.materials[primitive.material].name)


def _plain(name: str) -> str:
    """A name with blanks, as ours have: where a format's names hold none, they have dashes or underscores."""
    return name.replace("_", " ").replace("-", " ") if name.startswith(("sceneproof_", "sceneproof-")) else name


def _finest(primitives: tuple[Primitive, ...]) -> int:
    """The primitive with the most triangles: the words, when a tool has lost the names."""
    return max(range(len(primitives)), key=lambda k: len(primitives[k].triangles))
