"""The words that frame a result, in English and simplified Chinese, for every renderer alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sceneproof.findings import Text

LANGUAGES = ("en", "zh", "both")

KINDS: Mapping[str, Text] = {
    "audit": Text("Audit", "审计"),
    "receipt": Text("Receipt of marking", "标识回执"),
    "verify": Text("Verification", "核验"),
    "inspect": Text("Inspection", "检视"),
    "survive": Text("Survival of the marks", "标识存活测试"),
}
VERDICTS: Mapping[str, Text] = {
    "fail": Text("fail", "不通过"),
    "review": Text("for review", "待人工判断"),
    "error": Text("could not run", "未能运行"),
    "pass": Text("pass", "通过"),
    "notApplicable": Text("not applicable", "不适用"),
}
SEVERITIES: Mapping[str, Text] = {
    "error": Text("error", "错误"),
    "warning": Text("warning", "警告"),
    "info": Text("note", "提示"),
}
LEVELS: Mapping[str, Text] = {
    "low": Text("low", "低"),
    "medium": Text("medium", "中"),
    "high": Text("high", "高"),
    "unknown": Text("unknown", "不明"),
}
HUMAN: Mapping[str, Text] = {
    "low": Text("unlikely", "可能性低"),
    "medium": Text("possible", "有可能"),
    "high": Text("likely", "很可能"),
    "unknown": Text("unknown", "不明"),
}
STANCES: Mapping[str, Text] = {
    "for": Text("evidence for", "证据支持"),
    "against": Text("evidence against", "证据不支持"),
    "undecided": Text("undecided", "未定"),
}
TESTS: Mapping[str, Text] = {
    "synthesised": Text("Generated or edited by deep synthesis?", "是否由深度合成技术生成或编辑？"),
    "immersive": Text("Open to experience or interaction?", "是否可供体验或互动？"),
    "realistic": Text("Highly realistic?", "是否具有高度真实感？"),
}
FACTORS: Mapping[str, Text] = {
    "digital_human": Text("Digital human in the scene", "场景中的数字人"),
    "reconstruction": Text("Reconstructed from captures", "由采集数据重建"),
}
SETS: Mapping[str, Text] = {
    "synthesised": Text("synthesised", "合成"),
    "immersive": Text("immersive", "沉浸"),
    "realistic": Text("realistic", "真实感"),
    "digital_human": Text("digital human", "数字人"),
    "reconstruction": Text("reconstruction", "重建"),
}
STANDINGS: Mapping[str, Text] = {
    "read": Text("clause read in a source", "条款已在来源中读到"),
    "recalled": Text("clause recalled, not confirmed", "条款凭记忆，未经核实"),
    "mixed": Text("clauses partly recalled", "条款部分凭记忆"),
}
MARKS: Mapping[str, Text] = {
    "label": Text("Visible label", "显式标识"),
    "metadata": Text("Metadata", "元数据标识"),
    "watermark": Text("Watermark", "数字水印"),
    "credential": Text("Credential", "内容凭证"),
    "ledger": Text("Ledger", "台账"),
}
EXPECTED: Mapping[str, Text] = {
    "ok": Text("as expected", "符合预期"),
    "missing": Text("expected, missing", "应有而缺失"),
    "damaged": Text("expected, damaged", "应有而受损"),
}
INSPECTION: Mapping[str, Text] = {
    "triangles": Text("triangles", "三角形"),
    "vertices": Text("vertices", "顶点"),
    "primitives": Text("primitives", "图元"),
    "materials": Text("materials", "材质"),
    "images": Text("images", "贴图"),
    "skins": Text("skins", "蒙皮"),
    "joints": Text("joints", "骨骼关节"),
    "morph_targets": Text("morph targets", "变形目标"),
    "animations": Text("animations", "动画"),
    "splats": Text("splats", "高斯泼溅点"),
    "points": Text("points", "点"),
    "bounds_m": Text("size, m", "尺寸（米）"),
    "surface_area_m2": Text("surface, m²", "表面积（平方米）"),
    "volume_m3": Text("volume, m³", "体积（立方米）"),
    "boundary_edges": Text("boundary edges", "边界边"),
    "nonmanifold_edges": Text("non-manifold edges", "非流形边"),
    "degenerate_triangles": Text("degenerate triangles", "退化三角形"),
    "duplicate_vertices": Text("duplicate vertices", "重复顶点"),
    "components": Text("components", "连通分量"),
    "nonfinite_vertices": Text("non-finite vertices", "非有限顶点"),
}
WORDS: Mapping[str, Text] = {
    "realism_risk": Text("Realism risk", "拟真风险"),
    "marks": Text("Marks", "标识"),
    "because": Text("because", "依据"),
    "score": Text("score", "得分"),
    "fix": Text("What to do", "处理办法"),
    "where": Text("where", "位置"),
    "signals": Text("Signals", "测量信号"),
    "findings": Text("Findings", "审计结论"),
    "n_findings": Text("findings", "项结论"),
    "inspection": Text("Inspection", "检视"),
    "reconstruction": Text("What a scan artist would repair", "扫描修复要点"),
    "media": Text("Labels inside images and sounds", "图像与音频自带的标识"),
    "declaration": Text("Declaration", "声明"),
    "no_declaration": Text("none: origin, role and use are not stated", "无：来源、角色与用途均未说明"),
    "policies": Text("Policies", "政策依据"),
    "not_assessed": Text("Not assessed: no file can show it", "未评估：文件本身无法体现"),
    "suppressed": Text("Suppressed", "已忽略"),
    "coverage": Text("Coverage", "覆盖范围"),
    "seconds": Text("Time", "用时"),
    "whole_asset": Text("whole asset", "整个资产"),
    "unreadable": Text("The file could not be read.", "文件无法读取。"),
    "untested": Text("No tool was run.", "未运行任何工具。"),
    "unwritten": Text("Nothing was written.", "未写出任何文件。"),
    "left_out": Text("Left out", "未写入"),
    "in_part": Text("In part", "部分写入"),
    "bytes_same": Text("bytes: the ones of the receipt", "字节：与回执所载一致"),
    "bytes_different": Text(
        "bytes: not the ones of the receipt (the file was changed since)", "字节：与回执所载不一致（文件此后被改动）"
    ),
    "replaced": Text("Replaced", "已替换"),
    "distortion": Text("Distortion by the watermark", "水印造成的形变"),
    "reencoded": Text("Packed again with its codec", "按原编码重新压缩"),
    "files": Text("Files written", "写出的文件"),
    "before": Text("before", "之前"),
    "after": Text("after", "之后"),
    "in_memory": Text("not written: the marked scene is in memory", "未写出：带标识的场景仅在内存中"),
    "key": Text("key", "密钥"),
    "payload": Text("payload", "载荷"),
    "content_id": Text("content id", "内容编号"),
    "operator": Text("operator", "操作者"),
    "time_utc": Text("time (UTC)", "时间（UTC）"),
    "signature": Text("signature", "签名"),
    "unsigned": Text("none", "无"),
    "verified": Text("verified in the written file", "已从写出文件中读回验证"),
    "not_verified": Text("NOT verified in the written file", "未能从写出文件中读回验证"),
    "detail": Text("detail", "详情"),
    "evidence": Text("evidence", "证据"),
    "options": Text("Options", "选项"),
    "asset": Text("asset", "资产"),
    "outcome": Text("outcome", "结果"),
    "kind": Text("kind", "类型"),
    "signal": Text("signal", "信号"),
    "value": Text("value", "数值"),
    "unit": Text("unit", "单位"),
    "confidence": Text("confidence", "置信度"),
    "start_pictures": Text("Start pictures", "起始画面"),
    "results": Text("Results", "结果"),
    "ink_height": Text("of the shortest side", "占最短边"),
}
FOOTERS: tuple[Text, ...] = (
    Text(
        "No official carrier for 3D files exists: where labels and metadata stand in the file is our mapping.",
        "三维文件尚无官方规定的标识载体：标识与元数据在文件中的位置是本工具的对应方案。",
    ),
    Text("Engineering notes, not legal advice.", "工程说明，不构成法律意见。"),
)


def word(name: str) -> Text:
    """A framing word by its name."""
    return WORDS[name]


def of(words: Mapping[str, Text], name: Any) -> Text:
    """The word for a value, or the value itself in both languages where there is none."""
    return words.get(str(name)) or Text(str(name), str(name))


def text_of(value: Any) -> Text:
    """A sentence from a result, which is ``{en, zh}`` or a bare string."""
    if isinstance(value, Mapping):
        english = str(value.get("en") or value.get("id") or "")
        return Text(english, str(value.get("zh") or english))
    return Text(str(value), str(value))


def pick(text: Text, lang: str) -> tuple[str, ...]:
    """The sentence in one language, or in both (once, when they are the same)."""
    if lang == "en":
        return (text.en,)
    if lang == "zh":
        return (text.zh,)
    return (text.en,) if text.en == text.zh else (text.en, text.zh)
