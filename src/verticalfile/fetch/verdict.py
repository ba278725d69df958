"""What an answer or a failure means: which of our errors it is, and whether it may pass."""

from __future__ import annotations

from datetime import datetime

import httpcore

from verticalfile.fetch.errors import (
    AnswerRefused,
    Blocked,
    CutShort,
    NotFound,
    NotReady,
    SourceAway,
)
from verticalfile.fetch.network import CertificateRefused, NameUnknown, WholeTimePassed
from verticalfile.fetch.waiting import retry_after_s
from verticalfile.fetch.wire import Answer
from verticalfile.kernel.errors import VerticalFileError

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_BLOCKING = frozenset({401, 403, 407, 429, 451})
_LATER = "wait; it is tried again at the next run."
_ASK = "ask the publisher to let this archive in; do not pose as a browser."


def of_status(answer: Answer, *, now: datetime) -> VerticalFileError | None:
    """None for a body that may be kept (200, 203), else the error this status is."""
    status, url = answer.status, answer.place.url
    if status in (200, 203):
        return None
    facts: dict[str, object] = {"url": url, "status": status, "passing": status in PASSING}
    asked_s = retry_after_s(answer.header("retry-after"), date=answer.header("date"), now=now)
    if asked_s is not None:
        facts["retry_after_s"] = asked_s
    if status in (404, 410):
        what = "nothing is there" if status == 404 else "what was there is gone for good"
        return NotFound(
            f"{url} answers that {what} ({status}).",
            mend="look on the publisher's page for its new address.",
            **facts,
        )
    if status in _BLOCKING:
        if challenge := answer.header("cf-mitigated"):
            facts["firewall"] = challenge
        mend = _LATER if status == 429 else _ASK
        return Blocked(f"{url} does not let us in ({status}).", mend=mend, **facts)
    if status == 202:
        return NotReady(f"{url} is still preparing the file (202).", mend=_LATER, **facts)
    if status >= 500 or status in PASSING:
        return SourceAway(f"{url} is out of order ({status}).", mend=_LATER, **facts)
    return AnswerRefused(
        f"{url} answers {status}, which is no file.",
        mend="open the address in a browser and see what it expects.",
        **facts,
    )


def of_failure(error: Exception, url: str) -> VerticalFileError:
    """A failure of name, connection, TLS, time or protocol before the body is through."""
    passing = True
    mend = _LATER
    if isinstance(error, NameUnknown):
        what, passing = "has a name that no name server knows", False
        mend = "check the spelling; the publisher may have moved."
    elif isinstance(error, CertificateRefused):
        what, passing = "shows a certificate that is not trusted", False
        mend = "tell the publisher; nothing is fetched over a connection that may be forged."
    elif isinstance(error, WholeTimePassed):
        what, passing = "took longer than the whole time it was given", False
    elif isinstance(error, httpcore.TimeoutException):
        what, passing = "did not answer in time", isinstance(error, httpcore.ConnectTimeout)
    elif isinstance(error, httpcore.RemoteProtocolError):
        what = "does not speak proper HTTP"
    else:
        what = "cannot be reached"
    reason = f"{type(error).__name__}: {error}"
    return SourceAway(f"{url} {what}.", mend=mend, url=url, reason=reason, passing=passing)


def of_robots(url: str, *, robots_url: str, trouble: VerticalFileError | None) -> Blocked:
    """The source's robots.txt says no, or cannot be had, which means no (RFC 9309 2.3.1.4)."""
    if trouble is None:
        return Blocked(
            f"{url} is closed to programs by {robots_url}.",
            mend="ask the publisher; a library may override this for one source, with a reason.",
            url=url,
            robots_url=robots_url,
            passing=False,
        )
    facts = {k: v for k, v in trouble.facts.items() if k in ("retry_after_s", "passing", "status")}
    if isinstance(trouble, CutShort):
        facts["passing"] = True
    return Blocked(
        f"{robots_url} cannot be read now, which means that we must stay away.",
        mend=_LATER,
        url=url,
        robots_url=robots_url,
        reason=trouble.message,
        **facts,
    )
