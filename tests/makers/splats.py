"""Splat files by code: SPZ 1 to 4, .splat, .ksplat and SOG, written splat by splat as their formats say.

Each takes one cloud in the units of `sceneproof.scene.Splats`, so that all of them can be held against one truth.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import struct
import zipfile

import numpy as np
import zstandard

from sceneproof.scene import Splats

SH_0 = 0.28209479177387814
REST = (0, 3, 8, 15, 24)


def cloud(count: int = 9, degree: int = 1, seed: int = 7) -> Splats:
    """Random splats within what every format can hold: centres to 3 m, scales 1 mm to 1 m, colours 0..1."""
    draw = np.random.default_rng(seed)
    turns = draw.normal(size=(count, 4))
    harmonics = draw.uniform(-0.9, 0.9, (count, 1 + REST[degree], 3))
    harmonics[:, 0] = (draw.uniform(0, 1, (count, 3)) - 0.5) / SH_0
    return Splats(
        "/splats/0",
        draw.uniform(-3, 3, (count, 3)).astype(np.float32),
        np.exp(draw.uniform(-7, 0, (count, 3))).astype(np.float32),
        (turns / np.linalg.norm(turns, axis=1, keepdims=True)).astype(np.float32),
        draw.uniform(0, 1, count).astype(np.float32),
        harmonics.astype(np.float32),
    )


def _byte(value: float) -> int:
    return int(min(255, max(0, round(float(value)))))


def spz_streams(splats: Splats, version: int, bits: int = 12) -> list[bytes]:
    """The six packed streams."""
    positions, alphas, colors, scales, rotations, rest = (bytearray() for _ in range(6))
    for i in range(len(splats.positions)):
        for value in splats.positions[i]:
            if version == 1:
                positions += struct.pack("<e", value)
            else:
                positions += (round(float(value) * (1 << bits)) & 0xFFFFFF).to_bytes(3, "little")
        alphas.append(_byte(splats.opacities[i] * 255))
        colors += bytes(_byte((0.5 + 0.15 * v) * 255) for v in splats.harmonics[i, 0])
        scales += bytes(_byte((math.log(v) + 10) * 16) for v in splats.scales[i])
        rotations += _spz_rotation([float(v) for v in splats.rotations[i]], version)
        rest += bytes(_byte(v * 128 + 128) for v in splats.harmonics[i, 1:].ravel())
    return [bytes(stream) for stream in (positions, alphas, colors, scales, rotations, rest)]


def _spz_rotation(turn: list[float], version: int) -> bytes:
    if version < 3:
        sign = -1 if turn[3] < 0 else 1
        return bytes(_byte(sign * v * 127.5 + 127.5) for v in turn[:3])
    largest = max(range(4), key=lambda k: abs(turn[k]))
    word = largest
    for k in range(4):
        if k != largest:
            negative = (turn[k] < 0) != (turn[largest] < 0)
            word = word << 10 | negative << 9 | int(abs(turn[k]) * math.sqrt(2) * 511 + 0.5)
    return struct.pack("<I", word)


def spz_header(version: int, count: int, degree: int, bits: int = 12, flags: int = 0, last: int = 0) -> bytes:
    return struct.pack("<4sIIBBBB", b"NGSP", version, count, degree, bits, flags, last)


def spz(splats: Splats, version: int, *, packed: bool = True, records: bytes = b"", tail: bytes = b"") -> bytes:
    """An SPZ file. `records` are extension records (version 4), `tail` what follows the streams (1 to 3)."""
    count, degree = len(splats.positions), REST.index(splats.harmonics.shape[1] - 1)
    streams = spz_streams(splats, version)
    if version < 4:
        body = spz_header(version, count, degree) + b"".join(streams) + tail
        return gzip.compress(body, mtime=0) if packed else body
    full = [stream for stream in streams if stream]
    frames = [zstandard.compress(stream) for stream in full]
    head = spz_header(4, count, degree, flags=2 if records else 0, last=len(full))
    head += struct.pack("<I12x", 32 + len(records)) + records
    head += b"".join(struct.pack("<QQ", len(a), len(b)) for a, b in zip(frames, full, strict=True))
    return head + b"".join(frames)


def dot_splat(splats: Splats) -> bytes:
    out = bytearray()
    for i in range(len(splats.positions)):
        x, y, z, w = (float(v) for v in splats.rotations[i])
        color = 0.5 + SH_0 * splats.harmonics[i, 0].astype(np.float64)
        out += struct.pack("<6f", *splats.positions[i], *splats.scales[i])
        out += bytes(_byte(v * 255) for v in (*color, splats.opacities[i]))
        out += bytes(_byte(v * 128 + 128) for v in (w, x, y, z))
    return bytes(out)


def ksplat(splats: Splats, level: int = 0, *, capacity: int = 4, sections: int = 1, spread: float = 1.5) -> bytes:
    """A .ksplat of equal sections; a level above 0 has one full bucket after the other and a partly full last one."""
    count, degree = len(splats.positions), REST.index(splats.harmonics.shape[1] - 1)
    parts = np.array_split(np.arange(count), sections)
    head = bytearray(4096)
    struct.pack_into("<BBxxIIIIH", head, 0, 0, 1, sections, sections, count, count, level)
    struct.pack_into("<ff", head, 36, -spread, spread)
    heads, bodies = [], []
    for rows in parts:
        section, body = _ksplat_section(splats, rows, level, degree, capacity, spread)
        heads.append(section)
        bodies.append(body)
    return bytes(head) + b"".join(heads) + b"".join(bodies)


def _ksplat_section(
    splats: Splats, rows: np.ndarray, level: int, degree: int, capacity: int, spread: float
) -> tuple[bytes, bytes]:
    groups = [rows[i : i + capacity] for i in range(0, len(rows), capacity)] if level else []
    full = sum(len(group) == capacity for group in groups)
    centers = [splats.positions[group].astype(np.float64).mean(axis=0) for group in groups]
    block = 24.0  # metres: no splat is further than half of it from its bucket's centre
    body = b"".join(struct.pack("<I", len(group)) for group in groups[full:])
    body += b"".join(struct.pack("<3f", *center) for center in centers)
    for at, i in enumerate(rows):
        x, y, z, w = splats.rotations[i]
        if level:
            near = np.float32(centers[at // capacity])
            body += struct.pack(
                "<3H", *(round(float(v) / (block / 2) * 32767) + 32767 for v in splats.positions[i] - near)
            )
            body += struct.pack("<7e", *splats.scales[i], w, x, y, z)
        else:
            body += struct.pack("<10f", *splats.positions[i], *splats.scales[i], w, x, y, z)
        color = 0.5 + SH_0 * splats.harmonics[i, 0].astype(np.float64)
        body += bytes(_byte(v * 255) for v in (*color, splats.opacities[i]))
        for band in range(1, degree + 1):
            own = splats.harmonics[i, band * band : (band + 1) ** 2]
            values = [float(own[k, channel]) for channel in range(3) for k in range(2 * band + 1)]
            if level == 2:
                body += bytes(_byte((v + spread) / (2 * spread) * 255) for v in values)
            else:
                body += struct.pack(f"<{len(values)}{'e' if level else 'f'}", *values)
    head = bytearray(1024)
    struct.pack_into("<IIIIfH", head, 0, len(rows), len(rows), capacity, len(groups), block, 12)
    struct.pack_into("<IIIIH", head, 24, 32767 if level else 1, len(body), full, len(groups) - full, degree)
    return bytes(head), body


def webp(pixels: np.ndarray) -> bytes:
    """A lossless WebP of uint8 pixels [height, width, 4], colours under full transparency kept."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(out, "WEBP", lossless=True, exact=True)
    return out.getvalue()


