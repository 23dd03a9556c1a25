"""Streams of other encoders with what their own decoders made of them, and the real files that hold more."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

GOLDEN = json.loads((Path(__file__).parent / "codec_golden.json").read_text())


def plain(text):
    return base64.b64decode(text)


def real_file(name):
    """Path of a real asset, or a skip."""
    folder = os.environ.get("SCENEPROOF_DATA")
    if not folder:
        pytest.skip("SCENEPROOF_DATA is not set")
    return Path(folder) / name


def document(path):
    """The JSON of a .gltf or .glb and its buffers' bytes (None for a buffer without data)."""
    content = path.read_bytes()
    binary = None
    if path.suffix == ".glb":
        size = int.from_bytes(content[12:16], "little")
        tree, binary = json.loads(content[20 : 20 + size]), content[28 + size :]
    else:
        tree = json.loads(content)
    buffers = []
    for entry in tree["buffers"]:
        uri = entry.get("uri")
        if uri is None:
            buffers.append(binary)
        elif uri.startswith("data:"):
            buffers.append(plain(uri.partition(",")[2]))
        else:
            buffers.append((path.parent / uri).read_bytes())
    return tree, buffers


def stretch(view, buffers):
    """The bytes that a buffer view (or an extension with the same fields) names."""
    start = view.get("byteOffset", 0)
    return buffers[view["buffer"]][start : start + view["byteLength"]]
