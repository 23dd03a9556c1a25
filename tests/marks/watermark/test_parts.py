from __future__ import annotations

import math
import os
import subprocess
import sys
import zlib

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import _code, _prf, _statistic
from sceneproof.marks.watermark.codec._constants import CANDIDATES
from sceneproof.marks.watermark.codec._dither import phases, soft_symbols
from sceneproof.marks.watermark.codec._frames import affine_frames, canonical_frames, raw_frame
from sceneproof.marks.watermark.codec._lattice import probe
from sceneproof.marks.watermark.codec._mesh import sums, weld
from sceneproof.marks.watermark.codec._types import CodecError, Surface

from ._surfaces import KEY, blob, reordered, sheet, turned

PAYLOAD = bytes.fromhex("0123456789abcdef")
FROZEN = [
    0.3298721015302919,
    0.30808329410873236,
    0.6693242710014218,
    0.27464626520563484,
    0.40193140241585257,
    0.06046520139688427,
]
FROZEN_ID = "494406b703d17c38"


def _seen(code: np.ndarray, functionals: int, wrong: float, random: np.random.Generator) -> np.ndarray:
    """Soft symbols of functionals that choose by chance, each read with the wrapped noise that errs so often."""
    index = random.integers(0, len(code), functionals)
    sigma = math.pi / 2 / math.sqrt(2) / _erfinv(1.0 - wrong)
    angles = math.pi * code[index] + random.normal(size=functionals) * sigma
    return np.bincount(index, weights=np.cos(angles), minlength=len(code))


def _erfinv(value: float) -> float:
    low, high = 0.0, 6.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle) < value else (low, middle)
    return low


