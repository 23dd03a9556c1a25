"""Lines of text in a picture, by character recognition: PP-OCR through the package ``rapidocr`` (extra ``ocr``).

The models lie inside the wheel and are named by path, so that nothing is ever fetched. They read Chinese, Latin and
Japanese writing; Korean is not read. Text that stands on its head or is mirrored is not turned round.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sceneproof.errors import MissingExtraError
from sceneproof.scene import Array

LEAST_SCORE = 0.6  # of 1; below that, the strokes of things are taken for writing
LONGEST = 1280  # pixels that a picture's longer side is looked at with
MISSING = "character recognition needs rapidocr and onnxruntime; install sceneproof[ocr]"
_lock = threading.Lock()


@dataclass(frozen=True)
class Line:
    """One line of text: what it says, the recognition's own score (0..1), and left, top, right, bottom in pixels."""

    text: str
    score: float
    box: tuple[float, float, float, float]


def lines(rgb: Array) -> tuple[Line, ...]:
    """The lines of text in uint8 pixels [shape=(height, width, 3)], from the top down.

    Raises `MissingExtraError` without the extra ``ocr``.
    """
    with _lock:
        found = _engine()(np.ascontiguousarray(rgb[:, :, ::-1]))
    if found.boxes is None or found.txts is None:
        return ()
    out = []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        (left, top), (right, bottom) = np.min(corners, axis=0), np.max(corners, axis=0)
        if score >= LEAST_SCORE and text.strip():
            out.append(Line(text.strip(), float(score), (float(left), float(top), float(right), float(bottom))))
    return tuple(sorted(out, key=lambda line: (line.box[1], line.box[0])))


@cache
def present() -> bool:
    """Whether the extra ``ocr`` is installed with its models."""
    try:
        _models()
    except MissingExtraError:
        return False
    return True


@cache
def _engine() -> Any:
    detection, recognition = _models()
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            # Threads gain nothing on pictures of this size, and wait for each other where the cores are busy.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": LONGEST,
            "Det.model_path": str(detection),
            "Rec.model_path": str(recognition),
        }
    )


def _models() -> tuple[Path, Path]:
    from importlib.util import find_spec

    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None or find_spec("onnxruntime") is None:
        raise MissingExtraError(MISSING)
    folder = Path(spec.origin).parent / "models"
    found = [sorted(folder.glob(f"*_{kind}_*.onnx")) for kind in ("det", "rec")]
    if not all(found):
        raise MissingExtraError("rapidocr has no models in its wheel; install rapidocr 3.10 or later")
    return found[0][0], found[1][0]
