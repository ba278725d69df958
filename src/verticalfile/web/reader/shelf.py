"""Every dataset A to Z, the shelves that staff made, and each of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.catalog.source_lines import SourceLines
from verticalfile.services.datasets import shelving
from verticalfile.services.reading.shelf import every_dataset, one_shelf
from verticalfile.web.links.page_links import pager
from verticalfile.web.questions import whole
from verticalfile.web.reader.feeds import feeds_of


def every(request: HttpRequest) -> HttpResponse:
    page = whole(request.GET.get("page"), 1)
    found = every_dataset(request.archive, page, language=request.LANGUAGE_CODE)
    links = pager(found.page, found.pages, lambda n: f"?page={n}")
    told = {
        "every": found,
        "links": links,
        "portals": len(SourceLines(request.archive.index).all()),
    }
    return render(request, "reader/shelf.html", told)


def shelves(request: HttpRequest) -> HttpResponse:
    return render(request, "reader/shelves.html", {"shelves": shelving.shelves(request.archive)})


def shelf(request: HttpRequest, shelf: str) -> HttpResponse:
    page = whole(request.GET.get("page"), 1)
    found = one_shelf(request.archive, shelf, page, language=request.LANGUAGE_CODE)
    links = pager(found.every.page, found.every.pages, lambda n: f"?page={n}")
    told = {"shelf": found.shelf, "every": found.every, "links": links}
    return render(request, "reader/shelf.html", told | {"feeds": feeds_of("shelf", shelf=shelf)})
