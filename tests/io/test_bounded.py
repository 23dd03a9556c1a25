"""Compressed streams are unfolded in steps, never past what was asked for, and their end is found."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pytest

from sceneproof.errors import InputError, LimitError
from sceneproof.io._bounded import Inflater
from sceneproof.io._sog.archive import Archive


def _noise(size: int) -> bytes:
    return np.random.default_rng(5).bytes(size)


@pytest.mark.parametrize("tail", [0, 7, 3 << 20])
def test_a_stream_of_several_windows_is_read_whole_and_what_follows_it_is_counted(tail: int) -> None:
    content = _noise(3_500_000)
    stream = Inflater(gzip.compress(content, 1) + b"\xaa" * tail)
    assert stream.read(16) == content[:16]
    assert stream.read(len(content) - 16) == content[16:]
    assert stream.rest(0) == b""
    assert stream.after == tail


def test_a_stream_that_unfolds_a_thousandfold_is_read_in_steps() -> None:
    stream = Inflater(gzip.compress(bytes(20_000_000)))
    assert stream.read(19_999_999) == bytes(19_999_999)
    assert stream.rest(1) == b"\0"


@pytest.mark.parametrize("kept", [0, 1, 11, 1 << 20, 3_000_000])
def test_a_stream_that_is_cut_off_says_so(kept: int) -> None:
    content = _noise(3_500_000)
    with pytest.raises(InputError, match="cut off"):
        Inflater(gzip.compress(content, 1)[:kept]).read(len(content))


def test_a_stream_that_goes_on_is_refused() -> None:
    stream = Inflater(gzip.compress(bytes(5_000_000)))
    stream.read(10)
    with pytest.raises(LimitError, match="goes on past"):
        stream.rest(1000)


def test_a_directory_of_thousands_is_refused_before_it_becomes_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(200):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    monkeypatch.setattr("sceneproof.io._sog.archive.zipfile.ZipFile", None)
    with pytest.raises(LimitError, match="more than 64 members"):
        Archive(held.getvalue())