@pytest.mark.parametrize("bits", range(32, 136, 8))
def test_a_clean_code_word_is_read_back_at_the_first_check(bits: int) -> None:
    payload = bytes(range(7, 7 + bits // 8))
    soft = 1.0 - 2.0 * _code.encode(payload)
    decoded = _code.decode(soft, bits)
    assert decoded.payload == payload
    assert decoded.corrected == 0
    assert decoded.symbols == len(soft) == _code.code_length(bits) == 32 * (bits + 32)
    assert decoded.candidates == 1


def test_a_third_of_wrong_symbols_is_put_right() -> None:
    random = np.random.default_rng(5)
    soft = 1.0 - 2.0 * _code.encode(PAYLOAD)
    wrong = random.choice(len(soft), len(soft) // 3, replace=False)
    soft[wrong] *= -1.0
    decoded = _code.decode(soft, 64)
    assert decoded.payload == PAYLOAD
    assert decoded.corrected == len(wrong)


def test_any_one_wrong_symbol_is_put_right() -> None:
    clean = 1.0 - 2.0 * _code.encode(PAYLOAD)
    for place in range(0, len(clean), 61):
        soft = clean.copy()
        soft[place] *= -1.0
        decoded = _code.decode(soft, 64)
        assert (decoded.payload, decoded.corrected, decoded.candidates) == (PAYLOAD, 1, 1)


def test_code_words_keep_their_distance() -> None:
    """The lightest difference of two words that a short burst of input makes is the free distance, 225."""
    weights = []
    for burst in range(1, 1 << 8):
        bits = np.zeros(96, dtype=np.uint8)
        bits[40:48] = [burst >> n & 1 for n in range(8)]
        weights.append(int(_code._encode_bits(bits).sum()))
    assert min(weights) == 225


def test_a_list_reads_what_the_likeliest_word_alone_does_not() -> None:
    """500 functionals, a quarter read wrong: by experiment 52 % of 1500 fail with one check, 17 % with 128."""
    random = np.random.default_rng(11)
    read = {1: 0, 128: 0}
    for _ in range(40):
        soft = _seen(_code.encode(PAYLOAD), 500, 0.26, random)
        for tries in read:
            decoded = _code.decode(soft, 64, tries)
            assert decoded.payload in (None, PAYLOAD)
            assert decoded.candidates <= tries
            read[tries] += decoded.payload == PAYLOAD
    assert read[128] >= 25
    assert read[128] - read[1] >= 5


def test_a_longer_list_never_unreads() -> None:
    random = np.random.default_rng(12)
    for _ in range(25):
        soft = _seen(_code.encode(PAYLOAD), 500, 0.27, random)
        short, long = (_code.decode(soft, 64, tries) for tries in (16, 128))
        assert short.payload is None or short == long


def test_noise_alone_never_passes_the_check() -> None:
    random = np.random.default_rng(6)
    for _ in range(40):
        decoded = _code.decode(random.normal(size=_code.code_length(64)), 64)
        assert decoded.payload is None
        assert decoded.candidates == _code.TRIES


def test_the_check_covers_every_payload_bit_and_every_check_bit() -> None:
    """A clean word whose CRC is not its payload's is refused, whichever bit is wrong."""
    good = np.unpackbits(np.frombuffer(PAYLOAD + zlib.crc32(PAYLOAD).to_bytes(4, "big"), dtype=np.uint8))
    for place in range(96):
        bits = good.copy()
        bits[place] ^= 1
        assert _code.decode(1.0 - 2.0 * _code._encode_bits(bits), 64, 1).payload is None


@pytest.mark.parametrize("bits", [32, 64, 128])
def test_the_parity_sums_are_the_crc(bits: int) -> None:
    random = np.random.default_rng(bits)
    syndromes, wanted = _code._check(bits)
    for _ in range(20):
        payload = random.bytes(bits // 8)
        word = np.unpackbits(np.frombuffer(payload + zlib.crc32(payload).to_bytes(4, "big"), dtype=np.uint8))
        assert np.bitwise_xor.reduce(syndromes[word == 1]) == wanted


def test_symbols_that_are_no_numbers_are_erasures() -> None:
    soft = 1.0 - 2.0 * _code.encode(PAYLOAD)
    soft[::5] = np.nan
    soft[1::5] = np.inf
    decoded = _code.decode(soft, 64)
    assert decoded.payload == PAYLOAD
    assert decoded.symbols == np.isfinite(soft).sum()


def test_without_a_payload_every_symbol_is_a_pilot() -> None:
    assert _code.check_bits(0) == 0
    assert _code.encode(b"").tolist() == [0]
    assert _code.code_length(0) == 1
    decoded = _code.decode(np.array([3.5]), 0)
    assert decoded.payload is None
    assert (decoded.corrected, decoded.symbols, decoded.candidates) == (0, 1, 0)


@pytest.mark.parametrize("bits", [8, 24, 33, 136, -8])
def test_other_lengths_are_refused(bits: int) -> None:
    with pytest.raises(CodecError, match="multiple of 8 from 32 to 128"):
        _code.check_bits(bits)


def test_the_key_stream_is_fixed_for_all_time() -> None:
    """Marks in the world must stay readable: a change here needs a new scheme number."""
    cells = np.array([[0, 0, 0], [-5, 7, 123456]], dtype=np.int64)
    draws = _prf.uniforms(KEY, cells, CANDIDATES, 1, -9)
    assert draws.shape == (2, CANDIDATES, 6)
    assert ((draws >= 0) & (draws < 1)).all()
    assert draws[1, 3].tolist() == pytest.approx(FROZEN, abs=1e-15)
    assert _prf.key_id(KEY) == FROZEN_ID


def test_the_key_stream_does_not_depend_on_what_else_is_asked() -> None:
    cells = np.random.default_rng(0).integers(-99, 99, (50, 3))
    whole = _prf.uniforms(KEY, cells, CANDIDATES, 0, 3)
    assert (_prf.uniforms(KEY, cells[17:18], CANDIDATES, 0, 3) == whole[17:18]).all()
    assert len(np.unique(whole)) == whole.size
    assert not (_prf.uniforms(KEY, cells, CANDIDATES, 0, 4) == whole).any()
    assert not (_prf.uniforms(KEY, cells, CANDIDATES, 1, 3) == whole).any()


@pytest.mark.parametrize(("z", "expected"), [(0.0, 0.5), (1.6448536269514722, 0.05), (6.0, 9.865876450376946e-10)])
def test_tails_are_those_of_the_normal_law(z: float, expected: float) -> None:
    assert 10.0 ** _statistic.log10_tail(z) == pytest.approx(expected, rel=1e-9)


def test_far_tails_neither_vanish_nor_jump() -> None:
    assert _statistic.log10_tail(30.0) == pytest.approx(_statistic.log10_tail(29.9999), abs=2e-3)
    assert _statistic.log10_tail(200.0) == pytest.approx(-8689, abs=2)


def test_every_hypothesis_costs() -> None:
    one, many = (_statistic.log10_corrected(5.0, h) for h in (1, 100))
    assert many - one == pytest.approx(2.0, abs=1e-4)
    assert _statistic.log10_corrected(0.0, 50) == pytest.approx(0.0, abs=1e-9)
    one, all_ = (_statistic.log10_payload(0.0, 1, tries) for tries in (1, 128))
    assert one == pytest.approx(math.log10(0.5 * _statistic.TERMS) - 32 * math.log10(2))
    assert all_ - one == pytest.approx(math.log10(128))


def test_only_so_many_code_words_are_tried_as_could_be_accepted() -> None:
    for z in (1.0, 3.5, 4.5, 6.0, 9.0):
        for hypotheses in (1, 100, 5000):
            tries = _statistic.worthwhile(z, hypotheses)
            accepted = _statistic.log10_payload(z, hypotheses, max(tries, 1)) < _statistic.LIMIT
            assert accepted == (tries > 0)
            assert tries <= 10**_statistic.MOST_TRIES


def test_under_wrong_keys_the_statistic_is_standard_normal() -> None:
    """60 keys; the bounds are 4.5 standard errors of mean and variance, and the 1e-6 tail of the largest."""
    surface = weld(blob(50))
    frame = raw_frame(surface)
    pilots, payload = [], []
    for n in range(60):
        found, _, _, _ = probe(surface, frame, b"wrong key number " + bytes([n]))
        angles = phases(found, 0.008)
        first = found.symbol < 0
        pilots.append(_statistic._normalised(found.weight[first], np.cos(angles[first])))
        payload.append(_statistic._normalised(found.weight[~first], np.cos(2 * angles[~first])))
        values = (found.weight * np.cos(angles))[~first]
        assert _code.decode(soft_symbols(found.symbol[~first], values, _code.code_length(64)), 64).payload is None
    for z in (np.array(pilots), np.array(payload)):
        assert abs(z.mean()) < 4.5 / math.sqrt(60)
        assert abs(z.var() - 1.0) < 4.5 * math.sqrt(2 / 60)
        assert z.max() < 5.7


def test_the_canonical_frame_follows_the_shape() -> None:
    for surface in (blob(), sheet()):
        here, there = weld(surface), weld(turned(surface, 4))
        frames = canonical_frames(here)
        assert len(frames) == 4
        moved = canonical_frames(there)[0][1]
        assert moved.exponent == frames[0][1].exponent
        group = there.group[: len(surface.positions)]
        apart = moved.place(there.vertices)[group] - frames[0][1].place(here.vertices)[here.group]
        assert np.abs(apart).max() < 1e-3  # cells; float32 storage of the turned copy


@pytest.mark.parametrize("seed", range(4))
def test_the_affine_frame_follows_every_affine_map(seed: int) -> None:
    surface = blob()
    draws = np.random.default_rng(seed)
    matrix = np.eye(3) + draws.uniform(-0.3, 0.3, (3, 3))
    mapped = Surface(surface.positions @ matrix.T * 7.0 + draws.normal(size=3), surface.faces)
    places = [affine_frames(weld(s)) for s in (surface, mapped)]
    assert [len(p) for p in places] == [4, 4]
    (here, first), (there, second) = places[0][0], places[1][0]
    assert second.exponent == first.exponent
    groups = [weld(s).group for s in (surface, mapped)]
    apart = second.place(there.vertices)[groups[1]] - first.place(here.vertices)[groups[0]]
    assert np.abs(apart).max() < 0.02  # cells; the samples lie otherwise in the stretched surface


def test_the_whitened_solid_is_as_thick_in_every_direction() -> None:
    laid, frame = affine_frames(weld(blob()))[0]
    of = sums(laid)
    shift = of.first / of.volume
    second = of.solid_second / of.volume - np.outer(shift, shift)
    assert second == pytest.approx(np.eye(3) * second[0, 0], abs=1e-9 * second[0, 0])
    assert frame.shape is not None
    assert np.linalg.det(frame.shape.matrix) == pytest.approx(1.0)
    assert frame.shape.back(laid.vertices) == pytest.approx(weld(blob()).vertices, abs=1e-9)


def test_a_sheet_and_a_ball_have_no_affine_frame() -> None:
    assert affine_frames(weld(sheet())) == []
    ball = blob()
    radius = np.linalg.norm(ball.positions, axis=1)[:, None]
    assert affine_frames(weld(Surface(ball.positions / radius, ball.faces)), gap=1.06) == []


def test_four_frames_are_rotations() -> None:
    for _, frame in [*canonical_frames(weld(blob())), *affine_frames(weld(blob()))]:
        assert frame.axes @ frame.axes.T == pytest.approx(np.eye(3), abs=1e-12)
        assert np.linalg.det(frame.axes) == pytest.approx(1.0)


def test_functionals_do_not_depend_on_the_order_of_the_file() -> None:
    surface = blob()
    values = [np.sort(probe(w, raw_frame(w), KEY)[0].value) for w in map(weld, (surface, reordered(surface)))]
    assert len(values[0]) == len(values[1])
    assert values[0] == pytest.approx(values[1], abs=1e-9)


_DIGEST = """
import hashlib, numpy as np
from sceneproof.marks.watermark.codec import embed
from tests.marks.watermark._surfaces import KEY, blob
print(hashlib.sha256(embed(blob(110), bytes(8), KEY).displacement.tobytes()).hexdigest())
"""


def test_the_displacement_is_the_same_to_the_bit_on_one_and_two_threads() -> None:
    digests = set()
    for threads in ("1", "2"):
        names = ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
        run = subprocess.run(
            [sys.executable, "-c", _DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(run.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == 64
