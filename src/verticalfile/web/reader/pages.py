"""Pages of words: what this is, how we keep, what we know of readers, how to reach us."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _words(name: str) -> Callable[[HttpRequest], HttpResponse]:
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, f"pages/{name}.html")

    return page


about = _words("about")
keeping = _words("keeping")
privacy = _words("privacy")
accessibility = _words("accessibility")
robot = _words("robot")
