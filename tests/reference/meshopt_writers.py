"""Writers of random valid meshopt streams that use whatever KHR_meshopt_compression, appendix A, allows."""

from __future__ import annotations

import numpy as np

TABLE = bytes.fromhex("007687566778a986658968980169") + b"\0\0"


def zigzag(value: int) -> int:
    return -2 * value - 1 if value < 0 else 2 * value


def varint(value: int) -> bytes:
    out = []
    while value > 127:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def write_group(values: list[int], bits: int) -> bytes:
    if bits in (0, 8):
        return bytes(values) if bits else b""
    top = 2**bits - 1
    text = "".join(f"{min(value, top):0{bits}b}" for value in values)
    packed = [text[i : i + 8][:: -1 if bits == 1 else 1] for i in range(0, len(text), 8)]
    return bytes(int(byte, 2) for byte in packed) + bytes(value for value in values if value >= top)


def write_plane(values: list[int], lengths: tuple[int, ...], rng: np.random.Generator) -> bytes:
    padded = values + [0] * (-len(values) % 16)
    codes, body = [], b""
    for at in range(0, len(padded), 16):
        sixteen = padded[at : at + 16]
        fitting = [code for code, bits in enumerate(lengths) if bits or not any(sixteen)]
        codes.append(int(rng.choice(fitting)))
        body += write_group(sixteen, lengths[codes[-1]])
    codes += [0] * (-len(codes) % 4)
    return bytes(sum(codes[i + j] << 2 * j for j in range(4)) for i in range(0, len(codes), 4)) + body


def write_attributes(table: np.ndarray, version: int, rng: np.random.Generator) -> bytes:
    """A stream of the (n, stride) uint8 `table` that uses whatever the version allows, at random."""
    count, stride = table.shape
    channels = stride // 4
    modes = [int(rng.choice([0, 1, 2 + 16 * int(rng.integers(16))])) if version else 0 for _ in range(channels)]
    base = rng.integers(0, 256, stride, dtype=np.uint8)
    before = np.vstack([base, table[:-1]])
    step = min(8192 // stride // 16 * 16, 256)
    body = b""
    for first in range(0, count, step):
        control, planes = [], b""
        for c, mode in enumerate(modes):
            old, new = (part[first : first + step, 4 * c : 4 * c + 4].tobytes() for part in (before, table))
            deltas = b"".join(difference(old[i : i + 4], new[i : i + 4], mode) for i in range(0, len(new), 4))
            ways = []
            for k in range(4):
                values = list(deltas[k::4])
                way = int(rng.choice([0, 1, 3] if any(values) else [2, 0, 1, 3])) if version else 0
                ways.append(way)
                lengths = ((0, 1, 2, 4), (1, 2, 4, 8))[way % 2] if version else (0, 2, 4, 8)
                planes += bytes(values) if way == 3 else b"" if way == 2 else write_plane(values, lengths, rng)
            control.append(sum(way << 2 * k for k, way in enumerate(ways)))
        body += (bytes(control) if version else b"") + planes
    tail = base.tobytes() + (bytes(modes) if version else b"")
    return bytes([0xA0 + version]) + body + tail.rjust(24 if version else 32, b"\0")


def difference(old: bytes, new: bytes, mode: int) -> bytes:
    if mode == 2 or mode > 15:
        bits = f"{int.from_bytes(old, 'little') ^ int.from_bytes(new, 'little'):032b}"
        cut = mode >> 4
        return int(bits[cut:] + bits[:cut], 2).to_bytes(4, "little")
    size = 2 if mode == 1 else 1
    out = b""
    for at in range(0, 4, size):
        span = 256**size
        change = (int.from_bytes(new[at : at + size], "little") - int.from_bytes(old[at : at + size], "little")) % span
        out += zigzag(change - span if change >= span // 2 else change).to_bytes(size, "little")
    return out


def write_indices(values: list[int], rng: np.random.Generator) -> bytes:
    last, body = [0, 0], b""
    for value in values:
        which = int(rng.integers(2))
        body += varint(zigzag(value - last[which]) * 2 + which)
        last[which] = value
    return b"\xd1" + body + bytes(4)


def write_triangles(count: int, rng: np.random.Generator) -> bytes:
    """A stream of `count` triangles of random codes, each of them allowed where it stands."""
    codes, data = [], b""
    edges = vertices = 0

    def number() -> bytes:
        return varint(int(rng.integers(0, 1 << int(rng.integers(1, 32)))))

    def allowed(pair: int) -> bool:
        return all(part in (0, 15) or part <= min(vertices, 16) for part in divmod(pair, 16))

    for _ in range(count):
        if edges and rng.random() < 0.7:
            low = int(rng.choice([0, 13, 14, 15, *range(1, min(vertices, 13))]))
            codes.append(int(rng.integers(min(edges, 15))) * 16 + low)
            data += number() if low == 15 else b""
            vertices += low == 0 or low >= 13
            edges += 2
            continue
        low = int(rng.choice([14, 15, *(i for i in range(14) if allowed(TABLE[i]))]))
        pair = TABLE[low]
        if low >= 14:
            pair = int(rng.choice([p for p in range(256) if allowed(p)]))
            parts = divmod(pair, 16)
            data += bytes([pair]) + b"".join(number() for _ in range((low == 15) + parts.count(15)))
        codes.append(0xF0 + low)
        vertices += 1 + sum(part in (0, 15) for part in divmod(pair, 16))
        edges += 3
    return b"\xe1" + bytes(codes) + data + TABLE
