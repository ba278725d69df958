"""One row through time, linked from every row."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.drawn import FORMS, drawn_row, take_drawn
from verticalfile.services.reading.tables.one_row import row_through_time
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.heavy import heavy
from verticalfile.web.links.page_links import stretch
from verticalfile.web.questions import whole
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent
from verticalfile.web.words.sentences import chart_words

STEPS = 25
"""Changes of a row on a page: with a dozen values each they are as much as a table's page."""


@at_a_version(needs_table=True)
@heavy
def row(request: HttpRequest, here: AtHand) -> HttpResponse:
    found = row_through_time(request.archive, here, request.GET.getlist("k"))
    key = found.values_of_key
    steps = stretch(
        found.steps, whole(request.GET.get("page"), 1), size=STEPS,
        to=lambda n: address(here, "row", {"k": key, "page": n if n > 1 else None}) + "#st",
    )  # fmt: skip
    is_first = steps.page == 1  # with hundreds of changes the drawings are half of the work
    drawn = drawn_row(request.archive, here, key, chart_words()) if is_first else []
    place = site(request) + address(here, "row", {"k": key})
    told = {"here": here, "found": found, "steps": steps, "drawn": drawn, "address": place}
    return render(request, "reader/row.html", told)


@at_a_version(needs_table=True, gives_bytes=True)
@heavy
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    drawn = dict(drawn_row(request.archive, here, request.GET.getlist("k"), chart_words()))
    column = request.GET.get("column", "")
    if form not in FORMS or column not in drawn:
        raise Http404
    return sent(take_drawn(here, drawn[column], "row-through-time", form))
