"""Results made by hand, in the shape of the contract, for tests of how they are shown."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sceneproof.findings import TOOL, Receipt, Report, Verification

SHA = "3f1c" * 16
UNREAD = {"uri": "broken.glb", "sha256": None, "format": None, "bytes": None}
ERROR = {"message": "accessor 3 reaches past the end of its buffer view", "pointer": "/accessors/3"}


def text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def finding(rule: str, verdict: str, severity: str | None = None, **more: Any) -> dict[str, Any]:
    made = {
        "rule": rule,
        "clauses": ["cn-deep-synthesis:17-1-4"],
        "standing": "read",
        "verdict": verdict,
        "severity": severity,
        "message": text(f"{rule} says so.", f"{rule} 如此判断。"),
        "pointer": "",
        "count": 1,
        "evidence": {},
        "fix": None,
    }
    return made | more


LABEL = {
    "found": True,
    "visible": True,
    "text": "AI生成 · AI-generated",
    "reading": None,
    "height_ratio": 0.0712,
    "contrast_ratio": 15.2,
    "hidden_fraction": 0.0,
    "at_edge": True,
}
METADATA = {
    "found": True,
    "valid": True,
    "aigc": {
        "Label": "1",
        "ContentProducer": "001191110000802100433B10000",
        "ProduceID": "SCN-0042",
        "ReservedCode1": "",
        "ContentPropagator": "001191110000802100433B10000",
        "PropagateID": "SCN-0042",
        "ReservedCode2": "",
    },
    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "problems": [],
}
WATERMARK = {
    "found": True,
    "payload": "9c1f00d2a4b87e61",
    "log10_p": -38.4,
    "bits": 64,
    "corrected": 11,
    "carriers": 7,
    "method": "flux-raw+canonical",
    "key_id": "5b0e9a3c77d1f248",
    "all": [],
}
INSPECTION = {
    "triangles": 104_882,
    "vertices": 61_207,
    "primitives": 41,
    "materials": 12,
    "images": 18,
    "skins": 0,
    "joints": 0,
    "morph_targets": 0,
    "animations": 1,
    "splats": 0,
    "points": 0,
    "bounds_m": [[-3.1, 0.0, -2.4], [3.1, 2.7, 2.4]],
    "surface_area_m2": 148.22,
    "volume_m3": None,
    "boundary_edges": 312,
    "nonmanifold_edges": 0,
    "degenerate_triangles": 4,
    "duplicate_vertices": 18_340,
    "components": 63,
}


def _signal(id_: str, value: Any, unit: str, score: float | None, confidence: float, **more: Any) -> dict[str, Any]:
    made = {
        "id": id_,
        "value": value,
        "unit": unit,
        "score": score,
        "confidence": confidence,
        "pointers": [],
        "detail": {},
    }
    return made | more


SIGNALS = [
    _signal("iso-surface-lattice", 0.02, "1", 0.05, 0.8, pointers=["/meshes/2/primitives/0"], detail={"pitch_m": None}),
    _signal(
        "texel-density", 2140.0, "px/m", 0.81, 0.9, pointers=["/nodes/7"], detail={"median": 1880.5, "worst": 212.0}
    ),
    _signal("pbr-completeness", 0.92, "1", 0.88, 0.95),
    _signal("enclosure", 0.87, "1", 0.9, 0.7, detail={"eye_height_m": 1.6, "rays": 4096}),
    _signal("humanoid-skeleton", False, "bool", 0.02, 0.97),
    _signal("generator", "Blender 4.2 glTF exporter", "text", None, 1.0),
]


def _factor(score: float | None, level: str, *because: str) -> dict[str, Any]:
    return {"score": score, "level": level, "because": list(because)}


ASSESSMENT = {
    "synthesised": _factor(None, "unknown", "iso-surface-lattice"),
    "immersive": _factor(0.86, "high", "enclosure"),
    "realistic": _factor(0.84, "high", "texel-density", "pbr-completeness"),
    "digital_human": _factor(0.02, "low", "humanoid-skeleton"),
    "reconstruction": _factor(0.05, "low", "iso-surface-lattice"),
    "realism_risk": {
        "level": "high",
        "tests": {"synthesised": "undecided", "immersive": "for", "realistic": "for"},
        "because": ["enclosure", "texel-density"],
    },
    "calibration": {"version": "2026-11", "positives": 14, "negatives": 52},
}
FINDINGS = [
    finding(
        "DS-17.4",
        "fail",
        "error",
        clauses=["cn-ai-labels:meas-4-1-v", "cn-ai-labels:gb-5-5"],
        standing="mixed",
        message=text(
            "The start picture shows no label: a provider of this scene needs a conspicuous one there.",
            "起始画面中没有显著标识：提供该场景的服务提供者应当在起始画面添加。",
        ),
        pointer="/cameras/0",
        evidence={"views": 3, "found": 0},
        fix=text(
            "Add one: sceneproof mark scene.glb --output marked.glb",
            "添加标识：sceneproof mark scene.glb --output marked.glb",
        ),
    ),
    finding("DS-16.4", "fail", "warning", pointer="/asset/extras/AIGC/ContentProducer", count=2),
    finding(
        "A-17",
        "review",
        "error",
        message=text("Could the public be confused or misled by this scene?", "该场景是否可能导致公众混淆或者误认？"),
        fix=text("Answer attest.confusing in the declaration.", "在声明中填写 attest.confusing。"),
    ),
    finding("A-14", "review", "warning", standing="recalled"),
    finding("DS-16.10", "review", "info"),
    finding("DS-16.1", "pass"),
    finding("DS-16.2", "pass"),
    finding("DS-18.2", "pass"),
    finding("DS-17.10", "notApplicable"),
]
AUDIT = {
    "schema": "sceneproof.audit/1",
    "tool": dict(TOOL),
    "asset": {"uri": "scenes/flat_04.glb", "sha256": SHA, "format": "glb", "bytes": 18_204_112},
    "error": None,
    "inspection": INSPECTION,
    "signals": SIGNALS,
    "assessment": ASSESSMENT,
    "marks": {
        "label": LABEL | {"visible": False, "height_ratio": 0.031},
        "metadata": METADATA,
        "watermark": None,
        "credential": None,
        "ledger": None,
    },
    "findings": FINDINGS,
    "suppressed": [{"rule": "DS-16.8", "why": "ignored by option"}],
    "policies": [
        {"id": "cn-deep-synthesis", "version": "1.0", "sha256": SHA},
        {"id": "cn-ai-labels", "version": "1.0", "sha256": SHA[::-1]},
    ],
    "declaration": {"sha256": SHA, "source": "scenes/flat_04.declaration.toml"},
    "options": {"depth": "normal"},
    "not_assessed": [
        {"id": "consent", **text("Separate consent of the persons shown", "被编辑者的单独同意"), "clauses": []},
        {"id": "logs", **text("Whether logs are kept", "日志是否留存"), "clauses": ["cn-deep-synthesis:16"]},
    ],
    "coverage": {"rules_run": 9, "rules_total": 9},
    "seconds": {"load": 0.41, "signals": 1.92, "rules": 0.03},
}
NOTHING = dict.fromkeys(set(AUDIT) - {"schema", "tool", "asset", "error"})
AUDIT_ERROR = {"schema": "sceneproof.audit/1", "tool": dict(TOOL), "asset": UNREAD, "error": ERROR} | NOTHING
VERIFY = {
    "schema": "sceneproof.verify/1",
    "tool": dict(TOOL),
    "asset": {"uri": "out/flat.marked.glb", "sha256": SHA, "format": "glb", "bytes": 18_301_776},
    "error": None,
    "label": LABEL,
    "metadata": METADATA | {"valid": False, "problems": [text("ProduceID is empty", "ProduceID 为空")]},
    "watermark": WATERMARK,
    "credential": None,
    "ledger": None,
    "expected": {"label": "ok", "metadata": "damaged", "watermark": "ok"},
    "receipt": {"bytes": "different", "sha256": SHA[::-1]},
    "seconds": {"load": 0.38, "watermark": 0.61},
}
RECEIPT = {
    "schema": "sceneproof.receipt/1",
    "tool": dict(TOOL),
    "asset": {
        "before": {"uri": "scenes/flat_04.glb", "sha256": SHA, "sm3": SHA, "format": "glb", "bytes": 18_204_112},
        "after": {
            "uri": "out/flat.marked.glb",
            "sha256": SHA[::-1],
            "sm3": None,
            "format": "glb",
            "bytes": 18_301_776,
        },
    },
    "error": None,
    "key_id": "5b0e9a3c77d1f248",
    "payload": "9c1f00d2a4b87e61",
    "content_id": "SCN-0042",
    "operator": None,
    "time_utc": "2026-11-24T09:30:00Z",
    "declaration": {"sha256": SHA, "source": "scenes/flat_04.declaration.toml"},
    "marks": {"label": LABEL | {"verified": True}, "metadata": METADATA | {"verified": True}},
    "replaced": [{"mark": "label"}],
    "left_out": [
        {
            "mark": "watermark",
            "reason": text(
                "Every primitive is in Draco; it bears no watermark yet.", "所有图元均为 Draco 压缩，暂不写入水印。"
            ),
        }
    ],
    "distortion": {
        "mrms": 0.00043,
        "max": 0.0031,
        "normal_deviation_mean_deg": 1.21,
        "normal_deviation_p95_deg": 3.02,
        "units": "fraction of the bounding-box diagonal",
    },
    "reencoded": [
        {
            "pointer": "/meshes/0/primitives/0",
            "codec": "KHR_draco_mesh_compression",
            "bits": {"POSITION": 14},
            "bytes_before": 120_000,
            "bytes_after": 131_000,
        }
    ],
    "parts_written": ["out/flat.marked.glb"],
    "options": {"strength": 1.0},
    "signature": None,
    "seconds": {"load": 0.4, "mark": 1.1, "verify": 0.9},
}
INSPECT = {
    "schema": "sceneproof.inspect/1",
    "tool": dict(TOOL),
    "asset": AUDIT["asset"],
    "error": None,
    "inspection": INSPECTION,
    "seconds": {},
}
_COUNTS = {"triangles": 104_882, "vertices": 61_207, "splats": 0, "points": 0}
_READ = {
    "asset": {"uri": None, "sha256": SHA, "format": "glb", "bytes": 9_301_776},
    "counts": _COUNTS,
    "outcome": {"label": "ok", "metadata": "ok", "watermark": "ok", "credential": None},
    "label": LABEL,
    "metadata": METADATA,
    "watermark": WATERMARK,
    "credential": None,
}
_STEP = {"chain": 1, "tool": "pack", "state": "ok", "seconds": 1.25, "before": _COUNTS, "failure": None}
_NOTHING = {
    "asset": None,
    "counts": None,
    "outcome": dict.fromkeys(_READ["outcome"]),
    **dict.fromkeys(_READ["outcome"]),
}
SURVIVE = {
    "schema": "sceneproof.survive/1",
    "tool": dict(TOOL),
    "asset": AUDIT["asset"],
    "start": _READ
    | {"how": "marked", "key": True, "payload": WATERMARK["payload"]}
    | {"left_out": [{"mark": "watermark", "reason": text("2 of 9 meshes bear none", "9 个网格中有 2 个未承载")}]},
    "steps": [
        _STEP
        | _READ
        | {"step": 1, "command": "pack -q {in} {out}", "counts": _COUNTS | {"triangles": 52_441}}
        | {"outcome": {"label": "damaged", "metadata": "missing", "watermark": "ok", "credential": None}}
        | {"label": LABEL | {"height_ratio": 0.031}},
        _STEP
        | _NOTHING
        | {"step": 2, "command": "bake {in} {out}", "tool": "bake", "state": "failed"}
        | {
            "failure": {
                "reason": "exit",
                "message": text("it ended with exit code 1", "退出码为 1"),
                "exit_code": 1,
                "line": "out of memory",
            }
        },
        _STEP
        | _NOTHING
        | {"step": 3, "command": "pack {in} {out}", "state": "not_run", "seconds": None, "before": None},
    ],
    "survived": {"label": False, "metadata": False, "watermark": None, "credential": None},
    "required": ["label"],
    "options": {"each": False, "time_limit": 300.0, "effort": "normal", "keep": None},
    "seconds": {"start": 2.0, "tools": 2.5, "read": 3.0, "total": 8.0},
}
DECLARATION = {
    "schema": "sceneproof.declaration/1",
    "role": "provider",
    "market": ["cn", "us-ca"],
    "public": True,
    "unit": "scene",
    "origin": "ai-generated",
    "producer": "Example Studio",
    "content_id": "SCN-0042",
    "generator": {"name": "generator", "version": "2.0"},
    "attest": {"confusing": True},
    "part": [{"node": "Head", "origin": "captured"}],
}


def report(**changes: Any) -> Report:
    return Report(deepcopy(AUDIT) | changes)


def receipt(**changes: Any) -> Receipt:
    return Receipt(deepcopy(RECEIPT) | changes)


def verification(**changes: Any) -> Verification:
    return Verification(deepcopy(VERIFY) | changes)


MARKS_NOTHING = {
    "schema": "sceneproof.receipt/1",
    "tool": dict(TOOL),
    "asset": {"before": UNREAD | {"sm3": None}, "after": None},
    "error": ERROR,
} | dict.fromkeys(set(RECEIPT) - {"schema", "tool", "asset", "error"})
