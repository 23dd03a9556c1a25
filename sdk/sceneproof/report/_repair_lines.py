"""What an inspection says to a scan artist, as lines: each figure with its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sceneproof.findings import Text

from ._tidy import figure, percent
from ._words import word

if TYPE_CHECKING:
    from ._lines import Lines

SHOWN = 4  # places per figure
FIELDS = 12  # labels inside media
WIDE = 100  # characters of one

Row = tuple[Text, list[str]]
"""A sentence and the places that belong to it."""


def repair_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    """Scale, holes, floaters, sampling, normals, crossings, points and splats, as far as they were looked for."""
    rows = repairs(data)
    if rows:
        lines.head(word("reconstruction"))
    for said, places in rows:
        lines.say(2, said)
        for place in places:
            lines.add(6, (place, "dim"))


def repairs(data: Mapping[str, Any]) -> list[Row]:
    """What an inspection's ``reconstruction`` says, sentence by sentence; nothing where it was not looked for."""
    found = data.get("reconstruction")
    if not found:
        return []
    extent = (found.get("scale") or {}).get("extent_m") or 1.0
    return list(_rows(_placed(found, max(0, 3 - math.floor(math.log10(extent))))))


def media_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    """The labels inside images and sounds."""
    found, rows = data.get("media"), media_labels(data)
    if not found or not (rows or found["problems"]):
        return
    lines.head(word("media"), after=f" ({found['labelled']} / {found['images'] + found['sounds']})")
    for name, value in rows:
        lines.add(2, (f"{name}: ", "dim"), value)
    rest = len(found["fields"]) - len(rows) + found["more"]
    if rest > 0:
        lines.say(2, Text(f"{rest:,} more", f"另有 {rest:,} 项"), "dim")
    for problem in found["problems"][:SHOWN]:
        lines.add(2, (f"! {problem['pointer']} {problem['message']}", "dim"))


def media_labels(data: Mapping[str, Any], most: int = FIELDS) -> list[tuple[str, str]]:
    """Where, what kind and which key, and the value on one line, of the first labels inside images and sounds."""
    rows = []
    for field in (data.get("media") or {}).get("fields", ())[:most]:
        value = " ".join(field["value"].split())
        cut = value if len(value) <= WIDE else f"{value[:WIDE]}…"
        rows.append((f"{field['pointer']} {field['kind']} {field['key']}", cut))
    return rows


def _rows(found: Mapping[str, Any]) -> Iterator[Row]:
    for name, rows in _PARTS.items():
        if found.get(name):
            yield from rows(found[name])


def _scale(scale: Mapping[str, Any]) -> Iterator[Row]:
    yield Text(f"Scale: {scale['reason']['en']}", f"尺度：{scale['reason']['zh']}"), []
    if not scale["precise"]:
        away, step = figure(scale["origin_distance_m"]), figure(scale["float32_step_m"])
        yield (
            Text(
                f"{away} m from the origin, float32 resolves {step} m only: move the asset to the origin",
                f"距原点 {away} 米，float32 仅能分辨 {step} 米：请将资产移近原点",
            ),
            [],
        )


def _holes(holes: Mapping[str, Any]) -> Iterator[Row]:
    count, length, area = figure(holes["count"]), figure(holes["length_m"]), figure(holes["area_m2"])
    places = [
        f"{figure(hole['edges'])} edges, {figure(hole['length_m'])} m, {figure(hole['area_m2'])} m², "
        f"r {figure(hole['radius_m'])} m @ {_at(hole)}"
        for hole in holes["largest"][:SHOWN]
    ]
    yield (
        Text(
            f"Holes: {count}, {length} m around, {area} m² to fill",
            f"孔洞：{count} 个，周长共 {length} 米，需补 {area} 平方米",
        ),
        [*places, *_more(holes)],
    )
    if holes["rims"]:
        rims, around = figure(holes["rims"]), figure(holes["rim_length_m"])
        yield (
            Text(
                f"Open pieces: {rims} outer rims, {around} m around",
                f"开放部件：{rims} 条外缘，共 {around} 米",
            ),
            [],
        )


def _floaters(found: Mapping[str, Any]) -> Iterator[Row]:
    count, share = figure(found["count"]), percent(found["area_share"])
    places = [f"{figure(one['faces'])} faces @ {_at(one)}" for one in found["largest"][:SHOWN]]
    yield (
        Text(
            f"Tiny loose pieces: {count} of {figure(found['pieces'])}, {share} of the area",
            f"细小漂浮碎片：{figure(found['pieces'])} 个部件中有 {count} 个，占面积 {share}",
        ),
        [*places, *_more(found)],
    )


def _sampling(found: Mapping[str, Any]) -> Iterator[Row]:
    density, edge = figure(found["vertices_per_m2"]), found["edge_m"]
    varies = figure(edge["variation"])
    spread = f"{figure(edge['p05'])} – {figure(edge['median'])} – {figure(edge['p95'])} m"
    yield (
        Text(
            f"Sampling: {density} vertices per m², edges {spread} (5 %, median, 95 %), variation {varies}",
            f"采样：每平方米 {density} 个顶点，边长 {spread}（5 %、中位、95 %），变异系数 {varies}",
        ),
        [],
    )
    long = found["long_edges"]
    if long["count"]:
        yield (
            Text(
                f"Edges over ten medians: {figure(long['count'])}, the longest {figure(long['longest_m'])} m",
                f"超过中位边长十倍的边：{figure(long['count'])} 条，最长 {figure(long['longest_m'])} 米",
            ),
            [_at(long)],
        )


