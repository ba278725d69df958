"""TimeGate and TimeMaps of a file (RFC 7089)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import parse_http_date_safe

from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.errors import QuestionRefused
from verticalfile.services.reading.mementos import at_gate
from verticalfile.web import memento
from verticalfile.web.addresses import address
from verticalfile.web.context import site
from verticalfile.web.reader.opening import at_a_version


@at_a_version(shows_facts=True)
def gate(request: HttpRequest, here: AtHand) -> HttpResponse:
    """302 to the version that stood at `Accept-Datetime`; without it, to the last one."""
    asked = request.headers.get("Accept-Datetime")
    seconds = parse_http_date_safe(asked) if asked else None
    if asked and seconds is None:
        raise QuestionRefused("Accept-Datetime is no date of HTTP.", mend="write it as HTTP does.")
    moment = datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    found = at_gate(here, moment)
    if found is None:
        raise Http404
    response = HttpResponseRedirect(site(request) + address(here, moment=found))
    response["Vary"] = "accept-datetime"
    return memento.lead(request, here, response, found)


@at_a_version(shows_facts=True)
def time_map(request: HttpRequest, here: AtHand, form: str) -> HttpResponse:
    response: HttpResponse
    if form == "json":
        response = JsonResponse(
            memento.time_map_body(request, here), json_dumps_params={"indent": 1}
        )
    elif form == "link":
        response = HttpResponse(memento.time_map(request, here), content_type=memento.LINKS)
    else:
        raise Http404
    response["X-Robots-Tag"] = "noindex"
    return response
