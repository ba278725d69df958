"""Lists of a portal's past that come in pages: which copies of them a web archive has, and the
lists that these make.

The index is asked for all addresses of the list's pages at once. What it has is counted and told
before a copy is asked for; copies come one at a time, a second apart. A day whose copies are all
held is not asked for again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.fetch.errors import AnswerRefused, Blocked
from verticalfile.kernel.moments import to_iso
from verticalfile.kernel.originals import in_file
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.gathering.recorded import kind_of_list
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.known import derive
from verticalfile.sources.kind import InPages, OneAnswer
from verticalfile.sources.past import wayback
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
from verticalfile.sources.state import Offered, State
from verticalfile.sources.visit import Visit

Asking = Callable[[int, int], None]
"""Told before the first is asked for: how many copies of pages, of how many days."""


@dataclass(frozen=True, slots=True)
class PagesAsked:
    """Whose pages are looked for. `home` may be where the portal was before."""

    forms: tuple[ListInPages, ...]
    home: str
    location: str  # of the source


@dataclass
class CopiesOfPages:
    """What an index has of them: only days of which something is not held."""

    asked: PagesAsked
    days: list[list[Copy]] = field(default_factory=list)
    lines: dict[str, wayback.CdxLine] = field(default_factory=dict)  # by the names of copies
    forms: dict[str, ListInPages] = field(default_factory=dict)
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
    differing: int = 0


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


def copies_of_pages(
    archive: Archive, resource: ResourceLine, visit: Visit, asked: PagesAsked, web_archive: str,
    *, since: str, until: str,
) -> CopiesOfPages:  # fmt: skip
    """Ask the index. Raises Blocked where all that it knows is closed, and others of `fetch`."""
    found = CopiesOfPages(asked)
    copies: list[Copy] = []
    closed: Blocked | None = None
    addresses = [(form, each) for form in asked.forms for each in form.addresses(asked.home)]
    for form, address in addresses:

        def place(url: str, form: ListInPages = form) -> Place | None:
            return form.place(url, asked.home)

        try:
            known = wayback.captures_of(
                visit, web_archive, address, since=since, until=until,
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
                found.lines[name], found.forms[name] = line, form
                copies.append(Copy(line.moment, name, where, line.digest))
    if closed is not None and not copies:
        raise closed
    held = _held(archive, resource)
    unique = {copy.name: copy for copy in copies}.values()
    found.days = [day for day in days_of(unique) if not {c.name for c in day} <= held]
    return found


def _held(archive: Archive, resource: ResourceLine) -> set[str]:
    """Names of copies of which a list was made that is held."""
    names = set()
    for capture in derive.held(archive, resource.id):
        pages = capture.taken.exchange.get("pages")
        for page in pages if isinstance(pages, list | tuple) else ():
            names.add(str(page.get("copy")))
    return names


def lists_made(
    visit: Visit, web_archive: str, found: CopiesOfPages, made: ListsMade,
    progress: Callable[[int, int], None],
) -> Iterator[Offered]:  # fmt: skip
    """The lists that the copies make, in the order of time. Raises the errors of `fetch`."""
    done = 0
    for day in found.days:
        read: list[CopyRead] = []
        evidence: dict[str, dict[str, object]] = {}
        for copy in day:
            progress(done, found.count)
            done += 1
            line, form = found.lines[copy.name], found.forms[copy.name]
            memento = wayback.memento(visit, web_archive, line)
            if memento is None:
                made.passed_over += 1
                continue
            got = memento.got
            answer = Answer(got.path, line.original, got.media_type)
            try:
                said = page_read(form, answer, found.asked.location)
            except AnswerRefused:
                made.passed_over += 1
                got.path.unlink()
                continue
            made.differing += not memento.digest_matches
            read.append(CopyRead(copy, answer, said))
            evidence[copy.name] = {
                "copy": copy.name, "recorded_at": to_iso(copy.moment), "sha256": got.sha256,
                "size_bytes": got.size_bytes, "digest": line.digest,
                "digest_matches": memento.digest_matches,
            }  # fmt: skip
        for number, look in enumerate(_in_time(looks_in(read))):
            form = found.forms[look[0].copy.name]
            offered = _offered(form, look, evidence, number, visit.scratch)
            made.lists += 1
            made.whole += offered.completeness["proved"] is True
            yield offered
        for each in read:
            each.answer.path.unlink()


def _in_time(looks: Sequence[list[CopyRead]]) -> list[list[CopyRead]]:
    return sorted(looks, key=_last)


def _last(look: Sequence[CopyRead]) -> tuple[object, str]:
    """By the last of its copies: only then all of it had been seen."""
    return max((each.copy.moment, each.copy.name) for each in look)


def _offered(
    form: ListInPages, look: Sequence[CopyRead], evidence: dict[str, dict[str, object]],
    number: int, scratch: Path,
) -> Offered:  # fmt: skip
    into = Path(tempfile.mkdtemp(prefix="list-", dir=scratch))
    taken = together(form, look, into)
    names = [each.copy.name for each in look]
    more = f" and {len(names) - 1} more ({short_id('pages', *names)})" if names[1:] else ""
    last = max(each.copy.moment for each in look)
    state = State(
        f"{names[0]}{more}", last, wayback.SEEN_HOW, last, number, taken.sha256,
        {"pages": [evidence[name] for name in names]},
    )  # fmt: skip
    body = in_file(taken.path, taken.sha256)
    return Offered(state, body, taken.media_type, taken.completeness.told())
