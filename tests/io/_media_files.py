"""Images and sounds with labels in them, byte by byte, and the labels themselves."""

from __future__ import annotations

import struct
import zlib
from typing import Any

AIGC = '{"Label":"1","ContentProducer":"maker","ProduceID":"7"}'
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Painter 3"
   xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/"
   xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:mm="http://ns.adobe.com/xap/1.0/mm/"
   xmlns:e="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#">
  <i:DigitalSourceType rdf:resource="{SOURCE}"/>
  <t:AIGC>{AIGC.replace('"', "&quot;")}</t:AIGC>
  <dc:creator><rdf:Seq><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Seq></dc:creator>
  <mm:History><rdf:Seq><rdf:li e:action="created" e:softwareAgent="Painter 2"/></rdf:Seq></mm:History>
 </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()
XMP_FIELDS = {
    ("xmp", "xmp:CreatorTool", "Painter 3"),
    ("xmp", "Iptc4xmpExt:DigitalSourceType", SOURCE),
    ("xmp", "TC260:AIGC", AIGC),
    ("xmp", "dc:creator", "one"),
    ("xmp", "dc:creator", "two"),
    ("xmp", "stEvt:action", "created"),
    ("xmp", "stEvt:softwareAgent", "Painter 2"),
}


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*c) for c in chunks) + pixels + chunk(b"IEND", b"")


def international(key: str, text: bytes, packed: bool = False) -> tuple[bytes, bytes]:
    body = zlib.compress(text) if packed else text
    return b"iTXt", key.encode() + b"\0" + bytes([packed]) + b"\0" + b"en\0" + b"\0" + body


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    body = b"".join(bytes([0xFF, marker]) + struct.pack(">H", len(part) + 2) + part for marker, part in segments)
    return b"\xff\xd8" + body + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"pixels" + b"\xff\xd9"


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = kind + b"".join(
        name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def ktx2(**entries: str) -> bytes:
    body = b""
    for key, value in entries.items():
        pair = key.encode() + b"\0" + value.encode() + b"\0"
        body += struct.pack("<I", len(pair)) + pair + b"\0" * (-len(pair) % 4)
    head = b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I", 0, 1, 4, 4, 0, 0, 1, 1, 1)
    return head + struct.pack("<4I2Q", 0, 0, 80, len(body), 0, 0) + body


def id3(*frames: tuple[str, bytes], major: int = 4) -> bytes:
    def size(number: int) -> bytes:
        return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))

    body = b"".join(
        name.encode() + (size(len(part)) if major == 4 else struct.pack(">I", len(part))) + b"\0\0" + part
        for name, part in frames
    )
    return b"ID3" + bytes([major, 0, 0]) + size(len(body)) + body + b"\xff\xfb\x90\0"


def ogg(lead: bytes, *comments: str) -> bytes:
    texts = [b"libmaker", *(comment.encode() for comment in comments)]
    body = lead + struct.pack("<I", len(texts[0])) + texts[0] + struct.pack("<I", len(comments))
    body += b"".join(struct.pack("<I", len(text)) + text for text in texts[1:]) + b"\x01"
    return _page(0, b"\x01head") + b"".join(_page(n + 1, part, last) for n, (part, last) in enumerate(_parts(body)))


def _parts(body: bytes) -> list[tuple[bytes, bool]]:
    cut = [body[k : k + 510] for k in range(0, len(body), 510)]
    return [(part, number == len(cut) - 1) for number, part in enumerate(cut)]


