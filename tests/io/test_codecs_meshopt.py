from __future__ import annotations

import hashlib
import tracemalloc

import numpy as np
import pytest

from sceneproof.errors import InputError, LimitError
from sceneproof.io._codecs import decode_meshopt
from tests.io._codec_golden import GOLDEN, document, plain, real_file, stretch
from tests.reference import meshopt_writers as writers

ATTRIBUTES = {"count": 4, "stride": 8, "mode": "ATTRIBUTES"}
EXTENSIONS = ("EXT_meshopt_compression", "KHR_meshopt_compression")


def stream():
    return writers.write_attributes(np.arange(32, dtype=np.uint8).reshape(4, 8), 0, np.random.default_rng(0))


def settings(case):
    return {name: case[name] for name in ("count", "stride", "mode", "filter")}


@pytest.mark.parametrize("case", GOLDEN["meshopt"], ids=lambda case: f"{case['name']} {case['count']}x{case['stride']}")
def test_streams_of_the_javascript_encoder_decode_to_its_decoders_bytes(case):
    assert decode_meshopt(plain(case["data"]), **settings(case)) == plain(case["out"])


@pytest.mark.parametrize("name", GOLDEN["meshopt_files"])
def test_buffer_views_of_real_files_decode_to_the_javascript_decoders_bytes(name):
    tree, buffers = document(real_file(name))
    found = {}
    for number, view in enumerate(tree["bufferViews"]):
        for extension in EXTENSIONS:
            if packed := view.get("extensions", {}).get(extension):
                plainly = decode_meshopt(
                    stretch(packed, buffers),
                    count=packed["count"],
                    stride=packed["byteStride"],
                    mode=packed["mode"],
                    filter=packed.get("filter", "NONE"),
                )
                assert len(plainly) == view["byteLength"]
                found[str(number)] = hashlib.sha256(plainly).hexdigest()[:32]
    assert found == GOLDEN["meshopt_files"][name]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes_like_input_is_read_and_left_alone(kind):
    data = stream()
    given = kind(data)
    assert decode_meshopt(given, **ATTRIBUTES) == bytes(range(32))
    assert bytes(given) == data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mode": "MESHLETS"}, "unknown mode 'MESHLETS'"),
        ({"filter": "CUBIC"}, "unknown filter 'CUBIC'"),
        ({"count": 0}, "above zero"),
        ({"count": -4}, "above zero"),
        ({"count": 4.0}, "whole numbers"),
        ({"count": True}, "whole numbers"),
        ({"stride": 6}, "multiple of 4"),
        ({"stride": 260}, "multiple of 4"),
        ({"stride": 12, "filter": "OCTAHEDRAL"}, "does not fit the filter OCTAHEDRAL"),
        ({"stride": 4, "filter": "QUATERNION"}, "does not fit the filter QUATERNION"),
        ({"mode": "TRIANGLES", "stride": 2}, "no multiple of 3"),
        ({"mode": "INDICES", "stride": 8}, "must be 2 or 4"),
        ({"mode": "INDICES", "stride": 2, "filter": "COLOR"}, "take no filter"),
        ({"mode": "INDICES", "stride": 2}, "begins with 0xa0"),
        ({"count": 5000}, "cannot hold 5000 elements"),
        ({"stride": 4}, "bytes remain"),
    ],
)
def test_a_description_that_does_not_fit_is_refused_in_one_line(change, words):
    with pytest.raises(InputError, match=words) as caught:
        decode_meshopt(stream(), **(ATTRIBUTES | change), pointer="/bufferViews/3")
    assert "\n" not in str(caught.value)
    assert caught.value.pointer == "/bufferViews/3"


def test_no_bytes_at_all_are_refused():
    with pytest.raises(InputError, match="empty"):
        decode_meshopt(b"", **ATTRIBUTES)


def test_more_than_two_gibibytes_are_refused():
    with pytest.raises(LimitError, match="2 GiB"):
        decode_meshopt(stream(), count=2**31 // 8 + 1, stride=8, mode="ATTRIBUTES")


@pytest.mark.parametrize(
    ("mode", "head", "stride"), [("ATTRIBUTES", 0xA1, 4), ("TRIANGLES", 0xE1, 4), ("INDICES", 0xD1, 4)]
)
def test_a_short_stream_with_a_huge_count_is_refused_before_memory_is_taken(mode, head, stride):
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="cannot hold"):
            decode_meshopt(bytes([head]) + bytes(1000), count=3 * 10**8 // stride, stride=stride, mode=mode)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


class Shortest:
    """Stands in for the writer's random choices: always the way that takes no bytes."""

    def choice(self, options):
        return options[0]  # the writer names the shortest first

    def integers(self, low, high=None, size=None, dtype=None):
        return 0 if size is None else np.zeros(size, dtype)


@pytest.mark.parametrize("count", [1, 64, 65, 256, 257, 1000])
@pytest.mark.parametrize("version", [0, 1])
def test_the_shortest_stream_of_so_many_elements_is_let_through_and_no_shorter_one(version, count):
    data = writers.write_attributes(np.zeros((count, 4), np.uint8), version, Shortest())
    assert decode_meshopt(data, count=count, stride=4, mode="ATTRIBUTES") == bytes(4 * count)
    with pytest.raises(InputError, match="cannot hold"):
        decode_meshopt(data[:1] + data[2:], count=count, stride=4, mode="ATTRIBUTES")
