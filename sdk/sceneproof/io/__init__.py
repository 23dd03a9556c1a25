"""Reading and writing. One handler per format, found by discovery: each public file here is one.

A handler has ``EXTENSIONS`` (endings it reads), ``WRITES`` (endings its scenes are written to; none for a format that
is only read), ``PRESERVES`` (what comes through an edit untouched), ``sniff``, ``load``, ``apply``, ``to_bytes`` and
``save``; and ``bears_label`` where not every file of it can bear one. A format without JSON builds on `_plain`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sceneproof.edits import Edit
from sceneproof.errors import InputError, MarkError, UsageError
from sceneproof.scene import Scene

from ._paths import read_file

__all__ = ["apply", "bears_label", "check_target", "extensions", "load", "reencoded", "save", "to_bytes", "written_as"]


@cache
def _handlers() -> tuple[ModuleType, ...]:
    from importlib.resources import files

    names = sorted(entry.name for entry in files(__name__).iterdir())
    return tuple(
        import_module(f".{name[:-3]}", __name__) for name in names if name.endswith(".py") and not name.startswith("_")
    )


def extensions() -> tuple[str, ...]:
    """File name endings that some handler reads."""
    return tuple(ending for handler in _handlers() for ending in handler.EXTENSIONS)


def load(source: Any, *, uri: str | None = None) -> Scene:
    """Read an asset.

    Parameters
    ----------
    source : a path, bytes, a `Scene` (returned as it is), a ``trimesh`` mesh or scene, an Open3D mesh or point cloud.
    uri : name to use in reports for something that is no file.

    Raises `InputError` when it cannot be read or its geometry cannot be trusted.
    """
    if isinstance(source, Scene):
        return source
    if isinstance(source, bytes | bytearray | memoryview):
        return _load_bytes(bytes(source), uri, None)
    if isinstance(source, str | Path):
        path = Path(source)
        name = uri or str(source)
        try:
            data = read_file(path)
            return _load_bytes(data, name, path.parent)
        except InputError as error:
            raise error.at(name) from error.__cause__
    from ._bridges import to_gltf_bytes

    return _load_bytes(to_gltf_bytes(source), uri, None)


def _load_bytes(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    if not data:
        raise InputError("the file is empty", uri=uri)
    ending = Path(uri).suffix.lower() if uri else ""
    named = [handler for handler in _handlers() if ending in handler.EXTENSIONS]
    sniffed = [handler for handler in _handlers() if handler.sniff(data[:512])]
    for handler in named or sniffed:
        try:
            scene: Scene = handler.load(data, uri, folder)
            return scene
        except InputError as error:
            raise error.at(uri) from error.__cause__
    raise InputError(f"is no format that is read here ({', '.join(extensions())})", uri=uri)


def _handler(scene: Scene) -> ModuleType:
    for handler in _handlers():
        if f".{scene.format}" in handler.EXTENSIONS:
            return handler
    raise UsageError(f"format {scene.format!r} cannot be written")


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene whose document bears the edits; the given Scene stays as it is."""
    changed: Scene = _handler(scene).apply(scene, edits) if edits else scene
    return changed


def to_bytes(scene: Scene) -> bytes:
    """The bytes of the Scene's main file."""
    data: bytes = _handler(scene).to_bytes(scene)
    return data


def written_as(ending: str) -> tuple[str, ...]:
    """Endings that a file with this ending can be written to, the natural one first; empty when it is only read."""
    for handler in _handlers():
        if ending.lower() in handler.EXTENSIONS:
            same = tuple(name for name in handler.WRITES if name == ending.lower())
            return same + tuple(name for name in handler.WRITES if name not in same)
    return ()


def written_endings() -> tuple[str, ...]:
    """Every ending that some format is written under."""
    return tuple(dict.fromkeys(name for handler in _handlers() for name in handler.WRITES))


def check_target(scene: Scene, path: Path | None) -> None:
    """Whether the Scene can be written, and under that name. Raises `MarkError` or `UsageError` before the work."""
    handler = _handler(scene)
    if not handler.WRITES:
        reason = f"{scene.format.upper()} is read, not written; convert it to a format that is (ply, glb)"
        raise MarkError(f"{scene.uri or '<memory>'}: {reason}")
    if path is not None and path.suffix.lower() not in handler.WRITES:
        raise UsageError(f"{path}: {scene.format.upper()} is written as {' or '.join(handler.WRITES)}")


def bears_label(scene: Scene) -> bool:
    """Whether the file can bear a visible label: its format is written, and has a place and colours for one."""
    handler = _handler(scene)
    return bool(handler.WRITES) and getattr(handler, "bears_label", lambda _: True)(scene)


def reencoded(scene: Scene) -> tuple[Mapping[str, Any], ...]:
    """What edits packed again with a lossy codec: pointer, codec, bits before and after, bytes before and after."""
    return tuple(getattr(scene.document, "reencoded", ()))


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the Scene's document under `path`, whole or not at all. Returns all files written, the main one last.

    Raises `UsageError` when the folder does not exist or the ending does not fit.
    """
    check_target(scene, path)
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder; make it first")
    written: list[Path] = _handler(scene).save(scene, path)
    return written
