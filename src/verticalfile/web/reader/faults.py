"""Pages for what cannot be shown: what happened, what one can do, whom to ask."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.services.names import NotHeld
from verticalfile.services.printing.printing import PrinterBusy
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.choices import choices, near_names
from verticalfile.services.reading.errors import NotThen, QuestionRefused, RoomFull, SeveralFiles
from verticalfile.services.visibility import Withdrawn

RETRY_AFTER_S = 5


def explained(request: HttpRequest, error: VerticalFileError) -> HttpResponse:
    """The page for an error of the services; none of their words for the command line."""
    match error:
        case SeveralFiles():
            found = choices(request.archive, str(error.facts["dataset"]), error.facts.get("file"))
            return render(request, "faults/which.html", {"found": found})
        case NotThen():
            return render(request, "faults/not_then.html", {"facts": error.facts}, status=404)
        case NotHeld():
            return not_found(request, error)
        case Withdrawn():
            return render(request, "faults/gone.html", status=410)
        case RoomFull() | PrinterBusy():
            response = render(request, "faults/full.html", {"seconds": RETRY_AFTER_S}, status=503)
            response["Retry-After"] = str(RETRY_AFTER_S)
            return response
        case QuestionRefused() | InputRefused():
            return not_understood(request, error)
        case _:
            return broken(request)


def tombstone(request: HttpRequest, here: AtHand, status: int = 200) -> HttpResponse:
    """What is hidden or held: fact, date and class of reason."""
    return render(request, "faults/tombstone.html", {"here": here}, status=status)


def no_table(request: HttpRequest, here: AtHand) -> HttpResponse:
    """A version that is a file and no table."""
    return render(request, "faults/no_table.html", {"here": here})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the datasets that are called nearly so."""
    near = near_names(request.archive, request.path_info) if hasattr(request, "archive") else []
    return render(request, "faults/not_found.html", {"near": near}, status=404)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, with what was wrong where we know it."""
    facts = getattr(exception, "facts", {})
    return render(request, "faults/not_understood.html", {"facts": facts}, status=400)


def broken(request: HttpRequest, number: str = "") -> HttpResponse:
    """500: a page that needs neither archive nor database, with a number to quote."""
    told = {"number": number or secrets.token_hex(4)}
    return HttpResponse(render_to_string("faults/broken.html", told), status=500)
