"""Copies of an address in any web archive that speaks Memento (RFC 7089): TimeMaps to find them.

A TimeMap lists mementos with their moments; a TimeGate names its TimeMap (RFC 7089 2.2, 5). Nothing
there tells a digest, so each memento is fetched, and what is equal side by side is one state. Many
archives give what they recorded, byte for byte, where `id_` stands behind the moment in the path, as
the Wayback Machine and pywb do; elsewhere the bytes may have been rewritten for showing, and the
evidence says so. A memento is one by its `Memento-Datetime`; what lacks it is an answer of the archive.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from verticalfile.fetch.client import Got
from verticalfile.fetch.errors import AnswerRefused, FetchError, NotFound
from verticalfile.sources.past.timemaps_in_json import json_map
from verticalfile.sources.past.wayback import GAP_S, JUMP_MAX, answered, header
from verticalfile.sources.visit import Page, Visit

SEEN_HOW = "captured by another (Memento)"
LINK_FORMAT = "application/link-format"
MAPS_MAX = 400
"""Pages of a TimeMap; the largest seen hold 10,000 lines each, and a map that goes on is a circle."""
COPIES_MAX = 10_000
"""Mementos taken of one address: at one a second a long night."""
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)')
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^",;\s]*))')
_PLAIN = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(?=https?:)")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as RFC 8288 writes it; `relations` are its words."""

    address: str
    relations: frozenset[str]
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """A memento as a TimeMap tells it."""

    moment: datetime
    address: str


@dataclass
class Copies:
    """What TimeMaps know of an address, in the order of time; lines that tell no moment are counted."""

    original: str = ""
    copies: list[Copy] = field(default_factory=list)
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """A memento that was fetched: as it was recorded, or perhaps rewritten for showing."""

    got: Got
    is_raw: bool


def links_in(text: str, base: str) -> list[Link]:
    """Links of a TimeMap or of a header, resolved against where they stood."""
    found = []
    for address, rest in _LINK.findall(text):
        told = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        relations = frozenset(told.get("rel", "").lower().split())
        try:
            found.append(Link(urljoin(base, address.strip()), relations, told))
        except ValueError:  # no address that anybody could read
            continue
    return found


def copies_of(visit: Visit, address: str, *, since: str = "", until: str = "") -> Copies:
    """All mementos that a TimeMap tells, or the one of a TimeGate; `since` and `until` are digits of
    a date. Raises AnswerRefused for what is neither, and the errors of `fetch.errors`."""
    found, seen, waiting = Copies(), set[str](), [address]
    copies: set[Copy] = set()
    while waiting and len(seen) < MAPS_MAX:
        here = waiting.pop(0)
        seen.add(here)
        visit.sleep(GAP_S)
        page = visit.page(here)
        if page.media_type.partition(";")[0].strip().lower() != LINK_FORMAT:
            waiting += _elsewhere(page, copies, found, {*seen, *waiting})
            continue
        for link in links_in(page.body.decode("utf-8", "replace"), page.final_url):
            if "memento" in link.relations:
                _take(link.told.get("datetime", ""), link.address, copies, found)
            elif "original" in link.relations:
                found.original = found.original or link.address
            elif "timemap" in link.relations and link.address not in {*seen, *waiting}:
                waiting += [link.address] if "self" not in link.relations else []
    low, high = since.ljust(14, "0"), until.ljust(14, "9") if until else "9" * 14
    found.copies = sorted(c for c in copies if low <= c.moment.strftime("%Y%m%d%H%M%S") <= high)
    return found


def recorded(visit: Visit, copy: Copy, plain_hosts: set[str]) -> Recorded | None:
    """The bytes of a memento; None where what was archived is another state, or an error of then.

    Raises NotFound where the archive recorded that there was nothing (404, 410), and the errors of
    `fetch.errors` for what the archive itself answers. `plain_hosts` grows by those without `id_`.
    """
    host = urlsplit(copy.address).netloc
    raw = _PLAIN.sub(r"/\1id_/", copy.address, count=1)
    if raw != copy.address and host not in plain_hosts:
        try:
            answer = answered(visit, raw)
        except (NotFound, AnswerRefused):
            plain_hosts.add(host)
        else:
            if isinstance(answer, FetchError) or header(answer.exchange, "memento-datetime"):
                return _judged(answer, copy, is_raw=True)
            answer.path.unlink()
            plain_hosts.add(host)
    return _judged(answered(visit, copy.address), copy, is_raw=False)


def _judged(answer: Got | FetchError, copy: Copy, *, is_raw: bool) -> Recorded | None:
    if isinstance(answer, FetchError):
        if isinstance(answer, NotFound):
            raise answer
        return None
    moment = _moment(header(answer.exchange, "memento-datetime"))
    if moment is None or abs(moment - copy.moment) > JUMP_MAX:
        answer.path.unlink()
        return None
    return Recorded(answer, is_raw)


def _elsewhere(page: Page, copies: set[Copy], found: Copies, known: set[str]) -> list[str]:
    """The TimeMap that a TimeGate or a memento names, or those that one in JSON does, whose
    mementos are taken. Raises AnswerRefused for what is none of them."""
    named = [
        link.address
        for value in _headers(page.exchange, "link")
        for link in links_in(value, page.final_url)
        if "timemap" in link.relations
    ]
    if named and named[0] not in known:
        return named[:1]
    told = json_map(page.body, page.final_url)
    if told is None:
        if named:
            return []
        raise AnswerRefused(
            f"{page.final_url} is neither a TimeMap nor a TimeGate.",
            mend="give the address of a TimeMap (application/link-format or JSON), or of a TimeGate.",
            exchange=page.exchange,
        )
    found.original = found.original or told.original
    for moment, address in told.copies:
        _take(moment, urljoin(page.final_url, address), copies, found)
    maps = (urljoin(page.final_url, address) for address in told.maps)
    return [address for address in dict.fromkeys(maps) if address not in known]


def _take(told: str, address: str, copies: set[Copy], found: Copies) -> None:
    moment = _moment(told)
    if moment is None or not address.startswith(("http://", "https://")):
        found.bad += 1
    elif len(copies) < COPIES_MAX:
        copies.add(Copy(moment, address))


def _moment(text: str) -> datetime | None:
    """A date as headers have it, or in the forms of TimeMaps in JSON."""
    try:
        digits = re.fullmatch(r"\d{14}", text, re.ASCII)
        if digits or re.match(r"\d{4}-\d\d-\d\dT", text, re.ASCII):
            found = (
                datetime.strptime(text, "%Y%m%d%H%M%S") if digits else datetime.fromisoformat(text)
            )
        else:
            found = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _headers(exchange: Mapping[str, object], name: str) -> list[str]:
    pairs = exchange.get("headers")
    assert isinstance(pairs, list | tuple)
    return [str(value) for key, value in pairs if str(key).lower() == name]
