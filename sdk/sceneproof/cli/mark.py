"""Mark assets.

examples:
  sceneproof mark scene.glb --output marked.glb --key studio.key --receipt marked.receipt.json
  sceneproof mark scenes/ --output marked/ --key studio.key --marks metadata,watermark

A mark that cannot be put in is left out, and the receipt says why; --require makes that an error. There is no command
that strips a mark. Replacing one of your own is recorded, another producer's is kept.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from . import _common

HELP = "put the label, the metadata and the watermark in, and read them back"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    parser.add_argument("--output", metavar="OUT", help="file, or folder when there are several inputs")
    parser.add_argument("--in-place", action="store_true", help="write over the input instead")
    parser.add_argument("--force", action="store_true", help="write over an output that exists")
    _common.add_declaration(parser)
    group = parser.add_argument_group("marks")
    group.add_argument(
        "--marks", type=_common.comma, metavar="M,…", help="label,metadata,watermark; default: all that can be put in"
    )
    group.add_argument(
        "--require", type=_common.comma, default=[], metavar="M,…", help="write nothing unless these can be put in"
    )
    group.add_argument("--key", metavar="FILE", help="watermark key (see keygen); without one there is no watermark")
    group.add_argument(
        "--payload", metavar="HEX", help="payload of the watermark; default: derived from producer and content_id"
    )
    group.add_argument("--strength", default="Q", metavar="S", help="Q (invisible, default) or R (stronger)")
    group.add_argument("--label-text", metavar="T", help="words of the label; they must say AI and generated")
    group.add_argument("--label-lang", metavar="L", help="language of the words: zh-CN, en …")
    group.add_argument("--label-style", default="auto", metavar="S", help="default: %(default)s")
    _common.add_format(parser, ("console", "json"))
    parser.add_argument(
        "--receipt", metavar="FILE", help="write the receipt (JSON); several inputs: a folder, or one line each"
    )
    parser.add_argument("--operator", metavar="WHO", help="who ran it, for the receipt")


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import declaration as declarations
    from sceneproof import keys
    from sceneproof._mark import mark
    from sceneproof._marking import MarkOptions
    from sceneproof._receipt import error_receipt
    from sceneproof.errors import InputError, MarkError, SceneproofError

    options = MarkOptions(
        tuple(arguments.marks) if arguments.marks is not None else None,
        _payload(arguments.payload),
        arguments.label_text,
        arguments.label_lang,
        arguments.label_style,
        arguments.strength,
        tuple(arguments.require),
        arguments.operator,
    )
    options.check()
    key = keys.load(arguments.key) if arguments.key else None
    names, code = _common.assets(arguments.paths)
    _common.check_declarations(arguments, names)
    targets = _targets(arguments, names)
    receipts = _receipt_files(arguments.receipt, targets) if arguments.receipt else {}
    stated = declarations.of(arguments.declaration) if arguments.declaration else None
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)
    kept: dict[Path, list[Any]] = {}
    with _common.progress(names, "mark") as queue:
        for name in queue:
            try:
                with _common.one_record(name):
                    receipt = mark(
                        name,
                        targets[name],
                        declaration=stated,
                        settings=arguments.settings,
                        key=key,
                        overwrite=arguments.force or arguments.in_place,
                        options=options,
                    )
                code = max(code, int(not all(found["verified"] for found in receipt.marks.values())))
                _warn(name, receipt, wanted=key is not None and "watermark" in (options.marks or ("watermark",)))
            except SceneproofError as error:
                if len(names) == 1 and not isinstance(error, InputError | MarkError):
                    raise
                receipt = error_receipt(name, error)
                code = max(code, error.exit_code)
                _common.note(str(error))
            printer.show(receipt)
            if receipts:
                kept.setdefault(receipts[name], []).append(receipt)
                _save(receipts[name], kept[receipts[name]])
    printer.close()
    return code


def _warn(name: str, receipt: Any, *, wanted: bool) -> None:
    """A key was given, but no part of the asset bears its watermark: the receipt alone is too quiet a place."""
    reason = receipt.left_out.get("watermark")
    if wanted and reason:
        _common.note(f"{name}: no watermark was put in: {_common.one_line(reason)}")


def _save(path: Path, receipts: list[Any]) -> None:
    """After each asset, so that a run which is cut off leaves a receipt for every file it wrote."""
    from sceneproof.report import json

    _common.save_text(path, json.text(receipts))


def _payload(text: str | None) -> bytes | None:
    from sceneproof.errors import UsageError

    if text is None:
        return None
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise UsageError(f"--payload {text!r}: an even number of hexadecimal digits is needed") from None


def _targets(arguments: argparse.Namespace, names: list[str]) -> dict[str, Path]:
    """Input to output. Folders of several inputs keep the structure below the folder that they share."""
    from sceneproof.errors import UsageError

    if arguments.in_place:
        if arguments.output:
            raise UsageError("--in-place and --output contradict each other")
        return {name: Path(name) for name in names}
    if not arguments.output:
        raise UsageError("--output OUT is needed (or --in-place, to write over the input)")
    output = Path(arguments.output)
    named = arguments.output.endswith(("/", os.sep)) or (
        not output.suffix and any(Path(path).is_dir() for path in arguments.paths)
    )
    folder = len(names) > 1 or output.is_dir() or named
    targets = _in_folder(output, names) if folder else {names[0]: output}
    for name, target in targets.items():
        if not target.exists():
            continue
        if Path(name).exists() and target.samefile(name):
            raise UsageError(f"{target}: is the input; say --in-place to write over it")
        if not arguments.force:
            raise UsageError(f"{target}: exists; name another file, or allow it with --force")
    if folder:
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
    return targets


def _in_folder(output: Path, names: list[str]) -> dict[str, Path]:
    from sceneproof.errors import UsageError

    if output.exists() and not output.is_dir():
        raise UsageError(f"{output}: is a file, and there are several inputs; name a folder")
    if not output.parent.is_dir():
        raise UsageError(f"{output.parent}: no such folder; make it first")
    places = {name: Path(os.path.abspath(name)) for name in names}  # noqa: PTH100 - links keep their own place
    common = Path(os.path.commonpath([place.parent for place in places.values()]))
    return {name: output / _written(place.relative_to(common)) for name, place in places.items()}


def _written(path: Path) -> Path:
    """The name under which a file is written: one of a format that is only read gets the ending of its conversion."""
    from sceneproof.io import written_as

    endings = written_as(path.suffix)
    return path if not endings or path.suffix.lower() in endings else path.with_suffix(endings[0])


def _receipt_files(receipt: str, targets: dict[str, Path]) -> dict[str, Path]:
    """Input to receipt: one file for all, or in a folder one each under the output's name (and its folders)."""
    path = Path(receipt)
    if not path.is_dir():
        _common.check_target(path, [*targets, *map(str, targets.values())])
        return dict.fromkeys(targets, path)
    common = Path(os.path.commonpath([target.parent for target in targets.values()]))
    files = {
        name: path / target.parent.relative_to(common) / f"{target.name}.receipt.json"
        for name, target in targets.items()
    }
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
    return files
