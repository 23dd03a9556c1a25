"""What a label will be: its words, its size, and the nodes to put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from sceneproof.derived.framing import View, faces_back, frame, framed_points, views
from sceneproof.edits import PutNode
from sceneproof.errors import MarkError, UsageError
from sceneproof.scene import Array, Scene

from ._board import Board, Spot, board, centre_of, scale_of, weighted, world_matrix
from ._edge import INSET, edge_spot, ink_for, room
from ._ink import LONGEST
from ._lines import broken
from ._placard import everywhere, placards
from ._preview import laid_back, upright, with_nodes, without_labels
from ._settle import Settled, outermost, settle, stage, target
from ._wording import checked, language, needs_chinese, wording
from .read import read_in

STYLES = ("auto", "edge")
GROWTH = (1.0, 1.03, 1.08, 1.15, 1.25, 1.4)  # how much a viewer may have to step back for the label to be at an edge
UNBROKEN = 5.0  # a text this many ink heights wide is never broken: AI生成 in two lines reads badly
LEAST = 0.055  # ink height that a plan must reach when it is measured, of the shortest side; the standard asks for 5 %


@dataclass(frozen=True)
class LabelOptions:
    """What the caller may set.

    Attributes
    ----------
    text : the words, or ``None`` for the wording of `lang`; must hold an AI and a generation element, in Chinese
        for the market cn (where no market is named: for zh-CN). A wording that lacks those comes after AI生成.
    lang : zh-CN, zh-TW, en, ja or ko; ``None``: zh-CN when `market` has cn or is empty, else en.
    style : ``auto`` or ``edge``: fixed to each camera, else a placard at the edge of the default framing.
    height : ink height to aim for, as a fraction of the picture's shortest side (GB 45438-2025, 5.5, asks for 5 %).
    market : codes of the declaration.
    """

    text: str | None = None
    lang: str | None = None
    style: str = "auto"
    height: float = 0.075
    market: Sequence[str] = ()


def plan(scene: Scene, options: LabelOptions | None = None) -> list[PutNode]:
    """The nodes that put a visible label into every start picture; the same for a scene that bears one already.

    With cameras: one node per camera of the default scene (slots ``label``, ``label-2``, …), under the camera's.
    Without: one node ``label`` at the root of the scene.

    Raises `MarkError` when the words cannot be a label, when the scene has nothing to frame, or when the label as
    planned does not read back; `UsageError` for an unknown language or style; `InputError` for a singular camera.
    """
    wanted = options or LabelOptions()
    if wanted.style not in STYLES:
        raise UsageError(f"unknown label style {wanted.style!r}; known: {', '.join(STYLES)}")
    if not 0.05 <= wanted.height <= 0.3:
        raise UsageError(f"label height {wanted.height:g} is not between 0.05 and 0.3 of the shortest side")
    lang = language(wanted.lang, wanted.market)
    chinese = needs_chinese(lang, wanted.market)
    text = wording(lang, chinese=chinese) if wanted.text is None else checked(wanted.text, chinese=chinese)
    bare = upright(without_labels(scene))
    points = framed_points(bare)
    if not len(points):
        raise MarkError("the scene has no geometry with finite positions, so there is no start picture to label")
    found = views(bare)
    if not found:
        raise MarkError("the scene has no extent (all positions are the same), so there is no start picture to label")
    extras = {"text": text, "lang": lang, "style": "edge"}
    edits = _with_cameras(bare, found, points, (text, wanted.height, extras))
    if edits is None:
        edits = [_placard(bare, found[0], points, (text, wanted.height, extras))]
    _check(bare, points, edits)
    return laid_back(scene, edits)


Wish = tuple[str, float, dict[str, str]]


def _with_cameras(scene: Scene, found: Sequence[View], points: Array, wish: Wish) -> list[PutNode] | None:
    text, height, extras = wish
    edits = []
    for number, view in enumerate(found):
        if view.node is None:
            return None
        shape, share = fitting(text, view, height)
        spot = edge_spot(scene, view, shape, ink_for(view, share), points)
        parent, matrix = _local(scene, view.node, world_matrix(view, spot))
        slot = "label" if number == 0 else f"label-{number + 1}"
        edits.append(PutNode(slot, parent, matrix, shape.parts(np.zeros(3)), extras))
    return edits


def _placard(scene: Scene, view: View, points: Array, wish: Wish) -> PutNode:
    text, height, extras = wish
    chosen = _placed(scene, view, points, (text, height))
    if chosen is None:
        _refuse_long(text, [n for n in _shorter(text) if _placed(scene, view, points, (text[:n], height))][:1])
        raise MarkError("no place at the edge of the start picture is in front of the scene's geometry")
    shape, settled = chosen
    exact = stage(points, settled.grow, from_behind=faces_back(scene))
    settled = (settle(exact, shape, settled.place, 1e-12) if exact else None) or settled
    first = settled.spots[0]
    matrix = world_matrix(settled.view, first)
    parts = [part for spot in settled.spots for part in shape.parts(*_beside(settled.view, first, spot))]
    parts[1] = weighted(parts[1], settled.weights, target(settled.view), matrix)
    return PutNode("label", None, matrix, tuple(parts), extras)


def _placed(scene: Scene, view: View, points: Array, words: tuple[str, float]) -> tuple[Board, Settled] | None:
    """The board and its place that disturb least, at an edge of every picture where that can be; ``None`` for none."""
    text, height = words
    chosen: tuple[Board, Settled] | None = None
    tries = [(grow, *found) for grow, found in product(GROWTH, list(fittings(text, view, height)))]
    few = outermost(points)
    behind = faces_back(scene)
    stages = {grow: stage(few, grow, from_behind=behind) for grow in GROWTH}
    for grow, shape, share in sorted(tries, key=lambda item: _loss(item[0], item[1], item[2] / height)):
        around = stages[grow]
        settled = None if around is None else placards(scene, around, shape, partial(ink_for, height=share))
        if settled is None:
            continue
        chosen = chosen or (shape, settled)
        if everywhere(shape, settled):
            return shape, settled
    return chosen


def _loss(grow: float, shape: Board, share: float) -> float:
    """How dear a try is: a viewer's step back against smaller words and more lines."""
    return (grow - 1) + 0.25 * (1 - share) + 0.04 * (shape.mesh.lines - 1)


