"""Chunks of a RIFF file."""

from __future__ import annotations

from collections.abc import Iterator

from ._collect import Labels, number

CHUNKS = 100_000


def chunks(data: memoryview, wanted: tuple[bytes, ...], labels: Labels) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of the top chunks that are wanted; the others are stepped over."""
    offset = 12
    for _ in range(CHUNKS):
        labels.spend()
        if offset + 8 > len(data):
            return
        kind, length = bytes(data[offset : offset + 4]), number(data, offset + 4, "<I")
        if kind in wanted:
            try:
                body = labels.take(data, offset + 8, length)
            except ValueError as error:
                labels.problem(f"{kind.decode('ascii').strip()}: {error}")
            else:
                yield kind, body
        offset += 8 + length + length % 2
