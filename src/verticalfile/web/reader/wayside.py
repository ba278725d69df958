"""Answers for machines: robots.txt, and whether the site is well."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from verticalfile.services.health import health

ROBOTS = """\
User-agent: *
Disallow: /*/@
Disallow: /*?
Disallow: /*/row/
Disallow: /*/changes/
"""
"""Old versions, comparisons and views of tables are without end (web.md 4)."""


def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def healthz(request: HttpRequest) -> HttpResponse:
    """For monitors: 200 when all is well, else 503 with why; nothing about anybody."""
    found = health(request.archive)
    body = {"well": not found.why, "why": found.why, **found.figures}
    response = JsonResponse(body, status=503 if found.why else 200)
    response["Cache-Control"] = "no-store"
    return response
