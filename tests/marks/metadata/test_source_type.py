"""Digital source types: from the declared origin, and what fits an AI label."""

from __future__ import annotations

import pytest

from sceneproof.declaration import AI_ORIGINS, ORIGINS, Declaration, Part
from sceneproof.marks.metadata import source_type as s


def test_every_origin_but_unknown_has_one_known_type():
    for origin in ORIGINS:
        value = s.of_origin(origin)
        assert (value is None) == (origin == "unknown")
        assert value is None or s.short(value) in (*s.SYNTHETIC, *s.OPEN, *s.NATURAL)


@pytest.mark.parametrize("origin", AI_ORIGINS)
def test_an_ai_origin_fits_the_ai_label(origin):
    assert s.fits_label(s.short(s.of_origin(origin)) or "") is True


@pytest.mark.parametrize("origin", ["captured", "handmade"])
def test_a_natural_origin_does_not_fit_it(origin):
    assert s.fits_label(s.short(s.of_origin(origin)) or "") is False


def test_what_depends_is_left_open():
    assert s.fits_label("computationalCapture") is None


@pytest.mark.parametrize(
    ("origin", "parts", "name"),
    [
        ("ai-generated", [], "trainedAlgorithmicMedia"),
        ("ai-generated", ["ai-edited"], "trainedAlgorithmicMedia"),
        ("ai-generated", ["unknown"], "trainedAlgorithmicMedia"),
        ("ai-generated", ["captured"], "compositeSynthetic"),
        ("captured", ["ai-generated"], "compositeSynthetic"),
        ("unknown", ["ai-generated"], "compositeSynthetic"),
        (None, ["ai-generated"], "compositeSynthetic"),
        ("captured", ["handmade"], "digitalCapture"),
        ("captured", ["unknown"], "digitalCapture"),
        ("unknown", ["captured"], None),
        (None, [], None),
    ],
)
def test_mixed_parts_make_a_composite(origin, parts, name):
    stated = Declaration(origin=origin, part=tuple(Part(part, "x") for part in parts))
    assert s.of_declaration(stated) == (s.PREFIX + name if name else None)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (s.PREFIX + "digitalCapture", "digitalCapture"),
        (s.PREFIX.replace("http:", "https:") + "digitalCapture", "digitalCapture"),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicData", "trainedAlgorithmicData"),
        (s.PREFIX + "no-such", None),
        ("http://c2pa.org/digitalsourcetype/digitalCapture", None),
        ("digitalCapture", None),
        (None, None),
        (3, None),
    ],
)
def test_only_known_values_have_a_short_name(value, name):
    assert s.short(value) == name
