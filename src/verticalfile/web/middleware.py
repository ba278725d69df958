"""What surrounds every page: the archive, the language of the address, headers, faults as pages."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from verticalfile.kernel.errors import VerticalFileError
from verticalfile.services.archive import open_archive
from verticalfile.web.reader import faults

Next = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("verticalfile.web")
PACKED = ("text/html", "image/svg+xml")


class Headers:
    """What is true of every answer: nothing about readers leaves, nothing embeds us."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "interest-cohort=(), geolocation=(), camera=()")
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-cache"  # kept, but asked about (ETag) each time
        return response


class Smaller(GZipMiddleware):
    """Pages and drawings packed on their way: of a slow line's first second they take a fifth.

    A page holds no secret that its length could tell (no cookie, no account); Django pads it by a
    random length besides. What is taken away as a file goes as it is, with its length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in PACKED:
            return response
        return super().process_response(request, response)


class Tongue:
    """The language is in the address alone: no cookie, no header of the browser."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.setdefault("Content-Language", language)
        return response


class TheArchive:
    """`request.archive`, opened for this request alone: a rebuild under our feet is seen at once."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            archive = open_archive(settings.VF_ARCHIVE)
        except (VerticalFileError, OSError):  # its disk is away
            response = faults.broken(request)
            response.status_code = 503
            return response
        request.archive = archive
        with timezone.override(archive.zone):
            response = self.get_response(request)
        if not response.streaming:
            archive.index.close()
        return response


class Answers:
    """Errors of the services become pages; what nobody expected is logged by number alone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for an error that can be explained; the page with a number for the others."""
        if isinstance(error, VerticalFileError):
            return faults.explained(request, error)
        from django.http import Http404

        if isinstance(error, Http404):
            return None
        number = secrets.token_hex(4)
        places = [f"{f.name} {f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-4:]]
        log.error("page error %s: %s in %s", number, type(error).__name__, " < ".join(places))
        return faults.broken(request, number)
