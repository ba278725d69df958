"""The first page: what this is, what is held, what changed lately."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading import shelf
from verticalfile.web.reader.opening import VIEWER


def home(request: HttpRequest) -> HttpResponse:
    found = shelf.home(request.archive, viewer=VIEWER)
    page = "reader/home.html" if found.datasets else "reader/empty.html"
    return render(request, page, {"home": found})
