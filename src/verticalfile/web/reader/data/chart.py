"""A chart of any column of a table through time, or of its rows."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.drawn import FORMS, ColumnDrawn, drawn_column, take_drawn
from verticalfile.web.heavy import heavy
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent
from verticalfile.web.words.sentences import chart_words


@at_a_version(needs_table=True)
@heavy
def chart(request: HttpRequest, here: AtHand) -> HttpResponse:
    return render(request, "reader/chart.html", {"here": here, "found": _drawn(request, here)})


@at_a_version(needs_table=True, gives_bytes=True)
@heavy
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form not in FORMS:
        raise Http404
    found = _drawn(request, here)
    return sent(take_drawn(here, found.drawn, f"{found.measure}-through-time", form))


def _drawn(request: HttpRequest, here: AtHand) -> ColumnDrawn:
    asked = request.GET.get("column", ""), request.GET.get("measure", "")
    return drawn_column(request.archive, here, *asked, chart_words())
