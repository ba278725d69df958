"""A file through time: the timeline, and the way to any day of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.timeline import timeline
from verticalfile.web.drawings.timeline import drawing
from verticalfile.web.questions import day_of
from verticalfile.web.reader.opening import at_a_version


@at_a_version(shows_facts=True)
def time(request: HttpRequest, here: AtHand) -> HttpResponse:
    found = timeline(request.archive, here)
    told = {"here": here, "time": found, "refused": request.GET.get("refused", "")}
    return render(request, "reader/time.html", told | {"drawing": drawing(found)})


def as_of(request: HttpRequest, **words: Any) -> HttpResponse:
    """The day that a form sent, as an address; a day that does not exist is asked for again."""
    day = day_of(request.GET)
    screen = "table" if request.GET.get("screen") == "table" else "dataset"
    words.pop("when", None)
    if not day:
        return HttpResponseRedirect(reverse("time", kwargs=words) + "?refused=day#pick")
    return HttpResponseRedirect(reverse(screen, kwargs={**words, "when": day}))
