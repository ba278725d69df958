"""A file through time: the timeline, and the way to any day of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.drawn import FORMS, drawn_rows, drawn_timeline, take_drawn
from verticalfile.services.reading.timeline import Stop, Timeline, timeline
from verticalfile.web.addresses import address
from verticalfile.web.links.page_links import Stretch, offered, stretch
from verticalfile.web.questions import day_of, whole
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent
from verticalfile.web.words.sentences import chart_words

STOPS = 60
"""Versions of a page: of a file that is looked at daily, two months."""


@at_a_version(shows_facts=True)
def time(request: HttpRequest, here: AtHand) -> HttpResponse:
    words = chart_words()
    found = timeline(request.archive, here)
    told = {
        "here": here, "time": found, "stops": _page(request, found),
        **_to_compare(found),
        "refused": request.GET.get("refused", ""),
        "drawn": drawn_timeline(request.archive, here, words),
        "rows": drawn_rows(request.archive, here, words),
    }  # fmt: skip
    return render(request, "reader/time.html", told)


def _page(request: HttpRequest, found: Timeline) -> Stretch[Stop]:
    """The page asked for, else the one with the version at hand."""
    place = next((n for n, stop in enumerate(found.stops) if stop.is_here), 0)
    page = whole(request.GET.get("page"), 1 + place // STOPS)
    return stretch(
        found.stops, page, size=STOPS,
        to=lambda n: address(found.here, "time", {"page": n}) + "#all",
    )  # fmt: skip


def _to_compare(found: Timeline) -> dict[str, object]:
    """Stops that two versions are chosen from, newest first, and whether there are others."""
    by_version = {stop.facts.version: stop for stop in found.open_stops}
    chosen = [stop.facts.version for stop in found.open_stops if stop.is_here]
    shown = [by_version[v] for v in offered(list(by_version), chosen)]
    return {"to_compare": shown, "is_cut": len(shown) < len(by_version)}


@at_a_version(shows_facts=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    drawn = drawn_timeline(request.archive, here, chart_words())
    if form not in FORMS or drawn is None:
        raise Http404
    return sent(take_drawn(here, drawn, "versions", form))


def as_of(request: HttpRequest, **words: Any) -> HttpResponse:
    """The day that a form sent, as an address; a day that does not exist is asked for again."""
    day = day_of(request.GET)
    screen = "table" if request.GET.get("screen") == "table" else "dataset"
    words.pop("when", None)
    if not day:
        return HttpResponseRedirect(reverse("time", kwargs=words) + "?refused=day#pick")
    return HttpResponseRedirect(reverse(screen, kwargs={**words, "when": day}))
