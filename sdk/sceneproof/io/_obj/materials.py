"""Material libraries and textures beside an OBJ, as Materials and Images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sceneproof.errors import InputError, LimitError
from sceneproof.io._colors import linear
from sceneproof.io._paths import Parts, inside
from sceneproof.io._picture_header import sniff_image
from sceneproof.scene import Image, Material, Problem, TextureRef

from .mtl import MapRef, MtlMaterial, read_mtl

MOST_LIBRARIES = 256
MOST_MATERIALS = 65_536  # of all libraries
MOST_IMAGES = 16_384
REPEAT, CLAMP = 10497, 33071
_SLOTS = (
    ("baseColor", ("map_kd",)),
    ("metallicRoughness", ("map_pr", "map_pm")),
    # Exporters put tangent-space normal maps under map_Bump too; both tell of surface relief.
    ("normal", ("norm", "map_norm", "map_bump", "bump", "map_kn")),
    ("emissive", ("map_ke",)),
    ("occlusion", ("map_ao", "map_ka")),
)


@dataclass(eq=False)
class Library:
    """One MTL that was found: its URI in the asset's folder, its text as scanned, its materials."""

    uri: str
    line: int
    text: bytes
    materials: list[MtlMaterial]


@dataclass(eq=False)
class Looks:
    """What the libraries give: materials with their index by name, images, and the URIs of all parts."""

    materials: list[Material] = field(default_factory=list)
    by_name: dict[str, int] = field(default_factory=dict)
    images: list[Image] = field(default_factory=list)
    libraries: list[Library] = field(default_factory=list)


def library_names(folder: Path, statement: str) -> list[str]:
    """The files that one ``mtllib`` names: the whole line when there is such a file, else its words."""
    try:
        if " " in statement and not inside(folder, statement, "").is_file():
            return statement.split()
    except (InputError, OSError):
        return statement.split()
    return [statement]


def read_looks(
    folder: Path | None, statements: Sequence[tuple[int, str]], skip: set[str], problems: list[Problem]
) -> Looks:
    """Read the libraries. What is missing or lies outside the folder is a problem. Raises `LimitError` for too many."""
    looks = Looks()
    seen: set[str] = set()
    if folder is None:
        return looks  # given as bytes: there is no folder to look in
    parts = Parts(folder)
    for line, statement in statements:
        for name in library_names(folder, statement):
            if name in seen or name in skip:
                continue
            seen.add(name)
            if len(seen) > MOST_LIBRARIES:
                raise LimitError(f"more than {MOST_LIBRARIES} material libraries")
            try:
                text, materials = read_mtl(parts.read(name, ""))
            except InputError as error:
                en = f"the material library {name[:80]!r} is not read: {error.reason}"
                zh = f"未读取材质库 {name[:80]!r}：{error.reason}"
                problems.append(Problem("material-library-unreadable", en, zh))
                continue
            looks.libraries.append(Library(_plain(name), line, text, materials))
            if sum(len(library.materials) for library in looks.libraries) > MOST_MATERIALS:
                raise LimitError(f"more than {MOST_MATERIALS:,} materials in its libraries")
    pictures = _Pictures(folder, parts, looks.images, problems)
    for library in looks.libraries:
        for material in library.materials:
            if material.name not in looks.by_name:
                looks.by_name[material.name] = len(looks.materials)
                refs = {key: pictures.number(library.uri, ref.file) for key, ref in material.maps.items()}
                looks.materials.append(_material(material, len(looks.materials), refs))
    return looks


