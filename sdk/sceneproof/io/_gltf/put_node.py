"""A node of Sceneproof's own (a label) with its mesh and materials; putting it again replaces it where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sceneproof.edits import MeshPart, PutNode
from sceneproof.errors import MarkError
from sceneproof.scene import Array

from . import fields
from .editor import Editor
from .usage import Usage, whole_view

UNLIT = "KHR_materials_unlit"


def own_node(tree: dict[str, Any], slot: str | None = None) -> dict[str, int]:
    """Slot word to node index of the nodes that Sceneproof put in (only `slot`, when given)."""
    found: dict[str, int] = {}
    for number, node in enumerate(tree.get("nodes") or []):
        extras = node.get("extras")
        mark = extras.get("sceneproof") if isinstance(extras, Mapping) else None
        word = mark.get("slot") if isinstance(mark, Mapping) else None
        if isinstance(word, str) and (slot is None or word == slot):
            found.setdefault(word, number)
    return found


def free_own_data(editor: Editor, slots: Sequence[str]) -> dict[str, OwnParts]:
    """What the nodes of `slots` may write over, by slot.

    Their bytes are cut off when they are the end of their buffer, so that putting them again adds nothing.
    """
    found = {slot: _parts(editor, node) for slot, node in own_node(editor.tree).items() if slot in slots}
    own = sorted({view for parts in found.values() for view in parts.views})
    views = editor.tree.get("bufferViews") or []
    if not own:
        return found
    buffer = views[own[0]]["buffer"]
    start = min(views[number].get("byteOffset", 0) for number in own)
    others = [whole_view(view) for number, view in enumerate(views) if number not in own]
    others += [whole_view(item) for view in views for item in _packed(view)]
    if all(views[number]["buffer"] == buffer for number in own) and not any(
        span is None or (span[0] == buffer and span[2] > start) for span in others
    ):
        editor.cut(buffer, start)
        for parts in found.values():
            parts.freed = True
    return found


def put_node(editor: Editor, edit: PutNode, kept: OwnParts | None = None) -> None:
    """Write or replace the node of ``edit.slot``, over what `free_own_data` found of it.

    Raises `MarkError` when the file has no scene to put it in, or the node has no geometry.
    """
    scenes = editor.tree.get("scenes")
    if edit.parent is None and not scenes:
        raise MarkError("the file has no scene, so there is no start picture to label")
    arrays = [array for part in edit.parts for array in (part.positions, part.normals)]
    if not arrays or not all(len(array) and np.isfinite(array).all() for array in [*arrays, edit.matrix]):
        raise MarkError(f"the node {edit.slot!r} has no geometry, or its numbers are not finite")
    number = own_node(editor.tree, edit.slot).get(edit.slot)
    old = kept or (_parts(editor, number) if number is not None else OwnParts())
    mesh = editor.put("meshes", old.mesh, _mesh(editor, edit, old))
    node: dict[str, Any] = {"name": f"sceneproof {edit.slot}", "mesh": mesh}
    if not np.array_equal(edit.matrix, np.eye(4)):
        node["matrix"] = [float(item) for item in edit.matrix.T.ravel()]
    node["extras"] = {"sceneproof": {"slot": edit.slot, **edit.extras}}
    fresh = number is None
    number = editor.put("nodes", number, node)
    if edit.parent is not None:
        place: tuple[str | int, ...] = ("nodes", edit.parent, "children")
    else:
        place = ("scenes", fields.whole(editor.tree.get("scene", 0)) or 0, "nodes")
    if number not in (editor.get(*place) or []):
        if not fresh:
            _unlink(editor, number)
        editor.append(place, number)


class OwnParts:
    """Where an earlier node of ours keeps its things."""

    def __init__(self, mesh: int | None = None) -> None:
        self.mesh = mesh
        self.views: list[int] = []
        self.accessors: list[int] = []
        self.materials: list[int] = []
        self.freed = False  # its bytes are cut off already


def _parts(editor: Editor, node: int) -> OwnParts:
    """What an earlier node of ours may write over: only what nothing else in the file uses by now."""
    mesh = editor.get("nodes", node, "mesh")
    parts = OwnParts(mesh)
    usage = Usage(editor.tree)
    for primitive in editor.get("meshes", mesh, "primitives") or []:
        names = [*primitive["attributes"].values(), primitive.get("indices")]
        found = [editor.get("accessors", name) for name in names if isinstance(name, int)]
        if (
            len(found) < len(names)
            or not set(primitive["attributes"]) <= {"POSITION", "NORMAL"}
            or "material" not in primitive
            or any(not entry or "bufferView" not in entry for entry in found)
        ):
            return OwnParts(mesh)  # another tool has rebuilt it; write anew and leave that alone
        if any(usage.users(name) != 1 or usage.shared(name) for name in names):
            return OwnParts(mesh)
        parts.accessors += names
        parts.views = list(dict.fromkeys([*parts.views, *(entry["bufferView"] for entry in found)]))
        if primitive["material"] not in parts.materials:
            parts.materials.append(primitive["material"])
    others = [entry for number, entry in enumerate(editor.tree.get("accessors") or []) if number not in parts.accessors]
    if (
        len(parts.views) != 2
        or any((editor.get("bufferViews", view) or {}).get("extensions") for view in parts.views)
        or any(entry.get("bufferView") in parts.views for entry in others)
    ):
        return OwnParts(mesh)
    if any(_used_elsewhere(editor.tree, material, mesh) for material in parts.materials):
        parts.materials = []
    return parts


def _used_elsewhere(tree: dict[str, Any], material: int, mesh: int) -> bool:
    others = (entry for number, entry in enumerate(tree["meshes"]) if number != mesh)
    return any(item.get("material") == material for entry in others for item in entry.get("primitives") or [])


def _mesh(editor: Editor, edit: PutNode, old: OwnParts) -> dict[str, Any]:
    """The mesh object, its data written: one view for vertices, one for indices. Parts of one look share a material."""
    arrays = [[part.positions] if _is_flat(part) else [part.positions, part.normals] for part in edit.parts]
    vertices = b"".join(np.ascontiguousarray(array, np.float32).tobytes() for own in arrays for array in own)
    most = max(len(part.positions) for part in edit.parts)
    corner: np.dtype[Any] = np.dtype(np.uint16 if most < 65535 else np.uint32)  # 65535 restarts a primitive
    corners = [np.ascontiguousarray(part.triangles, corner).tobytes() for part in edit.parts]
    padded = [data + b"\0" * (-len(data) % 4) for data in corners]
    vertex_view = _view(editor, old, 0, vertices)
    corner_view = _view(editor, old, 1, b"".join(padded))
    spare = iter(old.accessors)
    primitives: list[dict[str, Any]] = []
    looks: dict[str, int] = {}
    vertex_at = corner_at = 0
    for part, own, data in zip(edit.parts, arrays, padded, strict=True):
        attributes = {}
        for name, array in zip(("POSITION", "NORMAL"), own, strict=False):
            entry = _accessor(vertex_view, vertex_at, array, bounds=name == "POSITION")
            attributes[name] = editor.put("accessors", next(spare, None), entry)
            vertex_at += 12 * len(array)
        indices = {
            "bufferView": corner_view, "byteOffset": corner_at, "componentType": 5123 if corner.itemsize == 2 else 5125,
            "count": 3 * len(part.triangles), "type": "SCALAR",
        }  # fmt: skip
        corner_at += len(data)
        look = _material(part)
        held = looks.get(str(look))
        if held is None:
            held = looks[str(look)] = editor.put("materials", _at(old.materials, len(looks)), look)
        number = editor.put("accessors", next(spare, None), indices)
        primitives.append({"attributes": attributes, "indices": number, "material": held})
    for number in spare:  # of parts that are gone: let go of the data, which is new now
        editor.put("accessors", number, {"componentType": 5126, "count": 1, "type": "SCALAR"})
    editor.use_extension(UNLIT)
    return {"name": f"sceneproof {edit.slot}", "primitives": primitives}


def _is_flat(part: MeshPart) -> bool:
    """Whether the normals that readers must compute where none are stored (glTF 2.0, 3.7.2.1) are the part's own."""
    if not len(part.triangles):
        return False
    a, b, c = (part.positions[part.triangles[:, k]].astype(np.float64) for k in range(3))
    faces = np.cross(b - a, c - a)
    lengths = np.linalg.norm(faces, axis=1)
    if not lengths.all():
        return False
    return bool(np.allclose((faces / lengths[:, None])[:, None, :], part.normals[part.triangles], atol=1e-3))


