"""Answers for machines: robots.txt, and whether the site is well."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

ROBOTS = """\
User-agent: *
Disallow: /*/@
Disallow: /*?
Disallow: /*/row/
Disallow: /d/*/changes/
Disallow: /es/d/*/changes/
Disallow: /search/
Disallow: /es/search/
"""
"""Old versions, comparisons, searches and views of tables are without end (web.md 4)."""


def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the index answers."""
    request.archive.index.journal_position()
    return HttpResponse("well\n", content_type="text/plain; charset=utf-8")
