"""One dataset: what it is, who says so, how current, its columns, how it may be used."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verticalfile.services.reading.about import about
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.web.reader.feeds import feeds_of
from verticalfile.web.reader.opening import at_a_version


@at_a_version()
def dataset(request: HttpRequest, here: AtHand, **_: Any) -> HttpResponse:
    told = {"here": here, "about": about(request.archive, here)}
    feeds = feeds_of("dataset", dataset=here.dataset.name)
    return render(request, "reader/dataset.html", told | {"feeds": feeds})
