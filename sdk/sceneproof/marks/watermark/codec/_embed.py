"""Writing a payload: choose the layers and the step, solve, and read the result back before giving it out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._capacity import floor_of, plenty_of, predict, refused
from ._code import check_bits, encode
from ._constants import CANONICAL, LIFTS, WRITTEN
from ._cosets import cheapest
from ._distortion import STRENGTHS, Distortion, Gauge, Limits, gauge
from ._dither import symbols, targets
from ._frames import Frame, affine_frames, canonical_frames, raw_frame, written_frame
from ._lattice import Fields, Probe, evaluate, lay, probe
from ._lumped import Carriers, carriers
from ._mesh import Welded, fixed_groups, moved, weld
from ._parts import WHOLE, disjoint, parts, same_part
from ._readback import Readback, read_back
from ._solver import MAX_ROWS, Layer, System, assemble, masses, vary, writable
from ._types import CapacityError, CodecError, Embedding, Surface

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PASSES = 3
KNEE = 0.7  # share of the largest displacement from which displacements are led towards it


@dataclass(frozen=True, eq=False)
class _Written:
    """One layer to be written: its functionals that can be, their cells, dithers and symbols."""

    surface: Welded
    probe: Probe
    fields: Fields
    layer: Layer
    carried: Floats
    lift: float = 1.0

    @property
    def count(self) -> int:
        return len(self.carried)


def _unit(welded: Welded) -> float:
    """Cell of the raw layer in the file's unit: displacements are solved for in it."""
    return 1.0 / raw_frame(welded).scale


def _prepare(
    place: tuple[Welded, Welded, Frame], key: bytes, carriers: Carriers, unit: float, code: NDArray[np.uint8]
) -> _Written:
    surface, laid, frame = place
    found, grid, fields, chosen = probe(laid, frame, key)
    layer = vary(laid, carriers, found, grid, chosen, unit)
    good = writable(layer, found, carriers.weight)
    rows = np.full(chosen.shape, -1, dtype=np.int64)
    places = np.flatnonzero(chosen.reshape(-1))[good]
    rows.reshape(-1)[places] = np.arange(len(places))
    kept = found.only(good)
    layer = replace(layer, rows=rows, scale=layer.scale[good])
    return _Written(surface, kept, fields, layer, symbols(kept, code))


def _values(welded: Welded, written: _Written, key: bytes) -> Floats:
    """Present values of a layer's functionals; the canonical frame is found anew, for it moves with the surface."""
    frame = written.probe.frame
    surface = same_part(welded, written.surface)
    if frame.layer == CANONICAL:
        frames = canonical_frames(surface) if frame.shape is None else affine_frames(surface)
        same = [place for place in frames if float((place[1].axes * frame.axes).sum()) > 2.0]
        if same:
            surface, frame = same[0][0], same[0][1].with_exponent(frame.exponent)
        elif frame.shape is not None:
            surface = moved(surface, frame.shape.place(surface.vertices))
    grid, _ = lay(surface, frame, key, written.fields)
    value, _ = evaluate(surface, grid)
    picked: Floats = value[written.layer.rows >= 0]
    return picked


def _wanted(
    system: System, layers: list[_Written], values: list[Floats], step: float, like: Floats | None = None
) -> Floats:
    """Changes of all rows from the given values to ones that read as their symbols, those that cost least, or the
    ones next to ``like``."""
    wishes, period = [], []
    for written, value in zip(layers, values, strict=True):
        found = written.probe
        aim = targets(value, found.dither, written.carried, step * written.lift)
        wishes.append((aim - value) * written.layer.scale)
        period.append(step * written.lift * written.layer.scale)
    nearest = np.concatenate(wishes)
    return nearest if system.inverse is None else cheapest(nearest, np.concatenate(period), system.inverse, like)


def _present(layers: list[_Written]) -> list[Floats]:
    return [w.probe.value for w in layers]


def _held(d: Floats, most: float) -> Floats:
    """Displacements with their size led smoothly to at most ``most``, the few that would go beyond it.

    Without it those few, at tips and folds, would decide how strongly everything else is marked.
    """
    knee = KNEE * most
    beyond = np.maximum(np.abs(d) - knee, 0.0) / (most - knee)
    return np.where(beyond > 0.0, np.sign(d) * (knee + (most - knee) * np.tanh(beyond)), d)


