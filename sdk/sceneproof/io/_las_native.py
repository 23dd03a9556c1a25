"""The call of laspy and its LAZ decoder, for the decoder process (`sceneproof.io._sandbox`) and no other."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from sceneproof.io._sandbox_child import Refused


def decode(data: bytes, packed: bool) -> dict[str, Any]:
    """``xyz`` float64 [shape=(n, 3)] and ``colors`` as stored [shape=(n, 3)], or ``None``. Raises `Refused`."""
    import laspy

    if packed:
        import lazrs  # noqa: F401 - laspy finds it by itself; without it the message should be ours
    try:
        table = laspy.read(io.BytesIO(data))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in lazrs is no Exception
        reason = f"{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"
        raise Refused(f"the points cannot be decoded ({reason})") from None
    with np.errstate(over="ignore", invalid="ignore"):
        positions = np.asarray(table.xyz, np.float64).reshape(-1, 3)
    return {"xyz": positions, "colors": _colors(table)}


def _colors(table: Any) -> Any:
    names = set(table.point_format.dimension_names)
    if not {"red", "green", "blue"} <= names or not len(table.points):
        return None
    return np.stack([np.asarray(table[name]) for name in ("red", "green", "blue")], axis=1)
