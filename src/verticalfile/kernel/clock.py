"""The one source of time. Rooms are given a clock; none of them calls `datetime.now()`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment as an aware `datetime` in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, cut to whole microseconds as Python gives it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for tests and for the demo town."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self._moment

    def move_to(self, moment: datetime) -> None:
        """Set the time; going back is allowed, since real clocks do."""
        self._moment = moment.astimezone(UTC)

    def pass_time(self, span: timedelta) -> None:
        self._moment += span
