"""Decoders of compressed glTF geometry: bytes in, bytes or arrays out. They know nothing of documents or scenes."""

from __future__ import annotations

from sceneproof.io._codecs.draco import DracoMesh, decode_draco, draco_facts
from sceneproof.io._codecs.meshopt import decode_meshopt

__all__ = ["DracoMesh", "decode_draco", "decode_meshopt", "draco_facts"]
