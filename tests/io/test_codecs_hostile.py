"""Whatever stands in a file, a decoder answers with arrays or with one line: no other exception, no crash, no hang."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sceneproof.errors import InputError
from sceneproof.io._codecs import decode_draco, decode_meshopt, draco_facts
from tests.io._codec_golden import GOLDEN, plain

HEADS = {"ATTRIBUTES": [0xA0, 0xA1], "TRIANGLES": [0xE1], "INDICES": [0xD1]}
STREAMS = [case for case in GOLDEN["meshopt"] if len(case["data"]) < 2000]
COMMON = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

damage = st.one_of(
    st.tuples(st.just("flip"), st.floats(0, 1, exclude_max=True), st.integers(0, 7)),
    st.tuples(st.just("cut"), st.floats(0, 1, exclude_max=True), st.just(0)),
    st.tuples(st.just("byte"), st.floats(0, 1, exclude_max=True), st.integers(0, 255)),
    st.tuples(st.just("more"), st.floats(0, 1, exclude_max=True), st.integers(0, 255)),
)


def damaged(data, changes):
    found = bytearray(data)
    for kind, where, value in changes:
        if not found:
            break
        at = int(where * len(found))
        if kind == "flip":
            found[at] ^= 1 << value
        elif kind == "cut":
            del found[at:]
        elif kind == "byte":
            found[at] = value
        else:
            found.insert(at, value)
    return bytes(found)


def attempt(decode, *args, **rest):
    """What a decoder answers: its result, or its error if that is one of ours."""
    try:
        return decode(*args, **rest)
    except InputError as error:
        return error


def meshopt(data, size, **description):
    """Decode; the size must be right when it works, the error one line when it does not."""
    found = attempt(decode_meshopt, data, **description)
    assert "\n" not in str(found) if isinstance(found, InputError) else len(found) == size


@COMMON
@given(st.data(), st.sampled_from(sorted(HEADS)), st.integers(1, 3000))
def test_random_bytes_after_a_valid_head_never_break_the_meshopt_decoder(draw, mode, count):
    head = draw.draw(st.sampled_from(HEADS[mode]))
    stride = draw.draw(st.sampled_from([4, 8, 16, 256] if mode == "ATTRIBUTES" else [2, 4]))
    kinds = {4: ["OCTAHEDRAL", "COLOR"], 8: ["OCTAHEDRAL", "QUATERNION", "COLOR"]}.get(stride, [])
    name = draw.draw(st.sampled_from(["NONE", "EXPONENTIAL", *kinds])) if mode == "ATTRIBUTES" else "NONE"
    body = draw.draw(st.binary(max_size=2000))
    meshopt(bytes([head]) + body, count * stride, count=count, stride=stride, mode=mode, filter=name)


@COMMON
@given(st.sampled_from(STREAMS), st.lists(damage, min_size=1, max_size=4))
def test_damaged_streams_never_break_the_meshopt_decoder(case, changes):
    description = {name: case[name] for name in ("count", "stride", "mode", "filter")}
    meshopt(damaged(plain(case["data"]), changes), case["count"] * case["stride"], **description)


@COMMON
@given(
    st.sampled_from(STREAMS), st.integers(1, 400), st.sampled_from([2, 4, 8, 12, 256]), st.sampled_from(sorted(HEADS))
)
def test_a_wrong_description_never_breaks_the_meshopt_decoder(case, count, stride, mode):
    meshopt(plain(case["data"]), count * stride, count=count, stride=stride, mode=mode)


@pytest.mark.parametrize("case", STREAMS[::3], ids=lambda case: f"{case['name']} {case['count']}x{case['stride']}")
def test_every_shorter_stream_is_refused_by_the_meshopt_decoder(case):
    data = plain(case["data"])
    description = {name: case[name] for name in ("count", "stride", "mode", "filter")}
    for length in range(len(data)):
        try:
            found = decode_meshopt(data[:length], **description)
        except InputError:
            continue
        # only a stream whose tail is padding can lose bytes and still be one; it then says something else
        assert found != plain(case["out"]) or data[length:].strip(b"\0") == b""


@COMMON
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"DRACO", b"DRACO\x02\x02\x01\x01\0\0", b"DRACO\x02\x02\x01\x00\0\x80"]),
)
def test_random_bytes_never_break_the_draco_header(body, head):
    facts = attempt(draco_facts, head + body)
    assert "\n" not in str(facts) if isinstance(facts, InputError) else facts["faces"] >= 0
    decoded = attempt(decode_draco, head + body, {"POSITION": 0})
    assert "\n" not in str(decoded) if isinstance(decoded, InputError) else len(decoded.attributes) == 1


def test_damaged_draco_streams_end_in_arrays_or_one_line():
    """In a process of its own, since the library is not ours: a crash there must not take the test run along."""
    script = """
        import random
        from sceneproof.errors import InputError
        from sceneproof.io._codecs import decode_draco
        from tests.io._codec_golden import GOLDEN, plain
        draw, told = random.Random(11), {"arrays": 0, "line": 0}
        for _ in range(400):
            case = draw.choice(GOLDEN["draco"])
            data = bytearray(plain(case["data"]))
            for _ in range(draw.randrange(1, 4)):
                data[draw.randrange(11, len(data))] ^= 1 << draw.randrange(8)
            if draw.random() < 0.3:
                del data[draw.randrange(11, len(data)):]
            try:
                mesh = decode_draco(bytes(data), case["ids"])
                assert len({len(values) for values in mesh.attributes.values()}) == 1
                told["arrays"] += 1
            except InputError as error:
                assert "\\n" not in str(error)
                told["line"] += 1
        print(told)
        assert min(told.values()) > 40
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
