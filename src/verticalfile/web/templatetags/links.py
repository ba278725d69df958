"""Addresses in templates."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils import translation

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.choices import Choices
from verticalfile.services.reading.shelf import News
from verticalfile.web.addresses import SCREENS, address, as_query

register = template.Library()
NAMING = frozenset({"t", "k", "column", "page", "whole"})
"""Words of a query that make another page and not another look of it."""


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
def news_address(news: News) -> str:
    """Where a line of the register leads: the version, or the file that is gone."""
    words = {"dataset": news.dataset.name}
    if not news.alone:
        words["file"] = news.file.name
    if news.facts is not None:
        words["when"] = news.facts.moment
    return reverse("dataset", kwargs=words)


@register.simple_tag
def which_address(found: Choices, chosen: ResourceLine | TableLine) -> str:
    """A file of a dataset, or the table of a file."""
    if isinstance(chosen, ResourceLine):
        return reverse("dataset", kwargs={"dataset": found.dataset.name, "file": chosen.name})
    assert found.file is not None
    words = {"dataset": found.dataset.name}
    if len(found.files) > 1:
        words["file"] = found.file.name
    return reverse("table", kwargs=words) + as_query({"t": chosen.name})
