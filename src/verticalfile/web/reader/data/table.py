"""A table as of a version: paged, sorted, filtered; every view is an address and can be taken."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.notes import notes_above
from verticalfile.services.reading.tables.table import table_page
from verticalfile.services.reading.tables.taking import Form, take_view
from verticalfile.web import questions
from verticalfile.web.addresses import address
from verticalfile.web.heavy import heavy
from verticalfile.web.links.table_links import TableLinks
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent


@at_a_version(needs_table=True)
@heavy
def table(request: HttpRequest, here: AtHand) -> HttpResponse:
    added = questions.added(request.GET)
    if added is not None:
        return HttpResponseRedirect(address(here, "table", questions.query_of(added)))
    page = table_page(request.archive, here, questions.question_of(request.GET))
    told = {"here": here, "page": page, "links": TableLinks(page), "hows": questions.WORDS.items()}
    told |= {"notes": notes_above(request.archive, here)}
    return render(request, "reader/table.html", told)


@at_a_version(needs_table=True, gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    if form not in {str(f) for f in Form}:
        raise Http404
    found = take_view(request.archive, here, questions.question_of(request.GET), Form(form))
    return sent(found)
