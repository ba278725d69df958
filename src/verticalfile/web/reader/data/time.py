"""A file through time: the timeline, and the way to any day of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.drawn import FORMS, drawn_rows, drawn_timeline, take_drawn
from verticalfile.services.reading.timeline import timeline
from verticalfile.web.questions import day_of
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent
from verticalfile.web.words.sentences import chart_words


@at_a_version(shows_facts=True)
def time(request: HttpRequest, here: AtHand) -> HttpResponse:
    words = chart_words()
    told = {
        "here": here, "time": timeline(request.archive, here),
        "refused": request.GET.get("refused", ""),
        "drawn": drawn_timeline(request.archive, here, words),
        "rows": drawn_rows(request.archive, here, words),
    }  # fmt: skip
    return render(request, "reader/time.html", told)


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
