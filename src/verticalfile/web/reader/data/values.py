"""The values of a column in one version, drawn: bars, stacked bars, a histogram, dots by group."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.drawn import FORMS, in_form
from verticalfile.services.reading.tables.spread import Spread, drawn_values
from verticalfile.services.reading.tables.taking import Taken, file_name
from verticalfile.web.heavy import heavy
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent
from verticalfile.web.words.sentences import chart_words


@at_a_version(needs_table=True)
@heavy
def values(request: HttpRequest, here: AtHand) -> HttpResponse:
    return render(request, "reader/values.html", {"here": here, "found": _drawn(request, here)})


@at_a_version(needs_table=True, gives_bytes=True)
@heavy
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form not in FORMS:
        raise Http404
    found = _drawn(request, here)
    body = in_form(found.drawn, form)
    name = file_name(here, request.archive.zone, form).replace(
        "_as-of-", f"_{found.drawing}_as-of-", 1
    )
    return sent(Taken(name, FORMS[form], iter([body]), len(body)))


def _drawn(request: HttpRequest, here: AtHand) -> Spread:
    get = request.GET
    column, by, drawing = get.get("column", ""), get.get("by", ""), get.get("draw", "")
    return drawn_values(request.archive, here, column, by, drawing, chart_words())
