"""What the meshopt decoders answer beside their output."""

from __future__ import annotations

OK = 0
TRUNCATED = 1  # the stream ends before its elements do
LEFTOVER = 2  # bytes remain between the last element and the tail
BAD_CHANNEL = 3  # a channel mode that does not exist
BAD_FIFO = 4  # an entry is used that no earlier triangle wrote
BAD_VARINT = 5  # a number of more than five bytes
BAD_TABLE = 6  # the lookup table of a triangle stream breaks its rules
