"""Reading the hidden label back, wherever in a glTF it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sceneproof.scene import Problem, Scene

from . import aigc

XMP = "KHR_xmp_json_ld"
NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
PARTS = ("nodes", "meshes", "materials", "images", "animations")  # besides asset and scene (KHR_xmp_json_ld)


@dataclass(frozen=True)
class Copy:
    """One AIGC value: where it stands, its text, the record in it, its faults."""

    pointer: str
    text: str
    record: Mapping[str, Any] | None
    faults: tuple[aigc.Fault, ...]


@dataclass(frozen=True)
class MetadataReading:
    """What was found.

    Attributes
    ----------
    copies : every AIGC value of the asset as a whole. Byte-equal copies are one label (GB 6.1 c is about containers).
    source_types : JSON Pointer to digital source type, of the asset as a whole.
    part_source_types : the same of single nodes, meshes, materials, images and animations.
    beside : faults of the sidecar: it cannot be read, or was written for other bytes than the file has.
    """

    copies: tuple[Copy, ...] = ()
    source_types: Mapping[str, str] = field(default_factory=dict)
    part_source_types: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Problem, ...] = ()

    @property
    def found(self) -> bool:
        return bool(self.copies)

    @property
    def distinct(self) -> tuple[Copy, ...]:
        """One copy of each different text."""
        return tuple({copy.text: copy for copy in reversed(self.copies)}.values())[::-1]

    @property
    def valid(self) -> bool:
        """One label, well formed."""
        return len(self.distinct) == 1 and not self.copies[0].faults

    @property
    def record(self) -> Mapping[str, Any] | None:
        """The record of the first copy that parses."""
        return next((copy.record for copy in self.copies if copy.record is not None), None)

    @property
    def source_type(self) -> str | None:
        """The digital source type of the asset as a whole."""
        return next(iter(self.source_types.values()), None)

    def to_dict(self) -> dict[str, Any]:
        """The ``metadata`` object of the contract."""
        problems: list[Any] = [f"{copy.pointer}: {fault}" for copy in self.distinct for fault in copy.faults]
        if len(self.distinct) > 1:
            problems.append(
                f"{len(self.distinct)} different labels: {', '.join(copy.pointer for copy in self.distinct)}"
            )
        problems += [{"en": fault.message, "zh": fault.message_zh} for fault in self.beside]
        return {
            "found": self.found,
            "valid": self.valid,
            "aigc": dict(self.record) if self.record is not None else None,
            "digital_source_type": self.source_type,
            "problems": problems,
        }


def read(scene: Scene) -> MetadataReading:
    """Every AIGC value and digital source type in packets and extras of the asset."""
    asset_packet = pointed(scene.asset.get("extensions"))
    of_parts = _of_parts(scene)
    copies: list[Copy] = []
    source_types: dict[str, str] = {}
    part_source_types: dict[str, str] = {}
    for number, packet in enumerate(packets(scene)):
        # A packet that only a node, mesh or other part points at speaks of that part, not of the asset.
        whole = number == asset_packet or number not in of_parts
        place = f"/extensions/{XMP}/packets/{number}"
        if whole:
            copies += [
                _copy(f"{place}/{_escape(name)}", value) for name, value in _properties(packet, NAMESPACE, "AIGC")
            ]
        found = source_types if whole else part_source_types
        for name, value in _properties(packet, IPTC_EXT, "DigitalSourceType"):
            text = _text(value)
            if text is not None:
                found[f"{place}/{_escape(name)}"] = text
    extras = scene.asset.get("extras")
    if isinstance(extras, Mapping):
        copies += [
            _copy(f"/asset/extras/{_escape(name)}", value) for name, value in extras.items() if "AIGC" in str(name)
        ]
        text = _text(extras.get("DigitalSourceType"))
        if text is not None:
            source_types["/asset/extras/DigitalSourceType"] = text
    beside = tuple(problem for problem in scene.problems if problem.code.startswith("sidecar-"))
    return MetadataReading(tuple(copies), source_types, part_source_types, beside)


def packets(scene: Scene) -> list[Mapping[str, Any]]:
    """The XMP packets of the asset; what is no object counts as an empty one, so that the numbers stay."""
    extension = scene.extensions.get(XMP)
    held = extension.get("packets") if isinstance(extension, Mapping) else None
    return [packet if isinstance(packet, Mapping) else {} for packet in held] if isinstance(held, list) else []


def pointed(extensions: Any) -> int | None:
    """The number of the packet that an object's extensions point at."""
    own = extensions.get(XMP) if isinstance(extensions, Mapping) else None
    number = own.get("packet") if isinstance(own, Mapping) else None
    return number if isinstance(number, int) else None


def _of_parts(scene: Scene) -> set[int | None]:
    """Numbers of the packets that parts point at. The Scene keeps extensions of nodes, the document those of all."""
    found = {pointed(node.extensions) for node in scene.nodes}
    tree = getattr(scene.document, "tree", None)
    lists = [tree.get(kind) for kind in PARTS] if isinstance(tree, Mapping) else []
    for items in lists:
        if isinstance(items, list):
            found |= {pointed(item.get("extensions")) for item in items if isinstance(item, Mapping)}
    return found


def _properties(packet: Mapping[str, Any], namespace: str, name: str) -> Iterator[tuple[str, Any]]:
    """Members of a packet with that name under a prefix bound to the namespace, with or without its final slash."""
    context = packet.get("@context")
    prefixes = dict(context) if isinstance(context, Mapping) else {}
    for member, value in packet.items():
        prefix, colon, local = str(member).partition(":")
        bound = prefixes.get(prefix)
        if colon and local == name and isinstance(bound, str) and bound.rstrip("/") == namespace.rstrip("/"):
            yield member, value


def _copy(pointer: str, value: Any) -> Copy:
    record, faults = aigc.parse(value)
    text = value if isinstance(value, str) else aigc.to_text(record) if record is not None else repr(value)
    return Copy(pointer, text, record, tuple(faults))


def _text(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("@value", value.get("@id"))
    return value if isinstance(value, str) else None


def _escape(token: object) -> str:
    return str(token).replace("~", "~0").replace("/", "~1")
