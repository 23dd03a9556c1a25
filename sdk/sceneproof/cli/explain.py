"""Explain a rule, signal, policy, mark, attack or question.

examples:
  sceneproof explain DS-17.5
  sceneproof explain cn-deep-synthesis
  sceneproof explain iso-surface-lattice
"""

from __future__ import annotations

import argparse

from . import _common

HELP = "what a rule, signal, policy, mark, attack or question is, and what it rests on"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", nargs="?", help="without one, all ids are listed")
    parser.add_argument("--lang", choices=_common.LANGUAGES, default="both", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    from sceneproof._explain import explain, overview

    text = explain(arguments.id, lang=arguments.lang) if arguments.id else overview()
    _common.write(text.rstrip("\n") + "\n")
    return 0
