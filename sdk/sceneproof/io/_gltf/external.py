"""External assets of the glTF 2.1 draft: other glTF files, drawn at the nodes that name them.

``files[]`` lists files (``uri`` or ``bufferView``, with ``mimeType``), ``externalAssets[]`` those that are scenes, and
a node's ``externalAsset`` hangs the roots of that scene's default scene under it (Khronos glTF 2.1 draft, pull request
2618). They are followed inside the asset's folder only, within limits on depth and number and never in a circle; what
is not followed is named. Their parts are read, never edited: the file that holds them is another asset.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._paths import decode_data_uri, inside, is_data_uri, read_file
from sceneproof.scene import Material, Mesh, Node, Problem, Scene, TextureRef

from . import fields
from .accessors import Accessors
from .container import GltfDocument, parse

MOST_DEPTH = 8  # assets within one another
MOST_NODES = 65_536  # of a document with external assets, theirs counted
MOST_ASSETS = 256  # drawn in all, each node that names one counted
PREFIX = "/externalAssets/"


@dataclass(eq=False)
class Shared:
    """What all ways through one document share: how many were drawn, bytes read, and the scenes read so far."""

    drawn: int = 0
    bytes: int = 0
    scenes: dict[Path, Scene] = field(default_factory=dict)


@dataclass(eq=False)
class Chain:
    """The way from the outermost asset to the one that is read: what may not come again, and how many there were."""

    files: tuple[Path, ...] = ()
    shared: Shared = field(default_factory=Shared)


def is_external(pointer: str) -> bool:
    """Whether a pointer leads into another asset, which is not edited with this one."""
    return pointer.startswith(PREFIX)


def with_external(scene: Scene, document: GltfDocument, build: Callable[..., Scene], chain: Chain) -> Scene:
    """The Scene with the scenes of its external assets hung under their nodes."""
    named = [
        (number, index)
        for number, entry in enumerate(fields.objects(document.tree, "nodes"))
        if (index := fields.whole(entry.get("externalAsset"))) is not None
    ]
    problems: list[Problem] = []
    for number, index in named:
        try:
            child = _read(document, index, build, chain)
            if len(scene.nodes) + len(child.nodes) > MOST_NODES:
                raise LimitError(f"more than {MOST_NODES:,} nodes, external assets counted", pointer="/externalAssets")
            scene = _hung(scene, child, number, f"{PREFIX}{index}")
        except LimitError:
            raise
        except InputError as error:
            en = f"the external asset is not followed: {error.reason}"
            zh = f"未读取外部资产：{error.reason}"
            problems.append(Problem("external-asset-not-followed", en, zh, f"/nodes/{number}/externalAsset"))
    return replace(scene, problems=(*scene.problems, *problems)) if problems else scene


def _read(document: GltfDocument, index: int, build: Callable[..., Scene], chain: Chain) -> Scene:
    shared = chain.shared
    shared.drawn += 1
    if shared.drawn > MOST_ASSETS:
        raise LimitError(f"more than {MOST_ASSETS} external assets are drawn", pointer="/externalAssets")
    if len(chain.files) >= MOST_DEPTH:
        raise InputError(f"external assets are nested deeper than {MOST_DEPTH}")
    place = f"{PREFIX}{index}"
    assets, files = fields.objects(document.tree, "externalAssets"), fields.objects(document.tree, "files")
    number = fields.index(assets[index], "file", place, len(files)) if 0 <= index < len(assets) else None
    if number is None:
        raise InputError(f"there is no external asset {index} with a file", pointer=place)
    entry, where = files[number], f"/files/{number}"
    uri = entry.get("uri")
    if isinstance(uri, str) and not is_data_uri(uri):
        path = inside(document.folder, uri, f"{where}/uri")
        if path in chain.files:
            raise InputError(f"{path.name} draws itself", pointer=f"{where}/uri")
        if path in shared.scenes:
            return shared.scenes[path]
        data = read_file(path, pointer=f"{where}/uri", missing=f"{path.name} is missing beside the file")
        folder: Path | None = path.parent
    else:
        path = None
        folder = document.folder  # relative URIs of an embedded asset resolve as the parent's do
        if isinstance(uri, str):
            data = decode_data_uri(uri, f"{where}/uri")[1]
        else:
            data = bytes(Accessors(document).view_bytes(entry.get("bufferView"), f"{where}/bufferView"))
    shared.bytes += len(data)
    if shared.bytes > LIMITS.file_bytes:
        raise LimitError(f"external assets take more than {LIMITS.file_bytes:,} bytes", pointer="/externalAssets")
    inner = parse(data, folder)
    step = path or Path(f"{PREFIX}{index}@{len(chain.files)}")
    scene = build(inner, None, inner.container, Chain((*chain.files, step), shared))
    if path is not None:
        shared.scenes[path] = scene
    return scene


def _hung(scene: Scene, child: Scene, number: int, prefix: str) -> Scene:
    """Append the child's parts, indices moved, and hang its roots under the node."""
    nodes, meshes, materials = len(scene.nodes), len(scene.meshes), len(scene.materials)
    images, skins, cameras = len(scene.images), len(scene.skins), len(scene.cameras)
    above = scene.nodes[number].world

    def moved(index: int | None, by: int) -> int | None:
        return None if index is None else index + by

    def node(item: Node) -> Node:
        return replace(
            item,
            pointer=prefix + item.pointer,
            children=tuple(child + nodes for child in item.children),
            world=above @ item.world,
            mesh=moved(item.mesh, meshes),
            skin=moved(item.skin, skins),
            camera=moved(item.camera, cameras),
        )

    def texture(ref: TextureRef) -> TextureRef:
        return replace(ref, image=moved(ref.image, images))

    def material(item: Material) -> Material:
        textures = {slot: texture(ref) for slot, ref in item.textures.items()}
        return replace(item, pointer=prefix + item.pointer, textures=textures)

    def mesh(item: Mesh) -> Mesh:
        primitives = tuple(
            replace(part, pointer=prefix + part.pointer, material=moved(part.material, materials))
            for part in item.primitives
        )
        return replace(item, pointer=prefix + item.pointer, primitives=primitives)

    parent = scene.nodes[number]
    parent = replace(parent, children=(*parent.children, *(root + nodes for root in child.roots)))
    own = (*scene.nodes[:number], parent, *scene.nodes[number + 1 :])
    rigs = (
        replace(skin, pointer=prefix + skin.pointer, joints=tuple(joint + nodes for joint in skin.joints))
        for skin in child.skins
    )
    moves = (
        replace(
            animation,
            pointer=prefix + animation.pointer,
            channels=tuple((moved(target, nodes), path) for target, path in animation.channels),
        )
        for animation in child.animations
    )
    return replace(
        scene,
        nodes=(*own, *map(node, child.nodes)),
        meshes=(*scene.meshes, *map(mesh, child.meshes)),
        materials=(*scene.materials, *map(material, child.materials)),
        images=(*scene.images, *(_prefixed(item, prefix) for item in child.images)),
        skins=(*scene.skins, *rigs),
        cameras=(*scene.cameras, *(_prefixed(item, prefix) for item in child.cameras)),
        animations=(*scene.animations, *moves),
        splats=(*scene.splats, *(_prefixed(item, prefix) for item in child.splats)),
        lights=scene.lights + child.lights,
        problems=(*scene.problems, *(_prefixed(item, prefix) for item in child.problems)),
    )


def _prefixed(item: Any, prefix: str) -> Any:
    return replace(item, pointer=prefix + item.pointer)
