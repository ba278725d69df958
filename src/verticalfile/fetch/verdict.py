"""What an answer or a failure means: which of our errors it is, and whether it may pass."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

import httpcore

from verticalfile.fetch.errors import (
    AnswerRefused,
    Blocked,
    Closed,
    CutShort,
    NotFound,
    NotReady,
    SourceAway,
)
from verticalfile.fetch.manners.waiting import quota_reset_s, retry_after_s
from verticalfile.fetch.network import CertificateRefused, NameUnknown, WholeTimePassed
from verticalfile.fetch.wire import Answer
from verticalfile.kernel.errors import VerticalFileError

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_CLOSED = frozenset({401, 403, 498, 499})  # 498 and 499: a token of ArcGIS is wrong or missing
_BLOCKING = frozenset({407, 429, 451})
_LATER = "wait; it is tried again at the next run."
_ASK = "ask the publisher to let this archive in; do not pose as a browser."
PAGE_BYTES = 64 << 10
"""As much of a page is looked at; what firewalls send is shorter."""
_HTML = re.compile(rb"<(?:!doctype html|html|head|body)", re.IGNORECASE)
_WALLS = (
    ("F5", rb"<title>\s*request rejected\s*</title>"),
    ("Cloudflare", rb"<title>\s*(?:just a moment\.\.\.|attention required! \| cloudflare)"),
    ("Imperva", rb"incapsula incident id|id=\"main-iframe\" src=\"/_incapsula_resource"),
    ("Imperva", rb"<title>\s*pardon our interruption"),
    ("Akamai", rb"<title>\s*access denied\s*</title>.{0,2000}reference\s*(?:#|&#35;)"),
    ("Sucuri", rb"<title>\s*sucuri website firewall"),
    ("DataDome", rb"geo\.captcha-delivery\.com"),
    ("PerimeterX", rb"id=\"px-captcha\""),
)
"""What the pages of firewalls have, in lower case, and what the pages that they let through have
not: Cloudflare and Imperva put scripts of theirs into those as well."""
_LOGIN = re.compile(rb"<input[^>]{0,500}type\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN_PATH = re.compile(r"/(?:login|log-in|signin|sign-in|sso|saml2?|oauth2?|adfs|cas|auth)(?:[/.?]|$)",
                         re.IGNORECASE)  # fmt: skip


def of_status(answer: Answer, *, now: datetime, page: bytes = b"") -> VerticalFileError | None:
    """None for a body that may be kept (200, 203), else the error this status is.

    `page` is the beginning of the body, in which a firewall may show itself.
    """
    status, url = answer.status, answer.place.shown
    facts: dict[str, object] = {"url": url, "status": status, "passing": status in PASSING}
    if wall := _firewall(answer, page):
        return _walled(url, wall, facts)
    if status in (200, 203):
        return None
    asked_s = retry_after_s(answer.header("retry-after"), date=answer.header("date"), now=now)
    if asked_s is None and status == 429:
        reset = answer.header("x-ratelimit-reset")
        asked_s = quota_reset_s(page, reset, date=answer.header("date"), now=now)
    if asked_s is not None:
        facts["retry_after_s"] = asked_s
    if status in (404, 410):
        what = "nothing is there" if status == 404 else "what was there is gone for good"
        return NotFound(
            f"{url} answers that {what} ({status}).",
            mend="look on the publisher's page for its new address.",
            **facts,
        )
    if status in _CLOSED:
        return _closed(url, f"({status})", facts)
    if status in _BLOCKING:
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


def of_page(answer: Answer, page: bytes, *, asked: str) -> VerticalFileError | None:
    """What a page that came as 200 is, where it is not what was asked for: a firewall or a login.

    A page that says that the site has closed is kept as what it is: an unreadable file.
    """
    if not is_html(page):
        return None
    url = answer.place.shown
    facts: dict[str, object] = {"url": url, "status": answer.status, "passing": False}
    if wall := _firewall(answer, page):
        return _walled(url, wall, facts)
    sent_on = answer.place.url.partition("?")[0] != asked.partition("?")[0]
    if _LOGIN.search(page) and (
        (sent_on and _LOGIN_PATH.search(urlsplit(answer.place.url).path)) or _is_data(asked)
    ):
        return _closed(url, "(a page that asks for a password)", facts)
    return None


def is_html(beginning: bytes) -> bool:
    """Whether these are the first bytes of an HTML page, comments before it passed over."""
    rest = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    while rest.startswith(b"<!--"):
        rest = rest.partition(b"-->")[2].lstrip()
    return _HTML.match(rest) is not None


def _is_data(url: str) -> bool:
    """Whether an address is that of a file of data by its ending."""
    path = urlsplit(url).path.lower()
    return path.endswith((".csv", ".tsv", ".json", ".geojson", ".xml", ".zip", ".gz", ".xlsx",
                          ".xls", ".ods", ".parquet", ".txt", ".kml", ".kmz", ".pdf"))  # fmt: skip


def _firewall(answer: Answer, page: bytes) -> str:
    """The name of the firewall that answered instead of the source, or ""."""
    if answer.header("cf-mitigated"):
        return f"Cloudflare, {answer.header('cf-mitigated')[:40]}"
    if answer.header("x-amzn-waf-action"):
        return f"AWS, {answer.header('x-amzn-waf-action')[:40]}"
    if answer.header("x-sucuri-block"):
        return "Sucuri"
    if not is_html(page):
        return ""
    lower = page.lower()
    return next((name for name, mark in _WALLS if re.search(mark, lower, re.DOTALL)), "")


def _walled(url: str, wall: str, facts: dict[str, object]) -> Blocked:
    facts["passing"] = False
    return Blocked(
        f"A firewall answers for {url} and does not let us in ({wall}).",
        mend=_ASK,
        **facts,
        firewall=wall,
    )


def _closed(url: str, how: str, facts: dict[str, object]) -> Closed:
    return Closed(
        f"{url} is closed to the public: it wants a login {how}.",
        mend="ask the publisher whether it is public; if they give you a key, set it for this host.",
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
            mend="ask the publisher; a library may decide otherwise, and why is written down:"
            f" vf hosts {urlsplit(url).hostname} --override-robots --reason WHY",
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
