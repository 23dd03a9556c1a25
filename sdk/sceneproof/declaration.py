"""What the studio states of an asset: role, market, origin, producer, answers. TOML beside the asset, or options.

A detector's score never decides a duty; this does. Every field may be left open, and what hangs on it is then review.
An unknown field or value is an error that names the nearest known one.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from . import _toml
from .errors import UsageError, unknown

ROLES = ("provider", "supporter", "user", "propagator", "none")
UNITS = ("scene", "avatar", "component")
ORIGINS = (
    "ai-generated",
    "ai-edited",
    "reconstructed-learned",
    "reconstructed-classical",
    "captured",
    "simulated",
    "handmade",
    "unknown",
)
MARKETS = ("cn", "eu", "us", "us-ca", "kr", "jp", "in", "uk", "tw", "other")
ATTESTATIONS = ("confusing", "no_fake_news", "no_banned_use", "consent", "training_data_lawful", "likeness_rights")
AI_ORIGINS = ("ai-generated", "ai-edited", "reconstructed-learned")
OPEN_ORIGINS = ("reconstructed-classical", "simulated")  # the texts do not say whether these are deep synthesis
SUFFIX = ".declaration.toml"
_EXAMPLE = {"attest": "attest.confusing=true", "generator": "generator.name=NAME"}


@dataclass(frozen=True)
class Generator:
    """The tool or model that made the content."""

    name: str
    version: str = ""


@dataclass(frozen=True)
class Part:
    """A node (by name) or mesh of its own origin."""

    origin: str
    node: str | None = None
    mesh: str | None = None
    generator: Generator | None = None


@dataclass(frozen=True)
class Declaration:
    """The statement, ``sceneproof.declaration/1``. ``None`` everywhere means: not stated.

    Attributes
    ----------
    source : file it came from, ``options`` or ``api``.
    """

    role: str | None = None
    market: tuple[str, ...] = ()
    public: bool | None = None
    unit: str | None = None
    origin: str | None = None
    producer: str | None = None
    content_id: str | None = None
    generator: Generator | None = None
    attest: Mapping[str, bool] = field(default_factory=dict)
    part: tuple[Part, ...] = ()
    source: str = "api"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is stated."""
        return replace(self, source="api") == Declaration()

    @property
    def judged_origin(self) -> str | None:
        """The origin that duties are judged by: with an AI-made part, the whole is at least edited by AI."""
        if self.origin not in AI_ORIGINS and any(part.origin in AI_ORIGINS for part in self.part):
            return "ai-edited"
        return self.origin

    @property
    def sha256(self) -> str:
        """Of the canonical form, so that a receipt can name what was declared."""
        return hashlib.sha256(to_toml(self).encode("utf-8")).hexdigest()

    def answer(self, name: str) -> Any:
        """The value of a field by the name a policy uses, such as ``attest.confusing``; ``None`` when not stated."""
        if name.startswith("attest."):
            return self.attest.get(name.removeprefix("attest."))
        value = getattr(self, name)
        return value if value not in ((), "") else None


