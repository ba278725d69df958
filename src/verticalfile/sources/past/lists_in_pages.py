"""A list that comes in several answers, put together from copies of them that others made.

Copies are of different moments, and rarely was every page copied. A kind tells by `ListInPages`
which recorded addresses are pages of its list, and of no other question, and what a page says of
itself. Copies within a day that say the same total, and were asked for in the same way, are one
look. It is whole only where as many different entries came as all of its pages count, each once;
else it tells what was there, and nothing of what was not (docs/decisions/0069).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from verticalfile.fetch.errors import AnswerRefused
from verticalfile.kernel.moments import to_iso
from verticalfile.sources.kind import Completeness, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.visit import PAGE_MAX_BYTES

SPAN = timedelta(days=1)
"""Copies further apart are no look at one list: portals add and drop some entries every few days."""
PARAMETERS_MAX = 50
PAGES_MAX = 500
"""TimeMaps that are asked for one list; the largest catalogs known have some hundred pages."""
DEFAULT_PORTS = (80, 443)
_DIGITS = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A copy of one answer. `address` is where the portal gave it, "" where that is not known."""

    path: Path
    address: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a page says of itself. `lines` are its records as lines of JSON, one for each identifier,
    where the answer itself is no list of records."""

    total: int | None  # of the whole list; None where it tells none
    identifiers: tuple[str, ...]
    lines: tuple[bytes, ...] = ()
    ending: str = "json"  # of a file that holds the answer
    why_not: str = ""  # why a page without a total is not the whole list


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of a list an address asks for. Pages of another `form` (another size or order, or
    at another address) are never put together with it."""

    form: str
    start: str
    size: int | None  # entries asked for, where it tells

    @property
    def order(self) -> tuple[int, str]:
        """By numbers, else by texts."""
        number = _number(self.start)
        return (-1, self.start) if number is None else (number, "")


