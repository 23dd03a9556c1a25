"""The avatar that a VRM describes: humanoid bones, expressions, first person and licence, of 0.x and 1.0 in one shape.

Source: VRM 0.x specification (extension ``VRM``) and VRM 1.0 (``VRMC_vrm``), vrm-c/vrm-specification.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sceneproof.avatar import Avatar, Expression, Licence
from sceneproof.scene import Node, Problem

from . import fields

_FLAGS = {
    "violent": ("allowExcessivelyViolentUsage", "violentUssageName"),
    "sexual": ("allowExcessivelySexualUsage", "sexualUssageName"),
    "political_or_religious": ("allowPoliticalOrReligiousUsage", ""),
    "antisocial_or_hate": ("allowAntisocialOrHateUsage", ""),
    "redistribution": ("allowRedistribution", ""),
}
_WHO = {
    "OnlyAuthor": "onlyAuthor",
    "ExplicitlyLicensedPerson": "onlySeparatelyLicensedPerson",
    "Everyone": "everyone",
}
# What a VRM 0.x says in one word about commercial use, in the words of 1.0.
_COMMERCE = {"Disallow": "personalNonProfit", "Allow": "corporation"}


def read_avatar(extensions: Mapping[str, Any], nodes: tuple[Node, ...], problems: list[Problem]) -> Avatar | None:
    """The avatar, ``None`` for a file that is no VRM. References that lead nowhere are named and left out."""
    if isinstance(extensions.get("VRMC_vrm"), dict):
        return _Reader(extensions["VRMC_vrm"], "/extensions/VRMC_vrm", nodes, problems).new()
    if isinstance(extensions.get("VRM"), dict):
        return _Reader(extensions["VRM"], "/extensions/VRM", nodes, problems).old()
    return None


class _Reader:
    def __init__(self, tree: dict[str, Any], place: str, nodes: tuple[Node, ...], problems: list[Problem]) -> None:
        self._tree = tree
        self._place = place
        self._nodes = nodes
        self._problems = problems

    def new(self) -> Avatar:
        """VRM 1.0."""
        bones = {
            str(name): node
            for name, entry in _mapped(self._tree, "humanoid", "humanBones").items()
            if (node := self._node(_at(entry, "node"), f"humanoid/humanBones/{fields.step(str(name))}")) is not None
        }
        first = {
            node: str(_at(entry, "type"))
            for number, entry in enumerate(_listed(self._tree, "firstPerson", "meshAnnotations"))
            if (node := self._node(_at(entry, "node"), f"firstPerson/meshAnnotations/{number}")) is not None
        }
        meta = _mapped(self._tree, "meta")
        return Avatar(
            self._place,
            _text(self._tree, "specVersion") or "1.0",
            bones,
            tuple(self._expressions()),
            first,
            _text(_mapped(self._tree, "lookAt"), "type") or None,
            Licence(
                _text(meta, "name"),
                tuple(str(item)[:200] for item in _listed(meta, "authors")),
                _text(meta, "licenseUrl"),
                _text(meta, "avatarPermission") or "onlyAuthor",
                _text(meta, "commercialUsage") or "personalNonProfit",
                _text(meta, "modification") or "prohibited",
                _text(meta, "creditNotation") or "required",
                {word: meta.get(names[0]) is True for word, names in _FLAGS.items()},
            ),
        )

    def old(self) -> Avatar:
        """VRM 0.x."""
        bones: dict[str, int] = {}
        for number, entry in enumerate(_listed(self._tree, "humanoid", "humanBones")):
            node = self._node(_at(entry, "node"), f"humanoid/humanBones/{number}")
            if node is not None:
                bones[_text(entry, "bone")] = node
        flags = {
            mesh: _text(entry, "firstPersonFlag")
            for entry in _listed(self._tree, "firstPerson", "meshAnnotations")
            if (mesh := fields.whole(_at(entry, "mesh"))) is not None
        }
        first = {number: flags[node.mesh] for number, node in enumerate(self._nodes) if node.mesh in flags}
        meta = _mapped(self._tree, "meta")
        allowed = _text(meta, "allowedUserName")
        return Avatar(
            self._place,
            _text(self._tree, "specVersion") or "0.0",
            bones,
            tuple(self._groups()),
            first,
            _text(_mapped(self._tree, "firstPerson"), "lookAtTypeName") or None,
            Licence(
                _text(meta, "title"),
                tuple(filter(None, [_text(meta, "author")])),
                _text(meta, "otherLicenseUrl") or _text(meta, "licenseName"),
                _WHO.get(allowed, allowed or "onlyAuthor"),
                _COMMERCE.get(_text(meta, "commercialUssageName"), "personalNonProfit"),
                "",
                "",
                {word: meta[old] == "Allow" for word, (_, old) in _FLAGS.items() if old and old in meta},
            ),
        )

    def _expressions(self) -> Iterator[Expression]:
        for kind in ("preset", "custom"):
            for name, entry in _mapped(self._tree, "expressions", kind).items():
                binds = []
                for bind in _listed(entry, "morphTargetBinds"):
                    node, index = fields.whole(_at(bind, "node")), fields.whole(_at(bind, "index"))
                    mesh = self._nodes[node].mesh if node is not None and 0 <= node < len(self._nodes) else None
                    if mesh is not None and index is not None and index >= 0:
                        binds.append((mesh, index, _number(_at(bind, "weight"), 1.0)))
                yield Expression(str(name)[:100], kind == "preset", tuple(binds))

    def _groups(self) -> Iterator[Expression]:
        for group in _listed(self._tree, "blendShapeMaster", "blendShapeGroups"):
            preset = _text(group, "presetName")
            binds = []
            for bind in _listed(group, "binds"):
                mesh, index = fields.whole(_at(bind, "mesh")), fields.whole(_at(bind, "index"))
                if mesh is not None and index is not None and mesh >= 0 and index >= 0:
                    binds.append((mesh, index, _number(_at(bind, "weight"), 100.0) / 100.0))
            known = preset not in ("", "unknown")
            yield Expression(preset if known else _text(group, "name"), known, tuple(binds))

    def _node(self, value: Any, step: str) -> int | None:
        number = fields.whole(value)
        if number is not None and 0 <= number < len(self._nodes):
            return number
        where = f"{self._place}/{step}"
        en, zh = f"names node {str(value)[:20]}, which does not exist", f"引用了不存在的节点 {str(value)[:20]}"
        self._problems.append(Problem("vrm-unresolved-reference", en, zh, where))
        return None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _mapped(value: Any, *keys: str) -> Mapping[str, Any]:
    found = _at(value, *keys)
    return found if isinstance(found, Mapping) else {}


def _listed(value: Any, *keys: str) -> list[Any]:
    found = _at(value, *keys)
    return found if isinstance(found, list) else []


def _text(value: Any, name: str) -> str:
    return fields.text(value, name)[:500] if isinstance(value, dict) else ""


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default
