"""Make the label font: Noto Sans CJK SC Bold with ASCII, GB 2312 level 1 and what other languages' labels need.

    python -m tests.makers.font_subset NotoSansCJK-Bold.ttc sdk/sceneproof/marks/label/fonts/label-cjk-bold.otf

The collection is in Debian's package ``fonts-noto-cjk``. The result keeps the copyright and licence strings (SIL Open
Font License 1.1) and takes a name of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

FAMILY = "Sceneproof Label CJK"
EXTRA = (
    "人工智能生成合成数字人内容由虚拟场景标识人造擬識數字虛擬場景標識內容機產製人工知能による生成인공지능생성합성콘텐츠"
)
PUNCTUATION = "·—‘’“”…、。〈〉《》「」『』【】！（），．：；？～・－"


def characters() -> set[int]:
    """Code points of printable ASCII, GB 2312 rows 16 to 55 (level 1), CJK punctuation and label words."""
    level_1 = bytes(byte for row in range(16, 56) for cell in range(1, 95) for byte in (row + 0xA0, cell + 0xA0))
    return {*range(0x20, 0x7F)} | {ord(c) for c in level_1.decode("gb2312", "ignore") + EXTRA + PUNCTUATION}


def make(collection: Path, target: Path) -> int:
    """Write the subset; its size in bytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTCollection

    faces = TTCollection(collection, lazy=True).fonts
    font = next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = Options(layout_features=["kern"], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF", "DSIG"]
    options.desubroutinize = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
    font["CFF "].cff.fontNames[0] = FAMILY.replace(" ", "")
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(target)
    return target.stat().st_size


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), Path(sys.argv[2])), "bytes")
