"""What can go wrong with a source."""

from __future__ import annotations

from verticalfile.kernel.errors import VerticalFileError


class SourceRefused(VerticalFileError):
    """The source cannot be read as what it was said to be."""

    code = "source-refused"
    exit_code = 13


class BadRecord(VerticalFileError):
    """One entry of a listing is none; the others are not touched by it."""

    code = "bad-record"
    exit_code = 16


class KindUnknown(VerticalFileError):
    """No module here knows this kind of publisher."""

    code = "kind-unknown"
    exit_code = 17
