"""The ``[limits]`` table of a policy file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from sceneproof.findings import Text

from ._limits import CodeSegment, Limits, ProviderCode
from ._table import Table


def parse_limits(table: Table, clauses: Collection[str]) -> Limits:
    """Read the limits; every one of them must have a basis: a clause of the policy, or ``proposal``."""
    names = {field.name for field in fields(Limits)} - {"basis"}
    basis_table = table.table("basis")
    basis = {name: basis_table.choice(name, {*clauses, "proposal"}) for name in sorted(names)}
    basis_table.done()
    limits = Limits(
        label_height_fraction=table.number("label_height_fraction"),
        label_height_recommended=table.number("label_height_recommended"),
        aspect_ratios=_ratios(table),
        contrast_ratio=table.number("contrast_ratio"),
        ai_elements=table.words("ai_elements", required=True),
        generation_elements=table.words("generation_elements", required=True),
        translated_ai_elements=table.words("translated_ai_elements", required=True),
        translated_generation_elements=table.words("translated_generation_elements", required=True),
        metadata_key=table.take("metadata_key", str),
        metadata_fields=table.words("metadata_fields", required=True),
        metadata_non_empty=table.words("metadata_non_empty", required=True),
        metadata_copies=table.take("metadata_copies", int),
        label_values=_texts(table, "label_values"),
        producer_label_values=table.words("producer_label_values", required=True),
        code_points=_ranges(table),
        escaped_characters=table.words("escaped_characters"),
        xmp_prefix=table.take("xmp_prefix", str),
        xmp_property=table.take("xmp_property", str),
        xmp_namespace=table.take("xmp_namespace", str),
        log_months=table.take("log_months", int),
        provider_code=_code(table.table("provider_code")),
        basis=basis,
    )
    table.done()
    return limits


def _texts(table: Table, key: str) -> dict[str, Text]:
    inner = table.table(key)
    return {name: _text(value, inner, name) for name, value in inner.items()}


def _text(value: object, table: Table, key: str) -> Text:
    inner = Table(value, table.file, f"{table.place}/{key}")
    text = Text(inner.take("en", str), inner.take("zh", str))
    inner.done()
    return text


def _ratios(table: Table) -> tuple[tuple[int, int], ...]:
    ratios = []
    for index, word in enumerate(table.words("aspect_ratios", required=True)):
        width, _, height = word.partition(":")
        if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
            table.fail(f"aspect_ratios/{index}", f"must read like '16:9', not {word!r}")
        ratios.append((int(width), int(height)))
    return tuple(ratios)


def _ranges(table: Table) -> tuple[tuple[int, int], ...]:
    ranges = []
    for index, entry in enumerate(table.take("code_points", list)):
        if not (isinstance(entry, list) and len(entry) == 2 and all(type(end) is int for end in entry)):
            table.fail(f"code_points/{index}", f"must be a pair of code points, not {entry!r}")
        if entry[0] > entry[1]:
            table.fail(f"code_points/{index}", "ends before it begins")
        ranges.append((entry[0], entry[1]))
    return tuple(ranges)


def _code(table: Table) -> ProviderCode:
    segments, start = [], 0
    for entry in table.tables("segment"):
        segment = CodeSegment(
            name=entry.take("name", str),
            start=start,
            length=entry.take("length", int),
            alphabet=entry.take("alphabet", str),
            values=_texts(entry, "values") if entry.has("values") else {},
        )
        entry.done()
        segments.append(segment)
        start += segment.length
    code = ProviderCode(
        length=table.take("length", int),
        looks_like_prefix=table.take("looks_like_prefix", str),
        segments=tuple(segments),
        check_alphabet=table.take("check_alphabet", str),
        check_weight_base=table.take("check_weight_base", int),
        check_modulus=table.take("check_modulus", int),
    )
    if start != code.length:
        table.fail("segment", f"the segments hold {start} characters, the code {code.length}")
    if len(code.check_alphabet) != code.check_modulus:
        table.fail("check_alphabet", f"has {len(code.check_alphabet)} signs, the modulus is {code.check_modulus}")
    table.done()
    return code
