"""The registers: what changed, vanished, came back, is held, unreadable, new, withdrawn."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.catalog.register_lines import Order, Register
from verticalfile.services.reading import news
from verticalfile.services.telling.registers import NEWS
from verticalfile.web import register_files
from verticalfile.web.addresses import as_query
from verticalfile.web.context import site
from verticalfile.web.links.page_links import pager
from verticalfile.web.questions import whole
from verticalfile.web.reader.feeds import feeds_of, register_called
from verticalfile.web.reader.opening import VIEWER
from verticalfile.web.sending import sent
from verticalfile.web.words.register_words import LISTS, NAMES, ORDERS


def lately(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


def register(request: HttpRequest, register: str) -> HttpResponse:
    return _page(request, register_called(register))


def lately_taken(request: HttpRequest) -> HttpResponse:
    return sent(register_files.taken(request.archive, None, site(request), VIEWER))


def taken(request: HttpRequest, register: str) -> HttpResponse:
    wanted = register_called(register)
    return sent(register_files.taken(request.archive, wanted, site(request), VIEWER))


def _page(request: HttpRequest, wanted: Register | None) -> HttpResponse:
    page, word = whole(request.GET.get("page"), 1), request.GET.get("sort", "")
    order = Order(word) if word in set(Order) else Order.NEWEST
    registers = (wanted,) if wanted else NEWS
    found = news.page_of(request.archive, registers, page, order=order, viewer=VIEWER)
    feeds = feeds_of("register", register=str(wanted)) if wanted else None
    sort = None if order is Order.NEWEST else order
    told = {
        "register": wanted, "name": NAMES[wanted] if wanted else "", "found": found,
        "says": LISTS[wanted] if wanted else "",
        "all": sum(found.counts[each] for each in NEWS),
        "counts": [(each, NAMES[each], found.counts[each]) for each in NAMES],
        "links": pager(found.told.page, found.told.pages, lambda n: as_query({"sort": sort, "page": n})),
        "orders": [(each, ORDERS[each], each is order) for each in Order],
        "feeds": feeds, "follow": feeds or feeds_of("all"),
    }  # fmt: skip
    return render(request, "reader/register.html", told)


def entry(request: HttpRequest, number: str) -> HttpResponse:
    """One entry, at its permanent address."""
    found = news.one(request.archive, number, viewer=VIEWER)
    told = {"each": found, "name": NAMES[found.entry.register]}
    return render(request, "reader/entry.html", told)
