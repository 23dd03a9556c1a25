"""A PLY mesh through mark and verify: all three marks in the file, the same bytes for the same marks."""

from __future__ import annotations

import numpy as np
import pytest

import sceneproof
from tests.makers import shapes
from tests.makers.ply import faces, ply, vertices

STATED = {"origin": "ai-generated", "producer": "X", "content_id": "1"}
KEY = b"0123456789abcdef0123456789abcdef"


def made(form: str, kind: str, shift: float) -> bytes:
    shape = shapes.bumpy_sphere(6000)
    return ply([vertices(np.asarray(shape.positions) + shift, kind), faces(shape.faces.tolist())], form)


@pytest.mark.slow
def test_all_marks_of_a_mesh_far_out_are_read_back_and_marking_again_changes_nothing(tmp_path):
    source, first, second = (tmp_path / name for name in ("in.ply", "a.ply", "b.ply"))
    source.write_bytes(made("ascii", "f8", 500_000.0))
    receipt = sceneproof.mark(source, first, declaration=STATED, key=KEY, require=("label", "metadata", "watermark"))
    assert all(entry["verified"] for entry in receipt.to_dict()["marks"].values())
    found = sceneproof.verify(first, key=KEY).to_dict()
    assert found["label"]["visible"]
    assert found["label"]["detail"]["words_match"]
    assert found["metadata"]["aigc"]["ContentProducer"] == "X"
    assert found["watermark"]["found"]
    sceneproof.mark(first, second, declaration=STATED, key=KEY)
    assert second.read_bytes() == first.read_bytes()


def test_another_text_replaces_the_label_and_leaves_the_subject(tmp_path):
    source, first, second = (tmp_path / name for name in ("in.ply", "a.ply", "b.ply"))
    source.write_bytes(made("binary_little_endian", "f4", 0.0))
    chosen = {"declaration": STATED, "marks": ("label", "metadata")}
    sceneproof.mark(source, first, **chosen)
    receipt = sceneproof.mark(first, second, label_lang="en", label_text="AI-generated AI生成", **chosen)
    assert receipt.to_dict()["replaced"][0]["mark"] == "label"
    found = sceneproof.verify(second).to_dict()
    assert found["label"]["visible"]
    assert found["label"]["text"] == "AI-generated AI生成"
    before, after = (sceneproof.load(path).meshes for path in (source, second))
    assert len(after) == 2
    np.testing.assert_array_equal(after[0].primitives[0].positions, before[0].primitives[0].positions)
    np.testing.assert_array_equal(after[0].primitives[0].triangles, before[0].primitives[0].triangles)
