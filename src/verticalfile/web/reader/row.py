"""One row through time, linked from every row."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.one_row import row_through_time
from verticalfile.web.context import site
from verticalfile.web.heavy import heavy
from verticalfile.web.reader.opening import at_a_version


@at_a_version(needs_table=True)
@heavy
def row(request: HttpRequest, here: AtHand) -> HttpResponse:
    found = row_through_time(request.archive, here, request.GET.getlist("k"))
    address = site(request) + request.get_full_path()
    return render(request, "reader/row.html", {"here": here, "found": found, "address": address})
