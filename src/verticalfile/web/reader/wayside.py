"""Answers for machines: robots.txt, sitemaps, data.json, and whether the site is well."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from verticalfile.catalog.source_lines import SourceLines
from verticalfile.kernel.addresses import Address
from verticalfile.services.citing.for_machines import (
    Download,
    DownloadsOf,
    all_described,
    data_json,
    keeper_of,
)
from verticalfile.services.index_state import WhileUnchanged
from verticalfile.services.reading.shelf import whats_here
from verticalfile.services.running.health import health
from verticalfile.web.addresses import named
from verticalfile.web.context import site
from verticalfile.web.heavy import heavy
from verticalfile.web.reader.opening import VIEWER

ROBOTS = """\
User-agent: *
Disallow: /*/@
Disallow: /*?
Disallow: /*d/*/row/
Disallow: /*d/*/changes/
Disallow: /*d/*/timegate/
Disallow: /*d/*/handout
Disallow: /search/
Disallow: /es/search/

Sitemap: {site}/sitemap.xml
"""
"""Old versions, comparisons, searches and views of tables are without end (web.md 4)."""
WORDS = (
    "home", "every", "shelves", "lately", "sources", "about", "keeping", "privacy", "accessibility", "ask", "robot",
)  # fmt: skip
IN_A_MAP = 20_000
"""Addresses of one sitemap, each in two languages; 50,000 are allowed."""


def robots(request: HttpRequest) -> HttpResponse:
    body = ROBOTS.format(site=site(request))
    return HttpResponse(body, content_type="text/plain; charset=utf-8")


def healthz(request: HttpRequest) -> HttpResponse:
    """For monitors: 200 when all is well, else 503 with why; nothing about anybody."""
    found = health(request.archive)
    body = {"well": not found.why, "why": found.why, **found.figures}
    response = JsonResponse(body, status=503 if found.why else 200)
    response["Cache-Control"] = "no-store"
    return response


def catalogue(request: HttpRequest) -> HttpResponse:
    """`/data.json`: what we hold, as DCAT-US 1.1; made anew only when something changed."""
    base = site(request)
    body = _made.of(request.archive, base, lambda: _catalogue(request, base))
    return HttpResponse(body, content_type="application/json")


_made: WhileUnchanged[str, bytes] = WhileUnchanged()


@heavy
def _catalogue(request: HttpRequest, base: str) -> bytes:
    found = all_described(
        request.archive, viewer=VIEWER, downloads_of=downloads_of(base), base=base
    )
    told = data_json(found, keeper_of(request.archive, base))
    return json.dumps(told, ensure_ascii=False).encode()


def downloads_of(base: str) -> DownloadsOf:
    """Where the newest version of a file can be taken; a table of several is chosen on its page."""

    def found(address: Address, tables: Sequence[str]) -> list[Download]:
        place = f"{base}{address}download."
        forms = [
            ("csv", "text/csv", "CSV"),
            ("parquet", "application/vnd.apache.parquet", "Parquet"),
        ]
        return [
            *(Download(place + form, kind, name) for form, kind, name in forms if len(tables) == 1),
            Download(f"{place}original", "application/octet-stream", "the original"),
        ]

    return found


def sitemaps(request: HttpRequest) -> HttpResponse:
    """The list of sitemaps; each has a part of the addresses."""
    maps = range(1, -(-len(_addresses(request)) // IN_A_MAP) + 1)
    told = {"site": site(request), "maps": maps}
    return render(request, "machines/sitemaps.xml", told, content_type="application/xml")


def sitemap(request: HttpRequest, page: int) -> HttpResponse:
    """Addresses of what is there now, in both languages. Old versions are not for search engines."""
    every = _addresses(request)[(page - 1) * IN_A_MAP : page * IN_A_MAP] if page else []
    if not every:
        raise Http404
    told = {"site": site(request), "addresses": every}
    return render(request, "machines/sitemap.xml", told, content_type="application/xml")


def _addresses(request: HttpRequest) -> list[dict[str, str]]:
    """Pages of words, each portal's, then each file's, by language."""
    kwargs: list[tuple[str, dict[str, str]]] = [(name, {}) for name in WORDS]
    kwargs += [
        ("source", {"source": each.dataset}) for each in SourceLines(request.archive.index).all()
    ]
    for dataset, files in whats_here(request.archive).items():
        alone = len(files) == 1
        kwargs += [
            ("dataset", {"dataset": dataset} if alone else {"dataset": dataset, "file": file})
            for file in files
        ]
    found = []
    for name, words in kwargs:
        told = {}
        for language in ("en", "es"):
            with translation.override(language):
                told[language] = reverse(named(name, words), kwargs=words)
        found.append(told)
    return found
