"""Why a page cannot be shown; the doors turn each into a page with its own words."""

from __future__ import annotations

from verticalfile.kernel.errors import InputRefused, LimitReached
from verticalfile.services.names import NotHeld


class NotOnShelf(NotHeld):
    """The reading room has no such dataset, file, table, version or row."""

    code = "not-on-shelf"


class NotThen(NotHeld):
    """The file was not yet held at the moment asked for; `facts` has the first that is."""

    code = "not-then"


class SeveralFiles(InputRefused):
    """The dataset has several files, or the file several tables, and none was named."""

    code = "several-files"


class QuestionRefused(InputRefused):
    """A filter, sort or page of a table view cannot be understood."""

    code = "question-refused"


class RoomFull(LimitReached):
    """Too many large tables are being opened just now."""

    code = "room-full"


def not_on_shelf(what: str, **facts: object) -> NotOnShelf:
    return NotOnShelf(f"There is no {what} here.", mend="look among all datasets.", **facts)
