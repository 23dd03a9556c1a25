"""Assets that make the rules speak: marked ones, with one thing changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import sceneproof as sp
from tests._marked import bytes_of, declared, edited, low, marked_low
from tests.makers import shapes
from tests.makers.builder import Builder

Edit = Callable[[dict[str, Any]], object]


def with_label(edit: Edit) -> bytes:
    """The marked asset (it has a camera) with its label's node changed."""

    def on_node(document: dict[str, Any]) -> None:
        edit(next(node for node in document["nodes"] if "sceneproof" in node.get("extras", {})))

    return edited(bytes_of(marked_low()), on_node)


def with_record(**fields: Any) -> bytes:
    """The asset with an AIGC record in its extras, as an object."""
    from sceneproof.marks.metadata import aigc

    record = aigc.build("Example-Studio", "A-0001") | fields
    return edited(low(), lambda document: document["asset"].update(extras={"AIGC": record}))


def with_type(name: str) -> bytes:
    """The marked asset with another digital source type in packet and mirror."""
    from sceneproof.marks.metadata.source_type import PREFIX

    def edit(document: dict[str, Any]) -> None:
        document["asset"]["extras"]["DigitalSourceType"] = PREFIX + name
        document["extensions"]["KHR_xmp_json_ld"]["packets"][0]["Iptc4xmpExt:DigitalSourceType"] = PREFIX + name

    return edited(bytes_of(marked_low()), edit)


def moved_label(x: float, y: float, scale: float = 1.0) -> bytes:
    """The marked asset with its label moved in the picture's plane (camera space, metres) or resized."""

    def edit(node: dict[str, Any]) -> None:
        matrix = node["matrix"]
        for place in (0, 5, 10):
            matrix[place] *= scale
        matrix[12] = x
        matrix[13] = y

    return with_label(edit)


@functools.cache
def no_camera() -> bytes:
    """An asset without a camera."""
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), material=b.material("m", color=(0.2, 0.4, 0.6, 1))))
    return b.glb()


@functools.cache
def no_camera_marked() -> bytes:
    return bytes_of(sp.mark(no_camera(), declaration=declared(), marks=["label"]))


def no_camera_gone() -> bytes:
    """Marked, without a camera, its label shrunk to a speck."""

    def edit(document: dict[str, Any]) -> None:
        node = next(node for node in document["nodes"] if "sceneproof" in node.get("extras", {}))
        node["matrix"] = [1e-9, 0, 0, 0, 0, 1e-9, 0, 0, 0, 0, 1e-9, 0, 0, 0, 0, 1]

    return edited(no_camera_marked(), edit)


@functools.cache
def english() -> bytes:
    """Marked in English, for another market."""
    return bytes_of(sp.mark(low(), declaration=declared(market=["eu"]), marks=["label"]))


@functools.cache
def english_for_china() -> bytes:
    """Marked in English, for the market cn."""
    return bytes_of(sp.mark(low(), declaration=declared(), marks=["label"], label_lang="en"))


@functools.cache
def globe_marked() -> bytes:
    """A sphere without a camera: it fills the framed sphere, and its label is at no edge of the tall picture."""
    b = Builder()
    b.node("globe", mesh=b.mesh(shapes.icosphere(0.5, 3), material=b.material("m", color=(0.2, 0.4, 0.6, 1))))
    return bytes_of(sp.mark(b.glb(), declaration=declared(), marks=["label"]))
