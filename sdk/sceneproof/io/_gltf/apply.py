"""Edits applied to a glTF document: positions in place, a node with its mesh, an XMP packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sceneproof.edits import Edit, PutMetadata, PutNode, SetPositions
from sceneproof.errors import MarkError

from . import fields
from .container import GltfDocument
from .editor import Editor
from .positions import set_positions
from .put_node import free_own_data, put_node

XMP = "KHR_xmp_json_ld"


def apply_edits(document: GltfDocument, edits: Sequence[Edit]) -> GltfDocument:
    """The document with all edits, in order; the same object when they change nothing."""
    editor = Editor(document)
    nodes = [edit for edit in edits if isinstance(edit, PutNode)]
    # First, so that positions which need a place of their own come before the node's data, and that stays the end.
    kept = free_own_data(editor, [edit.slot for edit in nodes])
    set_positions(editor, document, [edit for edit in edits if isinstance(edit, SetPositions)])
    for edit in edits:
        if isinstance(edit, PutMetadata):
            _put_metadata(editor, edit)
    for edit in nodes:
        put_node(editor, edit, kept.pop(edit.slot, None))
    return editor.finish()


def _put_metadata(editor: Editor, edit: PutMetadata) -> None:
    """KHR_xmp_json_ld: packets at the root, an object points at one with ``{"packet": i}``."""
    owner: tuple[str | int, ...] = ("asset",) if edit.node is None else ("nodes", edit.node)
    place = (*owner, "extensions", XMP, "packet")
    number = fields.whole(editor.get(*place))
    packets = editor.get("extensions", XMP, "packets")
    held = packets[number] if isinstance(packets, list) and number is not None and 0 <= number < len(packets) else None
    if held is not None and not isinstance(held, Mapping):
        raise MarkError(f"#/extensions/{XMP}/packets/{number}: is no object, so nothing can be added to it")
    packet = _merged(held or {}, edit)
    if held is not None and number is not None and _users(editor.tree, number) == 1:
        editor.set(("extensions", XMP, "packets", number), packet)
    elif held is None or packet != held:
        editor.set(place, editor.append(("extensions", XMP, "packets"), packet))
    editor.use_extension(XMP)
    if edit.mirror:
        _mirror(editor, edit.mirror)


def _merged(held: Mapping[str, Any], edit: PutMetadata) -> dict[str, Any]:
    context = held.get("@context")
    prefixes = dict(context) if isinstance(context, Mapping) else {}
    kept = {name: value for name, value in held.items() if name != "@context"}
    return {"@context": prefixes | dict(edit.context), **kept, **edit.packet}


def _users(tree: Any, number: int) -> int:
    """How many objects point at a packet."""
    if isinstance(tree, list):
        return sum(_users(item, number) for item in tree)
    if not isinstance(tree, dict):
        return 0
    extensions = tree.get("extensions")
    own = extensions.get(XMP) if isinstance(extensions, dict) else None
    here = int(isinstance(own, dict) and own.get("packet") == number)
    return here + sum(_users(value, number) for name, value in tree.items() if name != "extensions")


def _mirror(editor: Editor, mirror: Mapping[str, Any]) -> None:
    extras = editor.get("asset", "extras")
    if extras is not None and not isinstance(extras, Mapping):
        return  # a studio's own value of another kind stays; the packet alone carries the label then
    for name, value in mirror.items():
        editor.set(("asset", "extras", name), value)
