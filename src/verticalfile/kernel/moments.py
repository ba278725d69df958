"""Moments as text: how they are written, and how a person's WHEN is understood.

A moment is an aware `datetime` in UTC. A shorter WHEN means its last instant in the archive's
time zone, so that "2021-03" is answered as the archive stood when March had ended.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from verticalfile.kernel.errors import InputRefused

INSTANT = timedelta(microseconds=1)
LAST_SECOND = time(23, 59, 59)
_TIME = re.compile(
    r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)[T ](?P<H>\d\d):?(?P<M>\d\d)"
    r"(?::?(?P<S>\d\d)(?P<f>[.,]\d{1,9})?)?(?P<z>Z|[+-]\d\d:?(?:\d\d)?)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?|(\d{4})(\d\d)(\d\d)")


def to_iso(moment: datetime) -> str:
    """RFC 3339 in UTC, `2021-03-01T14:15:00Z`; microseconds only where there are some."""
    text = moment.astimezone(UTC).isoformat()
    return text.replace("+00:00", "Z")


def for_people(moment: datetime, zone: tzinfo) -> str:
    """`2021-03-01 09:15` by the clocks of that zone, which the archive understands as a WHEN, too.

    A day of which no hour is known is written as a day.
    """
    if is_day(moment, zone):
        return day_of(moment, zone)
    return moment.astimezone(zone).isoformat(" ", "minutes")[:16]


def is_day(moment: datetime, zone: tzinfo) -> bool:
    """Whether a moment stands for a day of which no hour is known: its last second."""
    return moment.astimezone(zone).time() >= LAST_SECOND


def day_of(moment: datetime, zone: tzinfo) -> str:
    """`2021-03-01`: the day of a moment by the clocks of that zone."""
    return moment.astimezone(zone).date().isoformat()


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last second of a day in that zone: the moment of what is known to be of that day."""
    return datetime.combine(day, LAST_SECOND, tzinfo=zone).astimezone(UTC)


def from_iso(text: str) -> datetime:
    """The inverse of `to_iso`; raises ValueError when the text has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return moment.astimezone(UTC)


def last_instant(when: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """Understand a person's WHEN; a shorter one means its last instant in `zone`.

    Accepts ISO 8601 dates and times, extended or basic, `2021`, `2021-03`, `yesterday`,
    `today` and `now`. Raises InputRefused.
    """
    text = when.strip()
    if text.lower() == "now":
        return now.astimezone(UTC)
    if text.lower() in ("today", "yesterday"):
        day = now.astimezone(zone).date()
        return _end_of(day - timedelta(days=1) if text.lower() == "yesterday" else day, zone)
    try:
        if found := _TIME.fullmatch(text):
            return _moment_of(found, zone)
        if found := _DATE.fullmatch(text):
            return _end_of(_last_day(found), zone)
    except (ValueError, OverflowError):
        pass
    raise InputRefused(
        f"“{when}” is not a date or time that can be understood.",
        mend="write it as 2021, 2021-03, 2021-03-01, 2021-03-01T14:15 or yesterday.",
        when=when,
    )


def _moment_of(found: re.Match[str], zone: ZoneInfo) -> datetime:
    part = found.groupdict()
    fraction = (part["f"] or ".0")[1:7].ljust(6, "0")
    offset = part["z"]
    at = datetime(
        int(part["y"]), int(part["m"]), int(part["d"]), int(part["H"]), int(part["M"]),
        int(part["S"] or 0), int(fraction), tzinfo=zone,
    )  # fmt: skip
    if offset is not None:
        at = at.replace(tzinfo=datetime.strptime(_full_offset(offset), "%z").tzinfo)
    # an hour that comes twice in autumn ends when it ends the second time (PEP 495)
    at = max(at.astimezone(UTC), at.replace(fold=1).astimezone(UTC))
    if part["S"] is None:
        at += timedelta(minutes=1) - INSTANT
    elif part["f"] is None:
        at += timedelta(seconds=1) - INSTANT
    return at


def _full_offset(text: str) -> str:
    return text.upper() + "00" if len(text) == 3 else text.upper()


def _last_day(found: re.Match[str]) -> date:
    year, month, day, year8, month8, day8 = (int(g) if g else None for g in found.groups())
    if year8 is not None and month8 is not None and day8 is not None:
        return date(year8, month8, day8)
    assert year is not None
    if month is None:
        return date(year, 12, 31)
    if day is not None:
        return date(year, month, day)
    date(year, month, 1)  # raises ValueError for a month that does not exist
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    start_of_next = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return start_of_next.astimezone(UTC) - INSTANT
