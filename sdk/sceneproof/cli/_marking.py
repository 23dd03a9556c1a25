"""The options that say what is put in and how, for the verbs that mark."""

from __future__ import annotations

import argparse
from typing import Any

from . import _common


def add_marks(parser: argparse.ArgumentParser) -> Any:
    """The group of marks, for the verb to add its own to."""
    group = parser.add_argument_group("marks")
    group.add_argument(
        "--marks", type=_common.comma, metavar="M,…", help="label,metadata,watermark; default: all that can be put in"
    )
    group.add_argument(
        "--payload", metavar="HEX", help="payload of the watermark; default: derived from producer and content_id"
    )
    group.add_argument("--strength", default="Q", metavar="S", help="Q (invisible, default) or R (stronger)")
    group.add_argument("--label-text", metavar="T", help="words of the label; they must say AI and generated")
    group.add_argument("--label-lang", metavar="L", help="language of the words: zh-CN, en …")
    group.add_argument("--label-style", default="auto", metavar="S", help="default: %(default)s")
    return group


def chosen(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options as `MarkOptions` has them. Raises `UsageError` for a payload that is not hexadecimal."""
    return {
        "marks": tuple(arguments.marks) if arguments.marks is not None else None,
        "payload": _payload(arguments.payload),
        "label_text": arguments.label_text,
        "label_lang": arguments.label_lang,
        "label_style": arguments.label_style,
        "strength": arguments.strength,
    }


def _payload(text: str | None) -> bytes | None:
    from sceneproof.errors import UsageError

    if text is None:
        return None
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise UsageError(f"--payload {text!r}: an even number of hexadecimal digits is needed") from None
