"""Extensions that a file requires and that are not known here: named, or refused where they hold the geometry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sceneproof.errors import InputError, LimitError
from sceneproof.scene import Problem

from . import fields
from .splats import SPLATTING

MOST = 256  # unknown extensions that are named; no file has as many
# Honoured, or leaving positions, triangles and transforms as they are.
_HARMLESS = (
    "KHR_materials_", "KHR_texture_", "EXT_texture_", "MSFT_texture_", "KHR_lights_", "EXT_lights_", "KHR_animation_",
    "KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_mesh_quantization",
    "EXT_mesh_gpu_instancing", "KHR_xmp", "VRM", SPLATTING,
)  # fmt: skip


def unknown_required(tree: dict[str, Any]) -> list[Problem]:
    """A problem for each unknown extension that the file requires, however often it is listed.

    Raises `LimitError` for more than `MOST`, and `InputError` where one stands in a primitive, an accessor or a buffer
    view: it says what the bytes there mean, so that geometry read without it would be made up. Elsewhere (a node, a
    material) the rest can be judged.
    """
    required = tree.get("extensionsRequired", [])
    names = dict.fromkeys(map(str, required)) if isinstance(required, list) else {}
    unknown = {name: None for name in names if not name.startswith(_HARMLESS)}
    if not unknown:
        return []
    for place, extensions in _geometry(tree):
        for name in extensions:
            if name in unknown:
                reason = f"the extension {name} holds the geometry here and is not known; write the file without it"
                raise InputError(reason, pointer=f"{place}/extensions/{fields.step(name)}")
    if len(unknown) > MOST:
        raise LimitError(f"requires {len(unknown):,} unknown extensions, limit {MOST}", pointer="/extensionsRequired")
    return [
        Problem(
            "unknown-required-extension",
            f"requires the extension {name}, which is not known here: what it changes is not looked at",
            f"文件要求扩展 {name}，本工具不认识：它所改变的内容未被检查",
            "/extensionsRequired",
        )
        for name in unknown
    ]


def _geometry(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pointer and extensions of everything that says what bytes mean."""
    owners = [
        (f"/{kind}/{number}", entry)
        for kind in ("buffers", "bufferViews", "accessors")
        for number, entry in enumerate(fields.objects(tree, kind))
    ]
    for number, mesh in enumerate(fields.objects(tree, "meshes")):
        place = f"/meshes/{number}"
        owners += [
            (f"{place}/primitives/{index}", entry)
            for index, entry in enumerate(fields.objects(mesh, "primitives", place))
        ]
    for place, entry in owners:
        extensions = entry.get("extensions")
        if isinstance(extensions, dict):
            yield place, extensions
