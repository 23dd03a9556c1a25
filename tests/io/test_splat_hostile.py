"""Damaged splat files: read, or refused with one line; never another exception, never a hang."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.errors import SceneproofError
from sceneproof.io import ksplat, sog, splat, spz
from sceneproof.scene import Scene
from tests.makers import splats as make

CLOUD = make.cloud(6, 1)
RAW_SPZ = make.spz(CLOUD, 2, packed=False)
SEEDS: dict[str, tuple[Callable[..., Scene], bytes]] = {
    "spz 2 raw": (spz.load, RAW_SPZ),
    "spz 3": (spz.load, make.spz(CLOUD, 3)),
    "spz 4": (spz.load, make.spz(CLOUD, 4, records=b"\1\0\0\0\4\0\0\0abcd")),
    "splat": (splat.load, make.dot_splat(CLOUD)),
    "ksplat 0": (ksplat.load, make.ksplat(CLOUD, 0)),
    "ksplat 2": (ksplat.load, make.ksplat(CLOUD, 2, sections=2)),
    "sog": (sog.load, make.sog(CLOUD)),
    "sog deflated": (sog.load, make.sog(CLOUD, 1, zipfile.ZIP_DEFLATED)),
}
# Where the headers lie: flips there do more than flips among the splats.
HEADS = {"ksplat 0": [0, 44, 4096, 4140], "ksplat 2": [0, 44, 4096, 4140, 5120, 5164, 6144, 6200]}


def _holds(read: Callable[..., Scene], data: bytes) -> None:
    try:
        scene, refusal = read(data, "a.bin", None), ""
    except SceneproofError as error:
        scene, refusal = None, str(error)
    if scene is None:
        assert refusal
        assert "\n" not in refusal
        return
    cloud = scene.splats[0]
    count = len(cloud.positions)
    assert np.isfinite(cloud.positions).all()
    assert cloud.scales.shape == (count, 3)
    assert cloud.rotations.shape == (count, 4)
    assert cloud.opacities.shape == (count,)
    assert cloud.harmonics.shape[::2] == (count, 3)


@pytest.mark.parametrize("kind", SEEDS)
@given(draw=st.data())
def test_flipped_bytes(kind: str, draw: st.DataObject) -> None:
    read, seed = SEEDS[kind]
    data = bytearray(seed)
    spans = HEADS.get(kind)
    for _ in range(draw.draw(st.integers(1, 4))):
        if spans and draw.draw(st.booleans()):
            pair = draw.draw(st.integers(0, len(spans) // 2 - 1))
            at = draw.draw(st.integers(spans[2 * pair], spans[2 * pair + 1]))
        else:
            at = draw.draw(st.integers(0, min(len(data), 4096 + len(data) % 4096) - 1))
        data[at % len(data)] = draw.draw(st.integers(0, 255))
    _holds(read, bytes(data))


@pytest.mark.parametrize("kind", SEEDS)
@given(draw=st.data())
def test_cut_and_joined(kind: str, draw: st.DataObject) -> None:
    read, seed = SEEDS[kind]
    cut = draw.draw(st.integers(0, len(seed)))
    _holds(read, seed[:cut] + draw.draw(st.binary(max_size=40)))


@given(st.binary(min_size=16, max_size=200))
def test_any_bytes_behind_an_spz_header(body: bytes) -> None:
    _holds(spz.load, b"NGSP" + body)
    _holds(spz.load, gzip.compress(b"NGSP" + body))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 1 << 40) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["files", "mins", "shape"]), inner),
    max_leaves=6,
)
META, IMAGES = make.sog_parts(CLOUD)


@given(
    st.sampled_from(sorted(META)), st.sampled_from(["", "files", "codebook", "mins", "maxs", "count", "bands"]), VALUES
)
def test_any_values_in_the_meta_of_a_sog(part: str, inner: str, value: object) -> None:
    meta = json.loads(json.dumps(META))
    if inner and isinstance(meta[part], dict):
        meta[part][inner] = value
    else:
        meta[part] = value
    _holds(sog.load, make.zipped({**IMAGES, "meta.json": json.dumps(meta).encode()}))


def test_nothing_at_all() -> None:
    for read in (spz.load, ksplat.load, sog.load):
        with pytest.raises(SceneproofError):
            read(b"", None, None)
