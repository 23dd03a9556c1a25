"""Slow, obvious twin of the meshopt attribute encoder: every allowed form is written out and the shortest kept.

Of equally short ones the first counts: fewer bits, the lower channel mode, no bytes before raw bytes before lengths.
"""

from __future__ import annotations

import numpy as np

from tests.reference.meshopt_writers import difference, write_group

LENGTHS = {0: (0, 1, 2, 4), 1: (1, 2, 4, 8), -1: (0, 2, 4, 8)}


def plane(values: list[int], lengths: tuple[int, ...]) -> bytes:
    padded = values + [0] * (-len(values) % 16)
    codes, body = [], b""
    for at in range(0, len(padded), 16):
        sixteen = padded[at : at + 16]
        forms = [(code, write_group(sixteen, bits)) for code, bits in enumerate(lengths) if bits or not any(sixteen)]
        code, written = min(forms, key=lambda form: len(form[1]))
        codes.append(code)
        body += written
    codes += [0] * (-len(codes) % 4)
    return bytes(sum(codes[i + j] << 2 * j for j in range(4)) for i in range(0, len(codes), 4)) + body


def channel(old: bytes, new: bytes, mode: int, version: int) -> tuple[int, bytes]:
    """The control byte and the four planes of one channel of a block; ``old`` are the rows before each of ``new``."""
    deltas = b"".join(difference(old[i : i + 4], new[i : i + 4], mode) for i in range(0, len(new), 4))
    control, body = 0, b""
    for k in range(4):
        values = list(deltas[k::4])
        if version == 0:
            body += plane(values, LENGTHS[-1])
            continue
        forms = [] if any(values) else [(2, b"")]
        forms += [(3, bytes(values)), (0, plane(values, LENGTHS[0])), (1, plane(values, LENGTHS[1]))]
        way, written = min(forms, key=lambda form: len(form[1]))
        control |= way << 2 * k
        body += written
    return control, body


def attributes(table: np.ndarray, version: int, level: int) -> bytes:
    stride = table.shape[1]
    channels = stride // 4
    before = np.vstack([table[:1], table[:-1]])
    step = min(8192 // stride // 16 * 16, 256)
    modes = [0, 1, *(2 + 16 * turn for turn in range(16))][: (1, 2, 18)[level]] if version else [0]
    chosen, blocks = [], []
    for c in range(channels):
        old, new = (part[:, 4 * c : 4 * c + 4].tobytes() for part in (before, table))
        written = {
            mode: [
                channel(old[at : at + 4 * step], new[at : at + 4 * step], mode, version)
                for at in range(0, len(new), 4 * step)
            ]
            for mode in modes
        }
        best = min(modes, key=lambda mode: sum(len(body) for _, body in written[mode]))
        chosen.append(best)
        blocks.append(written[best])
    out = bytes([0xA0 + version])
    for block in zip(*blocks, strict=True):
        out += bytes(control for control, _ in block) if version else b""
        out += b"".join(body for _, body in block)
    tail = table[0].tobytes() + (bytes(chosen) if version else b"")
    return out + tail.rjust(24 if version else 32, b"\0")
