"""What can go wrong with reading that is no fault of the file."""

from __future__ import annotations

from verticalfile.kernel.errors import VerticalFileError


class ReaderUnavailable(VerticalFileError):
    """The process that reads files cannot be started on this machine now."""

    code = "reader-unavailable"
    exit_code = 52


def reader_unavailable(why: str) -> ReaderUnavailable:
    return ReaderUnavailable(
        f"The process that reads files could not be started: {why}.",
        mend="look at free memory and at `vf doctor`, then run the command again.",
    )
