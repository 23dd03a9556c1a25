"""What a check looks at: the document, its accessors, and safe ways into the JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sceneproof.errors import InputError
from sceneproof.io._gltf import fields
from sceneproof.io._gltf.accessors import WIDTHS, Accessors
from sceneproof.io._gltf.container import GltfDocument
from sceneproof.scene import Array, Image

ANY_TYPE = tuple(WIDTHS)
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Look:
    """One document under check."""

    document: GltfDocument
    accessors: Accessors
    images: tuple[Image, ...] = ()
    _known: dict[tuple[Callable[[Array], Any], int], Any] = field(default_factory=dict, repr=False)

    @property
    def tree(self) -> dict[str, Any]:
        return self.document.tree

    def entries(self, *names: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Pointer and object of every object under nested arrays: ``entries("meshes", "primitives")``."""
        level: list[tuple[str, dict[str, Any]]] = [("", self.tree)]
        for name in names:
            level = [
                (f"{place}/{name}/{number}", item)
                for place, entry in level
                for number, item in enumerate(listed(entry, name))
                if isinstance(item, dict)
            ]
        yield from level

    def values(self, index: Any) -> Array | None:
        """An accessor's stored values, or ``None`` where it has none of its own that can be read."""
        accessor = self.accessor(index)
        if accessor is None or "bufferView" not in accessor:
            return None
        try:
            return self.accessors.raw(index, "", ANY_TYPE)
        except InputError:
            return None

    def once(self, question: Callable[[Array], T], values: Array) -> T:
        """What a function says of an accessor's `values`, worked out once however many parts share the accessor."""
        key = (question, id(values))  # the accessors keep their arrays, so that the id stays this one's
        if key not in self._known:
            self._known[key] = question(values)
        found: T = self._known[key]
        return found

    def accessor(self, index: Any) -> dict[str, Any] | None:
        return item_at(self.tree, "accessors", index)

    def view(self, index: Any) -> dict[str, Any] | None:
        return item_at(self.tree, "bufferViews", index)

    def strided(self, accessor: dict[str, Any] | None) -> bool:
        """Whether an accessor's view states a stride."""
        view = self.view((accessor or {}).get("bufferView"))
        return view is not None and "byteStride" in view


def listed(entry: Any, name: str) -> list[Any]:
    """A member that is an array, else an empty one."""
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, list) else []


def mapped(entry: Any, name: str) -> dict[str, Any]:
    """A member that is an object, else an empty one."""
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, dict) else {}


def item_at(tree: dict[str, Any], name: str, index: Any) -> dict[str, Any] | None:
    """The object with that index in a top-level array."""
    items, number = listed(tree, name), fields.whole(index)
    found = items[number] if number is not None and 0 <= number < len(items) else None
    return found if isinstance(found, dict) else None
