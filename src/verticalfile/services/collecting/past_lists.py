"""Lists of a portal's past that come in pages: which copies of them web archives have, and the
lists that these make.

An index is asked for all addresses of the list's pages at once, TimeMaps for one after the other.
What there is is counted before a copy is asked for; copies come one at a time. A day whose copies
are all held is not asked for again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.fetch.client import Got
from verticalfile.fetch.errors import AnswerRefused, Blocked, NotFound
from verticalfile.kernel.moments import to_iso
from verticalfile.kernel.originals import in_file
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.gathering.recorded import kind_of_list
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.known import derive
from verticalfile.sources.kind import InPages, OneAnswer
from verticalfile.sources.past import memento, wayback
from verticalfile.sources.past.lists_in_pages import (
    Answer,
    Copy,
    CopyRead,
    ListInPages,
    Place,
    days_of,
    home_in,
    looks_in,
    page_read,
    together,
)
from verticalfile.sources.reading import member
from verticalfile.sources.state import Offered, State
from verticalfile.sources.visit import Visit

ALSO_READ = "also_read"
"""Copies of the same day that were read and are none, or equal one: they need not be asked for again."""
Asking = Callable[[int, int], None]
"""Told before the first is asked for: how many copies of pages, of how many days."""


@dataclass(frozen=True, slots=True)
class Had:
    """A copy that an archive handed over; `told` goes into the evidence."""

    got: Got
    told: Mapping[str, object]


Asked = Callable[[Copy], Had | None]
"""Asks for a copy; None for what is none. Raises the errors of `fetch`."""


@dataclass(frozen=True, slots=True)
class PagesAsked:
    """Whose pages are looked for. `home` may be where the portal was before."""

    forms: tuple[ListInPages, ...]
    home: str
    location: str  # of the source

    def page(self, url: str) -> tuple[ListInPages, Place] | None:
        """Which page of the list an address is."""
        places = ((form, form.place(url, self.home)) for form in self.forms)
        return next(((form, place) for form, place in places if place is not None), None)


@dataclass
class CopiesOfPages:
    """What archives have of them: only days of which something is not held."""

    asked: PagesAsked
    seen_how: str
    days: list[list[Copy]] = field(default_factory=list)
    forms: dict[str, ListInPages] = field(default_factory=dict)  # by the names of copies
    bad_lines: int = 0
    is_cut: bool = False  # the index goes on, and was not read further

    @property
    def count(self) -> int:
        return sum(map(len, self.days))


@dataclass
class ListsMade:
    """What became of the copies."""

    lists: int = 0
    whole: int = 0
    passed_over: int = 0  # copies that are no page of the list, or could not be had


def pages_asked(resource: ResourceLine, url: str) -> PagesAsked | None:
    """What to look for where an address is that of a list in pages, or of its portal."""
    if not is_listing(resource):
        return None
    kind = kind_of_list(resource)
    if not isinstance(kind, InPages):
        return None
    home = home_in(kind.in_pages, url)
    if not home and not isinstance(kind, OneAnswer):
        home = f"{url.rstrip('/')}/"
    return PagesAsked(kind.in_pages, home, resource.location) if home else None


def address_of_list(resource: ResourceLine, url: str) -> str:
    """Where a list that is one answer stands, where the address is that of its portal."""
    if not is_listing(resource) or url != resource.location:
        return url
    kind = kind_of_list(resource)
    return f"{url}{kind.answer_at}" if isinstance(kind, OneAnswer) else url


def pages_in_wayback(
    archive: Archive, resource: ResourceLine, visit: Visit, asked: PagesAsked, web_archive: str,
    *, since: str, until: str,
) -> CopiesOfPages:  # fmt: skip
    """Ask the index. Raises Blocked where all that it knows is closed, and others of `fetch`."""
    found = CopiesOfPages(asked, wayback.SEEN_HOW)
    copies: list[Copy] = []
    closed: Blocked | None = None
    for form, beginning in ((f, each) for f in asked.forms for each in f.beginnings(asked.home)):

        def place(url: str, form: ListInPages = form) -> Place | None:
            return form.place(url, asked.home)

        try:
            known = wayback.captures_of(
                visit, web_archive, beginning, since=since, until=until,
                among=lambda url: place(url) is not None,
            )  # fmt: skip
        except Blocked as error:
            if error.facts.get("passing") is not False:
                raise
            closed = error
            continue
        found.bad_lines += known.bad
        found.is_cut = found.is_cut or known.is_cut
        for line in known.lines:
            where = place(line.original)
            if where is not None and line.status in ("200", "-"):
                name = f"{web_archive}/web/{line.timestamp}id_/{line.original}"
                copies.append(Copy(line.moment, name, line.original, where, line.digest))
                found.forms[name] = form
    if closed is not None and not copies:
        raise closed
    found.days = _not_held(archive, resource, copies)
    return found


def pages_in_timemaps(
    archive: Archive, resource: ResourceLine, visit: Visit, address: str, known: memento.Copies,
    ask: Asked, *, since: str, until: str,
) -> CopiesOfPages | None:  # fmt: skip
    """What is known of one page by the TimeMap at an address, and of the pages beside it, as its
    oldest and newest copies count them; None where it is no page of the list. Raises the errors of
    `fetch`."""
    asked = pages_asked(resource, known.original) if known.original else None
    page = asked.page(known.original) if asked else None
    if asked is None or page is None:
        return None
    form, place = page
    found = CopiesOfPages(asked, memento.SEEN_HOW, bad_lines=known.bad)
    copies = [_copy_of(each, known.original, place) for each in known.copies]
    beside: dict[str, None] = {}
    for copy in copies[:1] + copies[1:][-1:] if known.original in address else ():
        had = ask(copy)
        with suppress(AnswerRefused):
            if had is not None:
                read = page_read(form, _answer(copy, had), asked.location)
                beside |= dict.fromkeys(form.beside(known.original, place, read))
        if had is not None:
            had.got.path.unlink()
    for url in beside:
        where = form.place(url, asked.home)
        with suppress(NotFound, AnswerRefused):  # of a page that nobody copied
            more = memento.copies_of(
                visit, address.replace(known.original, url), since=since, until=until
            )
            found.bad_lines += more.bad
            copies += [_copy_of(each, url, where) for each in more.copies if where is not None]
    found.forms = {copy.name: form for copy in copies}
    found.days = _not_held(archive, resource, copies)
    return found


def _copy_of(copy: memento.Copy, address: str, place: Place) -> Copy:
    return Copy(copy.moment, copy.address, address, place, copy.address)


def _not_held(
    archive: Archive, resource: ResourceLine, copies: Sequence[Copy]
) -> list[list[Copy]]:  # fmt: skip
    """Days of copies, without those of which all are in lists that are held."""
    held: set[str] = set()
    for capture in derive.held(archive, resource.id):
        told = capture.taken.exchange
        held.update(str(member(page, "copy")) for page in _listed(told, "pages"))
        held.update(str(name) for name in _listed(told, ALSO_READ))
    unique = {copy.name: copy for copy in copies}.values()
    return [day for day in days_of(unique) if not {copy.name for copy in day} <= held]


def _listed(told: Mapping[str, object], name: str) -> Sequence[object]:
    found = told.get(name)
    return found if isinstance(found, list | tuple) else ()


def lists_made(
    found: CopiesOfPages, ask: Asked, made: ListsMade, scratch: Path,
    progress: Callable[[int, int], None],
) -> Iterator[Offered]:  # fmt: skip
    """The lists that the copies make, in the order of time. Raises the errors of `fetch`."""
    done = 0
    for day in found.days:
        read: dict[tuple[Place, str], CopyRead] = {}  # equal ones are one
        evidence: dict[str, dict[str, object]] = {}
        also: list[str] = []
        for copy in day:
            progress(done, found.count)
            done += 1
            had = ask(copy)
            try:
                said = _read(found, copy, had)
            except AnswerRefused:
                made.passed_over += 1
                also += [copy.name] if had is not None else []
                continue
            assert had is not None
            key = (copy.place, had.got.sha256)
            if key in read:
                had.got.path.unlink()
                also.append(copy.name)
                continue
            read[key] = said
            evidence[copy.name] = {
                "copy": copy.name, "recorded_at": to_iso(copy.moment), "sha256": had.got.sha256,
                "size_bytes": had.got.size_bytes, **had.told,
            }  # fmt: skip
        looks = sorted(looks_in(list(read.values())), key=_last)
        for number, look in enumerate(looks):
            pages = [evidence[each.copy.name] for each in look]
            exchange = {"pages": pages, **({ALSO_READ: also} if also else {})}
            offered = _offered(found, look, exchange, number, scratch)
            made.lists += 1
            made.whole += offered.completeness["proved"] is True
            yield offered
        for each in read.values():
            each.answer.path.unlink()


def _read(found: CopiesOfPages, copy: Copy, had: Had | None) -> CopyRead:
    """What a copy says. Raises AnswerRefused for what is no page, or was not had."""
    if had is None:
        raise AnswerRefused(f"{copy.name} could not be had.", mend="ask again later.")
    answer = _answer(copy, had)
    try:
        return CopyRead(
            copy, answer, page_read(found.forms[copy.name], answer, found.asked.location)
        )
    except AnswerRefused:
        answer.path.unlink()
        raise


def _answer(copy: Copy, had: Had) -> Answer:
    return Answer(had.got.path, copy.address, had.got.media_type)


def _last(look: Sequence[CopyRead]) -> tuple[object, str]:
    """By the last of its copies: only then all of it had been seen."""
    return max((each.copy.moment, each.copy.name) for each in look)


def _offered(
    found: CopiesOfPages, look: Sequence[CopyRead], exchange: Mapping[str, object], number: int,
    scratch: Path,
) -> Offered:  # fmt: skip
    names = [each.copy.name for each in look]
    into = Path(tempfile.mkdtemp(prefix="list-", dir=scratch))
    taken = together(found.forms[names[0]], look, into)
    more = f" and {len(names) - 1} more ({short_id('pages', *names)})" if names[1:] else ""
    last = max(each.copy.moment for each in look)
    state = State(f"{names[0]}{more}", last, found.seen_how, last, number, taken.sha256, exchange)
    body = in_file(taken.path, taken.sha256)
    return Offered(state, body, taken.media_type, taken.completeness.told())
