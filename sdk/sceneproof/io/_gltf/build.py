"""From a glTF document to a Scene."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.scene import Problem, Scene

from . import fields
from .accessors import Accessors
from .amounts import check_draws, check_pictures
from .checks import faults
from .checks._look import Look
from .container import GltfDocument
from .embedded import Embedded
from .external import Chain, with_external
from .materials import read_images, read_materials
from .meshes import read_meshes
from .nodes import read_animations, read_cameras, read_nodes, read_skins
from .overlap import refuse_overlaps
from .required import unknown_required
from .sounds import read_sounds
from .splats import read_splats
from .vrm import read_avatar


def build(document: GltfDocument, uri: str | None, format_: str, chain: Chain | None = None) -> Scene:
    """Decode a document, external assets included. Raises `InputError` where the geometry cannot be trusted."""
    try:
        scene = _build(document, uri, format_)
        if "externalAssets" not in document.tree:
            return scene
        return with_external(scene, document, build, chain or Chain(_own(document, uri)))
    except InputError:
        raise
    except RecursionError:
        raise InputError("is nested too deep") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        # The readers check what they use; a shape of JSON that slips through is still the file's fault, not a crash.
        raise InputError(f"is malformed ({type(error).__name__}: {str(error)[:120]})") from error


def _check_entries(tree: dict[str, Any]) -> None:
    """Raises `LimitError` for more objects than any file has: each takes a thousand bytes here, and two in the text."""
    for name in ("meshes", "materials", "images", "skins", "animations", "cameras"):
        count = len(fields.objects(tree, name))
        if count > LIMITS.nodes:
            raise LimitError(f"{count:,} {name}, limit {LIMITS.nodes:,}", pointer=f"/{name}")
    meshes = enumerate(fields.objects(tree, "meshes"))
    count = sum(len(fields.objects(mesh, "primitives", f"/meshes/{number}")) for number, mesh in meshes)
    if count > LIMITS.instances:
        raise LimitError(f"{count:,} primitives, limit {LIMITS.instances:,}", pointer="/meshes")


def _own(document: GltfDocument, uri: str | None) -> tuple[Path, ...]:
    """The document's own file, so that it is not drawn in itself."""
    return ((document.folder / Path(uri).name).resolve(),) if document.folder is not None and uri else ()


def _build(document: GltfDocument, uri: str | None, format_: str) -> Scene:
    tree = document.tree
    _check_entries(tree)
    problems: list[Problem] = list(document.problems)
    accessors = Accessors(document)
    problems += unknown_required(tree)
    nodes, roots, scene_index = read_nodes(tree, accessors, problems)
    meshes = read_meshes(tree, accessors, problems)
    refuse_overlaps(document)
    check_draws(nodes, meshes)
    asset = fields.mapping(tree, "asset", "")
    extensions = fields.mapping(tree, "extensions", "")
    punctual = extensions.get("KHR_lights_punctual")
    lights = punctual.get("lights") if isinstance(punctual, dict) else None
    used = tree.get("extensionsUsed", [])
    avatar = read_avatar(extensions, nodes, problems)
    embedded = Embedded(document, accessors)
    images = read_images(tree, embedded, problems)
    check_pictures(images)
    problems += faults(Look(document, accessors, images))
    return Scene(
        format=format_,
        uri=uri,
        nodes=nodes,
        roots=roots,
        meshes=meshes,
        materials=read_materials(tree),
        images=images,
        sounds=read_sounds(tree, embedded, problems),
        skins=read_skins(tree, accessors),
        cameras=read_cameras(tree),
        animations=read_animations(tree, accessors, problems),
        splats=read_splats(meshes, problems),
        avatar=avatar,
        lights=len(lights) if isinstance(lights, list) else 0,
        scene_index=scene_index,
        generator=fields.text(asset, "generator"),
        extensions_used=tuple(str(name) for name in used) if isinstance(used, list) else (),
        extensions=extensions,
        asset=asset,
        problems=tuple(problems),
        document=document,
    )
