"""EXT_meshopt_compression and KHR_meshopt_compression: a compressed buffer view in, its plain bytes out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.errors import InputError, LimitError
from sceneproof.kernels import meshopt as streams

MAX_BYTES = 1 << 31

_FILTERS = {"NONE": 0, "OCTAHEDRAL": 1, "QUATERNION": 2, "EXPONENTIAL": 3, "COLOR": 4}
_STRIDES = {"OCTAHEDRAL": (4, 8), "QUATERNION": (8,), "COLOR": (4, 8)}
_HEADERS = {"ATTRIBUTES": (0xA0, 0xA1), "TRIANGLES": (0xE1,), "INDICES": (0xD1,)}
_REASONS = {
    streams.TRUNCATED: "the stream ends before its elements do",
    streams.LEFTOVER: "bytes remain after the last element",
    streams.BAD_CHANNEL: "the stream names a channel mode that does not exist",
    streams.BAD_FIFO: "a triangle refers to a vertex or edge that was never written",
    streams.BAD_VARINT: "a number in the stream is longer than five bytes",
    streams.BAD_TABLE: "the lookup table of the triangle stream breaks the format's rules",
}


def decode_meshopt(
    data: bytes | bytearray | memoryview,
    *,
    count: int,
    stride: int,
    mode: str,
    filter: str = "NONE",  # noqa: A002  the name that the format gives it
    pointer: str = "",
) -> bytes:
    """The ``count * stride`` bytes of a buffer view that meshopt compressed.

    Parameters
    ----------
    data : the compressed bytes, exactly as long as the extension's ``byteLength`` says.
    count, stride : elements and bytes per element, the extension's ``count`` and ``byteStride``.
    mode : ``"ATTRIBUTES"``, ``"TRIANGLES"`` or ``"INDICES"``.
    filter : ``"NONE"``, ``"OCTAHEDRAL"``, ``"QUATERNION"``, ``"EXPONENTIAL"`` or ``"COLOR"``; undone after decoding.
    pointer : JSON Pointer to the buffer view, for the error.

    Both versions of the attribute stream and all filters are read under either name of the extension.

    Raises
    ------
    InputError : a stream that is truncated, malformed or does not fit its description; one line.
    LimitError : more than 2 GiB (2^31 bytes) would come out.

    Source: Khronos, EXT_meshopt_compression and KHR_meshopt_compression, appendices A and B.
    """
    reason = _description_fault(count, stride, mode, filter)
    if reason:
        raise InputError(f"meshopt: {reason}", pointer=pointer)
    if count * stride > MAX_BYTES:
        raise LimitError(f"meshopt: {count} elements of {stride} bytes are more than 2 GiB", pointer=pointer)
    reason = _stream_fault(data, count, stride, mode)
    if reason:
        raise InputError(f"meshopt: {reason}", pointer=pointer)
    output, status = _decode(_read_only(data), count, stride, mode, filter)
    if status != streams.OK:
        raise InputError(f"meshopt: {_REASONS[status]} ({mode}, {count} x {stride} bytes)", pointer=pointer)
    return output.tobytes()


def _decode(
    array: NDArray[np.uint8], count: int, stride: int, mode: str, filter_name: str
) -> tuple[NDArray[np.uint8], int]:
    if mode == "ATTRIBUTES":
        return streams.decode_attributes(array, count, stride, _FILTERS[filter_name])
    if mode == "TRIANGLES":
        return streams.decode_triangles(array, count, stride)
    return streams.decode_indices(array, count, stride)


def _description_fault(count: Any, stride: Any, mode: Any, filter_name: Any) -> str | None:
    """What in the extension's own numbers and names the format forbids."""
    if mode not in _HEADERS:
        return f"unknown mode {mode!r}; known: {', '.join(_HEADERS)}"
    if filter_name not in _FILTERS:
        return f"unknown filter {filter_name!r}; known: {', '.join(_FILTERS)}"
    if type(count) is not int or type(stride) is not int or count < 1:
        return f"count {count!r} and stride {stride!r} must be whole numbers above zero"
    if mode == "ATTRIBUTES":
        if stride % 4 or not 4 <= stride <= 256:
            return f"stride {stride} must be a multiple of 4 from 4 to 256"
        allowed = _STRIDES.get(filter_name, (stride,))
        if stride not in allowed:
            return f"stride {stride} does not fit the filter {filter_name}"
        return None
    if stride not in (2, 4):
        return f"stride {stride} of {mode} must be 2 or 4"
    if filter_name != "NONE":
        return f"{mode} take no filter, found {filter_name}"
    if mode == "TRIANGLES" and count % 3:
        return f"count {count} of TRIANGLES is no multiple of 3"
    return None


def _stream_fault(data: bytes | bytearray | memoryview, count: int, stride: int, mode: str) -> str | None:
    """Whether the first byte and the length can belong to such a stream: asked before any memory is taken."""
    size = len(data)
    if size == 0:
        return "the stream is empty"
    if data[0] not in _HEADERS[mode]:
        return f"the stream begins with 0x{data[0]:02x}, which is no version of {mode} known here"
    least = _least_bytes(data[0], count, stride, mode)
    if size < least:
        return f"{size} bytes cannot hold {count} elements of {stride} bytes ({mode} need at least {least})"
    return None


def _least_bytes(header: int, count: int, stride: int, mode: str) -> int:
    """The shortest stream of so many elements."""
    if mode == "TRIANGLES":
        return 1 + count // 3 + 16
    if mode == "INDICES":
        return 1 + count + 4
    per_block = min((8192 // stride) & ~15, 256)
    whole, rest = divmod(count, per_block)
    if header == 0xA1:
        return 1 + (whole + (rest > 0)) * (stride // 4) + max(stride + stride // 4, 24)
    headers = whole * -(-per_block // 64) + -(-rest // 64)
    return 1 + headers * stride + max(stride, 32)


def _read_only(data: bytes | bytearray | memoryview) -> NDArray[np.uint8]:
    """A view that is always read-only: a kernel is compiled anew for an array that can be written."""
    array = np.frombuffer(data, dtype=np.uint8).view()
    array.flags.writeable = False
    return array
