"""What the splat formats share: the activations, the order of spherical harmonics, and the PLY that all convert to.

Splat files store what a trainer optimises: the logarithm of a scale, the logit of an opacity, a quaternion of any
length (Kerbl et al. 2023, "3D Gaussian Splatting for Real-Time Radiance Field Rendering", section 5.1). A Scene holds
what they stand for, as KHR_gaussian_splatting does: linear scales, opacity 0..1, unit quaternions xyzw, and
coefficients of real spherical harmonics [shape=(n, c, 3)], degree 0 first. The first of them is the coefficient,
not the colour: colour = 0.5 + `SH_0` * coefficient. Coordinates are as stored; no format is turned to another's axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.edits import Edit, SetPositions, SetSplats
from sceneproof.errors import InputError, LimitError, MarkError
from sceneproof.scene import Array, Problem, Scene, Splats

from ._plain import PlainDocument, asset_of, refuse

SH_0 = 0.28209479177387814  # 1 / (2 sqrt(pi)), the constant of the first spherical harmonic
Y_DOWN = frozenset({"splat", "ksplat", "sog"})  # axes of the trainers' PLY, in which they were; SPZ is +Y up as glTF is
REST = (0, 3, 8, 15, 24)  # coefficients after the first, by degree 0..4
LARGEST_LOGIT = 20.0  # its sigmoid is 1 in float32; stands for an opacity of 0 or 1, whose logit is infinite
_SMALLEST = float(np.finfo(np.float32).tiny)  # stands for a scale of 0, whose logarithm is infinite


def sigmoid(logits: Array) -> Array:
    """Opacity 0..1 from its logit, float32, in any shape."""
    with np.errstate(over="ignore"):
        found: Array = (1.0 / (1.0 + np.exp(-np.asarray(logits, np.float64)))).astype(np.float32)
    return found


def logit(opacities: Array) -> Array:
    """The logit of an opacity 0..1, float32; at most `LARGEST_LOGIT` either way."""
    values = np.clip(np.asarray(opacities, np.float64), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        found = np.log(values) - np.log1p(-values)
    clipped: Array = np.clip(found, -LARGEST_LOGIT, LARGEST_LOGIT).astype(np.float32)
    return clipped


def linear_scales(logs: Array) -> Array:
    """Linear scales from their natural logarithms, float32."""
    with np.errstate(over="ignore"):
        found: Array = np.exp(np.asarray(logs, np.float64)).astype(np.float32)
    return found


def log_scales(scales: Array) -> Array:
    """Natural logarithms of linear scales, float32; a scale of 0 counts as the smallest normal float32."""
    found: Array = np.log(np.maximum(np.asarray(scales, np.float64), _SMALLEST)).astype(np.float32)
    return found


def dc_of_colors(colors: Array) -> Array:
    """The first coefficients of colours 0..1, float32."""
    found: Array = ((np.asarray(colors, np.float64) - 0.5) / SH_0).astype(np.float32)
    return found


def colors_of_dc(coefficients: Array) -> Array:
    """Colours of first coefficients, float32, not clipped: 0..1 where a viewer shows them as they are."""
    found: Array = (0.5 + SH_0 * np.asarray(coefficients, np.float64)).astype(np.float32)
    return found


def unit_xyzw(rotations: Array) -> Array:
    """Quaternions xyzw [shape=(n, 4)] of length 1, float32; one without a length is no rotation."""
    values = np.asarray(rotations, np.float64).reshape(-1, 4)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        lengths = np.sqrt((values * values).sum(axis=1, keepdims=True))
        usable = np.isfinite(lengths) & (lengths > 1e-12)
        found: Array = np.where(usable, values / lengths, (0.0, 0.0, 0.0, 1.0)).astype(np.float32)
    return found


def xyzw_of_wxyz(rotations: Array) -> Array:
    """Unit quaternions xyzw from the order w x y z of the trainers' PLY, ``.ksplat`` and ``.splat``."""
    return unit_xyzw(np.asarray(rotations).reshape(-1, 4)[:, [1, 2, 3, 0]])


