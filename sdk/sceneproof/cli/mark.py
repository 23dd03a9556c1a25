"""Mark assets.

examples:
  sceneproof mark scene.glb --output marked.glb --key studio.key --receipt marked.receipt.json
  sceneproof mark scenes/ --output marked/ --key studio.key --marks metadata,watermark

A mark that cannot be put in is left out, and the receipt says why; --require makes that an error. There is no command
that strips a mark. Replacing one of your own is recorded, another producer's is kept.
"""

from __future__ import annotations

import argparse
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
    from sceneproof import _mark, keys
    from sceneproof import declaration as declarations
    from sceneproof.batch import expand
    from sceneproof.errors import InputError, MarkError

    options = _mark.MarkOptions(
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
    stated = declarations.of(arguments.declaration) if arguments.declaration else None
    declarations.with_settings(stated or declarations.Declaration(), arguments.settings)
    names = expand(arguments.paths)
    targets = _targets(arguments, names)
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)
    receipts: list[Any] = []
    code = 0
    with _common.progress(names, "mark") as queue:
        for name in queue:
            try:
                receipt = _mark.mark(
                    name,
                    targets[name],
                    declaration=stated,
                    settings=arguments.settings,
                    key=key,
                    overwrite=arguments.force or arguments.in_place,
                    options=options,
                )
                code = max(code, int(not all(found["verified"] for found in receipt.marks.values())))
            except (InputError, MarkError) as error:
                receipt = _mark.error_receipt(name, error)
                code = max(code, error.exit_code)
                _common.note(str(error))
            printer.show(receipt)
            receipts.append(receipt)
    if arguments.receipt:
        _save_receipts(Path(arguments.receipt), receipts, names)
    return code


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
    one = len(names) == 1 and not output.is_dir()
    targets = {names[0]: output} if one else _in_folder(output, names)
    for name, target in targets.items():
        if target.exists() and Path(name).exists() and target.samefile(name):
            raise UsageError(f"{target}: is the input; say --in-place to write over it")
    return targets


def _in_folder(output: Path, names: list[str]) -> dict[str, Path]:
    import os

    from sceneproof.errors import UsageError

    if output.exists() and not output.is_dir():
        raise UsageError(f"{output}: is a file, and there are several inputs; name a folder")
    if not output.parent.is_dir():
        raise UsageError(f"{output.parent}: no such folder; make it first")
    parents = [str(Path(name).resolve().parent) for name in names]
    common = Path(os.path.commonpath(parents))
    targets = {name: output / Path(name).resolve().relative_to(common) for name in names}
    for target in targets.values():
        target.parent.mkdir(parents=True, exist_ok=True)
    return targets


def _save_receipts(path: Path, receipts: list[Any], names: list[str]) -> None:
    from sceneproof.report import json

    if path.is_dir():
        for receipt, name in zip(receipts, names, strict=True):
            _common.save_text(str(path / f"{Path(name).name}.receipt.json"), json.text([receipt]))
    else:
        _common.save_text(str(path), json.text(receipts))
