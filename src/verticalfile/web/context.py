"""What every template knows: the library, the other language, where one is."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils import translation

from verticalfile.services.library import library_of
from verticalfile.web.addresses import SCREENS


def room(request: HttpRequest) -> dict[str, object]:
    """Facts for the frame around each page; without an archive, words alone."""
    archive = getattr(request, "archive", None)
    language = translation.get_language()
    path = request.get_full_path()
    other = path.removeprefix("/es") if language == "es" else "/es" + path
    match = request.resolver_match
    return {
        "request": request,
        "at": match.url_name if match else "",
        "screen": match.url_name if match and match.url_name in SCREENS else "dataset",
        "library": library_of(archive) if archive else None,
        "language": language,
        "other_address": other if other.startswith("/") else "/" + other,
        "site": site(request),
    }


def site(request: HttpRequest) -> str:
    """The public name of the site: as set, else as the reader called it."""
    archive = getattr(request, "archive", None)
    told = library_of(archive).address if archive else ""
    try:
        return told or f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:  # the page that refuses it must not name it either
        return ""
