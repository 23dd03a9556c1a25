"""LZF: both decoders undo a slow encoder, and damaged streams give nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.kernels import lzf
from sceneproof.kernels.lzf import unpack
from tests.reference.lzf import pack


@pytest.fixture(params=["compiled", "plain"])
def path(request, monkeypatch):
    monkeypatch.setattr(lzf, "compiled", lambda rows: request.param == "compiled")


@pytest.mark.parametrize(
    "data", [b"", b"a", b"ab" * 500, bytes(10_000), np.random.default_rng(0).bytes(3000), b"abcabcabcd" * 90 + b"x"]
)
def test_what_was_packed_comes_back(path, data):
    assert bytes(unpack(pack(data), len(data))) == data


def test_a_stream_written_by_hand(path):
    # two literals, a copy of 3 + 4 from 2 back (overlapping), a long copy of 7 + 2 + 1 from 1 back
    stream = bytes([1, 65, 66, 5 << 5, 1, 7 << 5, 1, 0])
    assert bytes(unpack(stream, 19)) == b"AB" + b"ABABABA" + b"A" * 10


@pytest.mark.parametrize("stream", [b"\x05ab", b"\xe0", b"\x20", b"\x20\x00", b"\x00a\x20\x05", b"\x00a"])
def test_a_damaged_stream_gives_nothing(path, stream):
    assert unpack(stream, 3) is None


@given(st.binary(max_size=200), st.integers(0, 400))
def test_both_paths_agree_on_any_bytes(stream, size):
    plain = lzf._unpack_plainly(stream, size)
    out = np.zeros(size, np.uint8)
    done = int(lzf._unpack(lzf.frozen(np.frombuffer(stream, np.uint8), np.uint8), out))
    assert (plain is not None) == (done == size)
    if plain is not None:
        assert bytes(plain) == bytes(out)
