"""Results as HTML: one self-contained page for people, and a small fragment for notebooks.

The page loads nothing: no script, no font, no picture from elsewhere; its content security policy forbids all three.
Whatever comes from an asset is a stranger's text, and is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sceneproof._version import __version__

from . import _clauses, _marks, _survival, _tidy, _view, _words
from ._packed import packed_rows
from ._pictures import Picture, drawn
from ._repair_lines import media_labels, repairs
from ._shown import AS_IS, Shown

if TYPE_CHECKING:
    import jinja2

    from .console import Result

__all__ = ["Picture", "fragment", "page", "text"]

_MOST_CARDS = 60
_MOST_ROWS = 400
_MOST_DETAIL = 4000
_SIGNS = {"pass": "✓", "fail": "✗", "review": "?", "absent": "·", "skipped": "·"}


def page(
    results: Sequence[Result], pictures: Mapping[str, Sequence[Picture]] | None = None, *, lang: str = "both"
) -> str:
    """A whole HTML page for one result or several (then with a table of them on top).

    Parameters
    ----------
    results : reports, receipts and verifications (or their dictionaries), shown in this order.
    pictures : start pictures by the asset's URI, shown with the first result of that asset.
    lang : what is shown first, ``en``, ``zh`` or ``both``; a reader switches on the page.
    """
    left = dict(pictures or {})
    sections = []
    for result in results:
        data = _tidy.shown(result)
        section = _section(data)
        shots = [drawn(picture) for picture in left.pop(_uri(result), ())]
        if not data.get("error"):
            template = _environment().get_template(f"{_tidy.kind_of(data)}.html.j2")
            section["body"] = _markup(template.render(data=data, shots=shots))
        sections.append(section)
    template = _environment().get_template("page.html.j2")
    return template.render(sections=sections, lang=lang, version=__version__, footers=_words.FOOTERS)


def fragment(result: Result) -> str:
    """What a notebook shows of one result: compact, with styles of its own that leave the notebook's alone."""
    data = _tidy.shown(result)
    kind = _tidy.kind_of(data)
    views: list[_marks.MarkView] = []
    if not data.get("error"):
        if kind == "audit":
            views = _marks.found_marks(data["marks"])
        elif kind == "receipt":
            views = _marks.written_marks(data)
        elif kind == "verify":
            views = _marks.found_marks(data, data.get("expected"))
    template = _environment().get_template("fragment.html.j2")
    return template.render(section=_section(data), data=data, kind=kind, views=views)


def text(results: Sequence[Result], shown: Shown = AS_IS) -> str:
    """The page, with the pictures that are given."""
    return page(results, shown.pictures, lang=shown.lang)


def _section(data: Mapping[str, Any]) -> dict[str, Any]:
    """What stands above a result: its name, its verdict, its counts."""
    kind = _tidy.kind_of(data)
    audited = kind == "audit" and not data.get("error")
    tally = [(name, _words.VERDICTS[name], number) for name, number in _view.counts(data).items()]
    return {
        "name": _view.name_of(data),
        "about": _view.about(data),
        "title": _words.of(_words.KINDS, kind),
        "state": _view.state(data),
        "outcome": _view.outcome(data),
        "error": data.get("error"),
        "tally": [entry for entry in tally if entry[2] or entry[0] != "error"] if audited else None,
        "ran": _view.ran(data),
        "risk": _view.risk(data) if audited else None,
        "body": "",
    }


def _uri(result: Result) -> str:
    """The asset's URI as the caller has it (not as it is shown), to find its pictures."""
    data = result if isinstance(result, Mapping) else result.data
    asset = data.get("asset") or {}
    if "before" in asset:
        asset = asset.get("after") or asset["before"]
    return str(asset.get("uri") or "")


def _pretty(value: Any) -> str:
    """Detail as indented JSON, cut where it is long."""
    written = json.dumps(value, ensure_ascii=False, indent=2)
    return written if len(written) <= _MOST_DETAIL else f"{written[:_MOST_DETAIL]}\n… (+{len(written) - _MOST_DETAIL})"


def _markup(rendered: str) -> Any:
    from markupsafe import Markup

    return Markup(rendered)  # it was rendered by a template that escapes


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    folder = files(__package__).joinpath("templates")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        word=_words.word,
        of=_words.of,
        text_of=_words.text_of,
        severities=_words.SEVERITIES,
        standings=_words.STANDINGS,
        mark_words=_words.MARKS,
        inspection_words=_words.INSPECTION,
        figure=_tidy.figure,
        size=_tidy.size,
        inspected=_tidy.inspected,
        repairs=repairs,
        media_labels=media_labels,
        signs=_SIGNS,
        pretty=_pretty,
        most_cards=_MOST_CARDS,
        most_rows=_MOST_ROWS,
        cite=_clauses.cite,
        gist=_clauses.gist,
        found_marks=_marks.found_marks,
        written_marks=_marks.written_marks,
        distortion_facts=_marks.distortion_facts,
        packed_rows=packed_rows,
        survival=_survival,
        **{name: getattr(_view, name) for name in _VIEW},
    )
    return environment


_VIEW = ("because", "calibration", "claims", "groups", "missing", "not_assessed", "place", "ran", "risk", "suppressed")
