"""Where the chains begin: a copy of an asset that bears marks, or one that is marked for the test."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sceneproof import _receipts as receipts
from sceneproof import declaration as declarations
from sceneproof._mark import mark
from sceneproof._verify import _bits as bits_of
from sceneproof._verify import read_marks
from sceneproof.declaration import Declaration
from sceneproof.digests import sha256
from sceneproof.errors import UsageError
from sceneproof.findings import Receipt
from sceneproof.io import extensions, load, save, to_bytes, written_as
from sceneproof.keys import Key
from sceneproof.scene import Scene

from ._options import SurviveOptions

Stated = Declaration | Mapping[str, Any] | str | Path | None
Expect = Receipt | Mapping[str, Any] | str | Path | None


@dataclass(frozen=True, eq=False)
class Start:
    """The marked file.

    Attributes
    ----------
    path : the file that the first step takes.
    scene : what is in it.
    before : each mark that it is known to bear, as a receipt states it; what comes out of a step is held against it.
    bits : length of the payload that is looked for.
    receipt : of the marking for the test; ``None`` for an asset that bore its marks already.
    """

    path: Path
    scene: Scene
    before: Mapping[str, Mapping[str, Any]]
    bits: int
    receipt: Receipt | None


def begin(
    asset: Any,
    source: Scene,
    folder: Path,
    keys: Sequence[Key],
    stated: tuple[Stated, Sequence[str]],
    expect: Expect,
    options: SurviveOptions,
) -> Start:
    """Copy or mark the asset into `folder`.

    It is marked when an option for marking is given, or when it bears no mark that is found; it is taken as it is when
    a receipt of its marks is given, or when it bears one. `stated` holds declaration and settings.
    """
    ask = options.ask_to_mark() or stated[0] is not None or bool(stated[1])
    if expect is not None:
        if ask:
            raise UsageError("a receipt (--expect) and options for marking contradict each other")
        name = str(asset) if isinstance(asset, str | Path) else None
        record = receipts.record_for(receipts.records(expect, name), name, sha256(to_bytes(source)))
        return _as_it_is(source, folder, keys, record.marks if record else {}, options)
    if not ask and _bears_a_mark(source, keys):
        return _as_it_is(source, folder, keys, None, options)
    return _marked(asset, source, folder, keys, stated, options)


def _bears_a_mark(scene: Scene, keys: Sequence[Key]) -> bool:
    readings = read_marks(scene, (), "quick")
    if any((reading or {}).get("found") for reading in readings.values()):
        return True
    return bool(keys) and bool((read_marks(scene, keys, "quick")["watermark"] or {}).get("found"))


def _as_it_is(
    source: Scene,
    folder: Path,
    keys: Sequence[Key],
    before: Mapping[str, Mapping[str, Any]] | None,
    options: SurviveOptions,
) -> Start:
    path = folder / _name(source, _ending(source))
    if path.suffix in written_as(path.suffix):
        save(source, path)
    else:
        path.write_bytes(to_bytes(source))
    scene = load(path)
    if before is None:
        found = read_marks(scene, keys, options.effort)
        before = {name: reading for name, reading in found.items() if reading and reading["found"]}
    return Start(path, scene, before, bits_of(before), None)


def _marked(
    asset: Any,
    source: Scene,
    folder: Path,
    keys: Sequence[Key],
    stated: tuple[Stated, Sequence[str]],
    options: SurviveOptions,
) -> Start:
    from sceneproof.marks.watermark.watermark import default_payload

    ending = _ending(source)
    path = folder / _name(source, (written_as(ending) or (ending,))[0])
    known = declarations.of(stated[0], Path(asset) if isinstance(asset, str | Path) else None)
    known = declarations.with_settings(known, stated[1])
    payload = None
    if keys and default_payload(known) is None:  # nothing to lead back to: any payload does for a test
        payload = bytes.fromhex(sha256(to_bytes(source))[:16])
    receipt = mark(source, path, declaration=known, key=keys[0] if keys else None, options=options.marking(payload))
    scene = receipt.scene
    assert scene is not None
    return Start(path, scene, receipt.marks, bits_of(receipt.marks), receipt)


def _ending(scene: Scene) -> str:
    named = Path(scene.uri or "").suffix.lower()
    return named if named in extensions() else f".{scene.format}"


def _name(scene: Scene, ending: str) -> str:
    """The asset's name, without what a tool could take for an option, a path or a command."""
    stem = Path((scene.uri or "").replace("\\", "/")).stem
    return (re.sub(r"[^\w.-]+", "_", stem).strip("-_.") or "asset")[:80] + ending
