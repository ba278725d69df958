"""Back-filling from web archives: what others recorded of an address, found by CDX or by TimeMaps.

What is held already is not asked for again, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from verticalfile.catalog.index import ResourceLine
from verticalfile.fetch.errors import FetchError, NotFound
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.kernel.originals import in_file
from verticalfile.kernel.scratch import working_folder
from verticalfile.kernel.urls import must_have_no_secret
from verticalfile.services.archive import Archive
from verticalfile.services.collecting import backfill, past_lists
from verticalfile.services.collecting.backfill import Filled, Progress, Series
from verticalfile.services.known import derive
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.past import memento, wayback
from verticalfile.sources.past.lists_in_pages import Copy
from verticalfile.sources.state import Offered, State
from verticalfile.sources.visit import Visit

NO_DIGEST = "the archive tells no digest"
REWRITTEN = "the bytes may have been rewritten for showing"


@dataclass
class _Counted:
    """What is no state of the file, or is one with a doubt."""

    passed_over: int = 0
    differing: int = 0
    rewritten: int = 0
    error: FetchError | None = None  # what ended the run early


def from_wayback(
    archive: Archive,
    resource: Callable[[], ResourceLine],
    url: str,
    *,
    fetching: Fetching,
    since: str = "",
    until: str = "",
    web_archive: str = wayback.ARCHIVE,
    only_where_recorded: bool = False,
    progress: Progress = lambda *_: None,
    asking: past_lists.Asking = lambda *_: None,
) -> Filled:
    """Take in what a web archive recorded of an address. Raises Blocked and others of `fetch`.

    `only_where_recorded`: `resource` is not asked for where no copy of the file was recorded.
    `asking` is told before copies of a list's pages are asked for.
    """
    must_have_no_secret(url)
    with _visiting(archive, fetching) as visit:
        if not only_where_recorded:
            line = resource()
            pages = past_lists.pages_asked(line, url)
            if pages is not None:
                copies = past_lists.pages_in_wayback(
                    archive, line, visit, pages, web_archive, since=since, until=until
                )
                asking(copies.count, len(copies.days))
                counted = _Counted()
                ask = partial(_page_of_wayback, visit, web_archive, counted)
                source = f"wayback:{pages.home}"
                return _lists(archive, line, source, copies, ask, counted, visit.scratch, progress)
            url = past_lists.address_of_list(line, url)
        found = wayback.captures_of(visit, web_archive, url, since=since, until=until)
        states = list(wayback.states_of(found.lines, web_archive))
        if only_where_recorded and not any(each is not None for _, each in states):
            return Filled(0, 0, 0, 0, bad_lines=found.bad)
        line = resource()
        new = _not_held(archive, line, states)
        counted = _Counted()
        offers = _by_digest(visit, web_archive, new, counted)
        series = Series(f"wayback:{url}", _until_refused(offers, counted), len(new), _name(url))
        done = backfill.fill(archive, line, series, progress)
    done.states, done.bad_lines, done.is_cut = len(states), found.bad, found.is_cut
    return _with(done, counted)


def _lists(
    archive: Archive, line: ResourceLine, source: str, copies: past_lists.CopiesOfPages,
    ask: past_lists.Asked, counted: _Counted, scratch: Path, progress: Progress,
) -> Filled:  # fmt: skip
    """Take in the lists that copies of their pages make."""
    made = past_lists.ListsMade()
    offers = past_lists.lists_made(copies, ask, made, scratch, progress)
    name = copies.asked.forms[0].file_name
    series = Series(source, _until_refused(offers, counted), 0, name, are_lists=True)
    done = backfill.fill(archive, line, series, lambda *_: None)
    done.states, done.whole = made.lists, made.whole
    done.bad_lines, done.is_cut = copies.bad_lines, copies.is_cut
    counted.passed_over = made.passed_over
    return _with(done, counted)


def _page_of_wayback(
    visit: Visit, web_archive: str, counted: _Counted, copy: Copy
) -> past_lists.Had | None:
    stamp = copy.moment.strftime("%Y%m%d%H%M%S")
    line = wayback.CdxLine(copy.moment, stamp, copy.address, "", "", copy.digest)
    found = wayback.memento(visit, web_archive, line)
    if found is None:
        return None
    counted.differing += not found.digest_matches
    return past_lists.Had(found.got, _digest_told(line, found))


def _page_of_memento(
    visit: Visit, plain_hosts: set[str], counted: _Counted, copy: Copy
) -> past_lists.Had | None:
    try:
        found = memento.recorded(visit, memento.Copy(copy.moment, copy.name), plain_hosts)
    except NotFound:
        return None
    if found is None:
        return None
    counted.rewritten += not found.is_raw
    return past_lists.Had(found.got, _rewriting_told(found))


def from_memento(
    archive: Archive,
    resource: Callable[[], ResourceLine],
    address: str,
    *,
    fetching: Fetching,
    since: str = "",
    until: str = "",
    progress: Progress = lambda *_: None,
    asking: past_lists.Asking = lambda *_: None,
) -> Filled:
    """Take in what the archives behind a TimeMap or TimeGate recorded. Raises AnswerRefused and
    others of `fetch`. `asking` is told before copies of a list's pages are asked for."""
    must_have_no_secret(address)
    with _visiting(archive, fetching) as visit:
        found = memento.copies_of(visit, address, since=since, until=until)
        line, counted = resource(), _Counted()
        ask = partial(_page_of_memento, visit, set[str](), counted)
        copies = past_lists.pages_in_timemaps(
            archive, line, visit, address, found, ask, since=since, until=until
        )
        if copies is not None:
            asking(copies.count, len(copies.days))
            counted.rewritten = 0  # of those that were looked into already
            source = f"memento:{address}"
            return _lists(archive, line, source, copies, ask, counted, visit.scratch, progress)
        offers = _one_by_one(visit, _not_seen(archive, line, found.copies), counted)
        name = _name(found.original or line.location)
        offers = _until_refused(offers, counted)
        series = Series(f"memento:{address}", offers, len(found.copies), name)
        done = backfill.fill(archive, line, series, progress)
    done.bad_lines = found.bad
    return _with(done, counted)


