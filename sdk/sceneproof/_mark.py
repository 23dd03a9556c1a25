"""Mark: plan the edits, apply them, write, read the written file again, and say in a receipt what is there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import declaration as declarations
from . import keys as keyring
from ._marking import MarkOptions, Work
from ._reasons import chinese, reason
from ._receipt import finish
from .declaration import Declaration
from .errors import MarkError, UsageError
from .findings import Receipt, Text
from .io import apply, check_target, extensions, load, written_endings


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
    path = Path(output) if output is not None else None
    if path is not None:
        _check_output(path, overwrite)
    source = Path(asset) if isinstance(asset, str | Path) else None
    stated = declarations.with_settings(declarations.of(declaration, source), settings)
    start = time.perf_counter()
    before = load(asset)
    check_target(before, path)
    work = Work(before)
    work.seconds["load"] = round(time.perf_counter() - start, 4)
    for name, step in (("watermark", _watermark), ("metadata", _metadata), ("label", _label)):
        if chosen.wants(name):
            started = time.perf_counter()
            step(work, stated, chosen, keys)
            work.seconds[name] = round(time.perf_counter() - started, 4)
    _all_required(work, chosen)
    return finish(work, before, path, stated, chosen, keys, start)


def _check_output(path: Path, overwrite: bool) -> None:
    """What can be said of the output before the work begins."""
    if path.suffix.lower() not in extensions():
        raise UsageError(f"{path}: no format that is written here ({', '.join(written_endings())})")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder; make it first")
    if path.exists() and not overwrite:
        raise UsageError(f"{path}: exists; name another file, or allow it with --force")


def _watermark(work: Work, stated: Declaration, options: MarkOptions, keys: Sequence[keyring.Key]) -> None:
    from .marks.watermark import watermark

    payload = options.payload or watermark.default_payload(stated)
    # beside another producer's mark, of which the key is not known, ours is half as strong, and both read
    share = 1.0 if _foreign(work, stated) is None else 0.5
    if not keys:
        work.leave_out("watermark", Text("no key was given (--key FILE)", "未提供密钥（--key FILE）"))
        return
    if payload is None:
        why = "no payload: declare producer and content_id, or give --payload HEX"
        work.leave_out("watermark", Text(why, "没有载荷：请声明 producer 和 content_id，或使用 --payload 指定"))
        return
    try:
        plan = watermark.plan(work.scene, payload, keys[0], options.strength, share)
        marked = apply(work.scene, plan.edits)
    except MarkError as error:
        work.leave_out("watermark", reason(str(error)))
        return
    work.payload = plan.payload or None
    work.scene = marked
    work.expected["watermark"] = {"payload": plan.payload.hex() or None}
    if plan.payload != payload:
        work.leave_out("watermark", _shortened(8 * len(plan.payload)))
    if plan.distortion:
        work.distortion = {**plan.distortion, "units": "fraction of the bounding-box diagonal"}
    if plan.replaced:
        work.replaced.append({"mark": "watermark", "payload": plan.replaced})
    if plan.refused:
        work.leave_out("watermark", _without(plan.refused, len(plan.carriers)))


def _shortened(bits: int) -> Text:
    """What is said where no mesh has room for the whole payload."""
    if bits:
        return Text(
            f"no mesh has room for the whole payload: its first {bits} bits were put in",
            f"没有网格能承载完整载荷：只写入了前 {bits} 位",
        )
    return Text(
        "no mesh has room for a payload: the mark can be detected, and says no more",
        "没有网格能承载载荷：水印只能被检测到，不含其他信息",
    )


def _metadata(work: Work, stated: Declaration, options: MarkOptions, _: Sequence[keyring.Key]) -> None:
    from .marks.metadata import metadata

    refused = metadata.refusal(stated, asked=options.marks is not None and "metadata" in options.marks)
    if refused is not None:
        work.leave_out("metadata", refused)
        return
    try:
        plan = metadata.plan(work.scene, stated)
        marked = apply(work.scene, plan.edits)
    except MarkError as error:
        work.leave_out("metadata", reason(str(error)))
        return
    work.scene = marked
    work.expected["metadata"] = {"valid": True, "aigc": dict(plan.record)}
    if plan.source_type:
        work.expected["metadata"]["digital_source_type"] = plan.source_type
    if plan.replaced is not None:
        work.replaced.append({"mark": "metadata", "aigc": dict(plan.replaced)})


def _label(work: Work, stated: Declaration, options: MarkOptions, _: Sequence[keyring.Key]) -> None:
    from .marks.label import label
    from .marks.label.read import read as read_label
    from .marks.metadata import metadata

    asked = options.marks is not None and "label" in options.marks
    refused = metadata.refusal(stated, asked=asked) or _foreign(work, stated)
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
        work.leave_out("label", reason(str(error)))
        return
    work.scene = marked
    text = edits[0].extras.get("text")
    work.expected["label"] = {"visible": True, "text": text}
    if held.found and held.text != text:
        work.replaced.append({"mark": "label", "text": held.text})


def _foreign(work: Work, stated: Declaration) -> Text | None:
    """Why another producer's file gets no label: it could hide that producer's own."""
    from .marks.metadata.read import read as read_metadata

    for copy in read_metadata(work.scene).distinct:
        producer = (copy.record or {}).get("ContentProducer")
        if producer != stated.producer or stated.role == "propagator":
            name = repr(str(producer)[:60])
            return Text(
                f"the file bears the AIGC label of another producer ({name}); it stays as it is",
                f"文件带有其他制作者（{name}）的 AIGC 标识，其标识保持不变",
            )
    return None


def _all_required(work: Work, options: MarkOptions) -> None:
    """Nothing is written when a required mark, or every mark, is missing."""
    reasons = {entry["mark"]: entry["reason"]["en"] for entry in reversed(work.left_out)}
    missing = [name for name in options.require if name not in work.done]
    if missing:
        text = "; ".join(f"{name}: {reasons.get(name, 'not among --marks')}" for name in missing)
        raise MarkError(f"{work.scene.uri or '<memory>'}: required but not possible, nothing was written: {text}")
    if not work.done:
        text = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise MarkError(f"{work.scene.uri or '<memory>'}: no mark can be put in, nothing was written: {text}")


def _without(refused: Mapping[str, str], carriers: int) -> Text:
    """One sentence for the meshes that bear no watermark beside those that do, repeats folded by kind of reason."""
    kinds: dict[str, list[str]] = {}
    for pointer, why in refused.items():
        kinds.setdefault(why.partition(":")[0], []).append(pointer)
    en = "; ".join(f"{_places(pointers, 'and {} more')}: {kind}" for kind, pointers in kinds.items())
    zh = "；".join(f"{_places(pointers, '等 {} 个')}：{chinese(kind)}" for kind, pointers in kinds.items())
    total = carriers + len(refused)
    return Text(
        f"{len(refused)} of {total} meshes bear none, the others hold the whole payload: {en}",
        f"{total} 个网格中有 {len(refused)} 个未承载，其余均承载完整载荷：{zh}",
    )


def _places(pointers: Sequence[str], more: str) -> str:
    others = len(pointers) - 1 if "and" in more else len(pointers)
    return pointers[0] if len(pointers) == 1 else f"{pointers[0]} {more.format(others)}"
