"""Addresses in templates."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils import translation

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.register_lines import Register
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.choices import Choices
from verticalfile.services.reading.news import News
from verticalfile.services.reading.portals import RunLine
from verticalfile.services.telling.messages import LONGEST
from verticalfile.web.addresses import SCREENS, address, as_query, named

register = template.Library()
NAMING = frozenset({"t", "k", "column", "by", "page", "whole"})
"""Words of a query that make another page and not another look of it."""
SEEN_IN_TIME = (
    Register.VANISHED, Register.RETURNED, Register.HELD, Register.WITHDRAWN, Register.REKEYED,
    Register.SUSPECT, Register.BLOCKED, Register.CLOSED,
)  # fmt: skip
"""What happened to a file in these is seen in its timeline, not in one version."""


@register.simple_tag
def to(here: AtHand, screen: str = "dataset", moment: str | None = None, **query: object) -> str:
    """The address of a screen of what is at hand."""
    form = str(query.pop("form", ""))
    return address(here, screen, query, moment=moment, form=form)


@register.simple_tag(takes_context=True)
def own_addresses(context: template.Context) -> tuple[str, list[tuple[str, str]]]:
    """The page's own address, in this language and in each: without what only sorts, filters or
    says for which day one asked, and by the shortest way to it."""
    request, here = context["request"], context.get("here")
    query = {k: request.GET.getlist(k) for k in request.GET if k in NAMING}
    match = request.resolver_match
    found = {}
    for code in ("en", "es"):
        with translation.override(code):
            if isinstance(here, AtHand) and match and match.url_name in SCREENS:
                found[code] = address(here, match.url_name, query)
            elif match:
                found[code] = reverse(match.view_name, kwargs=match.kwargs) + as_query(query)
            else:
                found[code] = request.path
    told = [*found.items(), ("x-default", found["en"])] if match else []
    return found[translation.get_language() or "en"], told


@register.filter
def file_address(line: RunLine) -> str:
    """The page of a file that a run looked at."""
    words = {"dataset": line.file.dataset}
    if not line.file.alone:
        words["file"] = line.file.file
    return reverse(named("dataset", words), kwargs=words)


@register.filter
def news_address(news: News) -> str:
    """Where an entry leads: the version it is about, else the timeline of its file."""
    words = {"dataset": news.dataset.name}
    if not news.alone:
        words["file"] = news.entry.file
    if news.moment:
        words["when"] = news.moment
    screen = "time" if news.entry.register in SEEN_IN_TIME else "dataset"
    return reverse(named(screen, words), kwargs=words)


@register.simple_tag
def rows_with(here: AtHand, column: str, value: str) -> str:
    """The rows of a table that have a value."""
    return address(here, "table", {f"is.{column}": [value]})


@register.simple_tag
def asking_about(path: str) -> str:
    """The address of the form to the library, about a page."""
    return reverse("ask") + as_query({"about": path if len(path) <= LONGEST["about"] else ""})


@register.simple_tag
def asking(**query: object) -> str:
    """The address of a search."""
    return reverse("search") + as_query(query)


@register.simple_tag
def document_address(here: AtHand, name: str) -> str:
    """Our copy of what a publisher says about its data."""
    words = {"dataset": here.dataset.name, "file": name}
    return reverse(named("dataset", words), kwargs=words)


@register.simple_tag
def which_address(found: Choices, chosen: ResourceLine | TableLine) -> str:
    """A file of a dataset, or the table of a file."""
    if isinstance(chosen, ResourceLine):
        words = {"dataset": found.dataset.name, "file": chosen.name}
        return reverse(named("dataset", words), kwargs=words)
    assert found.file is not None
    words = {"dataset": found.dataset.name}
    if len(found.files) > 1:
        words["file"] = found.file.name
    return reverse("table", kwargs=words) + as_query({"t": chosen.name})
