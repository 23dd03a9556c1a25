"""Materials, textures and images of a glTF. Images are not decoded here."""

from __future__ import annotations

from typing import Any

from sceneproof.errors import InputError, LimitError
from sceneproof.io._paths import is_data_uri
from sceneproof.io._picture_header import sniff_image
from sceneproof.scene import Image, Material, Problem, TextureRef

from . import fields
from .embedded import Embedded

_SOURCES = ("EXT_texture_webp", "KHR_texture_basisu", "EXT_texture_avif", "MSFT_texture_dds")


def read_images(tree: dict[str, Any], embedded: Embedded, problems: list[Problem]) -> tuple[Image, ...]:
    """All images as stored, with the labels in them. A missing one is a problem and an empty image, never a refusal."""
    images = []
    for number, entry in enumerate(fields.objects(tree, "images")):
        place = f"/images/{number}"
        uri = entry.get("uri")
        data: bytes | memoryview = b""
        try:
            data = embedded.content(entry, place)
        except LimitError:
            raise
        except InputError as error:
            problems.append(
                Problem("image-unreadable", error.reason, f"图像无法读取：{error.reason}", error.pointer or place)
            )
        mime = sniff_image(data) or fields.text(entry, "mimeType")
        outside = uri if isinstance(uri, str) and not is_data_uri(uri) else None
        name = fields.text(entry, "name")
        images.append(Image(place, name, mime, data, outside, embedded.labels(data, mime, place, name)))
    return tuple(images)


def read_materials(tree: dict[str, Any]) -> tuple[Material, ...]:
    """All materials in the metallic-roughness model, other extensions kept as JSON."""
    materials = []
    textures = _Textures(tree)
    for number, entry in enumerate(fields.objects(tree, "materials")):
        place = f"/materials/{number}"
        pbr = fields.mapping(entry, "pbrMetallicRoughness", place)
        within = f"{place}/pbrMetallicRoughness"
        extensions = fields.mapping(entry, "extensions", place)
        slots = {
            "baseColor": (pbr, "baseColorTexture", within),
            "metallicRoughness": (pbr, "metallicRoughnessTexture", within),
            "normal": (entry, "normalTexture", place),
            "occlusion": (entry, "occlusionTexture", place),
            "emissive": (entry, "emissiveTexture", place),
        }
        r, g, b, a = fields.vector(pbr, "baseColorFactor", within, 4, (1.0, 1.0, 1.0, 1.0))
        er, eg, eb = fields.vector(entry, "emissiveFactor", place, 3, (0.0, 0.0, 0.0))
        materials.append(
            Material(
                place,
                fields.text(entry, "name"),
                (r, g, b, a),
                fields.number(pbr, "metallicFactor", within, 1.0),
                fields.number(pbr, "roughnessFactor", within, 1.0),
                (er, eg, eb),
                {
                    slot: textures.ref(fields.mapping(owner, name, where), f"{where}/{name}")
                    for slot, (owner, name, where) in slots.items()
                    if name in owner
                },
                fields.text(entry, "alphaMode") or "OPAQUE",
                fields.number(entry, "alphaCutoff", place, 0.5),
                entry.get("doubleSided") is True,
                "KHR_materials_unlit" in extensions,
                extensions,
            )
        )
    return tuple(materials)


class _Textures:
    """The textures of one document: which image each shows and how it wraps."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._textures = fields.objects(tree, "textures")
        self._samplers = fields.objects(tree, "samplers")
        self._images = len(fields.objects(tree, "images"))

    def ref(self, info: dict[str, Any], place: str) -> TextureRef:
        """What a material's ``textureInfo`` at `place` refers to."""
        number = fields.index(info, "index", place, len(self._textures))
        image: int | None = None
        wrap = (10497, 10497)
        if number is not None:
            image, wrap = self._source(self._textures[number], f"/textures/{number}")
        transform = fields.mapping(fields.mapping(info, "extensions", place), "KHR_texture_transform", place)
        offset = fields.vector(transform, "offset", place, 2, (0.0, 0.0))
        scale = fields.vector(transform, "scale", place, 2, (1.0, 1.0))
        return TextureRef(
            image,
            int(fields.number(transform, "texCoord", place, fields.number(info, "texCoord", place, 0))),
            (offset[0], offset[1]),
            fields.number(transform, "rotation", place, 0.0),
            (scale[0], scale[1]),
            wrap,
        )

    def _source(self, texture: dict[str, Any], place: str) -> tuple[int | None, tuple[int, int]]:
        extensions = fields.mapping(texture, "extensions", place)
        source = next((extensions[name] for name in _SOURCES if isinstance(extensions.get(name), dict)), texture)
        image = fields.index(source, "source", place, self._images)
        if image is None:
            image = fields.index(texture, "source", place, self._images)
        number = fields.index(texture, "sampler", place, len(self._samplers))
        sampler, where = (self._samplers[number], f"/samplers/{number}") if number is not None else ({}, "")
        u, v = (int(fields.number(sampler, name, where, 10497)) for name in ("wrapS", "wrapT"))
        return image, (u, v)
