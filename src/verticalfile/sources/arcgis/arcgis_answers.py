"""Answers of ArcGIS REST services: errors come with status 200, and are errors (trap 35)."""

from __future__ import annotations

from collections.abc import Mapping

from verticalfile.fetch.errors import AnswerRefused, Blocked, Closed, FetchError, SourceAway
from verticalfile.sources.reading import member, number_of, text_of, texts_of
from verticalfile.sources.visit import Page, Visit

CLOSED = frozenset({401, 403, 498, 499})
"""A token is needed or was not good: the door is closed, and nothing is gone (trap 36)."""
OUT_OF_ORDER_FROM = 500


def is_closed(error: FetchError) -> bool:
    """Whether a login is asked for: not a firewall, not robots.txt."""
    return isinstance(error, Closed) or error.facts.get("service_code") in CLOSED


def asked(
    visit: Visit, url: str, query: Mapping[str, object] | None = None
) -> tuple[Page, Mapping[str, object]]:
    """An answer as JSON, with the page it came as. Raises for an error that it holds.

    Blocked where a token is asked for, SourceAway where the service is out of order, AnswerRefused
    for all else; `facts["code"]` is the service's own.
    """
    page = visit.page(url, {**(query or {}), "f": "json"})
    return page, judged(page.json(), url, page.exchange)


def judged(answer: object, url: str, exchange: Mapping[str, object]) -> Mapping[str, object]:
    """The answer where it is one."""
    error = member(answer, "error")
    if error is None and isinstance(answer, Mapping) and answer.get("status") != "error":
        return answer
    code = number_of(member(error, "code")) or 0
    said = text_of(member(error, "message"))
    said = "; ".join(t for t in (said, *texts_of(member(error, "details"))) if t)
    told = f"{url} answers with the error {code or '?'}: {said[:200] or 'no reason given'}."
    facts = {"exchange": exchange, "url": url, "service_code": code}
    if code in CLOSED:
        mend = "ask the publisher to open it; nothing that is kept was changed."
        raise Blocked(told, mend=mend, passing=False, **facts)
    later = "run the same command again later; nothing was changed."
    if code >= OUT_OF_ORDER_FROM:
        raise SourceAway(told, mend=later, passing=True, **facts)
    raise AnswerRefused(told, mend="open the address in a browser.", **facts)
