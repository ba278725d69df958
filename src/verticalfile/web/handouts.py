"""A hand-out as HTML for the printer: its sheets from full to short, its address and its QR code."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import segno
from django.http import HttpRequest
from django.template.loader import render_to_string

from verticalfile.charts import on_paper
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.handout import ROWS, ROWS_LARGE, Handout, Of, Wanted
from verticalfile.services.rights.card import Card
from verticalfile.web import questions
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.links.table_links import TableLinks

FONT = Path(__file__).parent / "static" / "font" / "atkinson-hyperlegible-next.woff2"
PAPERS = ("letter", "a4")
LONGEST_ADDRESS = 300
"""Of a view with many filters nobody types the address, and its QR code has dots too small."""


def wanted_of(request: HttpRequest) -> Wanted:
    """Read an address; what it does not know stays as it is."""
    get = request.GET
    of, paper = get.get("of", ""), get.get("paper", "")
    return Wanted(
        Of(of) if of in set(Of) else Of.DATASET, questions.question_of(get), get.get("from", ""),
        get.get("kind", ""), get.get("column", ""), get.get("chart", ""),
        get.get("large") == "yes", paper if paper in PAPERS else PAPERS[0],
    )  # fmt: skip


def query_of(wanted: Wanted) -> dict[str, object]:
    """The same as keys and values of an address; what goes without saying is left out."""
    told: dict[str, object] = {"of": str(wanted.of) if wanted.of is not Of.DATASET else None}
    told |= _what(wanted)
    told |= {"chart": wanted.chart, "large": "yes" if wanted.large else None}
    return told | {"paper": wanted.paper if wanted.paper != PAPERS[0] else None}


def fields(here: AtHand, wanted: Wanted) -> list[tuple[str, str]]:
    """What the form of the page carries along unseen; paper and print are chosen in it."""
    query = query_of(replace(wanted, large=False)) | {"paper": None}
    if len(here.tables) > 1 and here.table:
        query["t"] = here.table.name
    return [
        (key, str(each))
        for key, value in query.items()
        for each in (value if isinstance(value, list) else [value])
        if each not in (None, "")
    ]


def _what(wanted: Wanted) -> dict[str, object]:
    """The words of the screen that a hand-out is of."""
    if wanted.of is Of.TABLE:
        return questions.query_of(wanted.question)
    if wanted.of is Of.CHANGES:
        return {"from": wanted.old, "kind": wanted.kind, "column": wanted.column}
    return {}


def place_of(request: HttpRequest, found: Handout) -> str:
    """The permanent address of what is shown: with its moment, whichever way one came."""
    here, wanted = found.here, found.wanted
    query = _what(wanted)
    if found.changes is not None:
        query["from"] = found.changes.old_moment
    place = site(request) + address(here, str(wanted.of), query, moment=here.moment)
    if len(place) <= LONGEST_ADDRESS:
        return place
    return site(request) + address(here, str(wanted.of), moment=here.moment)


def told(request: HttpRequest, found: Handout, card: Card) -> dict[str, object]:
    """What the templates need."""
    place = place_of(request, found)
    return {
        "here": found.here, "found": found, "place": place, "qr": qr_code(place), "card": card,
        "links": TableLinks(found.table) if found.table else None, "limit": _rows(found)[0],
        "paper": found.wanted.paper, "large": found.wanted.large,
    }  # fmt: skip


def _rows(found: Handout) -> tuple[int, ...]:
    return ROWS_LARGE if found.wanted.large else ROWS


def sheets(request: HttpRequest, found: Handout, card: Card) -> list[str]:
    """The sheet for the printer, each with fewer rows than the one before it."""
    words = told(request, found, card) | {
        "pdf": True,
        "drawing": drawing(found),
        "has_font": FONT.exists(),
    }
    return [
        render_to_string("handout/sheet.html", words | {"limit": limit}, request=request)
        for limit in _rows(found)
    ]


def drawing(found: Handout) -> str:
    """The chart as an image that carries itself; in large print the narrow one, whose letters
    grow more."""
    if found.drawn is None:
        return ""
    return _image(on_paper(found.drawn.narrow if found.wanted.large else found.drawn.wide))


def qr_code(text: str) -> str:
    """The address as a QR code, dark on light whatever the theme."""
    made: str = segno.make(text, error="m", micro=False).svg_data_uri(
        border=2, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return made


def _image(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
