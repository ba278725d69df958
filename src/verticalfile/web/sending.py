"""Files on their way to a reader: made first, named, never shown as a page.

Up to `AT_HAND_BYTES` of a file are made before its first byte goes out. So its length is told, and
no reader takes a part of it for the whole, whatever stands between; what fails is a page that says
so; and a reader on a slow line holds a file on disk, not a table in memory. Of what is larger the
rest is made while it is taken, for a few readers at once.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from verticalfile.services.archive import open_archive
from verticalfile.services.reading.errors import RoomFull
from verticalfile.services.reading.tables.taking import Taken

AT_HAND_BYTES = 64 << 20
"""A table of such a size is written out in five seconds."""
STEP_BYTES = 256 << 10
LARGE_AT_ONCE = 4
"""Each holds a table that is read, some 40 MB, for as long as its reader takes."""

_large = threading.BoundedSemaphore(LARGE_AT_ONCE)


def sent(found: Taken) -> HttpResponse:
    """An attachment, whatever is in it. Raises what making it raises, and RoomFull."""
    size = found.size_bytes
    chunks = found.chunks
    if size is None:
        chunks, size = _made(chunks)
    response = StreamingHttpResponse(chunks, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["X-Robots-Tag"] = "noindex"
    if size is not None:
        response["Content-Length"] = str(size)
    return response


def _made(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int | None]:
    """The file, and its length if all of it is made."""
    out = tempfile.TemporaryFile(dir=open_archive(settings.VF_ARCHIVE).scratch)  # noqa: SIM115  # `_Going` closes it
    try:
        size = 0
        for chunk in chunks:
            size += out.write(chunk)
            if size > AT_HAND_BYTES:
                if not _large.acquire(blocking=False):
                    raise RoomFull(
                        "Too many large files are being taken.", mend="try again shortly."
                    )
                return _Going(out, chunks), None
    except BaseException:
        out.close()
        raise
    return _Going(out, None), size


class _Going(Iterator[bytes]):
    """What was made, then what is still to be made; closed by the server, also when cut short."""

    def __init__(self, out: IO[bytes], rest: Iterator[bytes] | None) -> None:
        self.out, self.rest = out, rest
        out.seek(0)

    def __next__(self) -> bytes:
        if chunk := self.out.read(STEP_BYTES):
            return chunk
        if self.rest is None:
            raise StopIteration
        return next(self.rest)

    def close(self) -> None:
        """Give back the disk, and the table and the place of a large file."""
        if self.out.closed:
            return
        self.out.close()
        if self.rest is not None:
            getattr(self.rest, "close", lambda: None)()
            _large.release()
