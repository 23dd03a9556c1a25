"""Labels in KTX2: the key/value data (Khronos KTX 2.0, section 3.11)."""

from __future__ import annotations

from ._collect import Labels, number, text_of

KEYS = 1000
TECHNICAL = (
    "KTXorientation",
    "KTXswizzle",
    "KTXglFormat",
    "KTXdxgiFormat__",
    "KTXmetalPixelFormat",
    "KTXcubemapIncomplete",
)


def read(data: memoryview, labels: Labels) -> None:
    """Read the entries; those that describe pixels are stepped over."""
    body = labels.take(data, number(data, 56, "<I"), number(data, 60, "<I"))
    offset = 0
    for _ in range(KEYS):
        labels.spend()
        if offset + 4 > len(body):
            return
        length = number(body, offset, "<I")
        key, _, value = labels.take(body, offset + 4, length).partition(b"\0")
        name = text_of(key)
        if name not in TECHNICAL:
            labels.add("ktx", name, text_of(value))
        offset += 4 + length + (-length) % 4
