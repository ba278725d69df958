"""Taking a version away, in the form one needs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.bundle import Telling, can_bundle, take_bundle
from verticalfile.services.reading.tables.downloads import downloads
from verticalfile.services.reading.tables.taking import TYPES, Taken, original_ending, take_version
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.heavy import heavy
from verticalfile.web.reader.data.rights import card_at
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent


@at_a_version()
def download(request: HttpRequest, here: AtHand) -> HttpResponse:
    told = {
        "here": here, "found": downloads(here), "can_bundle": can_bundle(here),
        "card": card_at(request, here),
    }  # fmt: skip
    return render(request, "reader/download.html", told)


@at_a_version(gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form == "zip" and can_bundle(here):
        return sent(_bundle(request, here))
    if form not in TYPES or form not in downloads(here).forms:
        raise Http404
    return sent(take_version(request.archive, here, form))


@heavy
def _bundle(request: HttpRequest, here: AtHand) -> Taken:
    base = site(request)
    told = {
        "here": here, "card": card_at(request, here), "original": f"*.{original_ending(here)}",
        "place": base + address(here, moment=here.moment),
    }  # fmt: skip
    name = "LEAME.txt" if request.LANGUAGE_CODE == "es" else "README.txt"
    text = render_to_string("machines/bundle.txt", told, request=request)
    return take_bundle(request.archive, here, base, Telling(name, text))
