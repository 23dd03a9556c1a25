"""The files of a run: cells and rates as CSV (cells as Parquet too), distortion, timing, a summary and a heat map."""

from __future__ import annotations

import csv
import importlib.util
import io
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ._copy import heads
from ._rates import Rate

COLUMNS = (
    "asset", "sha256", "vertices", "triangles", "classes", "attack", "amount", "effort", "strength", "method", "bits",
    "trial", "exact", "found", "false_payload", "bit_accuracy", "symbol_error", "log10_p", "z", "hypotheses", "layer",
    "refused", "not_applicable", "vertices_after", "seconds_attack", "seconds_detect", "seconds_cpu",
    "scheme", "version", "code",
)  # fmt: skip


def write(output: Path, rows: Sequence[Mapping[str, Any]], found: Sequence[Rate]) -> tuple[Path, ...]:
    """Write all files, each whole or not at all, and return their paths."""
    from . import _heatmap, _summary

    ordered = sorted(rows, key=lambda row: (row["asset"], row["strength"], row["method"], row["trial"]))
    flat = [{name: _flat(row.get(name)) for name in COLUMNS} for row in ordered]
    copies = heads(output)
    costs, times = distortion(copies), timing(rows, copies)
    contents: dict[str, bytes] = {
        "table.csv": _csv(flat, COLUMNS),
        "rates.csv": _csv([rate.to_dict() for rate in found]),
        "distortion.csv": _csv(costs),
        "timing.csv": _csv(times),
        "summary.md": _summary.page(rows, found, costs, times).encode("utf-8"),
    }
    if rows:
        contents["heatmap.png"] = _heatmap.draw(rows)
    parquet = _parquet(ordered)
    if parquet is not None:
        contents["table.parquet"] = parquet
    return tuple(_saved(output / name, content) for name, content in contents.items())


def distortion(copies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per marked copy: lengths in per cent of the bounding box's diagonal, angles in degrees, PSNR in dB."""
    names = (
        "mrms_percent", "max_percent", "normal_mean_deg", "normal_p95_deg", "sampled_mrms_percent",
        "sampled_hausdorff_percent", "psnr_db", "color_rms_levels",
    )  # fmt: skip
    found = []
    for head in copies:
        facts = head["facts"]
        values = dict(facts) | {f"{name}_percent": 100 * facts[name] for name in ("mrms", "max") if name in facts}
        keys = {name: head[name] for name in ("asset", "vertices", "strength", "method", "bits", "trial")}
        row = keys | {"carriers": len(head["carriers"])} | {name: values.get(name) for name in names}
        found.append(row | {"refused": head["refused"]})
    return found


def timing(rows: Sequence[Mapping[str, Any]], copies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per asset, strength and effort: medians of processor seconds, and the same per 100,000 triangles."""
    found = []
    mine = [row for row in rows if row["method"] == "blind" and row["seconds_detect"] is not None]
    keys = sorted({(row["asset"], row["strength"], row["effort"], row["triangles"]) for row in mine})
    for asset, strength, effort, triangles in keys:
        group = [r for r in mine if (r["asset"], r["strength"], r["effort"]) == (asset, strength, effort)]
        embed = [
            head["facts"]["seconds_cpu"]
            for head in copies
            if (head["asset"], head["strength"], head["method"]) == (asset, strength, "blind")
        ]
        read = [row["seconds_cpu"] for row in group if row["exact"]]
        failed = [row["seconds_cpu"] for row in group if not row["found"]]
        row: dict[str, Any] = {"asset": asset, "strength": strength, "effort": effort, "triangles": triangles}
        for name, values in (("embed", embed), ("read", read), ("failed", failed)):
            middle = statistics.median(values) if values else None
            row[f"{name}_s"] = None if middle is None else round(middle, 3)
            row[f"{name}_s_per_100k"] = None if middle is None or not triangles else round(middle / triangles * 1e5, 3)
        row["quickest_read_s"] = round(min(read), 3) if read else None
        found.append(row)
    return found


def _flat(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list | tuple) else value


def _csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()) -> bytes:
    listed = list(rows)
    names = list(columns) or list(listed[0] if listed else ())
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue().encode("utf-8")


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes | None:
    """The cells as Parquet, where pyarrow is installed."""
    if importlib.util.find_spec("pyarrow") is None or not rows:
        return None
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.Table.from_pylist([{name: row.get(name) for name in COLUMNS} for row in rows])
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


def _saved(path: Path, content: bytes) -> Path:
    from sceneproof.io._atomic import write_bytes

    write_bytes(path, content)
    return path
