"""How often something is looked at: the words of staff as spans of time."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import shown

DAILY = "daily"
"""How often a file is looked at where nothing is said."""
NEVER = "never"
NAMED_SPANS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    NEVER: timedelta(days=36_500),
}
"""*Never* is a hundred years: only who names the file looks at it."""
SHORTEST = timedelta(minutes=5)
"""More often no publisher is asked."""
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", re.IGNORECASE)


def span_of(every: str) -> timedelta:
    """How often at least: the span, or the longer one of a range such as `daily..monthly`.

    Raises InputRefused.
    """
    return range_of(every)[1]


def range_of(every: str) -> tuple[timedelta, timedelta]:
    """The shortest and the longest span; both are the same where no range is given.

    Raises InputRefused.
    """
    often, dots, seldom = every.partition("..")
    if dots and NEVER in (often, seldom):
        raise _no_span(every)  # who never looks does not look more or less often
    shortest = _one_span(often)
    longest = _one_span(seldom) if dots else shortest
    if longest < shortest:
        raise InputRefused(
            f"“{shown(every)}” begins with the longer span.",
            mend=f"say the shorter one first: {shown(seldom)}..{shown(often)}.",
        )
    return shortest, longest


def _one_span(every: str) -> timedelta:
    """Daily, weekly, monthly, hourly or an ISO 8601 duration such as PT12H."""
    if every in NAMED_SPANS:
        return NAMED_SPANS[every]
    found = _DURATION.fullmatch(every)
    if found and any(found.groups()):
        weeks, days, hours, minutes = (int(g or 0) for g in found.groups())
        with suppress(OverflowError):  # more days than a calendar has
            span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
            if span >= SHORTEST:
                return span
    raise _no_span(every)


def _no_span(every: str) -> InputRefused:
    return InputRefused(
        f"“{shown(every)}” does not say how often.",
        mend="use daily, weekly, monthly, never, a duration of at least PT5M such as PT12H or P2D, or a"
        " range such as daily..monthly.",
    )
