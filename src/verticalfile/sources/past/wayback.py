"""Copies that a web archive made of an address: CDX to find them, mementos to have them.

Every capture is asked for, none collapsed, and paging goes by the resume key with `urlkey` among the
fields, as without it pages jump (traps 72, 73). What was recorded comes by `id_`, its SHA-1 is
compared with that of the index, and `Memento-Datetime` tells what was archived from what the
archive itself answers (trap 74). One request a second, whatever the host allows others.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from verticalfile.fetch.client import Got, NotModified
from verticalfile.fetch.errors import Blocked, FetchError, NotFound
from verticalfile.sources.state import State
from verticalfile.sources.visit import Visit

ARCHIVE = "https://web.archive.org"
SEEN_HOW = "captured by another (Wayback)"
LINES_ASKED = 5_000
PAGES_MAX = 400
GAP_S = 1.0
TRIES = 4
WAIT_S = 30.0
GONE = ("404", "410")
JUMP_MAX = timedelta(days=1)
"""An archive may send on to the nearest copy; further away it is another state."""
_CLOSED = "AdministrativeAccessControlException"
_MOMENT_IN_PATH = re.compile(r"/web/(\d{14})id_/")


@dataclass(frozen=True, slots=True)
class CdxLine:
    """A capture as the index tells it."""

    moment: datetime
    timestamp: str
    original: str
    media_type: str
    status: str  # "-" for a revisit
    digest: str


@dataclass
class Captures:
    """What the index knows of an address, in the order of time; lines that are none are counted."""

    lines: list[CdxLine] = field(default_factory=list)
    bad: int = 0
    known: set[CdxLine] = field(default_factory=set)  # pages overlap: each line once
    is_cut: bool = False  # the index goes on


@dataclass(frozen=True, slots=True)
class Memento:
    """A copy as it was recorded."""

    got: Got
    digest_matches: bool


def lines_in(
    texts: Iterable[str], into: Captures, wanted: Callable[[str], bool] = lambda _: True
) -> None:
    """Read lines of an index; impossible moments and what is no address are counted (trap 73), and
    other addresses than those that are wanted are left out."""
    for text in texts:
        parts = text.split(" ")
        moment = _moment(parts[1]) if len(parts) >= 7 else None
        is_address = len(parts) >= 7 and re.match(r"https?://[^/@:\s]+(:\d+)?(/|$|\?)", parts[2])
        if moment is None or not is_address or "%22data:" in parts[2]:
            into.bad += 1
            continue
        if not wanted(parts[2]):
            continue
        line = CdxLine(moment, parts[1], parts[2], parts[3], parts[4], parts[5])
        if line not in into.known:
            into.known.add(line)
            into.lines.append(line)


def captures_of(
    visit: Visit, archive: str, url: str, *, since: str = "", until: str = "",
    among: Callable[[str], bool] | None = None,
) -> Captures:  # fmt: skip
    """All captures of an address; with `among`, those of all addresses that begin so and are meant.

    Raises Blocked where the archive may not show it, and others.
    """
    found = Captures()
    key = ""
    keys: set[str] = set()
    for _ in range(PAGES_MAX):
        query: dict[str, object] = {"url": url, "limit": LINES_ASKED, "showResumeKey": "true"}
        query |= {name: value for name, value in (("from", since), ("to", until)) if value}
        query |= {"matchType": "prefix"} if among else {}
        query |= {"resolveRevisits": "true", "gzip": "false"}
        query |= {"resumeKey": key} if key else {}
        visit.sleep(GAP_S)
        try:
            page = visit.page(f"{archive}/cdx/search/cdx", query)
        except Blocked as error:
            if _CLOSED in header(error.facts.get("exchange"), "x-archive-wayback-runtime-error"):
                raise Blocked(
                    f"The web archive may not show {url}: its owner or the archive has closed it.",
                    mend="ask the web archive; nothing was changed here.",
                    **{**error.facts, "passing": False},
                ) from error
            raise
        lines, key = page_of(page.body.decode("utf-8", "replace"))
        lines_in(lines, found, among or (lambda _: True))
        found.is_cut = bool(key)
        if not key or key in keys:
            break
        keys.add(key)
    found.lines.sort(key=lambda line: line.moment)
    return found


def page_of(text: str) -> tuple[list[str], str]:
    """The lines of an answer, and the key for what follows: the last line, after a blank one."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) >= 2 and not lines[-2].strip():
        return [line for line in lines[:-2] if line.strip()], lines[-1].strip()
    return [line for line in lines if line.strip()], ""


def memento(visit: Visit, archive: str, line: CdxLine) -> Memento | None:
    """The recorded bytes; None where what was archived is no copy of the file (trap 74), or is lost.

    Raises the errors of `fetch.errors` for what the archive itself answers.
    """
    try:
        got = answered(visit, f"{archive}/web/{line.timestamp}id_/{line.original}")
    except NotFound:
        return None  # the archive has it in its index alone
    if isinstance(got, FetchError):
        return None  # it was an error when it was archived
    found = _MOMENT_IN_PATH.search(str(got.exchange["final_url"]))
    moment = _moment(found[1]) if found else None
    is_archived = bool(header(got.exchange, "memento-datetime"))
    if not is_archived or moment is None or abs(moment - line.moment) > JUMP_MAX:
        got.path.unlink()
        return None
    with open(got.path, "rb") as handle:
        digest = base64.b32encode(hashlib.file_digest(handle, "sha1").digest()).decode()
    return Memento(got, digest == line.digest)


def answered(visit: Visit, url: str) -> Got | FetchError:
    """What a web archive sends for a memento: a file, or the error that was archived, which its
    `Memento-Datetime` tells from one of the archive itself. That is waited for, or raised."""
    for tried in range(1, TRIES + 1):
        visit.sleep(GAP_S)
        try:
            got = visit.file(url)
        except FetchError as error:
            if header(error.facts.get("exchange"), "memento-datetime"):
                return error
            told = error.facts.get("retry_after_s")
            if tried == TRIES or error.facts.get("status") not in (429, 503):
                raise
            visit.sleep(float(told) if isinstance(told, int | float) else WAIT_S)
            continue
        assert not isinstance(got, NotModified)
        return got
    raise AssertionError("the last try returns or raises")


def states_of(lines: list[CdxLine], archive: str) -> Iterator[tuple[State, CdxLine | None]]:
    """States in order: equal digests side by side are one, seen until the last of them; an
    archived 404 or 410 is an absence; other errors and redirects say nothing of the file."""
    telling = [line for line in lines if line.status in ("200", "-", *GONE)]
    run: list[CdxLine] = []
    walk = 0
    for line in [*telling, None]:
        if run and (line is None or _content(line) != _content(run[0])):
            first, content = run[0], _content(run[0])
            name = f"{archive}/web/{first.timestamp}id_/{first.original}"
            state = State(name, first.moment, SEEN_HOW, run[-1].moment, walk, content)
            yield state, first if content is not None else None
            walk += 1
            run = []
        if line is not None:
            run.append(line)


def _content(line: CdxLine) -> str | None:
    return None if line.status in GONE else line.digest


def _moment(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{14}", text, re.ASCII):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def header(exchange: object, name: str) -> str:
    """The first header of that name, lower case, in an exchange; "" without one."""
    pairs = exchange.get("headers") if isinstance(exchange, Mapping) else None
    return next((str(v) for k, v in pairs or () if str(k).lower() == name), "")
