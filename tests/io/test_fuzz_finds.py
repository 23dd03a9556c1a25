"""What the fuzzer found: each file once crashed or hung a reader, and is now one line."""

from __future__ import annotations

import struct
import time

import pytest

from sceneproof.errors import InputError
from sceneproof.io import load


def las_with_records_without_end() -> bytes:
    """LAS 1.4 that states four billion extended records: laspy read them one by one past the end of the file."""
    data = bytearray(400)
    data[:4] = b"LASF"
    data[24:26] = bytes((1, 4))
    struct.pack_into("<HII", data, 94, 375, 375, 0)
    struct.pack_into("<BHI", data, 104, 7, 36, 0)
    struct.pack_into("<QI", data, 235, 380, 0xF1000000)
    return bytes(data)


@pytest.mark.parametrize(("make", "ending"), [(las_with_records_without_end, "las")])
def test_a_find_is_refused_in_one_line_and_at_once(make, ending):
    started = time.monotonic()
    with pytest.raises(InputError) as caught:
        load(make(), uri=f"find.{ending}")
    assert "\n" not in str(caught.value)
    assert time.monotonic() - started < 10