def _refine(
    welded: Welded, system: System, layers: list[_Written], normals: Floats, step: float, key: bytes, most: float
) -> Floats:
    """Normal displacement after a few passes of Newton's method with the first derivative kept.

    Each pass aims anew from what the values would be without the displacement: a functional that answers otherwise
    than predicted changes what it asks for by half a step at most, so that the passes cannot run away.
    """
    unit = _unit(welded)
    cuts = np.cumsum([w.count for w in layers])[:-1]
    wanted = _wanted(system, layers, _present(layers), step)
    d = _held(system.solve(wanted), most)
    for _ in range(PASSES - 1):
        now = moved(welded, welded.vertices + normals * (d * unit)[:, None])
        predicted = np.split(system.change(d), cuts)
        values = [_values(now, w, key) - p / w.layer.scale for w, p in zip(layers, predicted, strict=True)]
        wanted = _wanted(system, layers, values, step, wanted)
        d = _held(system.solve(wanted), most)
    return d * unit


def _choose(on: Gauge, system: System, layers: list[_Written], normals: Floats, limits: Limits, most: float) -> int:
    """Index of the largest step whose first-order displacement stays within the limits, -1 for none.

    Distortion grows almost in proportion to the step, so that one solution tells where to look.
    """
    unit = _unit(on.welded)

    def load(index: int) -> float:
        d = _held(system.solve(_wanted(system, layers, _present(layers), WRITTEN[index])), most) * unit
        return limits.load(on.measure(on.welded.vertices + normals * d[:, None]))

    index = len(WRITTEN) // 2
    share = load(index)
    ratio = WRITTEN[1] / WRITTEN[0]
    guess = index - math.ceil(math.log(max(share, 1e-9)) / math.log(ratio))
    index = min(max(guess, 0), len(WRITTEN) - 1)
    share = load(index)
    while share > 1.0 and index >= 0:
        index -= 1
        share = load(index) if index >= 0 else 0.0
        if share <= 1.0:
            return index
    while index + 1 < len(WRITTEN) and share * ratio < 1.05:
        share = load(index + 1)
        if share > 1.0:
            break
        index += 1
    return index


def _layers(
    welded: Welded, key: bytes, carriers: Carriers, code: NDArray[np.uint8], surfaces: list[Welded], bits: int
) -> list[_Written]:
    """The layer in the file's axes, and one in the axes of each part that has them, or of the whole.

    The whole has it where no part has room for the payload.
    """
    unit = _unit(welded)
    first = _prepare((welded, welded, raw_frame(welded)), key, carriers, unit, code)

    def of(surface: Welded) -> list[_Written]:
        place = written_frame(surface)
        if place is None:
            return []
        laid, frame = place
        written = _prepare((surface, laid, frame), key, carriers, unit, code)
        if written.count >= plenty_of(bits):
            return [written]
        # a part that is thin everywhere suits few of the waves: smaller cells
        return [_prepare((surface, laid, frame.with_exponent(frame.exponent - 1)), key, carriers, unit, code)]

    found = [written for surface in surfaces for written in of(surface)]
    if surfaces[-1] is not welded and all(written.count < floor_of(bits) for written in found):
        found = of(welded) or found
    return [first, *found]


