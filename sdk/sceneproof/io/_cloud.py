"""What the point cloud formats share: colours of any type, points that are not finite, and the Scene of a cloud."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.edits import Edit
from sceneproof.errors import LimitError, MarkError
from sceneproof.kernels.rows import finite_rows
from sceneproof.scene import Array, PointCloud, Problem, Scene

from ._colors import linear_of as linear_of  # noqa: PLC0414  the readers of clouds take it from here
from ._plain import PlainDocument, asset_of

PER_POINT = 48  # bytes decoded: float64 places, float32 colours and normals


def scaled(values: Array, kind: np.dtype[Any]) -> Array:
    """Colours of any type as 0..1, float32."""
    values = np.asarray(values, np.float64)
    return np.clip(np.nan_to_num(values) / white_of(values, kind), 0.0, 1.0).astype(np.float32)


def white_of(values: Array, kind: np.dtype[Any]) -> float:
    """The number that stands for 1: by the range of the type; of floats 1, or 255 where they go beyond 1."""
    values = np.asarray(values, np.float64)
    top = float(np.max(values, initial=0.0, where=np.isfinite(values)))
    if kind.kind == "f":
        return 1.0 if top <= 1.0 else 255.0 if top <= 255.0 else top
    return 255.0 if kind.itemsize == 1 or top <= 255 else 65535.0


def nonfinite(positions: Array, problems: list[Problem], pointer: str) -> Array:
    """Which rows are finite; the others are a problem."""
    sound = finite_rows(positions)
    count = len(sound) - int(np.count_nonzero(sound))
    if count:
        first = int(np.argmin(sound))
        en = f"{count:,} of {len(sound):,} vertices are not finite, the first is number {first:,}"
        zh = f"{len(sound):,} 个顶点中有 {count:,} 个坐标不是有限数值，首个序号为 {first:,}"
        problems.append(Problem("non-finite-position", en, zh, f"{pointer}/{first}", count))
    return sound


def check_points(count: int) -> None:
    """Raises `LimitError` when that many points would take too much memory."""
    most = LIMITS.accessor_bytes // PER_POINT
    if count > most:
        raise LimitError(f"{count:,} points, limit {most:,}")


def cloud(positions: Array, colors: Array | None, normals: Array | None) -> PointCloud:
    """A cloud of read-only arrays; colours [shape=(n, 3)] linear 0..1."""
    return PointCloud(
        "/points/0",
        frozen(positions),
        None if colors is None else frozen(np.ascontiguousarray(colors[:, :3], np.float32)),
        None if normals is None else frozen(np.ascontiguousarray(normals, np.float32)),
    )


def scene_of(
    format_: str, uri: str | None, points: PointCloud, document: PlainDocument, problems: list[Problem]
) -> Scene:
    """The Scene of a file that holds points and nothing else: no node places them."""
    nonfinite(points.positions, problems, points.pointer)
    asset = asset_of(document.slot, document.sidecar)
    return Scene(format_, uri, (), (), (), points=(points,), asset=asset, problems=tuple(problems), document=document)


def refuse_all(format_: str, edits: Sequence[Edit]) -> None:
    """Raises `MarkError`: the format is only read."""
    if edits:
        raise read_only(format_)


def read_only(format_: str, path: Path | None = None) -> MarkError:
    """What to raise when a format that is only read should be written."""
    place = f"{path}: " if path else ""
    return MarkError(f"{place}{format_.upper()} is read, not written; convert it to a format that is (ply, glb)")


def frozen(array: Array) -> Array:
    """A read-only view."""
    view = array.view()
    view.flags.writeable = False
    return view
