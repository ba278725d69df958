"""What can go wrong with a history; all of it is mended by rebuilding from the vault."""

from __future__ import annotations

from verticalfile.kernel.errors import VerticalFileError


class HistoryDamaged(VerticalFileError):
    """A manifest or segment is missing, cannot be read, or says other than it did."""

    code = "history-damaged"
    exit_code = 25


def history_damaged(what: str) -> HistoryDamaged:
    return HistoryDamaged(
        f"The history is damaged: {what}.",
        mend="run `vf rebuild`; it is made again from the vault and nothing is lost.",
    )
