"""The limits that keep a stranger's file from taking the machine, in one table.

Checked against headers, before memory is taken. `LIMITS` is the default; nothing reads a configuration that lies
beside an asset.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds; the unit stands in the name.

    Attributes
    ----------
    file_bytes : one file or part.
    json_bytes : the JSON of a glTF.
    json_values : values and containers in the JSON of a glTF, by its commas and opening brackets.
    text_bytes : a mesh or cloud in text lines, which takes several times its size while it is read.
    accessor_bytes : one accessor, decoded.
    decoded_bytes : what one file's streams, sparse and missing buffers, conversions and index lists unfold to, in sum;
        and one answer of a native decoder.
    free_bytes : how much of that any file may unfold to; the rest only at `fair_ratio` bytes for each byte it has.
    fair_ratio : see `free_bytes`; real meshopt, Draco and SPZ files stay under twenty.
    read_bytes : all accessors of one file, those that share bytes counted each.
    nodes : nodes of a document.
    node_depth : longest path from a root.
    instances : primitives that all nodes draw, instances counted each.
    world_bytes : all drawn vertices in world space, instances counted.
    image_pixels : width times height of one image; an asset that claims more is refused.
    decoded_pixels : of one image that is decoded as a texture; a larger one is left out, and that is said.
    images_pixels : the same, all images of one asset.
    media_text_bytes : one label inside an image or sound: an XMP packet, a text, a C2PA store.
    media_fields : fields that are kept of one image or sound.
    media_steps : chunks, entries and blocks that are looked at for labels, in all images and sounds of one file.
    unfold_ratio : bytes that one byte of a compressed file may unfold to, past what fits in memory with ease.
    decode_seconds : one call of a native decoder.
    decode_memory_bytes : address space of the process in which native decoders run.
    """

    file_bytes: int = 1 << 30
    json_bytes: int = 256 << 20
    json_values: int = 8_000_000
    text_bytes: int = 256 << 20
    accessor_bytes: int = 1 << 30
    decoded_bytes: int = 768 << 20
    free_bytes: int = 128 << 20
    fair_ratio: int = 32
    read_bytes: int = 2 << 30
    nodes: int = 250_000
    node_depth: int = 512
    instances: int = 1_000_000
    world_bytes: int = 512 << 20
    image_pixels: int = 16384 * 16384
    decoded_pixels: int = 8192 * 8192
    images_pixels: int = 1 << 30
    media_text_bytes: int = 4 << 20
    media_fields: int = 200
    media_steps: int = 250_000
    unfold_ratio: int = 1000
    decode_seconds: float = 20.0
    decode_memory_bytes: int = 1280 << 20


LIMITS = Limits()
