"""Numbers, symbols and flags of a Draco stream: a cursor that reads them, and what writes them.

Source: Draco Bitstream Specification 2.2, "Symbol Decoding", "rANS Decoding", "rANS Bit Decoder".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.errors import MarkError
from sceneproof.kernels import draco_entropy as entropy

_TAGGED, _RAW = 0, 1
_TAG_BITS = 5  # a tag is the number of bits of its values: at most 32
_RAW_BITS = 18  # more different symbols have no table


def damaged(what: str) -> MarkError:
    """The stream is not what the bitstream's description says; its positions stay as they are."""
    return MarkError(f"draco: {what}, so positions in this stream cannot be set")


class Cursor:
    """Reads a stream from a place on; raises `MarkError` rather than leave it."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.array = np.frombuffer(data, np.uint8)  # read-only, as every stream that the kernels get
        self.at = at

    def take(self, size: int) -> int:
        """Step over bytes; where they begin."""
        if size < 0 or size > len(self.data) - self.at:
            raise damaged("it ends too early")
        self.at += size
        return self.at - size

    def byte(self) -> int:
        return self.data[self.take(1)]

    def signed(self) -> int:
        return int.from_bytes(self.data[self.take(1) :][:1], "little", signed=True)

    def int32(self) -> int:
        start = self.take(4)
        return int.from_bytes(self.data[start : start + 4], "little", signed=True)

    def floats(self, count: int) -> NDArray[np.float32]:
        return np.frombuffer(self.data, "<f4", count, self.take(4 * count))

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise damaged("a number is too long")

    def flags(self, count: int) -> NDArray[np.uint8]:
        """Flags of the binary coder."""
        zero = self.byte()
        size = self.varint()
        found, status = entropy.read_flags(self.array, self.take(size), size, zero, count)
        if status:
            raise damaged("its flags cannot be read")
        return found

    def symbols(self, count: int, each: int) -> NDArray[np.int64]:
        """Symbols of the adaptive coder: ``count`` in all, ``each`` to a vertex."""
        if count == 0:
            return np.zeros(0, np.int64)
        method = self.byte()
        if method == _TAGGED:
            lengths = self._coded(_TAG_BITS, count // each)
            if lengths.max() > 32:
                raise damaged("a value is too long")
            values, end = entropy.read_fields(self.array, self.at, lengths, each)
            if end < 0:
                raise damaged("it ends too early")
            self.at = int(end)
            return values
        bits = self.byte()
        if method != _RAW or not 1 <= bits <= _RAW_BITS:
            raise damaged("its symbols are stored in an unknown way")
        return self._coded(bits, count)

    def _coded(self, bits: int, count: int) -> NDArray[np.int64]:
        number = self.varint()
        if number > 64 * (len(self.data) - self.at):  # a byte stands for 64 symbols at most
            raise damaged("its table of symbols is too long")
        table, at = entropy.read_table(self.array, self.at, number)
        if at < 0:
            raise damaged("its table of symbols is cut off")
        self.at = int(at)
        size = self.varint()
        found, status = entropy.read_symbols(self.array, self.take(size), size, table, _precision(bits), count)
        if status:
            raise damaged("its symbols cannot be read")
        return found


def _precision(bits: int) -> int:
    """Bits of the probabilities for an alphabet of ``2 ** bits`` symbols."""
    return min(max(3 * bits // 2, 12), 20)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def flags(values: NDArray[np.uint8]) -> bytes:
    """Flags in the binary coder; read by `Cursor.flags`."""
    zeros = len(values) - int(np.count_nonzero(values))
    share = min(max(int(zeros / max(len(values), 1) * 256 + 0.5), 1), 255)
    coded = entropy.write_flags(np.ascontiguousarray(values, np.uint8), share).tobytes()
    return bytes([share]) + varint(len(coded)) + coded


def symbols(values: NDArray[np.int64], each: int) -> bytes:
    """Symbols in whichever of the two forms is shorter; read by `Cursor.symbols`."""
    if not len(values):
        return b""
    lengths = np.frexp(np.maximum(values.reshape(-1, each).max(axis=1), 1).astype(np.float64))[1].astype(np.int64)
    tagged = bytes([_TAGGED]) + _coded(lengths, _TAG_BITS) + entropy.write_fields(values, lengths, each).tobytes()
    used = len(np.unique(values))
    if int(values.max()) >= 1 << _RAW_BITS or used > 1 << (_RAW_BITS - 1):
        return tagged
    least = max(int(used).bit_length(), 1)
    forms = {_precision(bits): bits for bits in range(min(least + 2, _RAW_BITS), least - 1, -1)}
    tries = [bytes([_RAW, bits]) + _coded(values, bits) for bits in forms.values()]
    return min([*tries, tagged], key=len)


def _coded(values: NDArray[np.int64], bits: int) -> bytes:
    precision = _precision(bits)
    table = _shares(np.bincount(values), 1 << precision)
    coded = entropy.write_symbols(values, table, precision).tobytes()
    return varint(len(table)) + _table(table) + varint(len(coded)) + coded


def _shares(counts: NDArray[Any], total: int) -> NDArray[np.int64]:
    """Whole probabilities that add up to ``total``, none 0 where a symbol occurs, near what is shortest."""
    exact = counts * (total / counts.sum())
    shares: NDArray[np.int64] = np.maximum(np.floor(exact).astype(np.int64), (counts > 0).astype(np.int64))
    rest = total - int(shares.sum())
    while rest:
        if rest > 0:  # to those that lose most by rounding
            order = np.argsort(shares - exact, kind="stable")[:rest]
            shares[order[counts[order] > 0]] += 1
        else:  # from those that can spare it
            able = np.flatnonzero(shares > 1)
            order = able[np.argsort((exact - shares)[able] / shares[able], kind="stable")][:-rest]
            shares[order] -= 1
        left = total - int(shares.sum())
        if left == rest:  # nothing to share with: the most frequent takes it
            shares[int(counts.argmax())] += left
            break
        rest = left
    return shares


def _table(shares: NDArray[np.int64]) -> bytes:
    out = bytearray()
    at = 0
    held = shares.tolist()
    while at < len(held):
        share = held[at]
        if share == 0:
            run = 1
            while run < 64 and at + run < len(held) and held[at + run] == 0:
                run += 1
            out.append((run - 1) << 2 | 3)
            at += run
            continue
        extra = 0 if share < 1 << 6 else 1 if share < 1 << 14 else 2
        out.append((share & 63) << 2 | extra)
        for number in range(extra):
            out.append(share >> (8 * number + 6) & 255)
        at += 1
    return bytes(out)
