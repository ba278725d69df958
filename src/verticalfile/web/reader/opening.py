"""From the words of an address to what is at hand; the one way into every screen of a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from verticalfile.services.reading.at_hand import Asked, GoTo, at_hand
from verticalfile.services.visibility import Viewer
from verticalfile.web.addresses import as_query
from verticalfile.web.reader import faults

View = Callable[..., HttpResponse]
VIEWER = Viewer.PUBLIC
"""Nobody signs in to read."""


def at_a_version(
    *, needs_table: bool = False, shows_facts: bool = False, gives_bytes: bool = False
) -> Callable[[View], View]:
    """Give a view what is at hand. Shorter dates are sent on to the exact moment; what may not be
    shown answers with its tombstone (410 where bytes were asked for), but to views of facts alone."""

    def wrap(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, **words: Any) -> HttpResponse:
            asked = asked_of(request, words)
            found = at_hand(request.archive, asked, viewer=VIEWER)
            if isinstance(found, GoTo):
                return _sent_on(request, words, found)
            rest = {k: v for k, v in words.items() if k not in ("dataset", "file", "when")}
            if shows_facts:
                return view(request, found, **rest)
            if found.version is None:
                return render(request, "reader/unseen.html", {"here": found})
            if not found.is_shown:
                return faults.tombstone(request, found, status=410 if gives_bytes else 200)
            if needs_table and found.ordinal is None:
                return faults.no_table(request, found)
            return view(request, found, **rest)

        return opened

    return wrap


def asked_of(request: HttpRequest, words: dict[str, Any]) -> Asked:
    """The words of an address."""
    return Asked(
        words["dataset"], words.get("file", ""), words.get("when", ""),
        request.GET.get("on", ""), request.GET.get("t", ""),
    )  # fmt: skip


def _sent_on(request: HttpRequest, words: dict[str, Any], found: GoTo) -> HttpResponse:
    """302 to the exact moment on the same screen; the day asked for goes along."""
    query = {k: request.GET.getlist(k) for k in request.GET if k != "on"}
    match = request.resolver_match
    target = reverse(match.url_name, kwargs={**match.kwargs, "when": found.moment})
    return HttpResponseRedirect(target + as_query({**query, "on": found.asked}))
