"""Every dataset A to Z, and the register of what changed lately."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading import shelf as shelves
from verticalfile.web.questions import whole
from verticalfile.web.reader.opening import VIEWER

LATELY = 50


def shelf(request: HttpRequest) -> HttpResponse:
    found = shelves.shelf(request.archive, whole(request.GET.get("page"), 1))
    return render(request, "reader/shelf.html", {"shelf": found})


def lately(request: HttpRequest) -> HttpResponse:
    found = shelves.news(request.archive, LATELY, viewer=VIEWER)
    return render(request, "reader/lately.html", {"news": found})