def write(surface: Surface, payload: bytes, key: bytes, strength: str, share: float) -> Embedding:
    """The payload in a surface as a whole, see :func:`embed` in `_writer`."""
    bits = check_bits(8 * len(payload))
    if strength not in STRENGTHS:
        raise CodecError(f"strength {strength!r}: one of {', '.join(STRENGTHS)} is needed")
    limits = STRENGTHS[strength].times(share)
    welded = weld(surface)
    why = refused(welded)
    if why:
        raise CapacityError(why)
    moving, layers = designed(welded, fixed_groups(welded, surface), key, payload)
    normals = moving.directions
    judged = predict(layers[0].count, moving.free, bits)
    if not judged.ok:
        raise CapacityError(judged.reason or "the mesh is too small")
    if sum(w.count for w in layers) > MAX_ROWS:
        raise CapacityError(f"the mesh has more than {MAX_ROWS} functionals: it is too scattered, split it")
    most = 0.99 * limits.maximum * welded.diagonal / _unit(welded)
    on = gauge(welded)
    tried: list[Distortion] = []
    for chosen in attempts(layers):
        system = assemble([w.layer for w in chosen], moving)
        start = _choose(on, system, chosen, normals, limits, most)
        for index in range(max(start, 0), max(start - 3, -1), -1):
            d = _refine(welded, system, chosen, normals, WRITTEN[index], key, most)
            distortion = on.measure(welded.vertices + normals * d[:, None])
            tried.append(distortion)
            if not limits.hold(distortion):
                continue
            result = _stored(surface, welded, normals * d[:, None])
            back = read_back(surface, result, payload, key, len(chosen) > 1)
            if back is not None:
                return _embedding(result, distortion, WRITTEN[index], chosen, back)
            break
    raise CapacityError(_excuse(tried, limits, strength))


def designed(
    welded: Welded, fixed: NDArray[np.bool_], key: bytes, payload: bytes, lump: bool = True
) -> tuple[Carriers, list[_Written]]:
    """What moves, and the layers to be written; their places depend on the surface, the key and the payload's length.

    Without ``lump`` the derivative is kept vertex by vertex however fine the mesh is.
    """
    unit = _unit(welded)
    normals, inverse = masses(welded, fixed, unit)
    surfaces = disjoint(parts(welded))
    # where vertices are lumped they are lumped over all parts, so a layer of a few must have them one by one
    alone = surfaces[0].area < WHOLE * welded.area
    one_by_one = alone or not lump
    moving = Carriers(normals, inverse) if one_by_one else carriers(welded, normals, inverse, unit)
    return moving, _layers(welded, key, moving, encode(payload), surfaces, 8 * len(payload))


def attempts(layers: list[_Written]) -> list[list[_Written]]:
    """All layers with one lift or the other; where they cannot be read, the file's own frame alone may be."""
    if len(layers) == 1:
        return [layers]
    return [[layers[0], *(replace(w, lift=lift) for w in layers[1:])] for lift in LIFTS] + [layers[:1]]


def _excuse(tried: list[Distortion], limits: Limits, strength: str) -> str:
    """One line on why no attempt held."""
    held = [t for t in tried if limits.hold(t)]
    if held:
        return (
            f"the mesh cannot bear a readable watermark at strength {strength}: "
            "what fits the distortion limits does not survive 12-bit rounding with 0.1 % noise"
        )
    least = min(tried, key=lambda t: t.normal_mean)
    shown = least.picture > limits.picture
    return (
        f"the mesh cannot be marked invisibly at strength {strength}: the faintest mark turns its normals by "
        f"{least.normal_mean:.1f} degrees on average, {least.normal_p95:.1f} at the 95th percentile, moves it up to "
        f"{100 * least.maximum:.2f} %; limits {limits.normal_mean}, {limits.normal_p95}, {100 * limits.maximum:.2f} %"
        + (f"; a picture of it changes by {_db(least.picture)} dB PSNR, limit {_db(limits.picture)}" if shown else "")
    )


def _db(change: float) -> str:
    """PSNR of an rms change of grey values of which white is 1."""
    return f"{-20.0 * math.log10(max(change, 1e-9)):.0f}"


def _stored(surface: Surface, welded: Welded, shift: Floats) -> Floats:
    """Displacement of every stored vertex; zero where the vertex belongs to no triangle."""
    out = np.zeros((len(surface.positions), 3))
    known = welded.group >= 0
    out[known] = shift[welded.group[known]]
    return out


def _embedding(
    result: Floats, distortion: Distortion, step: float, layers: list[_Written], back: Readback
) -> Embedding:
    return Embedding(
        displacement=result,
        mrms=distortion.mrms,
        maximum=distortion.maximum,
        normal_deviation_mean_deg=distortion.normal_mean,
        normal_deviation_p95_deg=distortion.normal_p95,
        step=step,
        layers=back.layers,
        functionals=sum(w.count for w in layers),
        errors=back.errors,
    )
