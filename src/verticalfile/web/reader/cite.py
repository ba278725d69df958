"""How to cite: this version by default, or the dataset as a whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.citation import Citation, citation
from verticalfile.services.reading.citation import bibtex as as_bibtex
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sentences import bibtex_words


@at_a_version()
def cite(request: HttpRequest, here: AtHand) -> HttpResponse:
    cited = _cited(request, here)
    told = {"here": here, "cited": cited, "bibtex": _bibtex(here, cited), "whole": _whole(request)}
    return render(request, "reader/cite.html", told)


@at_a_version()
def bibtex(request: HttpRequest, here: AtHand) -> HttpResponse:
    body = _bibtex(here, _cited(request, here))
    response = HttpResponse(body, content_type="application/x-bibtex; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{here.dataset.name}.bib"'
    return response


def _whole(request: HttpRequest) -> bool:
    return request.GET.get("whole") == "yes"


def _cited(request: HttpRequest, here: AtHand) -> Citation:
    whole = _whole(request)
    target = site(request) + address(here, moment="" if whole else here.moment)
    return citation(here, target, request.archive.clock.now(), whole=whole)


def _bibtex(here: AtHand, cited: Citation) -> str:
    note, kind = bibtex_words(cited)
    return as_bibtex(cited, f"{here.dataset.name}-{cited.year or 'all'}", note=note, kind=kind)
