"""Reading and comparing sample files by content: what must agree where a platform's last bits differ."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from tests.makers import read_accessor, unpack_glb


def same_glb(left: bytes, right: bytes) -> None:
    """Assert that two GLBs tell the same: structure and names equal, numbers close, pictures alike to the eye."""
    (a, abin), (b, bbin) = unpack_glb(left), unpack_glb(right)
    assert set(a) == set(b)
    for key in set(a) - {"bufferViews", "buffers", "accessors"}:
        _same_json(a[key], b[key], f"/{key}")
    assert len(a["accessors"]) == len(b["accessors"])
    for index in range(len(a["accessors"])):
        _same_array(read_accessor(a, abin, index), read_accessor(b, bbin, index), f"/accessors/{index}")
    for index in range(len(a.get("images", ()))):
        _same_picture(_picture(a, abin, index), _picture(b, bbin, index), f"/images/{index}")


def same_ply(left: bytes, right: bytes) -> None:
    assert left.split(b"end_header\n")[0] == right.split(b"end_header\n")[0]
    a, b = ply_columns(left), ply_columns(right)
    for name in a:
        _same_array(a[name], b[name], name)


def ply_columns(data: bytes) -> dict[str, np.ndarray]:
    """Columns of the vertex element of a binary little-endian PLY."""
    head, body = data.split(b"end_header\n", 1)
    lines = head.decode().split("\n")
    count = next(int(line.split()[-1]) for line in lines if line.startswith("element vertex"))
    kinds = {"float": "<f4", "uchar": "u1"}
    fields = [(line.split()[2], kinds[line.split()[1]]) for line in lines if line.startswith("property")]
    table = np.frombuffer(body, np.dtype(fields))
    assert len(table) == count
    return {name: table[name] for name, _ in fields}


def _same_json(a: Any, b: Any, where: str) -> None:
    if isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for key in a.keys() - {"bufferView"}:
            _same_json(a[key], b[key], f"{where}/{key}")
    elif isinstance(a, list):
        assert len(a) == len(b), where
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            _same_json(x, y, f"{where}/{k}")
    elif isinstance(a, float):
        assert abs(a - b) <= 1e-5, where
    else:
        assert a == b, where


def _same_array(a: np.ndarray, b: np.ndarray, where: str) -> None:
    assert a.dtype == b.dtype, where
    assert a.shape == b.shape, where
    gap = np.abs(a.astype(float) - b.astype(float)).max(initial=0)
    # Values are rounded to 1e-4 or finer before they are stored: a last bit may tip one rounding, never more.
    assert gap <= (1 if a.dtype.kind == "u" else 2e-4), f"{where}: {gap}"


def _picture(doc: dict[str, Any], binary: bytes, index: int) -> np.ndarray:
    from PIL import Image

    view = doc["bufferViews"][doc["images"][index]["bufferView"]]
    start = view.get("byteOffset", 0)
    return np.asarray(Image.open(io.BytesIO(binary[start : start + view["byteLength"]])).convert("RGB"), float)


def _same_picture(a: np.ndarray, b: np.ndarray, where: str) -> None:
    assert a.shape == b.shape, where
    assert np.abs(a - b).mean() <= 1.0, where
