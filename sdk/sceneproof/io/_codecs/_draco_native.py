"""The call of the Draco decoder itself, for the decoder process (`sceneproof.io._sandbox`) and no other."""

from __future__ import annotations

from typing import Any

from sceneproof.io._sandbox_child import Refused

DAMAGED = "draco: the stream is damaged and cannot be decoded"


def decode(data: bytes, mesh: bool) -> dict[str, Any]:
    """``attributes``, each ``{"unique_id", "attribute_type", "data_type", "data"}``, and ``faces``, ``None`` for a
    point cloud."""
    import DracoPy

    try:
        decoded = DracoPy.decode(data)
        # a mesh without faces is a decoder that took it for something else
        faces = decoded.faces if mesh else None
    except MemoryError:
        raise
    except Exception:  # the binding raises bare and private types alike, and "not draco" for any damage
        raise Refused(DAMAGED) from None
    attributes = [
        {
            **{name: int(entry[name]) for name in ("unique_id", "attribute_type", "data_type")},
            "data": entry["data"],
        }
        for entry in decoded.attributes
    ]
    if faces is not None and faces.itemsize > 4 and faces.min(initial=0) >= 0 and faces.max(initial=0) < 1 << 32:
        faces = faces.astype("u4")  # half as much to hand over
    return {"attributes": attributes, "faces": faces}
