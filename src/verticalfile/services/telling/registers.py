"""The registers: what changed, vanished, returned, is held, unreadable, new or withdrawn, each
with its dates and how we know.

*Changed* and *new* are of versions that may be seen; *vanished* follows the rule of `absences`;
*held* and *withdrawn* tell the public the fact, the date and the class of reason alone. That
something vanished says nothing of why. Entries keep their ids for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.register_lines import (
    OF_VERSIONS,
    Order,
    Register,
    RegisterLine,
    RegisterLines,
    Wanted,
)
from verticalfile.catalog.search import Audience
from verticalfile.kernel.letters import counted
from verticalfile.kernel.moments import day_of, from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.shelving import shelf as shelf_called
from verticalfile.services.known import embargoes
from verticalfile.services.known.withheld import HOW
from verticalfile.services.names import NotHeld, find_dataset
from verticalfile.services.visibility import Viewer

PAGE = 20
MANY = 1_000
NEWS = (
    Register.CHANGED, Register.VANISHED, Register.RETURNED, Register.HELD, Register.UNREADABLE,
    Register.NEW, Register.WITHDRAWN, Register.REKEYED, Register.SUSPECT, Register.BLOCKED,
    Register.CLOSED,
)  # fmt: skip
"""The registers that are news. *Export* (other bytes, same rows) is told when it is asked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a register. Of the facts those stand here that its register has and the viewer
    may see; `at` is when it happened as far as is known, `noted_at` when we knew."""

    id: str
    register: Register
    dataset: str
    title: str
    file: str
    at: datetime
    noted_at: datetime
    sha256: str = ""  # of the version it is about
    seen_how: str = ""  # own visit, commit date, file name
    first_seen_at: datetime | None = None  # new
    before_sha256: str = ""  # changed: the version before
    before_last_seen_at: datetime | None = None
    kinds: tuple[str, ...] = ()
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    said: tuple[str, ...] = ()  # short notes on columns and keys
    evidence: str = ""  # vanished: 404, 410, file missing, history
    checks: int | None = None
    last_seen_at: datetime | None = None
    last_missed_at: datetime | None = None
    returned_at: datetime | None = None
    missed_from: datetime | None = None  # returned
    why: str = ""  # held: class of reason; unreadable: reason; withdrawn: reason for the register
    detail: str = ""
    how: str = ""  # withdrawn: hide, restrict, destroy
    authority: str = ""
    ended_at: datetime | None = None  # held, withdrawn: when it ended
    ended_by: str = ""  # accepted, refused (held for good), repetition; came back
    before: str = ""  # re-keyed: the identifiers
    after: str = ""
    lost: int | None = None  # suspect: of how many entries how many are gone or called otherwise
    swapped: int | None = None
    of: int | None = None
    named: str = ""  # of a dataset that a portal once listed and that was never kept: its title
    copies: bool = False  # known from copies that another archive made of the portal's list
    decided_by: str = ""  # destroyed: two people, without their names
    partial: str = ""  # changed, new, written anew: why it may not be all of what there was
    in_part: bool = False  # withdrawn: other versions were left


@dataclass(frozen=True, slots=True)
class Lately:
    """A page of entries, with the number of entries in each register asked for."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int
    counts: Mapping[Register, int]


