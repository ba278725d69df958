"""One dataset: what it is, who says so, how current, its columns, how it may be used."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.citing.for_machines import described, json_ld, keeper_of, schema_org
from verticalfile.services.reading.about import about
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.web import memento
from verticalfile.web.context import site
from verticalfile.web.reader.data.rights import card_at
from verticalfile.web.reader.feeds import feeds_of
from verticalfile.web.reader.opening import VIEWER, at_a_version
from verticalfile.web.reader.wayside import downloads_of


@at_a_version()
def dataset(request: HttpRequest, here: AtHand, **_: Any) -> HttpResponse:
    told = {
        "here": here, "about": about(request.archive, here), "card": card_at(request, here), "json_ld": _json_ld(request, here),
        "feeds": feeds_of("dataset", dataset=here.dataset.name),
    }  # fmt: skip
    return memento.tell(request, here, render(request, "reader/dataset.html", told))


def _json_ld(request: HttpRequest, here: AtHand) -> str:
    """What it is, for search engines; of the newest alone, as older ones are not for them."""
    if here.dated:
        return ""
    archive, base = request.archive, site(request)
    found = described(
        archive, here.dataset.name, viewer=VIEWER, downloads_of=downloads_of(base), base=base
    )
    return json_ld(schema_org(found, keeper_of(archive, base))) if found else ""
