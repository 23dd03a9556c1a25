"""Mark: plan the edits, apply them, write, read the written file again, and say in a receipt what is there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import declaration as declarations
from . import keys as keyring
from ._verify import MARKS, check_expectations, read_marks
from .declaration import Declaration
from .digests import sha256, sm3
from .errors import InputError, MarkError, UsageError, unknown
from .findings import TOOL, Receipt, Text
from .io import apply, load, save, to_bytes
from .scene import Scene

WRITABLE = ("label", "metadata", "watermark")


@dataclass(frozen=True)
class MarkOptions:
    """What to put in and how; the fields are the command line's options.

    Attributes
    ----------
    marks : ids that the caller named, or ``None`` for all that can be put in.
    payload : of the watermark; ``None`` derives it from producer and content id.
    label_text, label_lang, label_style : wording, language and style of the label; ``None`` chooses.
    strength : ``Q`` (invisible, the default) or ``R`` (stronger).
    require : marks without which nothing is written.
    operator : who ran it, for the receipt.
    """

    marks: tuple[str, ...] | None = None
    payload: bytes | None = None
    label_text: str | None = None
    label_lang: str | None = None
    label_style: str = "auto"
    strength: str = "Q"
    require: tuple[str, ...] = ()
    operator: str | None = None

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> MarkOptions:
        """Options from keywords; lists become tuples. Raises `TypeError` for a keyword that does not exist."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in choices.items()
        }
        return cls(**values)

    def check(self) -> None:
        """Raises `UsageError` for a value that does not exist."""
        for mark in (*(self.marks or ()), *self.require):
            if mark not in MARKS:
                raise unknown("mark", mark, MARKS)
            if mark not in WRITABLE:
                raise UsageError(f"the mark {mark!r} cannot be written by this version")
        if self.strength not in ("Q", "R"):
            raise unknown("strength", self.strength, ("Q", "R"))
        if self.payload is not None and not 4 <= len(self.payload) <= 16:
            raise UsageError(f"a payload of {8 * len(self.payload)} bits; 32 to 128 are possible, 64 are usual")

    def wants(self, mark: str) -> bool:
        return self.marks is None or mark in self.marks

    def shown(self) -> dict[str, Any]:
        return {
            "marks": list(self.marks) if self.marks is not None else None,
            "label_text": self.label_text,
            "label_lang": self.label_lang,
            "label_style": self.label_style,
            "strength": self.strength,
            "require": list(self.require),
        }


@dataclass
class _Work:
    """The state of one marking: the Scene so far, and what the receipt will say."""

    scene: Scene
    done: list[str] = field(default_factory=list)
    replaced: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    distortion: dict[str, Any] | None = None
    payload: bytes | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def leave_out(self, mark: str, reason: Text) -> None:
        self.left_out.append({"mark": mark, "reason": reason.to_dict()})


def mark(
    asset: Any,
    output: str | Path | None = None,
    *,
    declaration: Declaration | Mapping[str, Any] | str | Path | None = None,
    settings: Sequence[str] = (),
    key: keyring.KeyLike | None = None,
    overwrite: bool = False,
    options: MarkOptions | None = None,
    **choices: Any,
) -> Receipt:
    """Put label, metadata and watermark into one asset, and read them back.

    Parameters
    ----------
    asset : as in `sceneproof.audit`.
    output : file to write; without it nothing is written, and the receipt's `scene` is the marked Scene.
    declaration, settings : as in `sceneproof.audit`. Metadata need origin, producer and content id.
    key : key file, bytes (at least 16) or `Key`; without one no watermark is put in.
    overwrite : write over an existing output.
    options, choices : a `MarkOptions`, or its fields as keywords.

    Raises
    ------
    `InputError` when the asset cannot be read, `UsageError` for an unknown name or an output that exists, `MarkError`
    when nothing, or not all that is required, can be put in. Nothing is written then.
    """
    chosen = options or MarkOptions.of(choices)
    chosen.check()
    keys = keyring.ring(key)[:1]
    if "watermark" in chosen.require and not keys:
        raise UsageError("the watermark is required, but there is no key; give --key FILE")
    check_expectations(None, chosen.require, keys)
    path = Path(output) if output is not None else None
    if path is not None and path.exists() and not overwrite:
        raise UsageError(f"{path}: exists; name another file, or allow it with --force")
    source = Path(asset) if isinstance(asset, str | Path) else None
    stated = declarations.with_settings(declarations.of(declaration, source), settings)
    start = time.perf_counter()
    before = load(asset)
    work = _Work(before)
    work.seconds["load"] = round(time.perf_counter() - start, 4)
    for name, step in (("watermark", _watermark), ("metadata", _metadata), ("label", _label)):
        if chosen.wants(name):
            started = time.perf_counter()
            step(work, stated, chosen, keys)
            work.seconds[name] = round(time.perf_counter() - started, 4)
    _all_required(work, chosen)
    return _finish(work, before, path, stated, chosen, keys, start)


