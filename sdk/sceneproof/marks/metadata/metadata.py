"""The mark ``metadata``: the AIGC record and the digital source type of the asset, and the source type of each part.

Carrier: one ``KHR_xmp_json_ld`` packet that the asset points at, and a byte-equal mirror in ``asset.extras``; per
declared part a packet on its node. No official carrier for 3D files exists: this is a mapping of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sceneproof.declaration import AI_ORIGINS, OPEN_ORIGINS, Declaration, Part
from sceneproof.edits import PutMetadata
from sceneproof.errors import MarkError
from sceneproof.findings import Text
from sceneproof.scene import Scene

from . import aigc, source_type
from .read import IPTC_EXT, NAMESPACE, MetadataReading, packets, pointed, read

ID = "metadata"
CONTEXT = {"TC260": NAMESPACE, "Iptc4xmpExt": IPTC_EXT}
SOURCE_TYPE = "Iptc4xmpExt:DigitalSourceType"


@dataclass(frozen=True)
class MetadataPlan:
    """The edits, the record and source type that they write, and the record of the same producer that they replace."""

    edits: tuple[PutMetadata, ...]
    record: Mapping[str, Any]
    source_type: str | None = None
    replaced: Mapping[str, Any] | None = None


def refusal(declaration: Declaration, *, asked: bool) -> Text | None:
    """Why an AI label would be wrong or unfounded for this declaration, or ``None``.

    `asked` says that the caller named the mark. An origin of which the texts do not say whether it is deep synthesis
    is then the caller's decision; one that is declared natural never is: that would be forging (Measures, Art. 10).
    """
    origin = declaration.judged_origin
    if origin in (None, "unknown", *AI_ORIGINS):
        return None
    if origin in OPEN_ORIGINS:
        if asked:
            return None
        return Text(
            f"the texts do not say whether the origin {origin!r} is deep synthesis; --marks puts the mark in anyway",
            f"相关规定未明确来源“{origin}”是否属于深度合成；如需添加，请用 --marks 明确指定",
        )
    return Text(
        f"the origin is declared {origin!r}; an AI label on it would be forged (Labelling Measures, Art. 10)",
        f"声明来源为“{origin}”；为其添加 AI 标识属于伪造标识（《标识办法》第十条）",
    )


def plan(scene: Scene, declaration: Declaration) -> MetadataPlan:
    """The edits that write the declared label.

    A label of another producer is never overwritten; a propagator writes its own two fields into it and nothing else.
    Raises `MarkError` when the declaration does not carry a label or the file's own must be kept, `UsageError` for a
    part that the file does not have.
    """
    spreads = declaration.role == "propagator"
    if declaration.judged_origin in (None, "unknown") and not spreads:
        raise MarkError("the declaration states no origin")
    if not declaration.producer or not declaration.content_id:
        raise MarkError("the declaration states no producer or no content_id")
    record, replaced = _record(read(scene), declaration, declaration.producer, declaration.content_id)
    text = aigc.to_text(record)
    packet: dict[str, Any] = {"TC260:AIGC": text}
    mirror: dict[str, Any] = {"AIGC": text}
    kind = None if spreads else source_type.of_declaration(declaration)
    if kind:
        packet[SOURCE_TYPE] = mirror["DigitalSourceType"] = kind
    edits = [PutMetadata(_named_as_held(scene, packet), CONTEXT, None, mirror)]
    if not spreads:
        edits += [_part(scene, part) for part in declaration.part if source_type.of_origin(part.origin)]
    return MetadataPlan(tuple(edits), record, kind, replaced)


def _record(
    held: MetadataReading, declaration: Declaration, producer: str, content_id: str
) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """The record to write, and the one that it replaces. Raises `MarkError` for one that is another's."""
    fresh = aigc.build(producer, content_id)
    if declaration.role == "propagator":
        if not held.found:
            raise MarkError("a propagator writes its two fields into an existing label, and the file bears none")
        if len(held.distinct) > 1 or held.record is None:
            raise MarkError("the file bears no single AIGC label that can be read; it is kept as it is")
        record = {**held.record, "ContentPropagator": producer, "PropagateID": content_id}
        return record, held.record if record != held.record else None
    for copy in held.distinct:
        if copy.record is None:
            raise MarkError(f"the file bears an AIGC label that cannot be read (#{copy.pointer}); it is kept as it is")
        if copy.record.get("ContentProducer") != producer:
            other = str(copy.record.get("ContentProducer"))[:60]
            raise MarkError(f"the file bears an AIGC label of another producer ({other!r}); it is kept")
    before = held.record
    if before is None:
        return fresh, None
    same = before.get("ProduceID") == content_id and before.get("Label") == fresh["Label"]
    if same and not aigc.check(before):
        fresh = dict(before)  # the fields that propagators and the producer's own integrity data fill stay
    return fresh, before if before != fresh or len(held.distinct) > 1 else None


def _named_as_held(scene: Scene, packet: dict[str, Any]) -> dict[str, Any]:
    """Use the prefixes that the asset's packet already binds, so that no property stands twice under two names."""
    number, held = pointed(scene.asset.get("extensions")), packets(scene)
    context = held[number].get("@context") if number is not None and 0 <= number < len(held) else None
    if not isinstance(context, Mapping):
        return packet
    renamed = {}
    for name, value in packet.items():
        prefix, _, local = name.partition(":")
        bound = CONTEXT[prefix].rstrip("/")
        theirs = next((p for p, uri in context.items() if isinstance(uri, str) and uri.rstrip("/") == bound), prefix)
        renamed[f"{theirs}:{local}"] = value
    return renamed


def _part(scene: Scene, part: Part) -> PutMetadata:
    """A packet with the source type (and generator) of one part, on the node that bears it."""
    wanted = part.node or part.mesh
    for index, node in enumerate(scene.nodes):
        mesh = scene.meshes[node.mesh].name if node.mesh is not None else None
        if (part.node is not None and node.name == part.node) or (part.mesh is not None and mesh == part.mesh):
            packet = {SOURCE_TYPE: source_type.of_origin(part.origin)}
            context = {"Iptc4xmpExt": IPTC_EXT}
            if part.generator:
                context["xmp"] = "http://ns.adobe.com/xap/1.0/"
                packet["xmp:CreatorTool"] = f"{part.generator.name} {part.generator.version}".strip()
            return PutMetadata(packet, context, index)
    from sceneproof.errors import unknown

    names = [node.name for node in scene.nodes if node.name] + [mesh.name for mesh in scene.meshes if mesh.name]
    raise unknown("part", str(wanted), names, where="declaration")
