"""Asking a librarian, and saying what is wrong: a form that keeps no address unless one is given."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from verticalfile.kernel.errors import InputRefused
from verticalfile.services.telling.messages import BoxFull, leave
from verticalfile.web import letters
from verticalfile.web.addresses import as_query

UNPROCESSABLE = 422


def ask(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, letters.begun(request.GET))
    if not letters.is_form(request):
        return render(request, "faults/not_understood.html", {"facts": {}}, status=400)
    letter = letters.sent_letter(request)
    if letter.errors:
        return _form(request, letter, status=UNPROCESSABLE)
    try:
        kept = leave(
            request.archive, letter.text, about=letter.about, reply=letter.reply,
            language=request.LANGUAGE_CODE,
        )  # fmt: skip
    except BoxFull:
        return _form(request, letter, status=503, is_full=True)
    except InputRefused as error:
        letters.refused(letter, error)
        return _form(request, letter, status=UNPROCESSABLE)
    return HttpResponseRedirect(reverse("asked") + as_query({"number": kept.id}), status=303)


def asked(request: HttpRequest) -> HttpResponse:
    """The answer to a message; its number is for whoever asks at the desk."""
    number = request.GET.get("number", "")
    known = len(number) == 8 and set(number) <= set("0123456789abcdef")
    return render(request, "pages/asked.html", {"number": number if known else ""})


def _form(
    request: HttpRequest, letter: letters.Letter, *, status: int = 200, is_full: bool = False
) -> HttpResponse:
    told = {"letter": letter, "is_full": is_full, "trap": letters.TRAP}
    response = render(request, "pages/ask.html", told, status=status)
    response["Cache-Control"] = "no-store"  # what somebody typed stays on no shared machine
    return response
