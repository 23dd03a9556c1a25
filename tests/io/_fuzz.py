"""A small file with one of everything, and copies of it in which a value is of the wrong kind."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.makers import shapes
from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder


def small() -> bytes:
    """One of everything that the reader looks into."""
    b = Builder()
    wood = b.material("wood", textures={"color": b.texture(b.image(np.zeros((2, 2, 3), np.uint8)))})
    box = shapes.box()
    skinned = {
        **box.attributes(),
        "JOINTS_0": np.zeros((24, 4), np.uint8),
        "WEIGHTS_0": np.ones((24, 4), np.float32) / 4,
    }
    joint = b.node("joint", rotation=[0, 0, 0, 1], scale=[1, 2, 1])
    body = b.mesh(skinned, material=wood, targets={"up": np.eye(24, 3, dtype=np.float32)})
    b.node("body", mesh=body, skin=b.skin([joint], np.eye(4)[None]))
    b.node("camera", camera=b.camera(), translation=[0, 0, 3])
    b.node("lamp", light=b.light())
    b.node("copies", mesh=b.mesh(box, mode=5), extensions={
        "EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": b.accessor(np.eye(3, dtype=np.float32))}}
    })  # fmt: skip
    b.animation([(joint, "translation", np.array([0, 1]), np.zeros((2, 3)))])
    b.use("EXT_mesh_gpu_instancing")
    b.doc["extensions"]["KHR_xmp_json_ld"] = {"packets": [{"@context": {}, "dc:title": "x"}]}
    b.doc["asset"]["extensions"] = {"KHR_xmp_json_ld": {"packet": 0}}
    return b.glb()


SMALL = small()
WRONG = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1,
        3,
        1.5,
        1e300,
        10**30,
        2**31,
        "x",
        "",
        "\ud800",
        [],
        [[]],
        [1],
        ["x"],
        {},
        {"x": 1},
        [None],
        [{}],
    ]
)


@st.composite
def mutated(draw: Any, most: int = 2) -> bytes:
    """The small file with one to `most` values anywhere in its JSON replaced."""
    document, binary = unpack_glb(SMALL)
    for _ in range(draw(st.integers(1, most))):
        owner: Any = document
        while True:
            keys = sorted(owner) if isinstance(owner, dict) else list(range(len(owner)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(owner[key], dict | list) or draw(st.integers(0, 4)) == 0:
                owner[key] = copy.deepcopy(draw(WRONG))
                break
            owner = owner[key]
    return pack_glb(json.dumps(document, allow_nan=True).encode(), binary)
