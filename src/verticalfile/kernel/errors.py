"""Every error a person can meet: a stable code, an exit code, one sentence, and the mend.

Exit codes: 10s input, 20s vault, 30s network, 40s rights, 50s limits (`docs/errors.md`).
Classes that belong to one room live in that room's `errors.py`; this is their parent.
"""

from __future__ import annotations

import errno

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
