"""What changed between any two versions: counts, columns, then rows with the cells that differ."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables import differences as reading
from verticalfile.services.reading.tables.taking_changes import Form, take_changes
from verticalfile.web.addresses import address
from verticalfile.web.heavy import heavy
from verticalfile.web.links.change_links import ChangeLinks
from verticalfile.web.questions import whole
from verticalfile.web.reader.opening import at_a_version
from verticalfile.web.sending import sent


@at_a_version(needs_table=True)
@heavy
def changes(request: HttpRequest, here: AtHand) -> HttpResponse:
    get = request.GET
    if get.get("to"):
        try:
            target = address(here, "changes", {"from": get.get("from")}, moment=get["to"])
        except NoReverseMatch:  # nothing that our form sends
            raise Http404 from None
        return HttpResponseRedirect(target)
    old = reading.base_of(here, get.get("from", ""))
    if old is None:
        return render(request, "reader/no_changes.html", {"here": here})
    found = reading.differences(
        request.archive, here, old, kind=get.get("kind", ""), column=get.get("column", ""),
        page=whole(get.get("page"), 1),
    )  # fmt: skip
    told = {"here": here, "found": found, "links": ChangeLinks(found)}
    return render(request, "reader/changes.html", told)


@at_a_version(needs_table=True, gives_bytes=True)
def taken(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    old = reading.base_of(here, request.GET.get("from", ""))
    if old is None or form not in {str(f) for f in Form}:
        raise Http404
    return sent(take_changes(request.archive, here, old, Form(form)))
