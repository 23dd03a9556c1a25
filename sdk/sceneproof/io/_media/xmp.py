"""Labels in XMP packets: creator tools, history, digital source type, the AIGC field (XMP part 1, 7; ISO 16684-1).

XML comes from strangers: a document type declaration, and with it every entity, is refused; size, depth and number of
elements are bounded.
"""

from __future__ import annotations

from xml.parsers import expat

from ._collect import LONGEST, Labels

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DEPTH, ELEMENTS, BLOCK = 64, 50_000, 65536
WANTED = {
    "http://ns.adobe.com/xap/1.0/": ("CreatorTool", "BaseURL"),
    "http://ns.adobe.com/xap/1.0/mm/": ("DerivedFrom",),
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": ("softwareAgent", "action"),
    "http://ns.adobe.com/xap/1.0/rights/": ("Owner", "UsageTerms", "WebStatement"),
    "http://purl.org/dc/elements/1.1/": ("creator", "rights", "title", "description", "source", "publisher"),
    "http://ns.adobe.com/photoshop/1.0/": ("Credit", "Source", "Instructions", "History"),
    "http://ns.adobe.com/tiff/1.0/": ("Software", "Artist", "Make", "Model", "Copyright"),
    "http://ns.adobe.com/exif/1.0/": ("UserComment",),
}
PREFIXES = {
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
}
IPTC_EXT = ("DigitalSourceType", "DigitalSourcefileType", "AISystemUsed", "AISystemVersionUsed", "AIPromptInformation")


def read(packet: bytes, labels: Labels) -> None:
    """Read one packet; what stood before a fault is kept."""
    labels.spend(1 + len(packet) // 64)
    try:
        _Reader(labels).feed(packet.strip(b"\0 \r\n\t"))
    except (expat.ExpatError, ValueError) as error:
        labels.problem(f"xmp: {str(error)[:100]}")


class _Reader:
    """Walks the elements and keeps the texts of those that are wanted."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._names: list[str | None] = []  # for each open element the key under which its text counts
        self._text: list[str] = []
        self._length = 0
        self._elements = 0
        self._parser = expat.ParserCreate(namespace_separator="\n")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity

    def feed(self, packet: bytes) -> None:
        for start in range(0, len(packet), BLOCK):
            self._parser.Parse(packet[start : start + BLOCK], start + BLOCK >= len(packet))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._names) >= DEPTH or self._elements > ELEMENTS:
            raise ValueError("more elements or levels than are looked at")
        key = _key(name)
        if key is None and name.startswith(RDF):  # Bag, Seq, Alt, li: the text belongs to the property around them
            key = self._names[-1] if self._names else None
        self._flush()
        self._names.append(key)
        for attribute, value in attributes.items():
            own = _key(attribute)
            if own is not None:
                self._labels.add("xmp", own, value)
            elif attribute in (f"{RDF}\nresource", f"{RDF}resource") and key is not None:
                self._labels.add("xmp", key, value)

    def _end(self, _name: str) -> None:
        self._flush()
        self._names.pop()

    def _characters(self, text: str) -> None:
        if self._names and self._names[-1] is not None and self._length < LONGEST * 2:
            self._text.append(text)
            self._length += len(text)

    def _flush(self) -> None:
        if self._text and self._names and self._names[-1] is not None:
            self._labels.add("xmp", self._names[-1], "".join(self._text))
        self._text, self._length = [], 0

    def _doctype(self, *_: object) -> None:
        raise ValueError("a document type declaration, which XMP has no use for, is not read")

    def _entity(self, *_: object) -> None:
        raise ValueError("an entity declaration is not read")


def _key(name: str) -> str | None:
    """``prefix:name`` of a property that is wanted, else ``None``. The prefix is the usual one, not the packet's."""
    space, _, local = name.rpartition("\n")
    if "aigc" in local.lower():
        return f"{PREFIXES.get(space.rstrip('/') + '/', 'AIGC?')}:{local}"
    if local in IPTC_EXT:
        return f"{PREFIXES.get(space, 'Iptc4xmpExt?')}:{local}"
    return f"{PREFIXES[space]}:{local}" if local in WANTED.get(space, ()) else None