def wxyz_of_xyzw(rotations: Array) -> Array:
    """The order w x y z of the trainers' PLY."""
    found: Array = np.ascontiguousarray(np.asarray(rotations).reshape(-1, 4)[:, [3, 0, 1, 2]])
    return found


def degree_of(rest: int) -> int | None:
    """The degree that has `rest` coefficients after the first, or ``None``."""
    return REST.index(rest) if rest in REST else None


def harmonics_of(dc: Array, rest: Array | None = None, *, by_channel: bool = True) -> Array:
    """Coefficients [shape=(n, c, 3)], float32, degree 0 first.

    Parameters
    ----------
    dc : [shape=(n, 3)].
    rest : [shape=(n, 3 k)]. With `by_channel` all of red, then green, then blue (``f_rest_*`` of the trainers' PLY);
        else red, green and blue of one coefficient side by side (``.spz``).
    """
    count = 0 if rest is None else rest.shape[1] // 3
    found = np.empty((len(dc), 1 + count, 3), np.float32)
    found[:, 0] = dc
    if rest is not None and count:
        found[:, 1:] = rest.reshape(-1, 3, count).transpose(0, 2, 1) if by_channel else rest.reshape(-1, count, 3)
    return found


def rest_of(harmonics: Array) -> Array:
    """What follows the first coefficient, by channel [shape=(n, 3 k)], float32, filled with 0 to a whole degree."""
    have = max(harmonics.shape[1] - 1, 0)
    want = next((count for count in REST if count >= have), have)
    rest = np.zeros((len(harmonics), 3, want), np.float32)
    rest[:, :, :have] = harmonics[:, 1:].transpose(0, 2, 1)
    return rest.reshape(len(harmonics), 3 * want)


def check_count(count: int, coefficients: int, pointer: str = "") -> None:
    """Raises `LimitError` when that many splats with so many coefficients each would take too much memory."""
    most = LIMITS.decoded_bytes // (4 * (11 + 3 * max(coefficients, 0)))
    if count > most:
        raise LimitError(f"{count:,} splats with {coefficients} coefficients each, limit {most:,}", pointer=pointer)


def make_splats(pointer: str, problems: list[Problem], **arrays: Array) -> Splats:
    """Splats of read-only float32 arrays; shape or colour of single ones that is not finite is a problem.

    Takes ``positions``, ``scales``, ``rotations``, ``opacities`` and ``harmonics`` in the units of `Splats`.
    Raises `InputError` for a position that is not finite, as every reader does.
    """
    columns = {name: np.ascontiguousarray(values, np.float32) for name, values in arrays.items()}
    count = len(columns["positions"])
    for name, values in columns.items():
        values.flags.writeable = False
        finite = np.isfinite(values).all(axis=tuple(range(1, values.ndim)))
        broken = count - int(np.count_nonzero(finite))
        if broken and name == "positions":
            raise InputError(
                f"splat {int(np.argmin(finite)):,} has no finite position ({broken:,} such)", pointer=pointer
            )
        if broken:
            en = f"{broken:,} of {count:,} splats have {name} that are not finite"
            zh = f"{count:,} 个高斯泼溅点中有 {broken:,} 个的 {name} 不是有限数值"
            problems.append(Problem("splat-not-finite", en, zh, f"{pointer}/{name}", broken))
    return Splats(pointer, **columns)


def scene_of(format_: str, uri: str | None, splats: Splats, document: PlainDocument, problems: list[Problem]) -> Scene:
    """The Scene of a file that holds splats and nothing else: no node places them."""
    return Scene(
        format=format_,
        uri=uri,
        nodes=(),
        roots=(),
        meshes=(),
        splats=(splats,),
        asset=asset_of(document.slot, document.sidecar),
        problems=tuple(problems),
        up_axis="-y" if format_ in Y_DOWN else "+y",
        document=document,
    )


