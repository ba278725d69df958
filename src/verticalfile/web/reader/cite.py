"""How to cite: this version by default, or the dataset as a whole."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.citing import Style
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.citation import FILES, Citations, citations
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.reader.opening import at_a_version

TYPES = {
    Style.BIBTEX: "application/x-bibtex",
    Style.RIS: "application/x-research-info-systems",
    Style.CSL_JSON: "application/vnd.citationstyles.csl+json",
}


@at_a_version()
def cite(request: HttpRequest, here: AtHand) -> HttpResponse:
    told = {"here": here, "found": _cited(request, here), "whole": _whole(request)}
    return render(request, "reader/cite.html", told | {"endings": FILES})


@at_a_version(gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    for one in _cited(request, here).files:
        if FILES[one.style] == form:
            response = HttpResponse(one.text, content_type=f"{TYPES[one.style]}; charset=utf-8")
            name = f"{here.dataset.name}.{form}"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    raise Http404


def _whole(request: HttpRequest) -> bool:
    return request.GET.get("whole") == "yes"


def _cited(request: HttpRequest, here: AtHand) -> Citations:
    whole = _whole(request)
    own = site(request) + address(here, moment="" if whole else here.moment)
    return citations(request.archive, here, own, whole=whole)
