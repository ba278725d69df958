"""Where the data comes from: the portals that are followed, each of them, and what runs found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.gathering.reports import runs
from verticalfile.services.reading.portals import portal, portals, run_page
from verticalfile.web.links.page_links import pager
from verticalfile.web.questions import whole

STATES = ("present", "missing", "vanished")


def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "reader/sources.html", {"portals": portals(request.archive)})


def source(request: HttpRequest, source: str) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = portal(request.archive, source, page=whole(request.GET.get("page"), 1), state=state)
    kept = f"&state={state}" if state else ""
    links = pager(found.page, found.pages, lambda n: f"?page={n}{kept}")
    states = [(each, found.source.counts.get(each, 0)) for each in STATES]
    return render(request, "reader/source.html", {"found": found, "links": links, "states": states})


def report(request: HttpRequest, run: str = "") -> HttpResponse:
    known = runs(request.archive)
    if not run and not known:
        return render(request, "reader/report.html", {"report": None})
    found = run_page(request.archive, run)
    return render(
        request, "reader/report.html", {"found": found, "report": found.report, "run": run}
    )
