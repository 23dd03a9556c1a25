"""A heat map of attacks by assets, with figures; the cividis scale reads alike with any colour vision."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from ._rates import Rate, per_asset

# Nuñez, Anderton and Renslow 2018 (PLOS ONE 13, e0199239): ten stops of cividis, from 0 to 1.
CIVIDIS = (
    (0, 34, 78), (26, 56, 111), (60, 77, 108), (87, 96, 109), (112, 115, 115),
    (138, 134, 120), (166, 155, 117), (196, 176, 108), (228, 200, 90), (254, 232, 56),
)  # fmt: skip
LEGEND = "r: refused, not marked   x: the attack cannot be run   blank: not measured"
CELL, LINE, GAP, EMPTY = (56, 26), 17, 14, (238, 238, 238)
ORDER = ("blind", "assisted", "cho-2007")
INK, MUTED = (20, 20, 20), (110, 110, 110)


def colour(rate: float) -> tuple[int, int, int]:
    """Colour of a share from 0 to 1."""
    place = min(max(rate, 0.0), 1.0) * (len(CIVIDIS) - 1)
    low = min(int(place), len(CIVIDIS) - 2)
    near, far = CIVIDIS[low], CIVIDIS[low + 1]
    red, green, blue = (round(a + (b - a) * (place - low)) for a, b in zip(near, far, strict=True))
    return red, green, blue


def draw(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A PNG: one panel per strength and method, a row per attack and a column per asset, exact payloads in per cent."""
    from PIL import Image, ImageDraw, ImageFont

    shares = per_asset(rows)
    panels = sorted(
        {(row["strength"], row["method"]) for row in rows}, key=lambda pair: (ORDER.index(pair[1]), pair[0])
    )
    assets = list(dict.fromkeys(row["asset"] for row in sorted(rows, key=lambda row: (-row["vertices"], row["asset"]))))
    order = _order()
    attacks = sorted({(row["attack"], row["amount"]) for row in rows}, key=lambda pair: (order.get(pair, 999), pair))
    font, small = ImageFont.load_default(13), ImageFont.load_default(11)
    left = 24 + max(round(font.getlength(" ".join(pair))) for pair in attacks)
    head = 24 + max(round(font.getlength(asset)) for asset in assets)
    width = max(left + len(assets) * CELL[0] + head // 2, round(small.getlength(LEGEND)) + GAP) + GAP
    height = sum(head + LINE + GAP + len(_shown(attacks, shares, panel)) * CELL[1] for panel in panels) + 2 * LINE
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    top = 0
    for strength, method in panels:
        shown = "bits right, %" if method == "cho-2007" else "payload exact, %"
        pen.text((GAP, top + 6), f"{strength}, {method}: {shown}", fill=INK, font=font)
        top += head + LINE
        for column, asset in enumerate(assets):
            _slanted(picture, asset, (left + column * CELL[0] + CELL[0] // 2, top - 4), font)
        for attack, amount in _shown(attacks, shares, (strength, method)):
            pen.text((GAP, top + 5), f"{attack} {amount}", fill=INK, font=font)
            for column, asset in enumerate(assets):
                at = (left + column * CELL[0], top)
                _cell(pen, at, shares.get((strength, method, attack, amount, asset)), small)
            top += CELL[1]
        top += GAP
    pen.text(
        (GAP, top + 4),
        LEGEND,
        fill=MUTED,
        font=small,
    )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _order() -> dict[tuple[str, str], int]:
    from ._targets import targets

    return {pair: n for n, pair in enumerate(dict.fromkeys((target.attack, target.amount) for target in targets()))}


def _shown(
    attacks: Sequence[tuple[str, str]], shares: Mapping[Any, Rate], panel: tuple[str, str]
) -> list[tuple[str, str]]:
    there = {(key[2], key[3]) for key in shares if (key[0], key[1]) == panel}
    return [pair for pair in attacks if pair in there]


def _cell(pen: Any, at: tuple[int, int], share: Rate | None, font: Any) -> None:
    box = (at[0] + 1, at[1] + 1, at[0] + CELL[0] - 1, at[1] + CELL[1] - 1)
    middle = (at[0] + CELL[0] // 2, at[1] + CELL[1] // 2)
    if share is None:
        return
    if not share.trials or share.refused == share.trials:
        pen.rectangle(box, fill=EMPTY)
        pen.text(middle, "r" if share.trials else "x", fill=MUTED, font=font, anchor="mm")
        return
    baseline = share.method == "cho-2007"
    value = (share.bit_accuracy or 0.0) if baseline else share.rate
    fill = colour(2 * value - 1 if baseline else value)
    pen.rectangle(box, fill=fill)
    light = 0.2126 * fill[0] + 0.7152 * fill[1] + 0.0722 * fill[2]
    pen.text(middle, f"{100 * value:.0f}", fill="black" if light > 120 else "white", font=font, anchor="mm")


def _slanted(picture: Any, text: str, at: tuple[int, int], font: Any) -> None:
    """Text that climbs to the right from a place."""
    from PIL import Image, ImageDraw

    length = round(font.getlength(text)) + 4
    strip = Image.new("L", (length, 18), 0)
    ImageDraw.Draw(strip).text((2, 1), text, fill=255, font=font)
    turned = strip.rotate(60, expand=True, resample=Image.Resampling.BICUBIC)
    picture.paste(INK, (at[0] - 8, at[1] - turned.height), turned)