def _plain(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/")))


def texture_uri(folder: Path, library_uri: str, file: str) -> str:
    """Where a map lies, from the asset's folder: beside its library, else beside the OBJ."""
    name = _plain(file)
    beside = str(PurePosixPath(library_uri).parent / name)
    try:
        if beside != name and not inside(folder, beside, "").is_file():
            return name
    except (InputError, OSError):
        return name
    return beside


class _Pictures:
    """The images that maps name, in the order in which they come; each file is read once."""

    def __init__(self, folder: Path, parts: Parts, images: list[Image], problems: list[Problem]) -> None:
        self._folder = folder
        self._parts = parts
        self._images = images
        self._problems = problems
        self._numbers: dict[str, int] = {}

    def number(self, library: str, file: str) -> int:
        """Index of the image that a map of that library names. Raises `LimitError` for too many."""
        uri = texture_uri(self._folder, library, file)
        if uri not in self._numbers:
            number = self._numbers[uri] = len(self._images)
            if number == MOST_IMAGES:
                raise LimitError(f"more than {MOST_IMAGES:,} images in its material libraries")
            place = f"/images/{number}"
            data = b""
            try:
                data = self._parts.read(uri, place)
            except InputError as error:
                zh = f"图像无法读取：{error.reason}"
                self._problems.append(Problem("image-unreadable", error.reason, zh, place))
            self._images.append(Image(place, PurePosixPath(uri).stem, sniff_image(data), data, uri))
        return self._numbers[uri]


def _material(held: MtlMaterial, number: int, images: dict[str, int]) -> Material:
    textures = {}
    for slot, keywords in _SLOTS:
        keyword = next((name for name in keywords if name in images), None)
        if keyword is not None:
            textures[slot] = _texture(held.maps[keyword], images[keyword])
    numbers = held.numbers
    alpha = _alpha(numbers)
    kd = _rgb(numbers.get("kd"), (1.0, 1.0, 1.0) if "map_kd" in held.maps else (0.8, 0.8, 0.8))
    ke = _rgb(numbers.get("ke"), (0.0, 0.0, 0.0))
    return Material(
        f"/materials/{number}",
        held.name,
        (linear(kd[0]), linear(kd[1]), linear(kd[2]), alpha),
        min(max(numbers.get("pm", (0.0,))[0], 0.0), 1.0),
        _roughness(numbers),
        (linear(ke[0]), linear(ke[1]), linear(ke[2])),
        textures,
        "BLEND" if alpha < 1.0 or "map_d" in held.maps else "OPAQUE",
        double_sided=True,  # OBJ knows no culling
        extensions={"mtl": {**numbers, **{name: ref.file for name, ref in held.maps.items()}}},
    )


def _rgb(values: tuple[float, ...] | None, default: tuple[float, float, float]) -> tuple[float, float, float]:
    if values is None:
        return default
    if len(values) < 3:
        return values[0], values[0], values[0]
    return values[0], values[1], values[2]


def _alpha(numbers: dict[str, tuple[float, ...]]) -> float:
    """``d``, else 1 - ``Tr``. A lone ``Tr 1`` is opaque: MeshLab writes it so."""
    if "d" in numbers:
        return min(max(numbers["d"][0], 0.0), 1.0)
    hidden = min(max(numbers.get("tr", (0.0,))[0], 0.0), 1.0)
    return 1.0 if hidden == 1.0 else 1.0 - hidden


def _roughness(numbers: dict[str, tuple[float, ...]]) -> float:
    """``Pr``, else from the exponent ``Ns`` by Blender's rule 1 - sqrt(Ns / 1000)."""
    if "pr" in numbers:
        return min(max(numbers["pr"][0], 0.0), 1.0)
    return 1.0 - math.sqrt(min(max(numbers.get("ns", (0.0,))[0], 0.0), 1000.0) / 1000.0)


def _texture(ref: MapRef, image: int) -> TextureRef:
    """Scale and offset in glTF's sense, whose V runs down where MTL's runs up."""
    wrap = (CLAMP, CLAMP) if ref.clamp else (REPEAT, REPEAT)
    offset = (ref.offset[0], 1.0 - ref.scale[1] - ref.offset[1])
    return TextureRef(image, 0, offset, 0.0, ref.scale, wrap)
