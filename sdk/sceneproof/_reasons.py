"""Why a mark was left out, in both languages. Codecs and handlers give one English line; the Chinese stands here."""

from __future__ import annotations

import re

from .findings import Text

# English pattern to Chinese template; figures and names in the English line are carried over by group.
_CHINESE = (
    (r"no mesh can bear it: (.*)", "没有网格可以承载水印：{0}"),
    (r"no mesh or cloud can bear it: (.*)", "没有网格、高斯泼溅或点云可以承载水印：{0}"),
    (r"(.*?); and (\d+) other reasons", "{0}；另有 {1} 种原因"),
    (r"(.+?); (/(?:meshes|splats|points)/.+)", "{0}；{1}"),
    (r"(/meshes/\d+) and (\d+) more: (.*)", "{0} 及另外 {1} 个网格：{2}"),
    (r"(/\S+) and (\d+) more: (.*)", "{0} 及另外 {1} 个：{2}"),
    (r"(/meshes/\d+|/(?:splats|points)/\d+|/meshes/\d+/primitives/\d+): (.*)", "{0}：{1}"),
    (r"the cloud has too few points for a watermark: (\d+) that can be seen, (\d+) at least",
     "点数过少，无法承载水印：可见的点 {0} 个，至少需要 {1} 个"),
    (r"the cloud has too few points for a watermark, or too noisy ones: (\d+) places .*, worth (\d+) of the (\d+) .*",
     "点数过少或噪声过大，无法承载水印：可写入的位置 {0} 处，折合 {1}，需要 {2}"),
    (r"the cloud has too few points for a watermark, or too noisy ones", "点数过少或噪声过大，无法承载水印"),
    (r"the points of the cloud lie in too few places for a lattice", "点过于集中，无法布置网格"),
    (r"the cloud cannot bear a readable watermark at strength (\w).*", "以强度 {0} 写入后无法可靠读回"),
    (r"(\d+) larger clouds bear it", "已由 {0} 个更大的点云承载"),
    (r"points of (\w+) are not moved by this version; .*", "本版本不移动 {0} 点云中的点；请转换为 PLY 或 GLB"),
    (r"as the file stores it, it cannot be read back", "按文件的存储精度无法读回"),
    (r"the file cannot hold it(?:: .*)?", "文件无法存储所需的改动"),
    (r"the scene has no mesh", "场景中没有网格"),
    (r"it has no triangles", "没有三角形"),
    (r"its positions cannot be packed again(?:: .*)?", "其顶点位置无法重新压缩"),
    (r"rounded to the grid of the file it cannot be read back", "按文件的量化网格取整后无法读回"),
    (r"rounded to the grid of the file it is not invisible at strength (\w)(?:: .*)?",
     "按文件的量化网格取整后，以强度 {0} 写入会超出不可见的形变限度"),
    (r"it has fewer than ([\d,]+) distinct vertices", "不同的顶点少于 {0} 个"),
    (r"(\d+) larger meshes bear it", "已由 {0} 个更大的网格承载"),
    (r"the mesh has only (\d+) distinct vertices", "网格仅有 {0} 个不同的顶点"),
    (r"the mesh has no triangle with an area", "网格没有面积大于零的三角形"),
    (r"the mesh is made of slivers.*", "网格由狭长三角形组成，无法承载波形"),
    (r"the mesh is too coarse or too small for a watermark: (\d+) movable vertices, (\d+) of the (\d+) .*",
     "网格过粗或过小：可移动的顶点 {0} 个，可用载体 {1} 个，需要 {2} 个"),
    (r"the mesh is too coarse or too small for a watermark: (\d+) places dense enough .*, (\d+) of the (\d+) .*",
     "网格过粗或过小：足够细密的位置 {0} 处，可用载体 {1} 个，需要 {2} 个"),
    (r"the mesh is too coarse or too small for a watermark", "网格过粗或过小，无法承载水印"),
    (r"the mesh cannot bear a readable watermark at strength (\w).*", "以强度 {0} 写入后无法可靠读回"),
    (r"the mesh cannot be marked invisibly at strength (\w).*", "以强度 {0} 写入会超出不可见的形变限度"),
    (r"the mesh has more than (\d+) functionals.*", "网格过于分散，请拆分"),
    (r"the declaration states no origin", "声明中没有来源（origin）"),
    (r"the declaration states no producer or no content_id", "声明中没有 producer 或 content_id"),
    (r"a propagator writes its two fields into an existing label, and the file bears none",
     "传播者只在已有标识中写入自己的两个字段，而文件中没有标识"),
    (r"the file bears an AIGC label of another producer \((.*)\); it is kept",
     "文件带有其他制作者（{0}）的 AIGC 标识，保持不变"),
    (r"the file bears an AIGC label that cannot be read .*", "文件带有无法解析的 AIGC 标识，保持不变"),
    (r"the file bears no single AIGC label.*", "文件中没有唯一可读的 AIGC 标识，保持不变"),
    (r"the file has no scene, so .*", "文件没有场景，因而没有起始画面"),
    (r"the scene has no extent .*", "场景没有范围（所有位置相同），因而没有起始画面"),
    (r"the scene has no geometry with finite positions.*", "场景没有可用的几何体，因而没有起始画面"),
    (r"no place at the edge of the start picture .*", "起始画面边缘没有可放置标识的位置"),
    (r"STL has no colours, so a label in it would have no contrast; .*",
     "STL 没有颜色，标识不会有对比度；如需显式标识，请转换为 OBJ、PLY 或 GLB"),
    (r"the OFF has no even lines of vertices .*", "OFF 的顶点行长度不一，无法加入标识"),
    (r"the numbers of the OFF's vertices are too coarse .*", "该处 OFF 顶点数值精度不足，无法放置标识文字；请居中资产"),
    (r"the object of the slot '(.*)' is not the end of the file, so it cannot be put again",
     "对象 {0} 之后还有其他内容，无法重新写入"),
    (r"#(/meshes/\S+): shares vertices with another primitive, .*", "{0}：与其他图元共用顶点，且要求的位置不一致"),
    (r"the text is too long: (\d+) characters; the start picture fits about (\d+) characters.*",
     "标识文字过长：共 {0} 个字符，起始画面约可容纳 {1} 个"),
    (r"label text (.*) lacks .*", "标识文字 {0} 缺少规定的要素"),
    (r"the label text is empty.*", "标识文字为空"),
    (r"the label font has no glyph for (.*?); use other words", "标识字体没有以下字符：{0}"),
    (r"this SPZ has no place to say .*", "此 SPZ 未压缩，无处记录标识所用的泼溅点；请用 gzip 打包或保存为第 4 版"),
    (r"the PLY has no plain rows of vertices .*", "PLY 的顶点含列表属性，无法加入标识"),
    (r"the (.+?) are too coarse for a label's words there; .*", "该处数值精度不足，无法放置标识文字；请放大或居中资产"),
    (r"the PLY has no plain vertices and faces that .*", "PLY 没有可加入标识的普通顶点和面"),
    (r"the faces count vertices in a type that ends at ([\d,]+); .*", "面索引类型的上限为 {0}，没有空间放置标识"),
    (r"the numbers of the PLY's vertices are too coarse .*", "该处 PLY 顶点数值精度不足，无法放置标识文字"),
    (r"(\S+) is read, not written; convert it .*", "{0} 格式只读不写；请转换为可写的格式（ply、glb）"),
    (r"the label would not show in the start picture .*", "标识不会显示在起始画面中"),
)  # fmt: skip


def reason(english: str) -> Text:
    """The reason in both languages; a line that is not known here stands in English in both."""
    return Text(english, chinese(english))


def chinese(english: str) -> str:
    """The Chinese of a known English reason, parts of it included; any other as it is."""
    for pattern, template in _CHINESE:
        match = re.fullmatch(pattern, english)
        if match:
            return template.format(*(chinese(part) for part in match.groups()))
    return english
