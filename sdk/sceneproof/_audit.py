"""Audit: load, measure, judge, report. The order of the layers is the order of this file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from . import _baseline as baselines
from . import declaration as declarations
from . import registry
from ._fingerprint import with_fingerprints
from .declaration import Declaration
from .digests import sha256
from .errors import SceneproofError, UsageError, unknown
from .findings import TOOL, Finding, Report, Severity, Text, Verdict, asset_dict
from .io import load, to_bytes
from .policies import Policy, load_policy
from .scene import Scene

T = TypeVar("T")

DEFAULT_POLICIES = ("cn-deep-synthesis", "cn-ai-labels")
DEPTHS = ("cheap", "normal", "deep")
CARRIER_NOTE = Text(
    "No official carrier for 3D files exists: where a label stands in the file is a mapping of Sceneproof's own.",
    "目前没有针对三维文件的官方载体规定：标识在文件中的存放方式为 Sceneproof 自定的映射。",
)

CONFORMANCE_NOTE = Text(
    "Whether the file conforms to its format beyond what is read, judged or written here; for glTF that is container, "
    "buffers, accessors, meshes, nodes, skins, morph targets, animation targets and stored images: gltf-validator "
    "checks the rest.",
    "除本工具读取、判断或写入的内容外，文件是否符合格式规范。对 glTF 已检查容器、缓冲区、访问器、网格、节点、蒙皮、"
    "变形目标、动画目标和图像存储，其余请使用 gltf-validator。",
)


@dataclass(frozen=True)
class AuditOptions:
    """How to audit; the fields are the command line's options."""

    policies: tuple[str, ...] = DEFAULT_POLICIES
    settings: tuple[str, ...] = ()
    depth: str = "normal"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules_dir: str | None = None
    baseline: str | None = None

    @property
    def local_rules(self) -> tuple[str, ...]:
        """Stems of the rules in `rules_dir`, loaded at the first look. Raises `UsageError`."""
        return _local_rules(Path(self.rules_dir).resolve()) if self.rules_dir is not None else ()

    def check(self) -> tuple[Policy, ...]:
        """The policies, once every name in the options is known. Raises `UsageError`."""
        if self.depth not in DEPTHS:
            raise unknown("depth", self.depth, DEPTHS)
        policies = tuple(load_policy(identifier) for identifier in dict.fromkeys(self.policies))
        known = _all_ids(policies, self.local_rules)
        for pattern in (*self.select, *self.ignore):
            if not any(_matches(identifier, pattern) for identifier in known):
                raise unknown("rule", pattern, known)
        if self.baseline is not None:
            baselines.read(self.baseline)
        return policies


@dataclass
class _Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, step: Callable[[], T]) -> T:
        start = time.perf_counter()
        try:
            return step()
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 4)


def audit(
    asset: Any,
    *,
    policies: Sequence[str] = DEFAULT_POLICIES,
    declaration: Declaration | Mapping[str, Any] | str | Path | None = None,
    settings: Sequence[str] = (),
    depth: str = "normal",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    rules_dir: str | Path | None = None,
) -> Report:
    """Audit one asset.

    Parameters
    ----------
    asset : a path, bytes, a `Scene`, a ``trimesh`` mesh or scene, or an Open3D mesh or point cloud.
    policies : ids of the policies to judge by.
    declaration : a `Declaration`, a mapping of its fields, or a TOML file; without one, the file beside the asset.
    settings : ``KEY=VALUE`` texts over the declaration.
    depth : ``cheap``, ``normal`` or ``deep``: which signals are measured. At ``deep`` the start pictures are read for
        words that anyone put in (extra ``ocr``).
    select, ignore : rule ids, or the beginning of some (``DS-17``).
    rules_dir : folder with rules of one's own, loaded once per process. They are run: name only folders that you trust.

    Raises `InputError` when the asset cannot be read, `UsageError` for an unknown name.
    """
    folder = str(rules_dir) if rules_dir is not None else None
    options = AuditOptions(tuple(policies), tuple(settings), depth, tuple(select), tuple(ignore), folder)
    return run(asset, declaration, options)


def run(asset: Any, declaration: Any, options: AuditOptions) -> Report:
    """`audit` with its options in one object."""
    policies = options.check()
    path = Path(asset) if isinstance(asset, str | Path) else None
    stated = declarations.with_settings(declarations.of(declaration, path), options.settings)
    clock = _Clock()
    scene = clock.time("load", lambda: load(asset))
    return _report(scene, stated, policies, options, clock)


