"""A ``.gltf`` whose buffer is missing, short, or somewhere that no reader may look."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from tests.makers import shapes
from tests.makers._pack import dump_json
from tests.makers.builder import Builder


def _sound_folder(folder: str | Path) -> Path:
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), name="box"))
    return b.gltf(folder, "scene")


def folder_missing_buffer(folder: str | Path) -> Path:
    path = _sound_folder(folder)
    path.with_name("scene.bin").unlink()
    return path


def folder_short_buffer(folder: str | Path) -> Path:
    path = _sound_folder(folder)
    part = path.with_name("scene.bin")
    part.write_bytes(part.read_bytes()[:100])
    return path


def folder_escaping(folder: str | Path) -> Path:
    """The buffer lies outside the asset's folder, where a file of that name really is."""
    inside = Path(folder) / "inside"
    path = _sound_folder(inside)
    path.with_name("scene.bin").rename(Path(folder) / "scene.bin")
    return _rewritten(path, "../scene.bin")


def folder_percent_escaping(folder: str | Path) -> Path:
    path = folder_escaping(folder)
    return _rewritten(path, "%2e%2e/scene.bin")


def folder_absolute(folder: str | Path) -> Path:
    path = _sound_folder(folder)
    return _rewritten(path, str(path.with_name("scene.bin").resolve()))


def folder_file_uri(folder: str | Path) -> Path:
    path = _sound_folder(folder)
    return _rewritten(path, path.with_name("scene.bin").resolve().as_uri())


def folder_doubly_encoded(folder: str | Path) -> Path:
    """Decoded once, as a URI is, this names a file ``%2e%2e/scene.bin`` that is not there; never the one above."""
    return _rewritten(folder_escaping(folder), "%252e%252e/scene.bin")


def folder_backslash(folder: str | Path) -> Path:
    return _rewritten(folder_escaping(folder), "..\\scene.bin")


def folder_windows_drive(folder: str | Path) -> Path:
    return _rewritten(_sound_folder(folder), "C:\\Windows\\scene.bin")


def folder_unc(folder: str | Path) -> Path:
    return _rewritten(_sound_folder(folder), "\\\\host\\share\\scene.bin")


def folder_link(folder: str | Path) -> Path:
    """The buffer is a symbolic link to a file above the folder (where links can be made; else it is missing)."""
    path = folder_escaping(folder)
    with contextlib.suppress(OSError, NotImplementedError):
        path.with_name("scene.bin").symlink_to(Path(folder).resolve() / "scene.bin")
    return _rewritten(path, "scene.bin")


def folder_http(folder: str | Path) -> Path:
    return _rewritten(_sound_folder(folder), "http://localhost:9/scene.bin")


def folder_bad_data_uri(folder: str | Path) -> Path:
    return _rewritten(_sound_folder(folder), "data:application/octet-stream;base64,@@@@")


def _rewritten(path: Path, uri: str) -> Path:
    doc = json.loads(path.read_bytes())
    doc["buffers"][0]["uri"] = uri
    path.write_bytes(dump_json(doc))
    return path


_FOLDERS = [
    folder_missing_buffer, folder_short_buffer, folder_escaping, folder_percent_escaping, folder_absolute,
    folder_file_uri, folder_http, folder_bad_data_uri, folder_doubly_encoded, folder_backslash, folder_windows_drive,
    folder_unc, folder_link,
]  # fmt: skip

FOLDERS: dict[str, Callable[[str | Path], Path]] = {maker.__name__.removeprefix("folder_"): maker for maker in _FOLDERS}
