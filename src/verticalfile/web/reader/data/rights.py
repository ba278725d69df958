"""What may be done with a dataset: the three layers, and the history of each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.rights.card import Card, card_of
from verticalfile.web.reader.opening import VIEWER, at_a_version


@at_a_version()
def rights(request: HttpRequest, here: AtHand) -> HttpResponse:
    return render(request, "reader/rights.html", {"here": here, "card": card_at(request, here)})


def card_at(request: HttpRequest, here: AtHand) -> Card:
    """The card of the version at hand; of the newest, of today."""
    moment = here.version.seen_at if here.version and not here.is_newest else None
    return card_of(
        request.archive, here.dataset.name, moment=moment, file=here.file.name, viewer=VIEWER
    )
