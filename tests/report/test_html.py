"""The page is self-contained, safe against strangers' text, bilingual, and folds what is too much."""

from __future__ import annotations

import re
import struct
import zlib
from html.parser import HTMLParser

import pytest

from sceneproof.errors import UsageError
from sceneproof.findings import Receipt, Report, Text
from sceneproof.report.html import Picture, fragment, page

from ._samples import (
    AUDIT,
    AUDIT_ERROR,
    FINDINGS,
    INSPECT,
    MARKS_NOTHING,
    SIGNALS,
    finding,
    receipt,
    report,
    verification,
)

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
VOID = {"meta", "input", "img", "br"}


class Reader(HTMLParser):
    """Collects tags with their attributes, and checks that they close in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(source)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PICTURE = Picture("Camera", "16:9", png(160, 90), (120, 70, 152, 79), Text("Entry", "入口"))
ALL = (report(), receipt(), verification(), Report(AUDIT_ERROR), Receipt(MARKS_NOTHING))


@pytest.mark.parametrize(
    "make", [lambda: page(ALL, {"scenes/flat_04.glb": [PICTURE]}), lambda: "".join(map(fragment, ALL))]
)
def test_nothing_is_loaded_from_anywhere_and_no_script_runs(make: object) -> None:
    source = make()  # type: ignore[operator]
    read = Reader(source)
    for tag, attributes in read.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form")
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "srcset", "poster", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/png;base64,", "#")), (tag, value)
    assert "url(" not in source
    assert "@import" not in source


def test_the_page_forbids_itself_to_load_anything() -> None:
    policies = [
        a["content"] for t, a in Reader(page([report()])).tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert (policies[0] or "").startswith("default-src 'none'")
    assert "http" not in (policies[0] or "")


@pytest.mark.parametrize("show", [lambda result: page([result, result]), fragment])
def test_a_stranger_s_text_is_text(show: object) -> None:
    hostile_finding = finding(
        HOSTILE, "fail", "error", message={"en": HOSTILE, "zh": HOSTILE}, fix={"en": HOSTILE, "zh": "改"},
        pointer=HOSTILE, evidence={HOSTILE: HOSTILE}, clauses=[f"x:{HOSTILE}"],
    )  # fmt: skip
    marks = AUDIT["marks"] | {"label": AUDIT["marks"]["label"] | {"text": HOSTILE}}
    marks["metadata"] = marks["metadata"] | {"aigc": {HOSTILE: HOSTILE}, "problems": [HOSTILE]}
    result = report(
        asset=AUDIT["asset"] | {"uri": HOSTILE},
        findings=[hostile_finding],
        signals=[SIGNALS[0] | {"id": HOSTILE, "value": HOSTILE, "unit": HOSTILE, "detail": {"x": HOSTILE}}],
        marks=marks,
        inspection=AUDIT["inspection"] | {HOSTILE: HOSTILE},
        declaration={"sha256": HOSTILE, "source": HOSTILE},
        suppressed=[{"rule": HOSTILE, "why": HOSTILE}],
    )
    source = show(result)  # type: ignore[operator]
    assert "&lt;script&gt;" in source
    tags = [tag for tag, _ in Reader(source).tags]
    assert "script" not in tags
    assert "img" not in tags
    assert "{{ 7*7 }}" in source


def test_a_picture_s_name_is_text_too() -> None:
    source = page([report()], {"scenes/flat_04.glb": [Picture(HOSTILE, "1:1", png(9, 9), None, Text(HOSTILE, "图"))]})
    assert [attributes["alt"] for tag, attributes in Reader(source).tags if tag == "img"] == [f"{HOSTILE} 1:1"]


def test_both_languages_are_there_and_marked_as_such() -> None:
    source = page([report()])
    for entry in FINDINGS:
        assert f'<span class="en" lang="en">{entry["message"]["en"]}</span>' in source
        assert f'<span class="zh" lang="zh-CN">{entry["message"]["zh"]}</span>' in source
    choices = {attributes["id"]: "checked" in attributes for tag, attributes in Reader(source).tags if tag == "input"}
    assert choices == {"lang-en": False, "lang-zh": False, "lang-both": True}
    assert 'id="lang-zh" checked' in page([report()], lang="zh")


def test_the_verdict_comes_before_its_reasons() -> None:
    source = page([report()])
    places = [source.index(words) for words in ("2 findings fail", "Realism risk", ">DS-17.4<", ">texel-density<")]
    assert places == sorted(places)


def test_what_the_contract_holds_is_on_the_page() -> None:
    source = page([report()])
    for policy in AUDIT["policies"]:
        assert policy["sha256"] in source
    for signal in SIGNALS:
        assert signal["id"] in source
    for words in (
        "evidence for", "undecided", "clause recalled, not confirmed", "Whether logs are kept", "9 of 9 rules ran",
        "scenes/flat_04.declaration.toml", "104,882", "not legal advice", "No official carrier", "px/m", "eye_height_m",
        "Deep Synthesis Provisions, Art. 17(1)(4)", "load 0.41 s", "ignored by option",
    ):  # fmt: skip
        assert words in source


def test_the_label_is_outlined_where_it_is_and_its_height_is_written() -> None:
    source = page([report()], {"scenes/flat_04.glb": [PICTURE]})
    assert 'style="left:75.000%;top:77.778%;width:20.000%;height:10.000%"' in source
    assert "<span>10.0 %</span>" in source
    assert "Entry" in source
    assert PICTURE.height_ratio == pytest.approx(9 / 90)


def test_a_picture_without_a_label_has_no_outline() -> None:
    source = page([report()], {"scenes/flat_04.glb": [Picture("Camera", "1:1", png(8, 8))]})
    assert 'class="box' not in source


def test_a_picture_is_shown_once_though_its_asset_has_two_results() -> None:
    source = page([report(), report()], {"scenes/flat_04.glb": [PICTURE]})
    assert source.count("<img ") == 1


def test_what_is_no_png_is_refused() -> None:
    with pytest.raises(UsageError, match="not a PNG"):
        page([report()], {"scenes/flat_04.glb": [Picture("Camera", "1:1", b"GIF89a")]})


def test_several_results_have_an_index_that_leads_to_them() -> None:
    source = page(ALL)
    tags = Reader(source).tags
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    ids = [attributes["id"] for tag, attributes in tags if tag == "section" and "id" in attributes]
    assert links == [f"#{id_}" for id_ in ids] == [f"#r{n}" for n in range(1, 6)]
    assert 'href="#' not in page([report()])


def test_a_file_that_could_not_be_read_is_shown_with_its_reason() -> None:
    source = page([Report(AUDIT_ERROR)])
    assert "The file could not be read." in source
    assert "accessor 3 reaches past the end of its buffer view" in source
    assert "/accessors/3" in source


def test_a_huge_number_of_findings_is_folded_and_no_rule_is_lost() -> None:
    many = [finding("DS-16.4", "fail", "warning", pointer=f"/nodes/{n}") for n in range(30_000)]
    others = [finding(f"X-{n}", "fail", "info") for n in range(100)]
    source = page([report(findings=[*many, *others])])
    assert "30100 findings fail" in source
    assert len(source) < 1_500_000
    cards = re.findall(r'class="finding fail">\s*<div class="line"><span class="rule">([^<]+)</span>', source)
    assert set(cards) == {"DS-16.4", *(f"X-{n}" for n in range(100))}
    assert cards.count("DS-16.4") == 4
    assert "+ 29,996" in source
    assert len(fragment(report(findings=many))) < 30_000


def test_a_receipt_shows_hashes_what_was_left_out_and_the_distortion() -> None:
    source = page([receipt()])
    for words in (receipt()["asset"]["after"]["sha256"], "it bears no watermark yet", "0.0430 %", "9c1f00d2a4b87e61"):
        assert words in source


def test_a_notebook_gets_a_fragment_with_styles_of_its_own() -> None:
    source = report()._repr_html_()
    assert source == fragment(report())
    assert "<html" not in source
    assert "2 findings fail" in source
    assert "起始画面" in source
    style = source[source.index("<style>") + 7 : source.index("</style>")]
    for selector in re.findall(r"([^{}]+)\{", style):
        assert all(part.strip().startswith(".sceneproof") for part in selector.split(",")), selector


def test_an_inspection_has_a_page_and_a_fragment() -> None:
    assert "104,882" in page([INSPECT])
    assert "104,882" in fragment(INSPECT)
