"""When to ask again: Retry-After as servers write it, and how long one call may pause."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from verticalfile.fetch.manners.rules import JITTER, RETRY_AFTER_MAX_S, WAIT_MAX_S, WAITS_S
from verticalfile.kernel.errors import VerticalFileError

EPOCH_FROM_S = 1_000_000_000
"""A number from here on is a moment (2001 and later), and a smaller one a time to wait."""


def retry_after_s(value: str, *, date: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110 10.2.3) in seconds, 0 to a day; None where nothing is understood.

    A date is counted from the server's own `Date`, so that a wrong clock does no harm.
    """
    value = value.strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        whole = value.partition(".")[0]
        if whole.startswith("-"):
            return 0.0
        return RETRY_AFTER_MAX_S if len(whole) > 9 else min(float(value), RETRY_AFTER_MAX_S)
    until = moment_of(value)
    if until is None:
        return None
    wait_s = (until - (moment_of(date) or now)).total_seconds()
    return min(max(wait_s, 0.0), RETRY_AFTER_MAX_S)


def quota_reset_s(page: bytes, header: str, *, date: str, now: datetime) -> float | None:
    """Seconds until a quota that is used up begins anew, 0 to a day; None where nothing tells.

    `page` is the answer, whose member `reset_time` Opendatasoft fills; `header` is X-RateLimit-Reset,
    which is a moment in seconds since 1970 with most, and seconds from now with some.
    """
    since = moment_of(date) or now
    until = _reset_time(page)
    if until is not None:
        wait_s = (until - since).total_seconds()
    elif re.fullmatch(r"\d{1,12}", header.strip(), re.ASCII):
        told = int(header.strip())
        wait_s = told - since.timestamp() if told >= EPOCH_FROM_S else told
    else:
        return None
    return min(max(wait_s, 0.0), RETRY_AFTER_MAX_S)


def _reset_time(page: bytes) -> datetime | None:
    try:
        body = json.loads(page.decode("utf-8-sig"))
        told = body.get("reset_time") if isinstance(body, dict) else None
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except (ValueError, RecursionError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def pause_s(
    error: VerticalFileError,
    *,
    tried: int,
    paused_s: float,
    chance: Callable[[], float] = random.random,
) -> float | None:
    """The pause before the next try, or None when this call should give up.

    What the source asks for is kept to; our own pauses grow and differ from one to the next.
    """
    if not error.facts.get("passing") or tried > len(WAITS_S):
        return None
    asked = error.facts.get("retry_after_s")
    if isinstance(asked, (int, float)):
        wait_s = max(float(asked), WAITS_S[0])
    else:
        wait_s = WAITS_S[tried - 1] * (1 + JITTER * chance())
    return wait_s if paused_s + wait_s <= WAIT_MAX_S else None


def moment_of(text: str) -> datetime | None:
    """An HTTP date, also in its two obsolete forms; without a zone it is UTC."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
