"""Code that builds assets: a glTF builder, simple shapes, hostile files and the sample scenes of ``assets/``.

Nothing here imports sceneproof or a mesh library, so that tests judge the reader against bytes it had no part in.
``python -m tests.makers`` writes ``assets/`` anew.
"""

from __future__ import annotations

from tests.makers._pack import pack_glb, read_accessor, unpack_glb
from tests.makers.builder import Builder
from tests.makers.shapes import Shape

__all__ = ["Builder", "Shape", "pack_glb", "read_accessor", "unpack_glb"]
