"""The feeds: of everything, of a dataset, a shelf, a register, a question."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from verticalfile.catalog.register_lines import Register
from verticalfile.services.datasets.shelving import shelf as shelf_called
from verticalfile.services.library import library_of
from verticalfile.services.names import find_dataset
from verticalfile.services.reading import news
from verticalfile.services.reading.described import described
from verticalfile.web.context import site
from verticalfile.web.feeds import TYPES, Feed, Form, written
from verticalfile.web.heavy import heavy
from verticalfile.web.links.search_links import asked_of, shelf_title
from verticalfile.web.reader.opening import VIEWER
from verticalfile.web.templatetags.reading import named
from verticalfile.web.words.register_words import LISTS, NAMES


def feeds_of(screen: str, **words: str) -> dict[str, str]:
    """The addresses of the feeds of a page, by form."""
    return {str(form): reverse(f"{screen}-feed", kwargs={**words, "form": form}) for form in Form}


def register_called(word: str) -> Register:
    """The register of an address; raises Http404."""
    if word not in set(Register):
        raise Http404
    return Register(word)


def everything(request: HttpRequest, form: str) -> HttpResponse:
    found = news.newest(request.archive, viewer=VIEWER)
    return _sent(request, form, gettext("What changed lately"), reverse("lately"), found)


def dataset(request: HttpRequest, form: str, dataset: str) -> HttpResponse:
    name = find_dataset(request.archive, dataset)[0].dataset
    found = news.newest(request.archive, dataset=name, viewer=VIEWER)
    page = reverse("dataset", kwargs={"dataset": name})
    return _sent(request, form, named(described(request.archive, name)), page, found)


def shelf(request: HttpRequest, form: str, shelf: str) -> HttpResponse:
    title, _ = shelf_title(shelf_called(request.archive, shelf))
    found = news.newest(request.archive, shelf=shelf, viewer=VIEWER)
    said = gettext("Shelf: %(title)s") % {"title": title}
    return _sent(request, form, said, reverse("shelf", kwargs={"shelf": shelf}), found)


def register(request: HttpRequest, form: str, register: str) -> HttpResponse:
    wanted = register_called(register)
    found = news.newest(request.archive, (wanted,), viewer=VIEWER)
    page = reverse("register", kwargs={"register": register})
    return _sent(request, form, str(NAMES[wanted]), page, found, str(LISTS[wanted]))


@heavy
def search(request: HttpRequest, form: str) -> HttpResponse:
    """News of what a question finds; the question is in the address of the feed alone."""
    asked = asked_of(request.GET)
    found = news.newest_of_search(request.archive, asked.words, asked.by_facet, viewer=VIEWER)
    told = [asked.words, *(value for _, value in asked.filters)]
    said = gettext("Search: %(words)s") % {"words": ", ".join(t for t in told if t)}
    return _sent(request, form, said, asked.address(), found)


def _sent(
    request: HttpRequest, form: str, title: str, page: str, found: tuple[news.News, ...],
    says: str = "",
) -> HttpResponse:  # fmt: skip
    if form not in set(Form):
        raise Http404
    library = library_of(request.archive)
    base = site(request)
    feed = Feed(
        f"{title} · {library.name or 'Vertical File'}",
        says or gettext("What the publishers' files show, newest first. We say what changed, not why."),
        base + page, base + request.get_full_path(), base, library.name or "Vertical File",
        request.LANGUAGE_CODE, found, request.archive.clock.now(),
    )  # fmt: skip
    kind = TYPES[Form(form)]
    return HttpResponse(written(feed, Form(form)), content_type=f"{kind}; charset=utf-8")