def _beside(view: View, first: Spot, spot: Spot) -> tuple[Array, float]:
    """Where a further board of the same node stands, in units of the first."""
    unit = scale_of(view, first)
    move = (centre_of(view, spot) - centre_of(view, first)) @ view.rotation / unit
    return move, scale_of(view, spot) / unit


def fitting(text: str, view: View, height: float) -> tuple[Board, float]:
    """The board with as few lines as fit the narrowest picture, and its ink height per line as a fraction.

    One line may shrink to `LEAST` before the text is broken. Raises `MarkError` when three lines do not fit.
    """
    for found in fittings(text, view, height):
        return found
    fits = range(min(len(text) - 1, LONGEST), 0, -1)
    _refuse_long(text, [next((n for n in fits if _inked(text[:n]) and any(fittings(text[:n], view, height))), 0)])
    raise MarkError("the start picture has no room for a label")


def _refuse_long(text: str, fits: Sequence[int]) -> None:
    """Raise `MarkError` with the number of characters that fit, where some do."""
    if fits and fits[0] > 0:
        raise MarkError(
            f"the text is too long: {len(text)} characters; the start picture fits about {fits[0]} characters "
            "of 5 % height; shorten it"
        )


def _shorter(text: str) -> Iterator[int]:
    """Lengths to try in place of the whole, longest first; each try is a search for a place."""
    lengths = (min(len(text), LONGEST) * eighths // 8 for eighths in (7, 6, 5, 4, 3, 2, 1))
    yield from (n for n in dict.fromkeys(lengths) if n > 0 and _inked(text[:n]))


def _inked(text: str) -> bool:
    return bool(text.strip())


def fittings(text: str, view: View, height: float) -> Iterator[tuple[Board, float]]:
    """Boards that fit the narrowest picture, best first: as tall as asked, smaller, in more lines."""
    across, up = room(view)
    for lines in (1, 2, 3):
        rows = broken(text, lines)
        if rows is None:
            continue
        shape = board(rows)
        if lines > 1 and board(text).width < UNBROKEN:
            continue
        most = min(2 * INSET * across / shape.width, 0.6 * 2 * up / shape.height)
        limit = min(height, height * most / ink_for(view, height))
        least = min(LEAST * 1.02, height)
        for share in dict.fromkeys((limit, (2 * limit + least) / 3, least)):
            if least <= share <= limit:
                yield shape, share


def _local(scene: Scene, parent: int, world: Array) -> tuple[int | None, Array]:
    """The matrix under a parent of any scale or skew that comes out as `world`; under the root where there is none."""
    outer = scene.nodes[parent].world
    with np.errstate(all="ignore"):
        try:
            local = np.linalg.solve(outer, world)
        except np.linalg.LinAlgError:
            return None, world
    if not np.isfinite(local).all() or not np.allclose(
        outer @ local, world, rtol=1e-6, atol=1e-9 * np.abs(world).max()
    ):
        return None, world
    return parent, local


def _check(scene: Scene, points: Array, edits: Sequence[PutNode]) -> None:
    """Measure the label by itself in the views that will be; a plan that does not show is no plan.

    That nothing stands before it was seen to when its place was chosen.
    """
    own = range(len(scene.nodes), len(scene.nodes) + len(edits))
    preview = with_nodes(scene, edits)
    nodes = tuple(node if k in own else replace(node, mesh=None) for k, node in enumerate(preview.nodes))
    alone = replace(preview, nodes=nodes, splats=(), points=())
    cameras = any(node.camera is not None for node in (nodes[index] for index in alone.live_nodes()))
    everything = np.concatenate([points, framed_points(alone)])
    framed = None if cameras else frame(everything, from_behind=faces_back(scene))
    reading = read_in(alone, views(alone) if framed is None else (framed,))
    height = reading.height_ratio or 0.0
    if not reading.visible or height < min(LEAST, 0.0499):
        why = ", ".join(reading.problems) or f"ink height {height:.1%}"
        raise MarkError(
            f"the label would not show in the start picture ({why}); give the scene a camera or check its scale"
        )
