"""Labels that images and sounds inside an asset carry themselves, read where they stand, without decoding a pixel.

One file per container (`png`, `jpeg`, `webp`, `ktx2`, `wav`, `mp3`, `ogg`, `boxes`), and one per kind of label in
them (`exif`, `xmp`, `iptc`, `c2pa`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from sceneproof.scene import MediaLabels

from ._collect import Labels, Work

__all__ = ["Work", "read_media", "sniff_audio"]

_READERS: tuple[tuple[Callable[[bytes], bool], str, str], ...] = (
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), "png", "image/png"),
    (lambda head: head.startswith(b"\xff\xd8\xff"), "jpeg", "image/jpeg"),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", "webp", "image/webp"),
    (lambda head: head.startswith(b"\xabKTX 20\xbb"), "ktx2", "image/ktx2"),
    (lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE", "wav", "audio/wav"),
    (lambda head: head.startswith(b"ID3"), "mp3", "audio/mpeg"),
    (lambda head: head.startswith(b"OggS"), "ogg", "audio/ogg"),
    (lambda head: head[4:8] == b"ftyp", "boxes", ""),
)


def sniff_audio(data: bytes | memoryview) -> str:
    """Media type of a sound by its first bytes, ``""`` when unknown."""
    head = bytes(data[:16])
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return next((mime for fits, _, mime in _READERS if mime.startswith("audio/") and fits(head)), "")


def read_media(
    data: bytes | memoryview, mime: str, pointer: str, name: str = "", work: Work | None = None
) -> MediaLabels:
    """The labels of one image or sound; a fault in them is a problem of that image, never an error.

    Parameters
    ----------
    data : the encoded file. mime : its media type as told. pointer, name : of the image or sound in the asset.
    work : what is left for the file that holds it, shared by all its images and sounds.
    """
    labels = Labels(work)
    head = bytes(data[:16])
    reader = next((module for fits, module, _ in _READERS if fits(head)), None)
    if reader is not None:
        try:
            labels.spend(20)
            import_module(f".{reader}", __name__).read(memoryview(data), labels)
        except (ValueError, IndexError, KeyError, OverflowError, RecursionError) as error:
            # The readers check what they look at; what slips through is still the image's fault, not a crash.
            labels.problem(f"{reader}: {str(error)[:120]}")
    return MediaLabels(pointer, name, mime, len(data), tuple(labels.fields), labels.more, tuple(labels.problems))
