"""Make a watermark key.

The file holds 32 secret bytes, readable by its owner only. Its id (printed) may be published; the file may not: who
has it can write, find and take out the watermark. A lost key cannot be made again, and nothing finds its marks then.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import _common

HELP = "make a watermark key"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--force", action="store_true", help="write over an existing key, which is then lost")


def run(arguments: argparse.Namespace) -> int:
    from sceneproof.keys import generate

    key = generate(Path(arguments.file), overwrite=arguments.force)
    _common.write(f"{arguments.file}: key {key.id}\n")
    return 0