def _grid(rows: list[list[int]], width: int) -> np.ndarray:
    height = -(-len(rows) // width)
    pixels = np.zeros((height * width, 4), np.uint8)
    pixels[: len(rows)] = rows
    return pixels.reshape(height, width, 4)


def _nearest(book: list[float], value: float) -> int:
    return min(range(256), key=lambda k: abs(book[k] - value))


def sog_parts(splats: Splats, version: int = 2, width: int = 4) -> tuple[dict, dict[str, bytes]]:
    """meta.json as an object, and the images by name."""
    count, rest = len(splats.positions), splats.harmonics.shape[1] - 1
    logs = np.sign(splats.positions) * np.log1p(np.abs(splats.positions.astype(np.float64)))
    low, high = logs.min(axis=0), logs.max(axis=0)
    words = np.rint((logs - low) / (high - low) * 65535).astype(int)
    sizes = np.log(splats.scales.astype(np.float64))
    alpha = np.clip(splats.opacities.astype(np.float64), 1e-3, 1 - 1e-3)
    first = np.concatenate([splats.harmonics[:, 0], np.log(alpha / (1 - alpha))[:, None]], axis=1).astype(np.float64)
    book = {
        "scales": [float(v) for v in np.linspace(sizes.min(), sizes.max(), 256)],
        "sh0": [float(v) for v in np.linspace(first[:, :3].min(), first[:, :3].max(), 256)],
        "shN": [float(v) for v in np.linspace(-1, 1, 256)],
    }
    tables: dict[str, list[list[int]]] = {"means_l": [], "means_u": [], "quats": [], "scales": [], "sh0": []}
    for i in range(count):
        tables["means_l"].append([*(int(v) & 255 for v in words[i]), 255])
        tables["means_u"].append([*(int(v) >> 8 for v in words[i]), 255])
        x, y, z, w = (float(v) for v in splats.rotations[i])
        turn = [w, x, y, z]
        largest = max(range(4), key=lambda k: abs(turn[k]))
        sign = -1 if turn[largest] < 0 else 1
        three = [_byte((sign * turn[k] * math.sqrt(2) + 1) * 127.5) for k in range(4) if k != largest]
        tables["quats"].append([*three, 252 + largest])
        if version == 2:
            tables["scales"].append([*(_nearest(book["scales"], v) for v in sizes[i]), 255])
            tables["sh0"].append([*(_nearest(book["sh0"], v) for v in first[i, :3]), _byte(splats.opacities[i] * 255)])
        else:
            span = np.ptp(sizes, axis=0)
            tables["scales"].append([*(_byte(v) for v in (sizes[i] - sizes.min(axis=0)) / span * 255), 255])
            tables["sh0"].append([_byte(v) for v in (first[i] - first.min(axis=0)) / np.ptp(first, axis=0) * 255])
    meta: dict = {"means": {"mins": low.tolist(), "maxs": high.tolist(), "files": ["means_l.webp", "means_u.webp"]}}
    meta |= {name: {"files": [f"{name}.webp"]} for name in ("scales", "quats", "sh0")}
    if version == 2:
        meta |= {"version": 2, "count": count}
        meta["scales"]["codebook"], meta["sh0"]["codebook"] = book["scales"], book["sh0"]
    else:
        meta["means"]["shape"] = [count, 3]
        meta["scales"] |= {"mins": sizes.min(axis=0).tolist(), "maxs": sizes.max(axis=0).tolist()}
        meta["sh0"] |= {"mins": first.min(axis=0).tolist(), "maxs": first.max(axis=0).tolist()}
    images = {f"{name}.webp": webp(_grid(rows, width)) for name, rows in tables.items()}
    if rest:
        meta["shN"] = {"files": ["shN_centroids.webp", "shN_labels.webp"]}
        meta["shN"] |= (
            {"count": count, "bands": REST.index(rest), "codebook": book["shN"]}
            if version == 2
            else {"mins": -1.0, "maxs": 1.0}
        )
        palette = np.zeros((-(-count // 64), 64 * rest, 4), np.uint8)
        palette[..., 3] = 255
        for i in range(count):
            for k in range(rest):
                values = splats.harmonics[i, 1 + k]
                palette[i // 64, (i % 64) * rest + k, :3] = [_byte((float(v) + 1) / 2 * 255) for v in values]
        images["shN_centroids.webp"] = webp(palette)
        images["shN_labels.webp"] = webp(_grid([[i & 255, i >> 8, 0, 255] for i in range(count)], width))
    return meta, images


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as held:
        for name, content in members.items():
            held.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def sog(splats: Splats, version: int = 2, method: int = zipfile.ZIP_STORED) -> bytes:
    meta, images = sog_parts(splats, version)
    return zipped({**images, "meta.json": json.dumps(meta).encode()}, method)
