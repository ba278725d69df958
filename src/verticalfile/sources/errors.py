"""What can go wrong with a source."""

from __future__ import annotations

from verticalfile.kernel.errors import VerticalFileError


class SourceRefused(VerticalFileError):
    """The source cannot be read as what it was said to be."""

    code = "source-refused"
    exit_code = 13
