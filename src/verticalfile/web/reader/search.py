"""Search: the question stands in the address and is kept nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.datasets.shelving import shelves
from verticalfile.services.finding.searching import search as find
from verticalfile.web.heavy import heavy
from verticalfile.web.links.search_links import SearchLinks, asked_of
from verticalfile.web.reader.opening import VIEWER


@heavy
def search(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request.GET)
    found = find(
        request.archive, asked.words, filters=asked.by_facet, sort=asked.sort, page=asked.page,
        viewer=VIEWER, language=request.LANGUAGE_CODE,
    )  # fmt: skip
    links = SearchLinks(asked, found, tuple(shelves(request.archive)))
    told = {"asked": asked, "found": found, "links": links, "feeds": links.feed()}
    return render(request, "reader/search.html", told)