def _watermark(work: _Work, stated: Declaration, options: MarkOptions, keys: Sequence[keyring.Key]) -> None:
    from .marks.watermark import watermark

    payload = options.payload or watermark.default_payload(stated)
    if not keys:
        work.leave_out("watermark", Text("no key was given (--key FILE)", "未提供密钥（--key FILE）"))
        return
    if payload is None:
        reason = "no payload: declare producer and content_id, or give --payload HEX"
        work.leave_out("watermark", Text(reason, "没有载荷：请声明 producer 和 content_id，或使用 --payload 指定"))
        return
    try:
        plan = watermark.plan(work.scene, payload, keys[0], options.strength)
    except MarkError as error:
        work.leave_out("watermark", Text(str(error), f"没有网格可以承载水印：{error}"))
        return
    work.payload = payload
    work.scene = apply(work.scene, plan.edits)
    work.done.append("watermark")
    if plan.distortion:
        work.distortion = {**plan.distortion, "units": "fraction of the bounding-box diagonal"}
    if plan.replaced:
        work.replaced.append({"mark": "watermark", "payload": plan.replaced})
    if plan.refused:
        work.leave_out("watermark", _without(plan.refused, len(plan.carriers)))


def _metadata(work: _Work, stated: Declaration, options: MarkOptions, _: Sequence[keyring.Key]) -> None:
    from .marks.metadata import metadata

    refused = metadata.refusal(stated, asked=options.marks is not None and "metadata" in options.marks)
    if refused is not None:
        work.leave_out("metadata", refused)
        return
    try:
        plan = metadata.plan(work.scene, stated)
    except MarkError as error:
        work.leave_out("metadata", Text(str(error), f"未写入元数据：{error}"))
        return
    work.scene = apply(work.scene, plan.edits)
    work.done.append("metadata")
    if plan.replaced is not None:
        work.replaced.append({"mark": "metadata", "aigc": dict(plan.replaced)})


def _label(work: _Work, stated: Declaration, options: MarkOptions, _: Sequence[keyring.Key]) -> None:
    from .marks.label import label
    from .marks.label.read import read as read_label
    from .marks.metadata import metadata

    asked = options.marks is not None and "label" in options.marks
    refused = metadata.refusal(stated, asked=asked)
    if refused is None and stated.unit == "component":
        refused = Text(
            "the unit is a component: the scene that it is built into bears the label",
            "该资产为组件：由使用它的场景承载显式标识",
        )
    if refused is not None:
        work.leave_out("label", refused)
        return
    lang = options.label_lang or ("zh-CN" if not stated.market or "cn" in stated.market else "en")
    wanted = label.LabelOptions(options.label_text, lang, options.label_style, market=stated.market)
    held = read_label(work.scene)
    try:
        edits = label.plan(work.scene, wanted)
        marked = apply(work.scene, edits)
    except MarkError as error:
        work.leave_out("label", Text(str(error), f"未添加标识：{error}"))
        return
    work.scene = marked
    work.done.append("label")
    text = edits[0].extras.get("text")
    if held.found and held.text != text:
        work.replaced.append({"mark": "label", "text": held.text})


def _all_required(work: _Work, options: MarkOptions) -> None:
    """Nothing is written when a required mark, or every mark, is missing."""
    reasons = {entry["mark"]: entry["reason"]["en"] for entry in reversed(work.left_out)}
    missing = [name for name in options.require if name not in work.done]
    if missing:
        text = "; ".join(f"{name}: {reasons.get(name, 'not among --marks')}" for name in missing)
        raise MarkError(f"{work.scene.uri or '<memory>'}: required but not possible, nothing was written: {text}")
    if not work.done:
        text = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise MarkError(f"{work.scene.uri or '<memory>'}: no mark can be put in, nothing was written: {text}")


