"""Taking a version away, in the form one needs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.downloads import downloads
from verticalfile.services.reading.taking import TYPES, take_version
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.reader.rights import card_at
from verticalfile.web.sending import sent


@at_a_version()
def download(request: HttpRequest, here: AtHand) -> HttpResponse:
    told = {"here": here, "found": downloads(here), "card": card_at(request, here)}
    return render(request, "reader/download.html", told)


@at_a_version(gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form not in TYPES or form not in downloads(here).forms:
        raise Http404
    return sent(take_version(request.archive, here, form))
