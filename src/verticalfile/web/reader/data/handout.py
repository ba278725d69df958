"""The hand-out: a page to print, and the same as tagged PDF, in large print too."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from verticalfile.services.printing.printing import CannotPrint, SheetTooMuch, as_pdf, can_print
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.handout import handout as gather
from verticalfile.services.reading.tables.taking import Taken, file_name
from verticalfile.web import handouts
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.heavy import heavy
from verticalfile.web.reader.data.rights import card_at
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent
from verticalfile.web.words.sentences import chart_words

_gathered = heavy(gather)
"""Only the reading takes a turn among large tables; printing has its own."""


@at_a_version()
def handout(request: HttpRequest, here: AtHand) -> HttpResponse:
    wanted = handouts.wanted_of(request)
    found = _gathered(request.archive, here, wanted, site(request), chart_words())
    told = handouts.told(request, found, card_at(request, here)) | {
        "can_print": can_print(), "refused": request.GET.get("refused") == "yes",
        "papers": [(paper, paper == wanted.paper) for paper in handouts.PAPERS],
        "fields": handouts.fields(here, wanted),
    }  # fmt: skip
    return render(request, "reader/handout.html", told)


@at_a_version(gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form != "pdf":
        raise Http404
    wanted = handouts.wanted_of(request)
    found = _gathered(request.archive, here, wanted, site(request), chart_words())
    font = handouts.FONT if handouts.FONT.exists() else None
    try:
        body = as_pdf(handouts.sheets(request, found, card_at(request, here)), font=font)
    except (CannotPrint, SheetTooMuch) as error:
        refused = "yes" if isinstance(error, SheetTooMuch) else None
        query = handouts.query_of(wanted) | {"refused": refused}
        return HttpResponseRedirect(address(here, "handout", query))
    ending = "handout.large.pdf" if wanted.large else "handout.pdf"
    name = file_name(here, request.archive.zone, ending)
    return sent(Taken(name, "application/pdf", iter([body]), len(body)))