def _finish(
    work: _Work,
    before: Scene,
    path: Path | None,
    stated: Declaration,
    options: MarkOptions,
    keys: Sequence[keyring.Key],
    start: float,
) -> Receipt:
    """Write, load what was written, read every mark, and make the receipt."""
    parts: list[Path] = []
    started = time.perf_counter()
    if path is not None:
        parts = save(work.scene, path)
        final = load(path)
    else:
        final = load(work.scene)
    work.seconds["write"] = round(time.perf_counter() - started, 4)
    started = time.perf_counter()
    looked = keys if "watermark" in work.done else ()
    readings = read_marks(final, looked, "normal", 8 * len(work.payload) if work.payload else 64)
    work.seconds["read_back"] = round(time.perf_counter() - started, 4)
    work.seconds["total"] = round(time.perf_counter() - start, 4)
    document = {
        "schema": "sceneproof.receipt/1",
        "tool": TOOL,
        "asset": {"before": _file(before), "after": _file(final)},
        "key_id": keys[0].id if keys and "watermark" in work.done else None,
        "payload": work.payload.hex() if work.payload else None,
        "content_id": stated.content_id,
        "operator": options.operator,
        "time_utc": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "declaration": None if stated.is_empty else {"sha256": stated.sha256, "source": stated.source},
        "marks": {name: _read_back(name, readings[name], work, stated) for name in MARKS if name in work.done},
        "replaced": work.replaced,
        "left_out": work.left_out,
        "distortion": work.distortion,
        "parts_written": [str(part) for part in parts],
        "options": options.shown(),
        "signature": None,
        "seconds": work.seconds,
    }
    return Receipt(document, final)


def error_receipt(uri: str, error: InputError | MarkError) -> Receipt:
    """The receipt of an asset that could not be marked: nothing was written."""
    file = {"uri": uri, "sha256": None, "sm3": None, "format": None, "bytes": None}
    nothing = (
        "key_id", "payload", "content_id", "operator", "time_utc", "declaration", "marks", "replaced", "left_out",
        "distortion", "parts_written", "options", "signature", "seconds",
    )  # fmt: skip
    document = {
        "schema": "sceneproof.receipt/1",
        "tool": TOOL,
        "asset": {"before": file, "after": None},
        "error": {"message": str(error), "pointer": getattr(error, "pointer", "")},
        **dict.fromkeys(nothing),
    }
    return Receipt(document)


def _read_back(name: str, reading: Mapping[str, Any] | None, work: _Work, stated: Declaration) -> dict[str, Any]:
    """The reading of one mark, and whether it is the one that was put in."""
    found = dict(reading or {"found": False})
    if name == "watermark":
        verified = found.get("payload") == (work.payload.hex() if work.payload else None)
    elif name == "metadata":
        record = found.get("aigc") or {}
        verified = bool(found.get("valid")) and stated.content_id in (
            record.get("ProduceID"),
            record.get("PropagateID"),
        )
    else:
        verified = bool(found.get("found") and found.get("visible"))
    return {"verified": verified, **found}


def _file(scene: Scene) -> dict[str, Any]:
    data = to_bytes(scene)
    return {"uri": scene.uri, "sha256": sha256(data), "sm3": sm3(data), "format": scene.format, "bytes": len(data)}


def _without(refused: Mapping[str, str], carriers: int) -> Text:
    """One sentence for the meshes that bear no watermark beside those that do, repeats folded by kind of reason."""
    kinds: dict[str, list[str]] = {}
    for pointer, reason in refused.items():
        kinds.setdefault(reason.partition(":")[0], []).append(pointer)
    en = "; ".join(f"{kind} ({_places(pointers, 'and {} more')})" for kind, pointers in kinds.items())
    zh = "；".join(f"{kind}（{_places(pointers, '等 {} 个')}）" for kind, pointers in kinds.items())
    total = carriers + len(refused)
    return Text(
        f"{len(refused)} of {total} meshes bear none, the others hold the whole payload: {en}",
        f"{total} 个网格中有 {len(refused)} 个未承载，其余均承载完整载荷：{zh}",
    )


def _places(pointers: Sequence[str], more: str) -> str:
    return pointers[0] if len(pointers) == 1 else f"{pointers[0]} {more.format(len(pointers) - 1)}"