def _normals(found: Mapping[str, Any]) -> Iterator[Row]:
    against, winding, inside = found["against"], found["winding_edges"], found["inside_out"]
    if against["faces"]:
        yield (
            Text(
                f"Faces against their normals: {figure(against['faces'])}",
                f"与法线方向相反的面：{figure(against['faces'])} 个",
            ),
            [f"{figure(one['faces'])} ({percent(one['share'])}) @ {_at(one)}" for one in against["largest"][:SHOWN]],
        )
    if winding["edges"]:
        yield (
            Text(
                f"Edges between faces wound against each other: {figure(winding['edges'])}",
                f"两侧面绕序不一致的边：{figure(winding['edges'])} 条",
            ),
            [f"{figure(one['edges'])} @ {_at(one)}" for one in winding["largest"][:SHOWN]],
        )
    if inside["count"]:
        yield (
            Text(
                f"Closed pieces turned inside out: {figure(inside['count'])}",
                f"内外翻转的封闭部件：{figure(inside['count'])} 个",
            ),
            [f"{figure(one['faces'])} faces @ {_at(one)}" for one in inside["largest"][:SHOWN]],
        )
    if found["not_unit"]:
        number = figure(found["not_unit"])
        yield Text(f"Normals that are not of unit length: {number}", f"非单位长度的法线：{number} 条"), []


def _crossings(found: Mapping[str, Any]) -> Iterator[Row]:
    count, share = figure(found["faces"]), percent(found["share"])
    low, high = (percent(value) for value in found["interval"])
    how = (
        Text("counted", "精确计数") if found["exact"] else Text(f"estimated, {low} to {high}", f"估计，{low} 至 {high}")
    )
    places = [f"{figure(one['faces'])} faces @ {_at(one)}" for one in found["regions"]["largest"][:SHOWN]]
    yield (
        Text(
            f"Faces that cross others: {count}, {share} of all ({how.en})",
            f"相互穿插的面：{count} 个，占 {share}（{how.zh}）",
        ),
        [*places, *_more(found["regions"])],
    )


def _points(found: Mapping[str, Any]) -> Iterator[Row]:
    gaps, away = found["spacing_m"], found["outliers"]
    spread = f"{figure(gaps['p05'])} – {figure(gaps['median'])} – {figure(gaps['p95'])} m"
    density = figure(found["density_per_m2"])
    yield (
        Text(
            f"Points: spacing {spread} (5 %, median, 95 %), {density} per m²",
            f"点云：点距 {spread}（5 %、中位、95 %），每平方米 {density} 点",
        ),
        [],
    )
    yield (
        Text(f"Outliers: {percent(away['share'])}", f"离群点：{percent(away['share'])}"),
        [f"#{one['index']}, {figure(one['distance_m'])} m @ {one['at_m']}" for one in away["farthest"][:SHOWN]],
    )
    for plane in found["planes"] or ():
        share, normal = percent(plane["share"]), _point(plane["normal"])
        yield (
            Text(f"Plane: {share} of the points, normal {normal}", f"平面：含 {share} 的点，法向 {normal}"),
            [plane["centre_m"]],
        )


def _splats(found: list[Mapping[str, Any]]) -> Iterator[Row]:
    for one in found:
        opacity, shape = one["opacity"] or {}, one["anisotropy"] or {}
        number, seen, long = figure(one["count"]), figure(opacity.get("median")), figure(shape.get("median"))
        yield (
            Text(
                f"Splats: {number}, median opacity {seen}, anisotropy {long}",
                f"高斯泼溅点：{number} 个，不透明度中位 {seen}，各向异性中位 {long}",
            ),
            [one["pointer"]] if one["pointer"] else [],
        )
        for name, said in _FAULTS.items():
            fault = one[name]
            if fault["count"]:
                counted = f"{figure(fault['count'])} ({percent(fault['share'])})"
                yield (
                    Text(f"{said.en}: {counted}", f"{said.zh}：{counted}"),
                    [f"#{worst['index']} @ {worst['at_m']}" for worst in fault["worst"][:2]],
                )


_FAULTS = {
    "invisible": Text("Splats that nothing shows (opacity below 1/255)", "不可见的泼溅点（不透明度低于 1/255）"),
    "spikes": Text("Spikes (long needles that are seen)", "尖刺（可见的长针状点）"),
    "needles": Text("Needles", "针状点"),
    "floaters": Text("Floaters (far out or alone)", "漂浮点（远离或孤立）"),
}
_PARTS: Mapping[str, Callable[[Any], Iterator[Row]]] = {
    "scale": _scale,
    "holes": _holes,
    "floaters": _floaters,
    "sampling": _sampling,
    "normals": _normals,
    "self_intersections": _crossings,
    "points": _points,
    "splats": _splats,
}


def _at(place: Mapping[str, Any]) -> str:
    """Centre, and where in the file."""
    where = place.get("pointer") or ", ".join(place.get("pointers") or ())
    return f"{place['centre_m']} {where}".strip()


def _placed(value: Any, decimals: int) -> Any:
    """The same figures with places as text: to a thousandth of the extent, wherever the origin is."""
    if isinstance(value, Mapping):
        return {
            key: "(" + ", ".join(f"{float(x):.{decimals}f}" for x in item) + ")"
            if key in ("centre_m", "at_m")
            else _placed(item, decimals)
            for key, item in value.items()
        }
    return [_placed(item, decimals) for item in value] if isinstance(value, list) else value


def _point(point: Any) -> str:
    return "(" + ", ".join(figure(float(x)) for x in point) + ")"


def _more(folded: Mapping[str, Any]) -> list[str]:
    rest = folded["count"] - min(SHOWN, len(folded["largest"]))
    return [f"… +{rest:,}"] if rest > 0 else []
