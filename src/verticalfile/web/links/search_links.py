"""A question as an address (`?q=trees&place=Millbrook&sort=changed`), and the links around an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext

from verticalfile.catalog.described import Shelf
from verticalfile.catalog.search import Span
from verticalfile.services.finding.documents import State
from verticalfile.services.finding.searching import FILTERS, Answer, Hit, Sort
from verticalfile.web.addresses import as_query
from verticalfile.web.links.page_links import Pager, pager
from verticalfile.web.questions import FILTERS_AT_MOST, whole
from verticalfile.web.words.rights_words import label_word

OWN = "own"
"""The library's language, where a template asks for that of a word."""
OPEN_VALUES = 6
"""Values of a facet that are shown at once; the others open on request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for; it stands in the address and nowhere else."""

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: Sort = Sort.BEST
    page: int = 1

    @property
    def by_facet(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.filters:
            found.setdefault(name, []).append(value)
        return found

    def address(self, screen: str = "search", **words: str) -> str:
        """Where this is asked."""
        query: dict[str, object] = {"q": self.words, **self.by_facet}
        if self.sort is not Sort.BEST:
            query["sort"] = str(self.sort)
        if self.page > 1:
            query["page"] = self.page
        return reverse(screen, kwargs=words) + as_query(query)


def asked_of(get: QueryDict) -> Asked:
    """Read an address; what is no facet and no order is nobody's concern."""
    pairs = [(name, value) for name in FILTERS for value in get.getlist(name) if value]
    sort = get.get("sort", "")
    return Asked(
        " ".join(get.get("q", "").split()),
        tuple(dict.fromkeys(pairs))[:FILTERS_AT_MOST],
        Sort(sort) if sort in set(Sort) else Sort.BEST,
        whole(get.get("page"), 1),
    )


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet as a box to tick; `language` "" is that of the page."""

    value: str
    said: str
    language: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A facet with its boxes; `folded` ones open on request, `more` are not told."""

    name: str
    said: str
    values: tuple[Value, ...]
    folded: tuple[Value, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter and the address without it; `count` is what there is then."""

    facet: str
    said: str
    language: str
    link: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """Words with what was asked for marked in them."""

    spans: tuple[Span, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Reason:
    """In what else something was found: what it is, and each place in it."""

    said: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as the page shows it."""

    hit: Hit
    title: Text
    sentence: Text | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An order to choose."""

    value: str
    said: str
    chosen: bool


class SearchLinks:
    """Everything that a template needs beside the hits."""

    def __init__(self, asked: Asked, answer: Answer, shelves: tuple[Shelf, ...]) -> None:
        self.asked, self.answer = asked, answer
        self.shelves = {shelf.name: shelf for shelf in shelves}
        self.by_title = {shelf.title: shelf for shelf in shelves}

    def hits(self) -> list[Shown]:
        """The hits, each with title and sentence in the language of the page where it has them."""
        return [_shown(hit) for hit in self.answer.hits]

    def groups(self) -> list[Group]:
        """The facets that there is something to choose in."""
        found = []
        for facet in self.answer.facets:
            values = tuple(
                Value(v.value, *self._said(facet.name, v.value), v.count, v.chosen)
                for v in facet.values
            )
            if len(values) == 1 and not values[0].chosen and values[0].count == self.answer.total:
                continue  # every hit has it
            head = tuple(v for n, v in enumerate(values) if n < OPEN_VALUES or v.chosen)
            tail = tuple(v for v in values if v not in head)
            found.append(Group(facet.name, facet_word(facet.name), head, tail, facet.more))
        return found

    def chips(self) -> list[Chip]:
        return [self._chip(name, value) for name, value in self.asked.filters]

    def alternatives(self) -> list[Chip]:
        """What there would be without one of the filters."""
        return [self._chip(a.facet, a.value, a.count) for a in self.answer.alternatives]

    def _chip(self, name: str, value: str, count: int = 0) -> Chip:
        rest = tuple(f for f in self.asked.filters if f != (name, value))
        link = replace(self.asked, filters=rest, page=1).address()
        return Chip(facet_word(name), *self._said(name, value), link, count)

    def _said(self, name: str, value: str) -> tuple[str, str]:
        """A value in words and their language, "" that of the page."""
        if name == "state":
            return state_word(value), ""
        if name == "rights":
            return label_word(value), ""
        shelf = self.shelves.get(value) if name == "shelf" else self.by_title.get(value)
        if shelf is not None and name in ("shelf", "subject", "place", "series"):
            return shelf_title(shelf)
        return value, "" if name == "format" else OWN

    def without_filters(self) -> str:
        return replace(self.asked, filters=(), page=1).address()

    def orders(self) -> list[Order]:
        """The orders to choose from; without words there is no best match."""
        now = self.asked.sort
        if not self.asked.words:
            now = Sort.TITLE if now is Sort.BEST else now
            return [Order(str(s), order_word(s), s is now) for s in Sort if s is not Sort.BEST]
        return [Order(str(s), order_word(s), s is now) for s in Sort]

    def pager(self) -> Pager:
        return pager(
            self.answer.page, self.answer.pages, lambda n: replace(self.asked, page=n).address()
        )

    def feed(self) -> dict[str, str]:
        """The addresses of the feeds of this question."""
        asked = replace(self.asked, sort=Sort.BEST, page=1)
        return {form: asked.address("search-feed", form=form) for form in ("atom", "json")}


def _shown(hit: Hit) -> Shown:
    """Marks stand in the title and the sentence where these are shown, else under them."""
    title = _in_tongue(hit.title, hit.title_es)
    sentence = _in_tongue(hit.description, hit.description_es)
    marked = {"".join(s.text for s in why.spans): why for why in hit.why}
    placed = [marked.pop(words, None) for words, _ in (title, sentence)]
    texts = [
        Text(why.spans if why else (Span(words),), language)
        for why, (words, language) in zip(placed, (title, sentence), strict=True)
    ]
    rest: dict[str, list[Text]] = {}
    for why in marked.values():
        rest.setdefault(why_word(why.field), []).append(Text(why.spans, OWN))
    reasons = tuple(Reason(said, tuple(found)) for said, found in rest.items())
    return Shown(hit, texts[0], texts[1] if sentence[0] else None, reasons)


def _in_tongue(own: str, spanish: str) -> tuple[str, str]:
    if spanish and (get_language() == "es" or not own):
        return spanish, "es"
    return own, OWN


def shelf_title(shelf: Shelf) -> tuple[str, str]:
    """The title of a shelf in the language of the page, else in the one that it has."""
    if get_language() == "es" and shelf.title_es:
        return shelf.title_es, "es"
    return shelf.title, OWN


def facet_word(name: str) -> str:
    """What a facet is called."""
    return {
        "publisher": pgettext("facet", "Published by"),
        "place": pgettext("facet", "Place"),
        "subject": pgettext("facet", "Subject"),
        "series": pgettext("facet", "Series"),
        "format": pgettext("facet", "Format"),
        "rights": pgettext("facet", "May I use it?"),
        "state": pgettext("facet", "Still offered?"),
        "shelf": pgettext("facet", "Shelf"),
    }[name]


def state_word(state: str) -> str:
    """How a dataset stands, as a choice."""
    told: dict[str, str] = {
        State.CURRENT: pgettext("state of a dataset", "Offered by its publisher"),
        State.VANISHED: pgettext("state of a dataset", "No longer offered"),
        State.WITHDRAWN: pgettext("state of a dataset", "Withdrawn by the library"),
        State.EMPTY: pgettext("state of a dataset", "Not collected yet"),
    }
    return told.get(state, state)


def why_word(field: str) -> str:
    """In what a word was found."""
    return {
        "title": pgettext("found in", "In the title"),
        "description": pgettext("found in", "In the description"),
        "publisher": pgettext("found in", "In the publisher's name"),
        "place": pgettext("found in", "About the place"),
        "subject": pgettext("found in", "On the subject"),
        "column": pgettext("found in", "In a column"),
        "past column": pgettext("found in", "In a column that it once had"),
        "name": pgettext("found in", "In the name"),
    }[field]


def order_word(sort: Sort) -> str:
    """An order in words."""
    match sort:
        case Sort.BEST:
            return gettext("Best match first")
        case Sort.TITLE:
            return gettext("By title")
        case Sort.CHANGED:
            return gettext("Last changed first")
        case Sort.NEW:
            return gettext("New here first")