def _page(number: int, body: bytes, last: bool = True) -> bytes:
    table = [255] * (len(body) // 255) + ([len(body) % 255] if last else [])
    return b"OggS\0\0" + bytes(8) + struct.pack("<III", 5, number, 0) + bytes([len(table), *table]) + body


def exif(order: str = ">", **texts: bytes) -> bytes:
    """A TIFF block: tags named as in the reader; `UserComment` stands in the Exif directory."""
    tags = {"Software": 0x0131, "Artist": 0x013B, "ImageDescription": 0x010E, "XPComment": 0x9C9C}
    main = [(tags[name], text) for name, text in texts.items() if name != "UserComment"]
    inner = [(0x9286, text) for name, text in texts.items() if name == "UserComment"]
    start = 8
    behind = start + 2 + 12 * (len(main) + bool(inner)) + 4
    return (
        (b"MM\0*" if order == ">" else b"II*\0")
        + struct.pack(f"{order}I", start)
        + _directory(order, main, behind, inner)
    )


def _directory(order: str, main: list[tuple[int, bytes]], behind: int, inner: list[tuple[int, bytes]]) -> bytes:
    entries, tail = b"", b""
    for tag, text in main:
        entries += _entry(order, tag, text, behind + len(tail))
        tail += text if len(text) > 4 else b""
    if inner:
        at = behind + len(tail)
        entries += struct.pack(f"{order}HHII", 0x8769, 4, 1, at)
        after = at + 2 + 12 * len(inner) + 4
        tail += struct.pack(f"{order}H", len(inner)) + b"".join(_entry(order, tag, text, after) for tag, text in inner)
        tail += bytes(4) + b"".join(text for _, text in inner)
    return struct.pack(f"{order}H", len(main) + bool(inner)) + entries + bytes(4) + tail


def _entry(order: str, tag: int, text: bytes, at: int) -> bytes:
    place = text.ljust(4, b"\0") if len(text) <= 4 else struct.pack(f"{order}I", at)
    return struct.pack(f"{order}HHI", tag, 7, len(text)) + place


def iptc(**texts: str) -> bytes:
    """Photoshop resources with IPTC data sets named as in the reader."""
    sets = {"OriginatingProgram": 65, "By-line": 80, "Caption-Abstract": 120}
    body = b"".join(
        b"\x1c\x02" + bytes([sets[name.replace("_", "-")]]) + struct.pack(">H", len(text.encode())) + text.encode()
        for name, text in texts.items()
    )
    other = b"8BIM" + struct.pack(">H", 0x03ED) + b"\x03abc" + struct.pack(">I", 3) + b"xyz\0"
    return (
        other
        + b"8BIM"
        + struct.pack(">H", 0x0404)
        + b"\0\0"
        + struct.pack(">I", len(body))
        + body
        + b"\0" * (len(body) % 2)
    )


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _jumb(label: str, *content: bytes) -> bytes:
    return box(b"jumb", box(b"jumd", bytes(16) + b"\x03" + label.encode() + b"\0") + b"".join(content))


def c2pa_store() -> bytes:
    claim = {
        "claim_generator": "maker/1.0",
        "claim_generator_info": [{"name": "Maker", "version": "1.0"}],
        "dc:title": "a picture",
        "assertions": [b"\1\2", -5, 1.5, None, True],
    }
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCE, "softwareAgent": {"name": "Maker"}}]}
    return _jumb(
        "c2pa",
        _jumb(
            "urn:c2pa:1234",
            _jumb(
                "c2pa.assertions",
                _jumb("c2pa.actions.v2", box(b"cbor", cbor(actions))),
                _jumb("c2pa.hash.data", box(b"cbor", cbor({}))),
            ),
            _jumb("c2pa.claim.v2", box(b"cbor", cbor(claim))),
        ),
    )


def app11(store: bytes, size: int = 200) -> list[tuple[int, bytes]]:
    """A store over several APP11 segments, each with the first box's header (ISO/IEC 19566-5, D.2)."""
    parts = [store[8:][k : k + size] for k in range(0, len(store) - 8, size)]
    return [(0xEB, b"JP" + struct.pack(">HI", 1, number + 1) + store[:8] + part) for number, part in enumerate(parts)]


def cbor(value: Any) -> bytes:
    def head(major: int, size: int) -> bytes:
        if size < 24:
            return bytes([major << 5 | size])
        return bytes([major << 5 | 25]) + struct.pack(">H", size)

    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(cbor(item) for item in value)
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


def every_kind() -> dict[str, bytes]:
    """One file of each container with every label that it can bear."""
    block = exif(Software=b"Painter 3\0", UserComment=b"ASCII\0\0\0" + AIGC.encode())
    store = c2pa_store()
    return {
        "png": png(
            (b"tEXt", b"parameters\0a cat"),
            (b"zTXt", b"prompt\0\0" + zlib.compress(b"a dog")),
            international("XML:com.adobe.xmp", XMP),
            (b"eXIf", block),
            (b"caBX", store),
        ),
        "jpeg": jpeg(
            (0xE1, b"Exif\0\0" + block),
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
            (0xED, b"Photoshop 3.0\0" + iptc(OriginatingProgram="Painter")),
            *app11(store),
            (0xFE, b"made by hand"),
        ),
        "webp": riff(b"WEBP", (b"VP8 ", b"12345"), (b"EXIF", block), (b"XMP ", XMP), (b"C2PA", store)),
        "ktx2": ktx2(KTXwriter="toktx 4", KTXorientation="rd", AIGC=AIGC),
        "wav": riff(
            b"WAVE",
            (b"LIST", b"INFOISFT" + struct.pack("<I", 5) + b"synth\0"),
            (b"bext", b"a voice".ljust(256, b"\0") + b"studio".ljust(32, b"\0")),
            (b"id3 ", id3(("TSSE", b"\3coder"))),
            (b"_PMX", XMP),
            (b"C2PA", store),
            (b"data", b"1234"),
        ),
        "mp3": id3(
            ("TSSE", b"\3coder 1"),
            ("TXXX", b"\1" + "AIGC\0".encode("utf-16") + AIGC.encode("utf-16-le")),
            ("COMM", b"\3eng\0spoken by nobody"),
            ("PRIV", b"XMP\0" + XMP),
            ("GEOB", b"\0application/x-c2pa-manifest-store\0\0\0" + store),
        ),
        "ogg": ogg(b"OpusTags", "ENCODER=coder 2", f"AIGC={AIGC}", "COMMENT=" + "x" * 3000),
        "mp4": box(b"ftyp", b"M4A \0\0\0\0")
        + box(b"mdat", b"123")
        + box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP)
        + box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + b"manifest\0" + bytes(8) + store),
    }
