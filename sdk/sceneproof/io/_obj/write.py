"""Writing an OBJ: libraries and textures beside it under names that overwrite nothing, then the file itself."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from sceneproof.errors import InputError, SceneproofError
from sceneproof.io._atomic import write_bytes
from sceneproof.io._paths import inside, read_part
from sceneproof.io._plain import PlainDocument, save_plain
from sceneproof.io._text.encoding import from_text, name_of, to_text

from .apply import Detail
from .label import LIBRARY_ENDING, LIBRARY_HEAD, Block, blocks, library_text
from .materials import library_names, texture_uri
from .mtl import read_mtl
from .parse import library_spans


def library_name(stem: str) -> str:
    """The name of the label's library beside ``stem.obj``; without blanks, where readers split."""
    return "_".join(stem.split()) + LIBRARY_ENDING


def save_obj(document: PlainDocument, path: Path) -> list[Path]:
    """Write parts that are not there yet, then the OBJ and its sidecar. On an error new parts are taken away again."""
    work = _Work(path)
    detail: Detail = document.detail
    try:
        text = _with_libraries(detail, work)
        own = blocks(text)
        if own:
            text = _with_label_library(text, own, work)
        data = document.raw if text == detail.text else from_text(text, detail.encoding)
        written = save_plain(replace(document, raw=data), data, path)
    except BaseException:
        work.undo()
        raise
    return [*work.written, *written]


@dataclass
class _Work:
    """Where parts go, and which are new."""

    path: Path
    written: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    def put(self, uri: str, content: bytes) -> str:
        """Write a part under its own URI where that is free or holds the same bytes, else under a new one."""
        target = self._own_place(uri, content)
        if target is None:
            name = PurePosixPath(uri)
            fresh = f"{'_'.join(self.path.stem.split())}-{hashlib.sha256(content).hexdigest()[:12]}{name.suffix}"
            uri = str(name.with_name(fresh))
            target = self._own_place(uri, content)
            if target is None:
                raise SceneproofError(f"{self.path}: the part {uri!r} cannot be written beside it")
        if not target.exists():
            self._make(target.parent)
            write_bytes(target, content)
            self.written.append(target)
        return uri

    def _own_place(self, uri: str, content: bytes) -> Path | None:
        try:
            own = inside(self.path.parent, uri, "")
            if own == self.path.resolve() or (own.exists() and own.read_bytes() != content):
                return None
        except (InputError, OSError):
            return None
        return self.path.parent / own.relative_to(self.path.parent.resolve())

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            try:
                folder.mkdir()
            except OSError as error:
                raise SceneproofError(f"{folder}: cannot be made ({error.strerror or error})") from None
            self.folders.append(folder)

    def undo(self) -> None:
        for part in self.written:
            with contextlib.suppress(OSError):
                part.unlink()
        for folder in reversed(self.folders):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _with_libraries(detail: Detail, work: _Work) -> bytes:
    """Libraries and their textures written; the text with the names of those that had to be renamed."""
    text = detail.text
    if detail.folder is None:
        return text
    own = {block.library for block in blocks(text)}
    put: dict[str, str] = {}  # a file may name a library in front of each of its objects
    pieces, at = [], 0
    for begin, end in library_spans(text):
        names = library_names(detail.folder, name_of(text[begin:end]))
        for name in names:
            if name not in put:
                put[name] = name if name in own else _library(detail.folder, name, work)
        changed = [put[name] for name in names]
        if changed != names:
            pieces += [text[at:begin], " ".join(changed).encode()]
            at = end
    return b"".join([*pieces, text[at:]])


def _library(folder: Path, name: str, work: _Work) -> str:
    """One library put beside the output; its name there."""
    uri = str(PurePosixPath(name.replace("\\", "/")))
    try:
        data = read_part(folder, name, "")
        text, materials = read_mtl(data)
    except InputError:  # was named on loading, and is not copied
        return name
    _, encoding = to_text(data)
    changed: list[tuple[tuple[int, int], str]] = []
    for material in materials:
        for ref in material.maps.values():
            held = texture_uri(folder, uri, ref.file)
            try:
                content = read_part(folder, held, "")
            except InputError:
                continue
            put = work.put(held, content)
            if put != held:
                plain = ref.file.replace("\\", "/")
                changed.append(
                    (ref.span, plain[: len(plain) - len(PurePosixPath(held).name)] + PurePosixPath(put).name)
                )
    for (begin, end), file in sorted(changed, reverse=True):
        text = text[:begin] + file.encode() + text[end:]
    put = work.put(uri, from_text(text, encoding) if changed else data)
    return name if put == uri else put


def _with_label_library(text: bytes, own: list[Block], work: _Work) -> bytes:
    """The label's library written beside the output, and its name in the text."""
    name = library_name(work.path.stem)
    content = library_text(own)
    target = work.path.parent / name
    try:
        ours = target.is_file() and target.read_bytes().startswith(LIBRARY_HEAD)
    except OSError:
        ours = False
    if ours and target.read_bytes() != content:
        write_bytes(target, content)
    put = work.put(name, content)
    for block in reversed(own):
        if block.library is not None and block.library != put:
            begin, end = block.library_span
            text = text[:begin] + put.encode() + text[end:]
    return text
