"""Beats of the story as people and programs read them: found by day, as rows, as tables."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from verticalfile import town
from verticalfile.tables.read import read
from verticalfile.tables.reading import Known, Reading
from verticalfile.town import days
from verticalfile.town.days import BRANCHES, PERMITS, REQUESTS, RESTAURANTS, SALES

Told = tuple[town.Beat, ...]
SPOILT = {(REQUESTS, days.CUT_OFF), (REQUESTS, days.ERROR_PAGE), (PERMITS, days.CUT_SHORT)}


def beat_of(told: Told, file: str, day: date) -> town.Beat:
    return next(b for b in told if (b.file, b.at) == (file, days.moment_of(day)))


def before(told: Told, beat: town.Beat) -> town.Beat:
    """The whole file that was there before."""
    return [b for b in whole(told) if b.file == beat.file and b.at < beat.at][-1]


def whole(told: Told, file: str | None = None) -> list[town.Beat]:
    """The beats whose file is there and is all of a table."""
    kept = [b for b in told if b.status == 200 and (b.file, b.at.date()) not in SPOILT]
    return [b for b in kept if file is None or b.file == file]


def text_of(beat: town.Beat) -> str:
    assert beat.body is not None
    windows = beat.file == PERMITS and days.WINDOWS_FROM <= beat.at.date() < days.UTF8_AGAIN
    body = gzip.decompress(beat.body) if beat.file == SALES else beat.body
    return body.decode("cp1252" if windows else "utf-8-sig")


def rows_of(beat: town.Beat) -> list[dict[str, Any]]:
    """Rows by column, read by the standard library and not by this program."""
    text = text_of(beat)
    if beat.file == RESTAURANTS:
        return list(json.loads(text))
    if beat.file == BRANCHES:
        return [
            {**feature["properties"], "geometry": feature["geometry"]}
            for feature in json.loads(text)["features"]
        ]
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def as_read(beat: town.Beat, *, after: town.Beat | None = None) -> Reading:
    """As this program reads it, knowing the columns of the beat before."""
    known = Known()
    if after is not None:
        last = as_read(after)
        names = {table.name: table.columns for table in last.tables}
        known = Known(last.format, {n: frozenset(c) for n, c in names.items()}, names)
    file = town.FILES[beat.file]
    name = file.path.rsplit("/", 1)[1]
    return read(beat.body or b"", name=name, media_type=file.media_type, known=known)


def count(rows: Sequence[dict[str, Any]], **wanted: str) -> int:
    """Rows in which each named column (with _ for spaces) holds what is wanted."""
    return sum(all(row[c.replace("_", " ")] == v for c, v in wanted.items()) for row in rows)