def _at(numbers: list[int], index: int) -> int | None:
    return numbers[index] if index < len(numbers) else None


def _view(editor: Editor, old: OwnParts, which: int, data: bytes) -> int:
    """A view of `data` (0 vertices, 1 indices), where an earlier one of the same size stands, else at the end."""
    reuse = _at(old.views, which)
    held = editor.get("bufferViews", reuse) if reuse is not None and not old.freed else None
    if held and held["byteLength"] == len(data):
        buffer, offset = held["buffer"], held.get("byteOffset", 0)
        editor.buffer(buffer)[offset : offset + len(data)] = data
    else:
        buffer, offset = editor.add_bytes(data)
    view = {"buffer": buffer, "byteOffset": offset, "byteLength": len(data), "target": (34962, 34963)[which]}
    return editor.put("bufferViews", reuse, view | ({"byteStride": 12} if which == 0 else {}))


def _accessor(view: int, offset: int, values: Array, *, bounds: bool) -> dict[str, Any]:
    stored = np.ascontiguousarray(values, np.float32)
    entry = {"bufferView": view, "byteOffset": offset, "componentType": 5126, "count": len(stored), "type": "VEC3"}
    if not bounds:
        return entry
    low, high = stored.min(axis=0), stored.max(axis=0)
    return entry | {"min": [float(item) for item in low], "max": [float(item) for item in high]}


def _material(part: MeshPart) -> dict[str, Any]:
    """Unlit, with the same colour as emission for viewers that know no unlit materials."""
    linear = [round(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4, 6) for c in part.color[:3]]
    return {
        "name": f"sceneproof {part.name}",
        "pbrMetallicRoughness": {
            "baseColorFactor": [*linear, float(part.color[3])], "metallicFactor": 0, "roughnessFactor": 1,
        },
        "emissiveFactor": linear,
        "doubleSided": True,
        "extensions": {UNLIT: {}},
    }  # fmt: skip


def _packed(view: dict[str, Any]) -> list[dict[str, Any]]:
    extensions = view.get("extensions")
    return [item for item in extensions.values() if isinstance(item, dict)] if isinstance(extensions, dict) else []


def _unlink(editor: Editor, number: int) -> None:
    """Take a node out of the parent or scene that holds it, before it goes under another."""
    for name, field in (("nodes", "children"), ("scenes", "nodes")):
        for index, owner in enumerate(editor.tree.get(name) or []):
            if number in (owner.get(field) or []):
                rest = [item for item in owner[field] if item != number]
                if rest:
                    editor.set((name, index, field), rest)
                else:
                    editor.delete((name, index, field))
