"""Every error a person can meet: a stable code, an exit code, one sentence, and the mend.

Exit codes: 10s input, 20s vault, 30s network, 40s rights, 50s limits (`docs/errors.md`).
Classes that belong to one room live in that room's `errors.py`; this is their parent.
"""

from __future__ import annotations

import errno
import re

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class VerticalFileError(Exception):
    """Something a person can mend. `facts` are for `--json`; the message is for people."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, mend: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} To mend it: {self.mend}"


class InputRefused(VerticalFileError):
    """What was asked cannot be understood or does not exist."""

    code = "input-refused"
    exit_code = 10


class LimitReached(VerticalFileError):
    """A limit of `limits.py` was met; nothing was half-done."""

    code = "limit-reached"
    exit_code = 50


def tells_no_room(error: BaseException) -> bool:
    """Whether this is of a full disk, a quota or a limit on the size of files: all are told alike."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


_OF_JSON = {
    "Expecting value": "a value is missing",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name": "a name in double quotes is missing",
    "Illegal trailing comma": "a comma is too many",
    "Unterminated string": "a text without its closing quotes begins",
    "Invalid control character": "a line break or tab stands within a text",
    "Invalid \\": "a backslash begins nothing that is known",
    "Extra data": "something follows after its end",
    "A value of more": "a value is larger than may be read",
    "Exceeds the limit": "a number has more digits than may be read",
}
"""How parsers of JSON begin, and what people are told."""
_PLACE = re.compile(r"line (\d+) column (\d+)")


def trouble_of_json(error: ValueError | RecursionError) -> str:
    """What is wrong with a document that should be JSON: `a colon is missing at line 1 column 5`.

    The words of the parser, which speaks to programmers, stay with the error that it raised.
    """
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    said = str(error)
    place = _PLACE.search(said)
    what = next((ours for theirs, ours in _OF_JSON.items() if said.startswith(theirs)), "")
    if place is None:
        return what or said[:120]  # of our own readers
    return f"{what or 'something is wrong'} at line {place[1]} column {place[2]}"
