"""IPTC digital source types: which one an origin is, and which fit an AI label.

Values: IPTC NewsCodes ``digitalsourcetype``; the mapping from origins is ours (regulation brief, section 3.2).
"""

from __future__ import annotations

from sceneproof.declaration import AI_ORIGINS, Declaration

PREFIX = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SYNTHETIC = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicMedia",
    "dataDrivenMedia",
)
OPEN = ("computationalCapture", "algorithmicallyEnhanced", "composite", "screenCapture", "virtualRecording")
NATURAL = (
    "digitalCapture",
    "negativeFilm",
    "positiveFilm",
    "print",
    "digitalCreation",
    "digitalArt",
    "softwareImage",
    "humanEdits",
    "minorHumanEdits",
    "compositeCapture",
)
_C2PA = "http://c2pa.org/digitalsourcetype/"
C2PA_VALUES = ("empty", "trainedAlgorithmicData")

OF_ORIGIN = {
    "ai-generated": "trainedAlgorithmicMedia",
    "ai-edited": "compositeWithTrainedAlgorithmicMedia",
    "reconstructed-learned": "trainedAlgorithmicMedia",
    "reconstructed-classical": "computationalCapture",
    "simulated": "algorithmicMedia",
    "captured": "digitalCapture",
    "handmade": "digitalCreation",
}


def of_origin(origin: str | None) -> str | None:
    """The value for one origin, as a URI; ``None`` for an unknown one."""
    name = OF_ORIGIN.get(origin or "")
    return PREFIX + name if name else None


def of_declaration(declaration: Declaration) -> str | None:
    """The value for the whole asset: with parts of different kinds, one of them AI-made, it is a composite."""
    whole = declaration.origin in AI_ORIGINS
    parts = {part.origin in AI_ORIGINS for part in declaration.part if part.origin != "unknown"}
    mixed = False in parts if whole else True in parts
    return PREFIX + "compositeSynthetic" if mixed else of_origin(declaration.origin)


def short(value: object) -> str | None:
    """The bare name of a known value (``http`` or ``https``, IPTC or C2PA), ``None`` for any other."""
    if not isinstance(value, str):
        return None
    text = value.replace("https://", "http://", 1)
    for prefix, names in ((PREFIX, (*SYNTHETIC, *OPEN, *NATURAL)), (_C2PA, C2PA_VALUES)):
        name = text.removeprefix(prefix)
        if name != text and name in names:
            return name
    return None


def fits_label(name: str) -> bool | None:
    """Whether a source type goes with an AI label: yes, no, or ``None`` where it depends."""
    return True if name in SYNTHETIC or name == "trainedAlgorithmicData" else False if name in NATURAL else None
