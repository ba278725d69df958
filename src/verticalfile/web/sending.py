"""Files on their way to a reader: streamed, named, never shown as a page."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse

from verticalfile.services.reading.tables.taking import Taken


def sent(found: Taken) -> HttpResponse:
    """An attachment, whatever is in it."""
    response = StreamingHttpResponse(found.chunks, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["X-Robots-Tag"] = "noindex"
    if found.size_bytes is not None:
        response["Content-Length"] = str(found.size_bytes)
    return response