def refuse_moves(format_: str, edits: Sequence[Edit]) -> None:
    """Raises `MarkError` for an edit that moves a mesh, which a file of splats alone does not have."""
    refuse(SetPositions, edits, f"a {format_} file has no mesh whose positions could move")


def edited(scene: Scene, edits: Sequence[Edit]) -> tuple[Splats, ...]:
    """The Scene's splats with the values of the `SetSplats` among the edits; a cloud without one is the same object.

    Raises `MarkError` for a cloud that does not exist, values that do not fit it, or that are not finite.
    """
    clouds = list(scene.splats)
    for edit in edits:
        if not isinstance(edit, SetSplats):
            continue
        if not 0 <= edit.cloud < len(clouds):
            raise MarkError(f"there are no splats {edit.cloud}, the scene has {len(clouds)}")
        old = clouds[edit.cloud]
        positions, harmonics = old.positions, old.harmonics
        if edit.positions is not None:
            positions = _fitting(edit.positions, old.positions, old.pointer)
        if edit.harmonics is not None:
            count = np.shape(edit.harmonics)[1] if np.ndim(edit.harmonics) == 3 else 0
            first = _fitting(edit.harmonics, old.harmonics[:, :count], old.pointer)
            harmonics = np.concatenate([first, old.harmonics[:, count:]], axis=1)
        clouds[edit.cloud] = replace(old, positions=positions, harmonics=harmonics)
    return tuple(clouds)


def _fitting(values: Array, old: Array, pointer: str) -> Array:
    """Values as float32. What was not finite may stay so."""
    found = np.ascontiguousarray(values, np.float32)
    if found.shape != old.shape:
        raise MarkError(f"#{pointer}: values of shape {found.shape} do not fit {old.shape}")
    if not np.isfinite(found[differs(found, old)]).all():
        raise MarkError(f"#{pointer}: new values are not finite")
    return found


def differs(new: Array, old: Array) -> Array:
    """Where two arrays differ; not-a-number is equal to itself."""
    found: Array = (new != old) & ~(np.isnan(new) & np.isnan(old))
    return found


def ply_bytes(splats: Splats, comments: Sequence[str] = ()) -> bytes:
    """The binary PLY of the 3DGS trainers: x y z, nx ny nz (0), f_dc_*, f_rest_*, opacity, scale_*, rot_*, float32.

    `comments` stand in the header, one a line; a line break in one becomes a space.
    """
    count = len(splats.positions)
    first = splats.harmonics[:, 0] if splats.harmonics.shape[1] else np.zeros((count, 3), np.float32)
    rest = rest_of(splats.harmonics)
    columns = (
        (("x", "y", "z"), splats.positions),
        (("nx", "ny", "nz"), np.zeros((count, 3), np.float32)),
        (tuple(f"f_dc_{i}" for i in range(3)), first),
        (tuple(f"f_rest_{i}" for i in range(rest.shape[1])), rest),
        (("opacity",), logit(splats.opacities).reshape(-1, 1)),
        (tuple(f"scale_{i}" for i in range(3)), log_scales(splats.scales)),
        (tuple(f"rot_{i}" for i in range(4)), wxyz_of_xyzw(splats.rotations)),
    )
    names = [name for group, _ in columns for name in group]
    head = ["ply", "format binary_little_endian 1.0"]
    head += [f"comment {' '.join(comment.split())}" for comment in comments]
    head += [f"element vertex {count}", *(f"property float {name}" for name in names), "end_header"]
    table = np.empty((count, len(names)), "<f4")
    start = 0
    for group, values in columns:
        table[:, start : start + len(group)] = values
        start += len(group)
    return ("\n".join(head) + "\n").encode("utf-8") + table.tobytes()