@contextmanager
def _visiting(archive: Archive, fetching: Fetching) -> Iterator[Visit]:
    with working_folder(archive.scratch) as scratch, fetching.client(archive.clock) as client:
        yield Visit(fetching.rules, archive.clock, scratch, fetching.sleep, client=client)


def _name(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).name or "index"


def _until_refused(offers: Iterator[Offered], counted: _Counted) -> Iterator[Offered]:
    """What came before an archive let us in no more is kept; the error is told in the end."""
    try:
        yield from offers
    except FetchError as error:
        counted.error = error


def _with(done: Filled, counted: _Counted) -> Filled:
    if counted.error is not None:
        raise counted.error
    done.passed_over += counted.passed_over
    done.differing = counted.differing
    done.rewritten = counted.rewritten
    return done


def _not_held(
    archive: Archive, line: ResourceLine, states: Sequence[tuple[State, wayback.CdxLine | None]]
) -> list[tuple[State, wayback.CdxLine | None]]:
    held = {c.taken.moment_name for c in derive.held(archive, line.id)}
    return [(state, found) for state, found in states if state.moment_name not in held]


def _not_seen(
    archive: Archive, line: ResourceLine, copies: Sequence[memento.Copy]
) -> list[memento.Copy]:
    """Those outside of the times for which a state is held that mementos told."""
    spans = [
        (c.taken.seen_at, from_iso(str(c.taken.exchange.get("last_seen", to_iso(c.taken.seen_at)))))
        for c in derive.held(archive, line.id)
        if c.taken.seen_how == memento.SEEN_HOW
    ]
    return [c for c in copies if not any(first <= c.moment <= last for first, last in spans)]


def _by_digest(
    visit: Visit,
    web_archive: str,
    states: Sequence[tuple[State, wayback.CdxLine | None]],
    counted: _Counted,
) -> Iterator[Offered]:
    """Each state with its recorded bytes; what was no copy of the file is counted."""
    for state, line in states:
        if line is None:
            yield Offered(state, None)
            continue
        copy = wayback.memento(visit, web_archive, line)
        if copy is None:
            counted.passed_over += 1
            continue
        counted.differing += not copy.digest_matches
        got = copy.got
        told = _digest_told(line, copy)
        state = replace(state, exchange={**got.exchange, "web_archive": told})
        yield Offered(state, in_file(got.path, got.sha256), got.media_type, got.completeness)


def _one_by_one(
    visit: Visit, copies: Sequence[memento.Copy], counted: _Counted
) -> Iterator[Offered]:
    """States of the file: equal mementos side by side are one, seen until the last of them."""
    plain_hosts: set[str] = set()
    waiting: Offered | None = None
    for walk, copy in enumerate(copies):
        try:
            offered = _offered(visit, copy, walk, plain_hosts, counted)
        except FetchError:
            if waiting is not None:
                yield waiting
            raise
        if offered is None:
            counted.passed_over += 1
        elif waiting is not None and waiting.state.content == offered.state.content:
            last = replace(waiting.state, last_seen_at=offered.state.seen_at)
            waiting = replace(waiting, state=last)
        else:
            if waiting is not None:
                yield waiting
            waiting = offered
    if waiting is not None:
        yield waiting


def _offered(
    visit: Visit, copy: memento.Copy, walk: int, plain_hosts: set[str], counted: _Counted
) -> Offered | None:
    state = State(copy.address, copy.moment, memento.SEEN_HOW, copy.moment, walk, None)
    try:
        found = memento.recorded(visit, copy, plain_hosts)
    except NotFound as error:
        exchange = error.facts.get("exchange")
        is_archived = bool(wayback.header(exchange, "memento-datetime"))
        return Offered(state, None) if is_archived else None
    if found is None:
        return None
    counted.rewritten += not found.is_raw
    got = found.got
    exchange = {**got.exchange, "web_archive": _rewriting_told(found)}
    state = replace(state, content=got.sha256, exchange=exchange)
    return Offered(state, in_file(got.path, got.sha256), got.media_type, got.completeness)


def _digest_told(line: wayback.CdxLine, found: wayback.Memento) -> dict[str, object]:
    return {"digest": line.digest, "digest_matches": found.digest_matches}


def _rewriting_told(found: memento.Recorded) -> dict[str, object]:
    told: dict[str, object] = {"digest": NO_DIGEST}
    return told if found.is_raw else told | {"bytes": REWRITTEN}
