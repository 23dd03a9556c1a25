from __future__ import annotations

import hashlib

import DracoPy
import numpy as np
import pytest

from sceneproof.errors import InputError, LimitError
from sceneproof.io._codecs import decode_draco, draco_facts
from tests.io._codec_golden import GOLDEN, document, plain, real_file, stretch
from tests.makers.shapes import icosphere

CASES = GOLDEN["draco"]
EXTENSION = "KHR_draco_mesh_compression"


def sphere(**options):
    shape = icosphere(level=2)
    return DracoPy.encode(shape.positions.astype(np.float32), shape.faces.astype(np.uint32), **options)


def digest(mesh):
    """SHA-256 of the triangles as uint32 and of the attributes in the order of their names."""
    whole = hashlib.sha256(mesh.triangles.astype(np.uint32).tobytes())
    for name in sorted(mesh.attributes):
        whole.update(mesh.attributes[name].tobytes())
    return whole.hexdigest()[:32]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_attribute_comes_back_in_its_type_as_the_javascript_decoder_gives_it(case):
    mesh = decode_draco(plain(case["data"]), case["ids"])
    assert mesh.triangles.dtype == np.int64
    assert mesh.triangles.tolist() == np.frombuffer(plain(case["triangles"]), "<u4").reshape(-1, 3).tolist()
    assert set(mesh.attributes) == set(case["attributes"])
    for name, expected in case["attributes"].items():
        values = mesh.attributes[name]
        assert values.dtype == expected["type"]
        assert values.shape == (case["points"], expected["components"])
        assert values.tobytes() == plain(expected["data"])


@pytest.mark.parametrize("name", GOLDEN["draco_files"])
def test_real_files_decode_to_the_javascript_decoders_bytes(name):
    path = real_file(name)
    found = []
    if path.suffix == ".drc":
        data = path.read_bytes()
        ids = {f"a{i}": int(entry["unique_id"]) for i, entry in enumerate(DracoPy.decode(data).attributes)}
        found.append(digest(decode_draco(data, ids)))
    else:
        tree, buffers = document(path)
        for primitive in (primitive for mesh in tree["meshes"] for primitive in mesh["primitives"]):
            if packed := primitive.get("extensions", {}).get(EXTENSION):
                data = stretch(tree["bufferViews"][packed["bufferView"]], buffers)
                mesh = decode_draco(data, packed["attributes"])
                assert 3 * len(mesh.triangles) == tree["accessors"][primitive["indices"]]["count"]
                for semantic, values in mesh.attributes.items():
                    assert len(values) == tree["accessors"][primitive["attributes"][semantic]]["count"]
                found.append(digest(mesh))
    if len(found) >= 12:  # many primitives stand in the record as one digest of their digests
        found = [hashlib.sha256("".join(found).encode()).hexdigest()[:32]]
    assert found == GOLDEN["draco_files"][name]


def test_attributes_that_are_not_named_are_left_out():
    case = CASES[0]
    assert set(decode_draco(plain(case["data"]), {"POSITION": case["ids"]["POSITION"]}).attributes) == {"POSITION"}


def test_an_attribute_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(InputError, match=r"no attribute with id 77 for COLOR_0 \(ids here: 0\)"):
        decode_draco(sphere(), {"POSITION": 0, "COLOR_0": 77})


@pytest.mark.parametrize("number", ["0", None, True, 0.0])
def test_an_id_that_is_no_whole_number_is_refused(number):
    with pytest.raises(InputError, match="no attribute with id"):
        decode_draco(sphere(), {"POSITION": number})


def test_positions_stay_within_half_a_quantisation_step():
    mesh = decode_draco(sphere(quantization_bits=12, preserve_order=True), {"POSITION": 0})
    stored = icosphere(level=2).positions
    step = np.ptp(stored, axis=0).max() / (2**12 - 1)
    assert np.abs(mesh.attributes["POSITION"] - stored).max() <= step / 2 * (1 + 1e-3)  # and float32 rounding


def test_a_point_cloud_has_no_triangles():
    mesh = decode_draco(DracoPy.encode(icosphere(level=1).positions.astype(np.float32)), {"POSITION": 0})
    assert mesh.triangles.shape == (0, 3)
    assert len(mesh.attributes["POSITION"]) == len(icosphere(level=1).positions)


@pytest.mark.parametrize("preserve", [False, True])
def test_the_facts_agree_with_what_is_decoded(preserve):
    data = sphere(preserve_order=preserve)
    facts, mesh = draco_facts(data), decode_draco(data, {"POSITION": 0})
    assert (facts["version"], facts["mesh"], facts["metadata"]) == ("2.2", True, False)
    assert facts["method"] == ("sequential" if preserve else "edgebreaker")
    assert facts["faces"] == len(mesh.triangles)
    told = facts["points"] if preserve else facts["vertices"]
    assert told == len(mesh.attributes["POSITION"])


def test_metadata_before_the_counts_is_stepped_over():
    data = sphere(quantization_bits=11, create_metadata=True)
    facts = draco_facts(data)
    assert facts["metadata"]
    assert facts["faces"] == len(decode_draco(data, {"POSITION": 0}).triangles)


HEAD = b"DRACO\x02\x02\x01"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not begin"),
        (b"DRACO", "does not begin"),
        (b"DRACA" + bytes(20), "does not begin"),
        (b"DRACO\x01\x03\x01\x01" + bytes(20), "version 1.3 is not supported"),
        (b"DRACO\x02\x09\x01\x01" + bytes(20), "version 2.9 is not supported"),
        (b"DRACO\x02\x02\x07\x00" + bytes(20), "geometry type 7"),
        (HEAD + b"\x05\0\0" + bytes(20), "method 5"),
        (HEAD + b"\x01\0\0", "ends inside its header"),
        (HEAD + b"\x01\0\0\0" + b"\xff" * 9, "longer than five bytes"),
        (HEAD + b"\x01\0\x80" + b"\x01\x00\x7f", "ends inside its header"),
        (HEAD + b"\x01\0\x80\0\0" + b"\x01\x00\x00" * 80 + bytes(4), "nested too deep"),
        (HEAD + b"\x01\0\0\0\x20\x04" + bytes(9), "32 vertices for 4 faces"),
        (HEAD + b"\x01\0\0\0\x04\x04" + bytes(40), "cannot be decoded"),
    ],
)
def test_what_is_no_readable_stream_is_refused_in_one_line(data, words):
    with pytest.raises(InputError, match=words) as caught:
        decode_draco(data, {})
    assert "\n" not in str(caught.value)


def varint(value):
    return bytes([value & 127 | 128, *([value >> 7 & 127 | 128, value >> 14 & 127 | 128]), value >> 21])


@pytest.mark.parametrize(
    "counts",
    [
        b"\x00\0\0" + varint(200_000_000) + varint(3),
        b"\x00\0\0" + varint(1) + varint(200_000_000),
        b"\x01\0\0\0" + varint(3) + varint(200_000_000),
    ],
)
def test_absurd_counts_are_refused_before_the_decoder_runs(counts, monkeypatch):
    monkeypatch.setattr(DracoPy, "decode", lambda data: pytest.fail("the decoder was let loose"))
    with pytest.raises(LimitError, match="per byte"):
        decode_draco(HEAD + counts + bytes(100), {})
    with pytest.raises(LimitError, match="decode to more than"):
        decode_draco(HEAD + counts + bytes(300_000), {})
