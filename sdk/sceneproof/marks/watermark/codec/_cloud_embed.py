"""Writing a payload into a cloud: choose frames and step, solve, and read the result back before giving it out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._cloud_frames import canonical_frames, raw_frame
from ._cloud_lattice import exponent_of
from ._cloud_readback import read_back
from ._cloud_reader import FEWEST_POINTS, carrier_of
from ._cloud_solver import MOST_CELLS, Layer, System, assemble, prepare
from ._cloud_types import Cloud, CloudEmbedding
from ._cloud_values import Carrier, evaluate
from ._code import check_bits, encode
from ._constants import CRC_BITS
from ._dither import targets
from ._frames import Frame
from ._splat_color import WRITE
from ._types import Capacity, CapacityError, CodecError

Floats = NDArray[np.float64]

SURE_PER_BIT = 2.0  # functionals, each times the cosine it keeps when thinned, for each bit of payload and CRC
ROUND_SHAPE = 1.08  # principal moments closer than this ratio: the axes are not to be trusted
TRIES = 2  # marks of one choice of frames that are read back
PASSES = 3  # of Newton's method for positions; colours answer linearly


@dataclass(frozen=True)
class CloudLimits:
    """Largest change that an operating point allows: colours in levels of 255, positions in shares of the diagonal.

    ``coarse_rms`` stands for ``color_rms`` where the file has fewer levels than 255: there a change is a whole level of
    some splats, which a picture averages.
    """

    color_rms: float
    coarse_rms: float
    color_p95: float
    mrms: float
    maximum: float


LIMITS = {"Q": CloudLimits(1.0, 1.4, 3.0, 0.0005, 0.004), "R": CloudLimits(2.0, 2.8, 6.0, 0.0010, 0.004)}


def capacity_cloud(cloud: Cloud, bits: int = 64) -> Capacity:
    """Predict without embedding whether ``bits`` (32 to 128, a multiple of 8) fit. Never raises on odd clouds."""
    check_bits(bits)
    sound = cloud.sound()
    frames, why = _frames(sound)
    if why:
        return Capacity(False, 0, 0, why)
    carrier = carrier_of(sound)
    layer = prepare(sound, carrier, frames[0], b"capacity does not depend on a key", MOST_CELLS)
    return _judge(layer, carrier, bits)


def _judge(layer: Layer, carrier: Carrier, bits: int) -> Capacity:
    step = carrier.steps[-2]
    sure = float(layer.values.expected(step)[layer.writable(step)].sum())
    fit = max(0, min(128, int(sure / SURE_PER_BIT) - CRC_BITS) // 8 * 8)
    count = int(layer.writable(step).sum())
    need = SURE_PER_BIT * (bits + CRC_BITS)
    if sure >= need:
        return Capacity(True, count, fit)
    why = (
        f"the cloud has too few points for a watermark, or too noisy ones: {count} places to write in, worth "
        f"{sure:.0f} of the {need:.0f} that {bits} bits need"
    )
    return Capacity(False, count, fit if fit >= 32 else 0, why)


def _frames(sound: Cloud) -> tuple[list[Frame], str | None]:
    """The frames to write in, or why there is none."""
    count = len(sound.positions)
    if count < FEWEST_POINTS:
        return [], f"the cloud has too few points for a watermark: {count} that can be seen, {FEWEST_POINTS} at least"
    value = exponent_of(sound.positions, sound.weights)
    if math.isnan(value):
        return [], "the points of the cloud lie in too few places for a lattice"
    canonical, _ = canonical_frames(sound, ROUND_SHAPE)
    return [raw_frame(round(value)), *canonical[:1]], None


def embed_cloud(cloud: Cloud, payload: bytes, key: bytes, *, strength: str = "Q") -> CloudEmbedding:
    """Change of colours, or of positions where there are none, that writes ``payload`` (4 to 16 bytes) under ``key``.

    ``strength``: ``Q`` keeps the colours' root mean square change within 1 level of 255 (1.4 in files with fewer
    levels) and the 95th percentile of the channel that changes most within 3, or positions within an MRMS of 0.05 % of
    the diagonal and 0.4 % at most; ``R`` within twice that, the 0.4 % kept. The largest step of the ladder that keeps
    them is taken; the result is read back, thinned and rounded, before it is given out.
    Raises :class:`CapacityError` when the cloud cannot bear the payload, :class:`CodecError` on bad arguments.
    Source: QIM by Chen and Wornell 2001; chroma of ITU-R BT.601.
    """
    bits = check_bits(8 * len(payload))
    if strength not in LIMITS:
        raise CodecError(f"strength {strength!r}: one of {', '.join(LIMITS)} is needed")
    sound = cloud.sound()
    frames, why = _frames(sound)
    if why:
        raise CapacityError(why)
    carrier = carrier_of(sound)
    layers = [prepare(sound, carrier, frame, key, MOST_CELLS // len(frames)) for frame in frames]
    judged = _judge(layers[0], carrier, bits)
    if not judged.ok:
        raise CapacityError(judged.reason or "the cloud is too small")
    job = _Job(sound, carrier, key, payload, encode(payload), LIMITS[strength])
    for chosen in [layers, layers[:1]] if len(layers) > 1 else [layers]:
        found = job.write(chosen)
        if found is not None:
            return _given(cloud, found)
    raise CapacityError(
        f"the cloud cannot bear a readable watermark at strength {strength}: what fits the distortion limits does not "
        "survive the loss of 30 % of the points"
    )


def _given(cloud: Cloud, found: CloudEmbedding) -> CloudEmbedding:
    """The change of every stored point; zero for those that were left out."""
    rows = cloud.rows()

    def whole(change: Floats | None) -> Floats | None:
        if change is None:
            return None
        out = np.zeros((len(cloud.positions), 3))
        out[rows] = change
        return out

    return replace(found, color_change=whole(found.color_change), displacement=whole(found.displacement))


@dataclass(frozen=True, eq=False)
class _Job:
    """One payload on its way into one cloud."""

    cloud: Cloud
    carrier: Carrier
    key: bytes
    payload: bytes
    code: NDArray[np.uint8]
    limits: CloudLimits

    def write(self, layers: list[Layer]) -> CloudEmbedding | None:
        """The strongest mark within the limits that reads back; None when there is none."""
        system = assemble(self.cloud, layers)
        held: list[CloudEmbedding] = []  # marks within the limits, ever stronger
        low, high = -1, len(self.carrier.steps) - 1
        while low < high:  # what a mark costs grows with its step
            middle = (low + high + 1) // 2
            step = self.carrier.steps[middle]
            found = self._costs(self._change(system, step), step, system)
            if self._holds(found):
                low = middle
                held.append(found)
            else:
                high = middle - 1
        for found in reversed(held[-TRIES:]):
            errors = read_back(marked(self.cloud, found), self.payload, self.key, len(layers) > 1)
            if errors is not None:
                return replace(found, errors=errors)
        return None

    def _change(self, system: System, step: float) -> Floats:
        chosen = [layer.writable(step) for layer in system.layers]
        values = [layer.values.value for layer in system.layers]
        if self.carrier.channels > 1:
            moved = [
                system.change(self._wanted(system, values, step, k), [c[:, :, k] for c in chosen])
                for k in range(self.carrier.channels)
            ]
            return stored_colors(self.cloud, moved[0][:, None] * WRITE[0] + moved[1][:, None] * WRITE[1])
        unit = 1.0 / system.layers[0].frame.scale
        picked = [c[:, :, 0] for c in chosen]
        shift = np.zeros_like(self.cloud.positions)
        now = values
        for turn in range(PASSES):
            if turn:
                now = self._free(system, shift, values)
            shift = system.change(self._wanted(system, now, step, 0), picked).reshape(-1, 3) * unit
        return shift.astype(np.float32).astype(np.float64)

    def _wanted(self, system: System, values: Sequence[Floats], step: float, channel: int) -> list[Floats]:
        out = []
        for layer, value in zip(system.layers, values, strict=True):
            now = value[:, :, channel]
            carried = layer.codes(self.code)[:, :, channel]
            out.append(targets(now, layer.values.dither[:, :, channel], carried, step) - now)
        return out

    def _free(self, system: System, shift: Floats, before: Sequence[Floats]) -> list[Floats]:
        """Values that the moved cloud would have without what the solve predicts of the move."""
        moved = replace(self.cloud, positions=self.cloud.positions + shift)
        first = system.layers[0].frame.scale
        out = []
        for layer, old, unit in zip(system.layers, before, system.answer, strict=True):
            frame = layer.frame
            if layer is not system.layers[0]:
                same = [f for f in canonical_frames(moved)[0] if float((f.axes * frame.axes).sum()) > 2.0]
                frame = same[0].with_exponent(frame.exponent) if same else frame
            value = evaluate(moved, self.carrier, frame, layer.bumps, layer.draws).value
            predicted = _answers(layer, shift * first) * unit
            out.append(np.where(np.isfinite(value), value - predicted[:, :, None], old))
        return out

    def _costs(self, change: Floats, step: float, system: System) -> CloudEmbedding:
        names = tuple(layer.frame.name for layer in system.layers)
        count = sum(int(layer.writable(step).sum()) for layer in system.layers)
        weight = self.cloud.weights / self.cloud.weights.sum()
        base = CloudEmbedding(None, None, step, names, count, 0.0)
        if self.carrier.channels > 1:
            levels = 255.0 * np.abs(change)
            largest = levels.max(axis=1)
            order = np.argsort(largest, kind="stable")
            place = int(np.searchsorted(np.cumsum(weight[order]), 0.95))
            return replace(
                base,
                color_change=change,
                color_rms=float(np.sqrt((weight[:, None] * levels**2).sum() / 3.0)),
                color_mean=float((weight * largest).sum()),
                color_p95=float(largest[order[min(place, len(order) - 1)]]),
            )
        low, high = np.percentile(self.cloud.positions, (1.0, 99.0), axis=0)
        diagonal = float(np.linalg.norm(high - low))
        length = np.linalg.norm(change, axis=1)
        return replace(
            base,
            displacement=change,
            mrms=float(np.sqrt((weight * length**2).sum())) / diagonal,
            maximum=float(length.max()) / diagonal,
        )

    def _holds(self, found: CloudEmbedding) -> bool:
        limits = self.limits
        coarse = self.cloud.levels is not None and self.cloud.levels < 255.0
        return (
            found.color_rms <= (limits.coarse_rms if coarse else limits.color_rms)
            and found.color_p95 <= limits.color_p95
            and found.mrms <= limits.mrms
            and found.maximum <= limits.maximum
        )


def _answers(layer: Layer, shift: Floats) -> Floats:
    """Change of each functional (cells, waves) that the solve predicts of a shift (n, 3)."""
    if layer.normals is None:
        return np.zeros(layer.values.power.shape)
    each = np.repeat(layer.normals, np.diff(layer.bumps.ends), axis=0)
    along = (each * shift[layer.bumps.point]).sum(axis=1)
    sums = np.add.reduceat(layer.forms * along, layer.bumps.ends[:-1], axis=-1).T
    found: Floats = sums / np.sqrt(np.maximum(layer.values.power, 1e-300))
    return found


def stored_colors(cloud: Cloud, change: Floats) -> Floats:
    """The change as the file can hold it: where colours have levels, each goes up or down by chance.

    A change of less than half a level would be lost if it were rounded; by chance it is kept on average.
    """
    if cloud.levels is None or cloud.colors is None:
        return change
    draws = np.random.default_rng(0).random(change.shape)
    moved = np.floor(change * cloud.levels + draws) / cloud.levels
    reach = 127.5 / cloud.levels + 1e-9
    inside = np.abs(cloud.colors + moved - 0.5) <= reach
    found: Floats = np.where(inside, moved, 0.0)
    return found


def marked(cloud: Cloud, found: CloudEmbedding) -> Cloud:
    """The cloud with the change in it."""
    if found.color_change is not None and cloud.colors is not None:
        return replace(cloud, colors=cloud.colors + found.color_change)
    if found.displacement is not None:
        return replace(cloud, positions=cloud.positions + found.displacement)
    return cloud
