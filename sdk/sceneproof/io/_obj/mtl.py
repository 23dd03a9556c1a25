"""Wavefront MTL: statements of each material, with the files that its maps name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sceneproof.config import LIMITS
from sceneproof.errors import InputError
from sceneproof.io._text.encoding import name_of, to_text
from sceneproof.io._text.scan import split_lines

# How many words follow each option of a map; -o, -s and -t take one to three numbers.
_OPTIONS = {
    "-blendu": 1, "-blendv": 1, "-boost": 1, "-mm": 2, "-texres": 1, "-clamp": 1, "-bm": 1, "-imfchan": 1, "-type": 1,
    "-cc": 1, "-colorspace": 1,
}  # fmt: skip
_TRIPLES = ("-o", "-s", "-t")
MOST_STATEMENT = 1 << 14  # bytes of a map's statement; no path is as long
MAPS = ("map_", "bump", "disp", "decal", "norm", "refl")


@dataclass(frozen=True)
class MapRef:
    """A texture statement: the file as written, where that stands in the text, scale, offset, whether it is clamped."""

    file: str
    span: tuple[int, int]
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    clamp: bool = False


@dataclass
class MtlMaterial:
    """One ``newmtl``: numbers by keyword (lower case), maps by keyword."""

    name: str
    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: dict[str, MapRef] = field(default_factory=dict)


def read_mtl(data: bytes) -> tuple[bytes, list[MtlMaterial]]:
    """The text that spans refer to, and the materials in their order. Raises `InputError`."""
    if len(data) > LIMITS.json_bytes >> 4:
        raise InputError(f"a material library of {len(data):,} bytes is too large")
    text, _ = to_text(data)
    lines = split_lines(text, continued=True)
    found: list[MtlMaterial] = []
    for number in range(len(lines.starts)):
        whole = lines.text(number)
        words = whole.split(None, 1)
        keyword = words[0].decode("latin-1").lower()
        rest = words[1] if len(words) > 1 else b""
        if keyword == "newmtl":
            found.append(MtlMaterial(name_of(rest.strip())))
        elif keyword.startswith("#") or not found:
            continue
        elif keyword.startswith(MAPS) and not keyword.startswith("map_aat"):
            at = int(lines.starts[number]) + len(whole) - len(rest)
            ref = _map(rest, at)
            if ref is not None:
                found[-1].maps.setdefault(keyword, ref)
        else:
            stop = int(lines.stops[number] - lines.starts[number])
            numbers = tuple(_floats(whole[:stop].split()[1:]))
            if numbers:
                found[-1].numbers.setdefault(keyword, numbers)
    return text, found


def _floats(words: list[bytes]) -> Iterator[float]:
    for word in words:
        try:
            value = float(word)
        except ValueError:
            return
        if abs(value) > 1e9 or value != value:  # noqa: PLR0124  not a number
            return
        yield value


def _map(rest: bytes, at: int) -> MapRef | None:
    """Options first, then the file's name, which may hold blanks."""
    if len(rest) > MOST_STATEMENT:
        return None
    triples: dict[str, list[float]] = {}
    clamp = False
    left = rest
    while left[:1] == b"-":
        option, _, left = left.partition(b" ")
        left = left.lstrip()
        name = option.decode("latin-1").lower()
        if name in _TRIPLES:
            values: list[float] = []
            while len(values) < 3 and (number := list(_floats(left.split(None, 1)[:1]))):
                values += number
                left = [*left.split(None, 1), b""][1]
            triples[name] = values
        elif name in _OPTIONS:
            words = left.split(None, _OPTIONS[name])
            clamp |= name == "-clamp" and words[:1] == [b"on"]
            left = words[-1] if len(words) > _OPTIONS[name] else b""
        else:
            left = option + b" " + left if left else option  # a file whose name begins with a dash
            break
    file = left.strip()
    if not file:
        return None
    begin = at + rest.rindex(file)
    scale, offset = triples.get("-s") or [1.0], triples.get("-o") or [0.0]
    return MapRef(
        name_of(file), (begin, begin + len(file)),
        (scale[0], scale[1] if len(scale) > 1 else scale[0] if len(scale) == 1 and "-s" in triples else 1.0),
        (offset[0], offset[1] if len(offset) > 1 else 0.0), clamp,
    )  # fmt: skip
