"""How to cite: this version by default, or the dataset as a whole."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.citing.citing import Style
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.citation import citations, take_citation
from verticalfile.web.context import site
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent


@at_a_version()
def cite(request: HttpRequest, here: AtHand) -> HttpResponse:
    whole = _whole(request)
    found = citations(request.archive, here, site(request), whole=whole)
    told = {"here": here, "citations": found, "cited": found[0].cited, "whole": whole}
    return render(request, "reader/cite.html", told)


@at_a_version(gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form not in {str(style) for style in Style}:
        raise Http404
    whole = _whole(request)
    return sent(take_citation(request.archive, here, site(request), Style(form), whole=whole))


def _whole(request: HttpRequest) -> bool:
    return request.GET.get("whole") == "yes"