def read(path: Path) -> Declaration:
    """A declaration from a TOML file. Raises `UsageError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: declaration cannot be read ({getattr(error, 'strerror', None) or error})") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: declaration is not TOML ({error})") from None
    return from_table(table, str(path))


def beside(asset: Path) -> Declaration | None:
    """The declaration that lies beside an asset as ``NAME.declaration.toml``, if there is one."""
    if not asset.name:  # "." and "/" name no file
        return None
    for name in (asset.name + SUFFIX, asset.stem + SUFFIX):
        path = asset.with_name(name)
        if os.path.isfile(path):  # noqa: PTH113 - False, where Path.is_file raises for a name that is too long
            return read(path)
    return None


def of(value: Declaration | Mapping[str, Any] | str | Path | None, asset: Path | None = None) -> Declaration:
    """A declaration from whatever the caller has; without one, from the file beside the asset, else an empty one."""
    if isinstance(value, Declaration):
        return value
    if isinstance(value, Mapping):
        return from_table(value, "api")
    if value is not None:
        return read(Path(value))
    return (beside(asset) if asset is not None else None) or Declaration()


def from_table(table: Mapping[str, Any], source: str) -> Declaration:
    """A declaration from parsed TOML. Raises `UsageError` with the place."""
    known = [item.name for item in fields(Declaration) if item.name != "source"]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name == "schema":
            if value != "sceneproof.declaration/1":
                raise UsageError(f"{source}: schema is {value!r}, 'sceneproof.declaration/1' is read here")
            continue
        if name not in known:
            raise unknown("declaration field", str(name), known, where=source)
        values[name] = _value(name, value, source)
    return Declaration(**values, source=source)


def with_settings(declaration: Declaration, settings: Sequence[str]) -> Declaration:
    """The declaration with ``KEY=VALUE`` settings over it: ``role=provider``, ``public=true``, ``market=cn,eu``."""
    table: dict[str, Any] = {}
    attest = dict(declaration.attest)
    generator: dict[str, Any] = {}
    if declaration.generator:
        generator = {"name": declaration.generator.name, "version": declaration.generator.version}
    for setting in settings:
        key, equals, text = setting.partition("=")
        key = key.strip()
        if not equals:
            raise UsageError(f"--set {setting!r}: KEY=VALUE is needed")
        if key.startswith("attest."):
            attest[key.removeprefix("attest.")] = _boolean(text, f"--set {key}")
        elif key.startswith("generator."):
            generator[key.removeprefix("generator.")] = text
        elif key == "public":
            table[key] = _boolean(text, f"--set {key}")
        elif key == "market":
            table[key] = [item.strip() for item in text.split(",") if item.strip()]
        elif key in ("part", "schema"):
            raise UsageError(f"--set {key}: is declared in a file only")
        elif key in ("attest", "generator"):
            raise UsageError(f"--set {key}: name what is in it, such as {_EXAMPLE[key]}")
        else:
            table[key] = text
    if attest:
        table["attest"] = attest
    if generator:
        table["generator"] = generator
    changed = from_table(table, "--set")
    named = {name: getattr(changed, name) for name in table}
    source = (
        declaration.source
        if not settings
        else f"{declaration.source} + options"
        if not declaration.is_empty
        else "options"
    )
    return replace(declaration, **named, source=source)


def to_toml(declaration: Declaration) -> str:
    """The canonical TOML text: fields in a fixed order, only what is stated."""
    lines = ['schema = "sceneproof.declaration/1"']
    for name in ("role", "market", "public", "unit", "origin", "producer", "content_id"):
        value = declaration.answer(name)
        if value is not None:
            lines.append(f"{name} = {_toml.value(value)}")
    if declaration.generator:
        lines.append(f"generator = {_toml.value(asdict(declaration.generator))}")
    if declaration.attest:
        lines += ["", "[attest]"] + [
            f"{name} = {_toml.value(declaration.attest[name])}" for name in sorted(declaration.attest)
        ]
    for part in declaration.part:
        stated = {name: value for name, value in asdict(part).items() if value is not None}
        lines += ["", "[[part]]"] + [f"{name} = {_toml.value(value)}" for name, value in stated.items()]
    return "\n".join(lines) + "\n"


def _value(name: str, value: Any, source: str) -> Any:
    where = f"{source}: {name}"
    choices = {"role": ROLES, "unit": UNITS, "origin": ORIGINS}
    if name in choices:
        return _choice(name, value, choices[name], source)
    if name == "market":
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise UsageError(f'{where}: a list of markets is needed, such as ["cn"]')
        return tuple(_choice("market", item, MARKETS, source) for item in items)
    if name == "public":
        if not isinstance(value, bool):
            raise UsageError(f"{where}: true or false is needed, not {value!r}")
        return value
    if name in ("producer", "content_id"):
        return _text(value, where)
    if name == "generator":
        return _generator(value, where, source)
    if name == "attest":
        return _attest(value, where, source)
    return _parts(value, where, source)


def _choice(name: str, value: Any, known: tuple[str, ...], source: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise unknown(name, str(value), known, where=source)
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where}: a text that is not empty is needed, not {value!r}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise UsageError(f"{where}: is no UTF-8 text")
    return value


def _boolean(text: str, where: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in ("true", "false", "yes", "no"):
        raise UsageError(f"{where}: true or false is needed, not {text!r}")
    return lowered in ("true", "yes")


def _generator(value: Any, where: str, source: str) -> Generator:
    if not isinstance(value, Mapping):
        raise UsageError(f'{where}: a table is needed, such as {{ name = "…", version = "…" }}')
    for key in value:
        if key not in ("name", "version"):
            raise unknown("generator field", str(key), ("name", "version"), where=source)
    version = str(value.get("version", ""))
    return Generator(_text(value.get("name"), f"{where}.name"), _text(version, f"{where}.version") if version else "")


def _attest(value: Any, where: str, source: str) -> dict[str, bool]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{where}: a table is needed, such as {{ confusing = true }}")
    for key, answer in value.items():
        if key not in ATTESTATIONS:
            raise unknown("attestation", str(key), ATTESTATIONS, where=source)
        if not isinstance(answer, bool):
            raise UsageError(f"{where}.{key}: true or false is needed, not {answer!r}")
    return dict(value)


def _parts(value: Any, where: str, source: str) -> tuple[Part, ...]:
    if not isinstance(value, list):
        raise UsageError(f"{where}: an array of tables is needed ([[part]])")
    parts = []
    for number, item in enumerate(value):
        place = f"{where}[{number}]"
        if not isinstance(item, Mapping):
            raise UsageError(f"{place}: a table is needed")
        for key in item:
            if key not in ("node", "mesh", "origin", "generator"):
                raise unknown("part field", str(key), ("node", "mesh", "origin", "generator"), where=source)
        if ("node" in item) == ("mesh" in item):
            raise UsageError(f"{place}: name either a node or a mesh")
        parts.append(
            Part(
                _choice("origin", item.get("origin"), ORIGINS, source),
                _text(item["node"], f"{place}.node") if "node" in item else None,
                _text(item["mesh"], f"{place}.mesh") if "mesh" in item else None,
                _generator(item["generator"], f"{place}.generator", source) if "generator" in item else None,
            )
        )
    return tuple(parts)