def lately(
    archive: Archive,
    registers: Sequence[Register] = NEWS,
    *,
    dataset: str | None = None,
    shelf: str | None = None,
    page: int = 1,
    order: Order = Order.NEWEST,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Lately:
    """Entries of some registers, of all datasets, of one, or of those on a shelf.

    Raises NotHeld for a dataset or shelf that is not there.
    """
    wanted = _wanted(archive, registers, dataset, shelf)
    lines, audience = RegisterLines(archive.index), _audience(viewer)
    counts = lines.count(wanted, audience)
    total = sum(counts.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    found = lines.ordered(wanted, audience, order, limit=PAGE, offset=(page - 1) * PAGE)
    return Lately(_entries(archive, found), total, page, pages, counts)


def newest(
    archive: Archive,
    registers: Sequence[Register] = NEWS,
    *,
    dataset: str | None = None,
    shelf: str | None = None,
    limit: int = 5,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> tuple[Entry, ...]:
    """The newest entries alone, without counting the others: for a first page or a feed."""
    wanted = _wanted(archive, registers, dataset, shelf)
    found = RegisterLines(archive.index).newest(wanted, _audience(viewer), limit=limit)
    return _entries(archive, found)


def pages_of(
    archive: Archive, registers: Sequence[Register] = NEWS, *, viewer: Viewer
) -> Iterator[tuple[Entry, ...]]:
    """Every entry, newest first, MANY at a time."""
    lines, wanted = RegisterLines(archive.index), Wanted(tuple(registers))
    offset = 0
    while found := lines.newest(wanted, _audience(viewer), limit=MANY, offset=offset):
        yield _entries(archive, found)
        offset += MANY


def counts(archive: Archive, *, viewer: Viewer = Viewer.NAMED_STAFF) -> dict[Register, int]:
    """How many entries each register has."""
    return RegisterLines(archive.index).count(Wanted(tuple(Register)), _audience(viewer))


def entry(archive: Archive, number: str, *, viewer: Viewer = Viewer.NAMED_STAFF) -> Entry:
    """The entry with a permanent id. Raises NotHeld where there is none that may be seen."""
    found = RegisterLines(archive.index).one(number, _audience(viewer))
    if found is None:
        raise NotHeld("There is no such entry.", mend="see the newest with `vf lately`.")
    return _entries(archive, [found])[0]


def _wanted(
    archive: Archive, registers: Sequence[Register], dataset: str | None, shelf: str | None
) -> Wanted:
    name = find_dataset(archive, dataset)[0].dataset if dataset is not None else None
    if shelf is not None:
        shelf_called(archive, shelf)
    return Wanted(tuple(dict.fromkeys(registers)), name, shelf)


def _audience(viewer: Viewer) -> Audience:
    return Audience.PUBLIC if viewer is Viewer.PUBLIC else Audience.STAFF


def _entries(archive: Archive, lines: Sequence[RegisterLine]) -> tuple[Entry, ...]:
    titles = {name: archive.index.title(name) for name in {line.dataset for line in lines}}
    files: dict[str, str] = {}
    first: dict[str, str] = {}  # where a portal's list tells of a dataset, its first file of data
    for name in titles:
        known = archive.index.resources(name)
        files |= {resource.id: resource.name for resource in known}
        if data := data_of(known):
            first[name] = data[0].name
    partial = _partial_in(archive, lines)
    return tuple(
        _entry(
            line, titles[line.dataset], files.get(line.resource, first.get(line.dataset, "")),
            partial.get(_version_of(line), ""),
        )
        for line in lines
    )  # fmt: skip


def _version_of(line: RegisterLine) -> tuple[str, str, datetime]:
    """File, SHA-256 ("" where the entry has none) and first sighting of what an entry is about."""
    first_seen = line.body.get("first_seen_at")
    at = from_iso(str(first_seen)) if first_seen else line.at
    return line.resource, str(line.body.get("sha256", "")), at


def _partial_in(
    archive: Archive, lines: Sequence[RegisterLine]
) -> dict[tuple[str, str, datetime], str]:
    """Of the files that entries are about the versions that may not be whole, and why, as
    `_version_of` names them; not of those that were withdrawn."""
    return {
        (file, sha256, version.seen_at): version.partial
        for file in {line.resource for line in lines if line.register in OF_VERSIONS}
        for version in archive.index.versions(file)
        for sha256 in (version.sha256, "")
        if version.partial and not version.hidden
    }


def _entry(line: RegisterLine, title: str, file: str, partial: str) -> Entry:
    body = line.body

    def text(name: str) -> str:
        return str(body.get(name, ""))

    def moment(name: str) -> datetime | None:
        return from_iso(text(name)) if body.get(name) else None

    def number(name: str) -> int | None:
        return int(text(name)) if name in body else None

    def texts(name: str) -> tuple[str, ...]:
        found = body.get(name, [])
        return tuple(map(str, found)) if isinstance(found, list) else ()

    return Entry(
        line.entry, line.register, line.dataset, title, file, line.at,
        moment("noted_at") or line.at, text("sha256"), text("seen_how"), moment("first_seen_at"),
        text("before_sha256"), moment("before_last_seen_at"), texts("kinds"), number("added"),
        number("removed"), number("changed"), texts("said"), text("evidence"), number("checks"),
        moment("last_seen_at"), moment("last_missed_at"), moment("returned_at"),
        moment("missed_from"), text("why"), text("detail"), text("how"), text("authority"),
        moment("ended_at"), text("ended_by"), text("before"), text("after"), number("lost"),
        number("swapped"), number("of"), text("named"), bool(body.get("copies")),
        text("decided_by"), partial if line.register in OF_VERSIONS else "",
        bool(body.get("in_part")),
    )  # fmt: skip


Day = Callable[[datetime | None], str]
"""How a sentence tells a date."""


def told(entry: Entry, zone: tzinfo) -> str:
    """An entry in a sentence or two: what happened and how we know; dates as in that zone."""

    def day(moment: datetime | None) -> str:
        return day_of(moment, zone) if moment else "unknown"

    copies = " Known from copies that another archive made of its portal's list."
    partial = f" It may not be whole: {entry.partial}." if entry.partial else ""
    return _TOLD[entry.register](entry, day) + partial + (copies if entry.copies else "")


def _told_changed(entry: Entry, day: Day) -> str:
    what = "A new version"
    if entry.added is not None:
        rows = f"{counted(entry.added, 'row')} added, {entry.removed:,} removed, {entry.changed:,} changed"
        what = f"{rows} ({', '.join(entry.kinds)})"
    before = entry.before_last_seen_at
    when = f"; last seen otherwise {day(before)}" if before else ""
    return f"{what}{when} ({entry.seen_how})."


def _told_vanished(entry: Entry, day: Day) -> str:
    evidence = {
        "404": "the address answers 404", "410": "the address answers 410, gone for good",
        "file missing": "the file is not there", "history": "its repository shows it removed",
        "listing": "its portal's whole list has missed it",
    }[entry.evidence]  # fmt: skip
    seen = f"last seen {day(entry.last_seen_at)}; " if entry.last_seen_at else ""
    checks = "" if entry.evidence == "history" else f" at {entry.checks} checks"
    back = f" It came back {day(entry.returned_at)}." if entry.returned_at else ""
    if entry.named:
        return (
            f"“{entry.named}” is listed no more: {seen}{evidence}{checks}."
            f" None of it is kept here.{back}"
        )
    return f"The publisher no longer offers it: {seen}{evidence}{checks}. Our copies stay.{back}"


def _told_returned(entry: Entry, day: Day) -> str:
    return f"The publisher offers it again; it was missed from {day(entry.missed_from)}."


def _told_held(entry: Entry, day: Day) -> str:
    ended = {
        "": "A person decides, or two more checks over three days agree.",
        "accepted": f"Accepted {day(entry.ended_at)}.",
        "refused": f"Refused {day(entry.ended_at)}; it stays held.",
        "repetition": f"Released {day(entry.ended_at)}: later checks found the same.",
    }[entry.ended_by]
    return f"Held for review ({entry.why}). {ended}"


def _told_unreadable(entry: Entry, day: Day) -> str:
    return f"Kept, and not readable as a table: {entry.why.replace('_', ' ')}."


def _told_new(entry: Entry, day: Day) -> str:
    first = f", first seen {day(entry.first_seen_at)}" if entry.first_seen_at else ""
    return f"Kept for the first time{first}."


def _told_withdrawn(entry: Entry, day: Day) -> str:
    back = f" Shown again {day(entry.ended_at)}." if entry.ended_at else ""
    if entry.how == HOW:
        return f"Withheld by the library: {entry.why}.{back}"
    if entry.how == embargoes.HOW:
        return f"Under embargo by the library {entry.why}.{back}"
    how = {"hide": "hidden", "restrict": "restricted", "destroy": "destroyed"}[entry.how]
    how = f"{how}, one or more versions" if entry.in_part else how
    two = f" Decided by {entry.decided_by}." if entry.decided_by else ""
    return f"Withdrawn by the library ({how}): {entry.why}.{two}{back}"


def _told_export(entry: Entry, day: Day) -> str:
    return f"The file was exported anew; its rows are the same ({entry.seen_how})."


def _told_rekeyed(entry: Entry, day: Day) -> str:
    return f"Its portal calls it {entry.after} instead of {entry.before}; its history goes on."


def _told_suspect(entry: Entry, day: Day) -> str:
    ended = f" It ended {day(entry.ended_at)} ({entry.ended_by})." if entry.ended_at else ""
    return (
        f"The list is not believed ({entry.why}): of {entry.of:,} entries {entry.lost:,} are gone and"
        f" {entry.swapped:,} are called otherwise. Nothing was changed.{ended}"
    )


def _told_kept_out(entry: Entry, day: Day) -> str:
    what = "asks for a login" if entry.register is Register.CLOSED else "does not let us in"
    back = f" It answered again {day(entry.ended_at)}." if entry.ended_at else ""
    return f"The publisher {what}; our copies stay.{back}"


_TOLD = {
    Register.REKEYED: _told_rekeyed, Register.SUSPECT: _told_suspect,
    Register.BLOCKED: _told_kept_out, Register.CLOSED: _told_kept_out,
    Register.CHANGED: _told_changed, Register.VANISHED: _told_vanished,
    Register.RETURNED: _told_returned, Register.HELD: _told_held,
    Register.UNREADABLE: _told_unreadable, Register.NEW: _told_new,
    Register.WITHDRAWN: _told_withdrawn, Register.EXPORT: _told_export,
}  # fmt: skip
