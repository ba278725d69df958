"""A sheet of HTML as PDF: printed in a process of its own, with limits, fetching nothing.

WeasyPrint is slow Python and needs system libraries, so it never runs in the process that serves
readers: a child is started for each sheet, may use so much time and memory, and is gone after.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from verticalfile.kernel.errors import LimitReached, VerticalFileError

WAIT_S = 60.0
"""A sheet takes 1.5 s of processor time; on two busy old cores thirty times that."""
TURN_S = 2.0
"""So long a sheet waits for the one before it."""
PDF_BYTES = 3_000_000
"""A sheet is 40 to 90 KB with its font."""
PAGES = 2
NO_LIBRARIES, TOO_LONG = 3, 4
"""Exit codes of the child."""

_turn = threading.BoundedSemaphore(1)


class CannotPrint(VerticalFileError):
    """The libraries that make PDF files are not installed on this machine."""

    code = "cannot-print"
    exit_code = 15


class SheetTooMuch(LimitReached):
    """A sheet took too long, or did not fit on its pages."""

    code = "sheet-too-much"


class PrinterBusy(LimitReached):
    """Others are printing; only one sheet is made at a time."""

    code = "printer-busy"


@lru_cache(maxsize=1)
def can_print() -> bool:
    """Whether this machine has what WeasyPrint needs. Asked once for each process: after the
    libraries were installed, `vf run` is started again."""
    try:
        done = _child([], b"", WAIT_S)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def as_pdf(sheets: Sequence[str], *, font: Path | None) -> bytes:
    """The first of some sheets that fits on PAGES pages, as tagged PDF; they go from full to short.

    `font` is given as `vf:font`; nothing else that a sheet names is fetched. Raises CannotPrint,
    SheetTooMuch, PrinterBusy.
    """
    if not _turn.acquire(timeout=TURN_S):
        raise PrinterBusy("Another sheet is being printed.", mend="try again shortly.")
    try:
        asked = {"sheets": list(sheets), "font": str(font) if font else "", "pages": PAGES}
        done = _child(["print"], json.dumps(asked).encode(), WAIT_S)
    except subprocess.TimeoutExpired:
        raise SheetTooMuch("The sheet took too long to print.", mend="choose fewer rows.") from None
    finally:
        _turn.release()
    if done.returncode == NO_LIBRARIES:
        raise CannotPrint(
            "This machine has not the libraries that make PDF files.",
            mend="install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0, then start again.",
        )
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise SheetTooMuch("The sheet could not be printed.", mend="choose fewer rows or columns.")
    if len(done.stdout) > PDF_BYTES:
        raise SheetTooMuch("The sheet became too large.", mend="choose fewer rows or columns.")
    return done.stdout


def _child(words: list[str], given: bytes, wait_s: float) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "verticalfile.services.printing.printing_child", *words]
    return subprocess.run(
        command, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=wait_s,
        check=False,
    )  # fmt: skip