@dataclass(frozen=True, slots=True)
class ListInPages:
    """One way in which a kind hands over its list: the addresses of its pages, and how one is read."""

    read: Callable[[Answer, str], PageRead]  # with the source's location. Raises AnswerRefused
    new_file: Callable[[Path], PagesFile]
    file_name: str
    paths: tuple[str, ...] = ("",)  # below the home of the source; "" is the list's own address
    elsewhere: tuple[str, ...] = ()  # whole addresses that answer for many sources
    host: str = ""  # the parameter that must name the source's host
    start: str = ""  # the parameter that tells at which entry, or page, an answer begins
    first: int = 0
    after: str = ""  # the parameter that tells after which entry it begins
    size: str = ""
    is_numbered: bool = False  # `start` counts pages, and not entries
    idle: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    """Parameters that take nothing away from the list, whatever their value (None) or with these."""
    document: str = ""  # how answers are called that stand beside their lines

    def addresses(self, home: str) -> list[str]:
        """Where its pages are asked for, without a place."""
        found = [f"{home}{path}" for path in self.paths]
        found += self.elsewhere
        if self.host:
            name = urlsplit(home).hostname or ""
            found = [f"{address}?{self.host}={name}" for address in found]
        return found

    def beginnings(self, home: str) -> list[str]:
        """With what the addresses of its pages begin, as an index sorts them: by parameters."""
        return [a if self.host else a.partition("?")[0] for a in self.addresses(home)]

    def beside(self, address: str, place: Place, read: PageRead) -> list[str]:
        """The addresses of the list's other pages, asked for as this one was; [] where what it
        says of itself does not tell them."""
        count = len(read.identifiers)
        begins_it = place.start == str(self.first)
        size = count if begins_it or not place.size else place.size
        if not self.start or not place.start.isdigit() or not size or not read.total:
            return []
        pages = min(-(-read.total // size), PAGES_MAX)
        step = 1 if self.is_numbered else size
        starts = [self.first + number * step for number in range(pages)]
        return [self._at(address, start) for start in starts if str(start) != place.start]

    def _at(self, address: str, start: int) -> str:
        """The address of the page that begins there, written as this one is."""
        base, _, query = address.partition("?")
        told = [each for each in query.split("&") if each]
        own = f"{self.start}={start}"
        names = [each.partition("=")[0] for each in told]
        if self.start in names:
            told[names.index(self.start)] = own
        else:
            told.append(own)
        return f"{base}?{'&'.join(told)}"

    def place(self, address: str, home: str) -> Place | None:
        """Which page of the list of `home` an address is; None for any other question."""
        try:
            parts = urlsplit(address)
            asked = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=PARAMETERS_MAX)
            own = [urlsplit(each) for each in self.addresses(home)]
            where = next((each for each in own if _site(each) == _site(parts)), None)
        except ValueError:
            return None
        needed, told = dict(parse_qsl(where.query if where else "")), dict(asked)
        if where is None or len(told) < len(asked) or "" in told:
            return None
        if any(told.pop(name, "").lower() != value.lower() for name, value in needed.items()):
            return None
        start, after = told.pop(self.start, None), told.pop(self.after, None)
        if not all(self._is_idle(name, value) for name, value in told.items()):
            return None
        form = json.dumps([_site(where), sorted(told.items()), after is not None])
        number = _number(start or str(self.first))
        if (start and after is not None) or number is None:
            return None
        size = _number(told.get(self.size, ""))
        return Place(form, after if after is not None else str(number), size)

    def _is_idle(self, name: str, value: str) -> bool:
        if name == self.size:
            return True
        values = self.idle.get(name, frozenset())
        return values is None or value.strip() in values


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a page, as an index tells of it. `name` is where the copy is had."""

    moment: datetime
    name: str
    address: str  # where the portal gave it
    place: Place
    digest: str  # by which equal ones are told; its name where the index tells none


@dataclass(frozen=True, slots=True)
class CopyRead:
    """A copy with its bytes, and what they say."""

    copy: Copy
    answer: Answer
    read: PageRead


def home_in(forms: Sequence[ListInPages], url: str) -> str:
    """The home of which an address is a page; "" where it is none of these."""
    for form in forms:
        for path in form.paths:
            before, found, after = url.partition(f"/{path}")
            if path and found and after[:1] in ("", "?", "/"):
                return f"{before}/"
    return url if any("" in form.paths for form in forms) else ""


def days_of(copies: Iterable[Copy]) -> list[list[Copy]]:
    """Copies that may be of one look, in the order of time: none is later than a day after the first.

    The same bytes of the same page within such a time are one copy, the earliest.
    """
    days: list[list[Copy]] = []
    known: set[tuple[Place, str]] = set()
    for copy in sorted(copies, key=lambda each: (each.moment, each.name)):
        if not days or copy.moment - days[-1][0].moment > SPAN:
            days.append([])
            known = set()
        if (copy.place, copy.digest) not in known:
            known.add((copy.place, copy.digest))
            days[-1].append(copy)
    return days


def looks_in(day: Sequence[CopyRead]) -> list[list[CopyRead]]:
    """The looks that a day's copies make: each copy in one of them, each page once, and all of one
    form and total. The earliest copies of all pages are the first look; the next are the second."""
    looks: dict[tuple[str, int | None, int], list[CopyRead]] = {}
    times: dict[tuple[Place, int | None], int] = {}
    for each in sorted(day, key=lambda each: (each.copy.moment, each.copy.name)):
        page = (each.copy.place, each.read.total)
        times[page] = times.get(page, -1) + 1
        look = looks.setdefault((each.copy.place.form, each.read.total, times[page]), [])
        look.append(each)
    return [sorted(look, key=lambda each: each.copy.place.order) for look in looks.values()]


def one_answer(form: ListInPages, answer: Answer, location: str, into: Path) -> Taken:
    """The list that one answer is, or a part of it. Raises AnswerRefused."""
    return _together(form, [(answer, page_read(form, answer, location), None)], "one answer", into)


def together(form: ListInPages, look: Sequence[CopyRead], into: Path) -> Taken:
    """The list that the copies of a look make, whole or in part, as the kind's own walk makes it."""
    moments = sorted(each.copy.moment for each in look)
    span = f"copies of pages that were recorded from {to_iso(moments[0])} to {to_iso(moments[-1])}"
    pages = [(each.answer, each.read, each.copy.place) for each in look]
    return _together(form, pages, span if len(look) > 1 else "a copy of one page", into)


def page_read(form: ListInPages, answer: Answer, location: str) -> PageRead:
    """What a copy of a page says. Raises AnswerRefused for what is none, or holds no entry of any."""
    read = form.read(answer, location)
    if not read.identifiers and read.total != 0:
        raise AnswerRefused(f"No entry stands on {answer.address}.", mend=_NO_PAGE)
    return read


def json_of(answer: Answer) -> object:
    """A copy as JSON. Raises AnswerRefused for what is too large or nested too deep, too."""
    if answer.path.stat().st_size <= PAGE_MAX_BYTES:
        try:
            return json.loads(answer.path.read_bytes().decode("utf-8-sig"))
        except (ValueError, RecursionError):
            pass
    raise no_page(answer)


def no_page(answer: Answer) -> AnswerRefused:
    """The copy is of something else."""
    where = answer.address or answer.path.name
    return AnswerRefused(f"The copy of {where} is no page of such a list.", mend=_NO_PAGE)


_NO_PAGE = "name the address at which the portal had its list."


def _together(
    form: ListInPages,
    pages: Sequence[tuple[Answer, PageRead, Place | None]],
    method: str,
    into: Path,
) -> Taken:
    path = into / form.file_name
    known: set[str] = set()
    with form.new_file(path) as file:
        for number, (answer, read, _) in enumerate(pages, 1):
            if not form.document:
                file.page(answer.path.read_bytes())
                continue
            file.file(f"{form.document}-{number:05}.{read.ending}", answer.path)
            new = dict(zip(read.identifiers, read.lines, strict=True))
            if fresh := [line for name, line in new.items() if name not in known]:
                file.page(b"".join(fresh), "jsonl")
            known.update(new)
    complete = _judged([(read, place) for _, read, place in pages], method)
    return Taken(path, *digest_and_size(path), path.name, "application/zip", complete, {})


def _judged(pages: Sequence[tuple[PageRead, Place | None]], method: str) -> Completeness:
    """Proved where the total that all of them tell came, no entry twice."""
    named = [name for read, _ in pages for name in read.identifiers]
    received, total, why = len(set(named)), pages[0][0].total, ""
    if total is None:
        why = pages[0][0].why_not if len(pages) == 1 else "its pages tell no total"
    elif received != total:
        why = f"{received:,} of {total:,} entries came{_pages_told(pages, total)}"
    elif len(named) != received:
        why = f"{len(named) - received:,} entries came twice, as the order had moved meanwhile"
    ended = "count reached" if not why and total is not None else "no further copies"
    return Completeness(received, total, method, len(pages), ended, not why, why)


def _pages_told(pages: Sequence[tuple[PageRead, Place | None]], total: int) -> str:
    """On how many pages, and of how many, where their size is certain."""
    came, place = len(pages), pages[0][1]
    largest = max(len(read.identifiers) for read, _ in pages)
    # a last page alone, or a portal that gives fewer than were asked for, tells no size
    is_certain = place is not None and (largest == place.size or (not place.size and came > 1))
    there = -(-total // largest) if is_certain and largest else 0
    if there > 1:
        return f", on {came:,} of {there:,} pages"
    return f", on {came:,} pages" if came > 1 else ""


def _number(text: str) -> int | None:
    return int(text) if _DIGITS.fullmatch(text) else None


def _site(parts: SplitResult) -> tuple[str, int | None, str]:
    """An address without its scheme, its default port and the way its path is written."""
    port = parts.port
    port = None if port in DEFAULT_PORTS else port
    host = (parts.hostname or "").lower().removeprefix("www.")  # as web archives take them
    return host, port, unquote(parts.path).rstrip("/")