def _report(
    scene: Scene, stated: Declaration, policies: tuple[Policy, ...], options: AuditOptions, clock: _Clock
) -> Report:
    from .derived.inspection import inspection
    from .marks.label.anyone import read as read_label
    from .marks.metadata.read import read as read_metadata
    from .rules._attestations import ask, attestation_ids
    from .rules._engine import Case, judge, limits, rule_ids
    from .signals import assess, measure_all

    data = to_bytes(scene)
    figures = clock.time("inspection", lambda: inspection(scene))
    signals, broken = clock.time("signals", lambda: measure_all(scene, options.depth))
    label = clock.time("marks", lambda: read_label(scene, "deep" if options.depth == "deep" else "quick"))
    metadata = clock.time("marks", lambda: read_metadata(scene))
    case = Case(scene, stated, {signal.id: signal for signal in signals}, label, metadata, limits())
    wanted, suppressed = _chosen(rule_ids(policies, options.local_rules), options)
    judged = clock.time("rules", lambda: judge(case, policies, wanted))
    questions, silent = _chosen(attestation_ids(policies), options)
    findings = [*judged.findings, *(ask(identifier, policies, stated) for identifier in questions)]
    findings += [_problem(problem) for problem in scene.problems] + [_unmeasured(*item) for item in broken]
    findings = with_fingerprints(findings, scene)
    covered: list[dict[str, Any]] = []
    if options.baseline is not None:
        findings, covered = baselines.split(findings, baselines.read(options.baseline))
    clock.seconds["total"] = round(sum(clock.seconds.values()), 4)
    document: dict[str, Any] = {
        "schema": "sceneproof.audit/1",
        "tool": TOOL,
        "asset": asset_dict(scene.uri, sha256(data), scene.format, len(data)),
        "inspection": figures,
        "signals": [signal.to_dict() for signal in signals],
        "assessment": assess(signals, stated.judged_origin),
        "marks": {
            "label": label.to_dict(),
            "metadata": metadata.to_dict(),
            "watermark": None,
            "credential": None,
            "ledger": None,
        },
        "findings": [finding.to_dict() for finding in findings],
        "suppressed": [*suppressed, *silent, *covered],
        "policies": [{"id": p.id, "version": p.version, "sha256": p.sha256} for p in policies],
        "declaration": None if stated.is_empty else {"sha256": stated.sha256, "source": stated.source},
        "options": _shown(options),
        "not_assessed": _not_assessed(policies),
        "coverage": {"rules_run": judged.run + len(questions), "rules_total": judged.total + len(questions)},
        "seconds": clock.seconds,
    }
    return Report(document, tuple(findings), tuple(signals), scene)


def error_record(uri: str, error: SceneproofError) -> Report:
    """The record of an asset that could not be read."""
    nothing = ("inspection", "assessment", "marks", "declaration", "coverage")
    document: dict[str, Any] = {
        "schema": "sceneproof.audit/1",
        "tool": TOOL,
        "asset": {"uri": uri, "sha256": None, "format": None, "bytes": None},
        "error": {"message": str(error), "pointer": getattr(error, "pointer", "")},
        **dict.fromkeys(nothing),
        "signals": [],
        "findings": [],
        "suppressed": [],
        "policies": [],
        "options": {},
        "not_assessed": [],
        "seconds": {},
    }
    return Report(document)


def _all_ids(policies: Sequence[Policy], local: Sequence[str]) -> list[str]:
    from .rules._attestations import attestation_ids
    from .rules._engine import rule_ids

    return [*rule_ids(local=local), *attestation_ids(policies)]


def _matches(identifier: str, pattern: str) -> bool:
    """Whether a pattern is the id or the part of it before a dash or dot (``DS-17`` for ``DS-17.4``)."""
    mine, asked = identifier.lower(), pattern.lower().rstrip(".-*")
    return mine == asked or mine.startswith((f"{asked}.", f"{asked}-"))


def _chosen(identifiers: Sequence[str], options: AuditOptions) -> tuple[list[str], list[dict[str, str]]]:
    kept: list[str] = []
    left: list[dict[str, str]] = []
    for identifier in identifiers:
        if options.select and not any(_matches(identifier, pattern) for pattern in options.select):
            left.append({"rule": identifier, "why": "not selected"})
        elif any(_matches(identifier, pattern) for pattern in options.ignore):
            left.append({"rule": identifier, "why": "ignored by option"})
        else:
            kept.append(identifier)
    return kept, left


@cache
def _local_rules(folder: Path) -> tuple[str, ...]:
    """Load the rules in a folder, once. Raises `UsageError` for a file that is no rule."""
    stems = registry.add_folder("rules", folder)
    for stem in stems:
        rule = registry.module("rules", stem)
        identifier = getattr(rule, "ID", None)
        if (
            not isinstance(identifier, str)
            or registry.slug(identifier) != stem
            or not callable(rule.__dict__.get("check"))
        ):
            raise UsageError(
                f"{folder / stem}.py: is no rule; it needs check(case) and an ID that the file is named after"
            )
    return stems


def _problem(problem: Any) -> Finding:
    """A harmless fault of the file, named by the reader."""
    text = Text(problem.message, problem.message_zh)
    evidence = {"code": problem.code}
    fix = Text("Run gltf-validator on the file for the whole list", "可用 gltf-validator 查看完整列表")
    return Finding("FILE", Verdict.REVIEW, text, Severity.INFO, (), None, problem.pointer, problem.count, evidence, fix)


def _unmeasured(identifier: str, why: str) -> Finding:
    text = Text(f"The signal {identifier} could not be measured: {why}", f"信号 {identifier} 未能测量：{why}")
    return Finding("SIGNAL", Verdict.ERROR, text, evidence={"signal": identifier})


def _not_assessed(policies: Sequence[Policy]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"id": "carrier", **CARRIER_NOTE.to_dict(), "clauses": []},
        {"id": "conformance", **CONFORMANCE_NOTE.to_dict(), "clauses": []},
    ]
    for policy in policies:
        for item in policy.not_assessed:
            references = [policy.clause(clause).ref for clause in item.clauses]
            found.append({"id": item.id, **item.what.to_dict(), "clauses": references})
    return found


def _shown(options: AuditOptions) -> dict[str, Any]:
    return {
        "policies": list(options.policies),
        "settings": list(options.settings),
        "depth": options.depth,
        "select": list(options.select),
        "ignore": list(options.ignore),
        "rules_dir": options.rules_dir,
        **({} if options.baseline is None else {"baseline": options.baseline}),
    }
