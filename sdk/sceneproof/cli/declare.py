"""Make a declaration, by asking or from options.

examples:
  sceneproof declare scene.glb
  sceneproof declare scene.glb --set role=provider --set market=cn --set public=true --set origin=ai-generated \\
                     --set producer="Example Studio" --set content_id=A-0001 --no-ask

The file is put beside the asset as NAME.declaration.toml, where audit and mark find it. A question that is left empty
stays open, and what hangs on it is then review.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from . import _common

HELP = "state role, market, origin and answers for an asset"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="ASSET", help="the asset that is declared")
    parser.add_argument("--output", metavar="FILE", help="default: NAME.declaration.toml beside the asset")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings", help="a field")
    parser.add_argument("--no-ask", action="store_true", help="take the options as they are and ask nothing")
    parser.add_argument("--force", action="store_true", help="write over a declaration that exists")
    parser.add_argument(
        "--lang", choices=_common.LANGUAGES, default="both", help="of the questions; default: %(default)s"
    )


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import declaration as declarations
    from sceneproof.errors import InputError, UsageError

    asset = Path(arguments.path)
    if not asset.is_file():
        raise InputError("is a folder, not a file" if asset.is_dir() else "no such file", uri=arguments.path)
    target = Path(arguments.output) if arguments.output else asset.with_name(asset.stem + declarations.SUFFIX)
    if target.exists() and not arguments.force:
        raise UsageError(f"{target}: exists; allow writing over it with --force")
    stated = declarations.with_settings(declarations.Declaration(), arguments.settings)
    if not arguments.no_ask and sys.stdin.isatty():
        stated = _ask(stated, arguments.lang)
    elif not arguments.settings:
        reason = "--no-ask asks nothing" if arguments.no_ask else "there is no terminal to ask at"
        raise UsageError(f"{reason}; give --set KEY=VALUE")
    _common.save_text(str(target), declarations.to_toml(stated))
    _common.write(f"{target}: written\n{declarations.to_toml(stated)}")
    return 0


def _ask(stated: Any, lang: str) -> Any:
    """Ask for every field that is still open. Empty skips; a wrong answer is asked again; the end of input ends it."""
    from sceneproof import declaration as declarations
    from sceneproof.errors import UsageError

    for field, en, zh, choices in _questions():
        if stated.answer(field) is not None:
            continue
        question = {"en": en, "zh": zh}.get(lang, f"{en}\n{zh}")
        while True:
            print(f"\n{question}\n  [{choices}] (empty: not stated / 留空：不声明)", file=sys.stderr)
            print(f"{field} = ", end="", file=sys.stderr, flush=True)  # stdout is for the result
            line = sys.stdin.readline()
            if not line:
                return stated
            answer = line.strip()
            if not answer:
                break
            try:
                stated = declarations.with_settings(stated, [f"{field}={answer}"])
            except UsageError as error:
                print(f"  {error}", file=sys.stderr)
                continue
            break
    return stated


def _questions() -> list[tuple[str, str, str, str]]:
    """Field, question in English and Chinese, and what can be answered."""
    from sceneproof import declaration as d
    from sceneproof.policies import load_policy, policy_ids

    asked = [
        ("role", "What are you for this asset?", "就该资产而言，您的角色是什么？", ", ".join(d.ROLES)),
        ("market", "For which markets is it?", "面向哪些市场？", ", ".join(d.MARKETS)),
        ("public", "Is it offered to the public?", "是否向公众提供？", "true, false"),
        (
            "unit",
            "What is it: a scene, an avatar, or a component of others' scenes?",
            "是场景、虚拟形象还是组件？",
            ", ".join(d.UNITS),
        ),
        ("origin", "How was it made?", "如何制作？", ", ".join(d.ORIGINS)),
        ("producer", "Who is the producer (name or 27-character code)?", "制作者（名称或 27 位编码）？", "text"),
        ("content_id", "What is the producer's number for it?", "制作者给该内容的编号？", "text"),
    ]
    for name in policy_ids():
        for item in load_policy(name).attestations:
            for field in item.answered_by:
                if field.startswith("attest.") and len(item.answered_by) == 1 and all(field != q[0] for q in asked):
                    asked.append((field, item.question.en, item.question.zh, "true, false"))
    return asked
