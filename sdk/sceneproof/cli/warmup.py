"""Compile the kernels now, so that the first audit of a machine or container is quick.

They are kept under SCENEPROOF_CACHE_DIR, else in the user's cache folder, per processor and version.
"""

from __future__ import annotations

import argparse

from . import _common

HELP = "compile the kernels ahead of the first use"


def configure(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace) -> int:
    del arguments
    from sceneproof._warmup import warmup
    from sceneproof.kernels import cache_folder

    seconds = warmup()
    folder = cache_folder()
    kept = f"kept in {folder}" if folder else "not kept: no folder for them can be written (SCENEPROOF_CACHE_DIR)"
    _common.write(f"kernels compiled in {seconds:.1f} s, {kept}\n")
    return 0
