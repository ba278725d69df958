"""The story: what the made-up town's portal answers, from when on, and what a person would tell.

Deterministic: the same seed gives the same bytes. Takes about a second; all beats together
hold some 20 MB. The days on which things happen stand in `days`, the sentences in `told`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import format_datetime

from verticalfile.town import days, printing
from verticalfile.town.as_published import printers
from verticalfile.town.days import (
    CUT_OFF,
    CUT_SHORT,
    ENDED,
    ERROR_PAGE,
    FILES,
    NOT_FOUND,
    OUT_OF_ORDER,
    PERMITS,
    PRICES,
    REQUESTS,
    RESTAURANTS,
    SALES,
    VANISHED,
    beat_days,
    is_by_hand,
    look_days,
    moment_of,
)  # fmt: skip
from verticalfile.town.told import ALOUD, COUNTED, TOLD

SEED = 1852
"""The year in which the made-up town was founded."""

_NO_FILE: Mapping[tuple[str, date], int] = {
    (REQUESTS, NOT_FOUND): 404, (PRICES, VANISHED): 404, (RESTAURANTS, OUT_OF_ORDER): 503,
    (RESTAURANTS, ENDED): 410,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beat:
    """From `at` on the portal answers this for a file, until the file's next beat.

    `headers` are complete but for Content-Length, which is the body's unless they name another:
    then the connection breaks off after the body. `body` is None where the status says it all.
    """

    at: datetime
    file: str
    body: bytes | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    aloud: bool = False

    @property
    def by_hand(self) -> bool:
        """Whether it is known from the folder at the desk alone; no portal answers it."""
        return is_by_hand(self.file, self.at.date())


def story(seed: int = SEED) -> tuple[Beat, ...]:
    """All beats in order of time; within one moment in the order of FILES."""
    printed = printers(seed)
    found: list[Beat] = []
    for file in FILES:
        before = b""
        for day in beat_days(file):
            body = b""
            if (file, day) not in _NO_FILE:
                body = printed[file](days.ROWS_OF.get((file, day), day), day)
            found.append(_beat(file, day, body, before))
            before = body or before
    return tuple(sorted(found, key=lambda beat: (beat.at, list(FILES).index(beat.file))))


def looks() -> tuple[tuple[datetime, str], ...]:
    """When somebody looked at which file: at every beat, and often enough when nothing was new."""
    names = list(FILES)
    found = [(moment_of(day), file) for file in names for day in look_days(file)]
    return tuple(sorted(found, key=lambda look: (look[0], names.index(look[1]))))


def by_hand(beats: Iterable[Beat]) -> Mapping[str, bytes]:
    """What the folder at the desk holds: the door counts of each month by the name of their file."""
    return {
        f"{beat.file.rpartition('/')[2]}-{beat.at.date().isoformat()}.csv": beat.body
        for beat in beats
        if beat.body is not None and beat.by_hand
    }


def _beat(file: str, day: date, body: bytes, before: bytes) -> Beat:
    at, place = moment_of(day), (file, day)
    said = _said(file, day, body, before)
    aloud = place in ALOUD
    if place in _NO_FILE:
        return Beat(at, file, None, _NO_FILE[place], {}, said, aloud)
    if place == (REQUESTS, ERROR_PAGE):
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return Beat(at, file, printing.MAINTENANCE_PAGE, 200, headers, said, aloud)
    if place == (REQUESTS, CUT_OFF):
        body = printing.cut_in_quotes(body, after_share=0.55)
    headers = {
        "Content-Type": FILES[file].media_type,
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Last-Modified": format_datetime(at - timedelta(minutes=37), usegmt=True),
    }
    if place == (PERMITS, CUT_SHORT):
        headers["Content-Length"] = str(len(body))
        body = printing.cut_at(body, share=0.7)
    return Beat(at, file, body, 200, headers, said, aloud)


def _said(file: str, day: date, body: bytes, before: bytes) -> str:
    """The sentence of a beat; its figures are counted in the files themselves."""
    sentence = TOLD.get((file, day), "")
    if (file, day) in COUNTED:
        sentence = sentence.format_map(COUNTED[file, day](_rows(file, body), _rows(file, before)))
    return f"{day.isoformat()}: {sentence}" if sentence else ""


def _rows(file: str, body: bytes) -> list[dict[str, str]]:
    text = (gzip.decompress(body) if file == SALES else body).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
