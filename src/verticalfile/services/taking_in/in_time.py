"""Reading a file's versions again in the order of time, after older ones came in before them.

What a version is read as, which columns are one, and what is the key is judged knowing what came
before. So when a back-fill puts versions before others, all are read once more as if they had come
in at once: in whatever order its past comes in, the end is the same. The vault keeps the readings
of the day of keeping; the new ones are an event of the journal, which every reader of captures
follows (`derive.held`), and which a rebuild replays.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.originals import Original
from verticalfile.kernel.scratch import working_folder
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import PERSON, Decisions, decisions_of, fold
from verticalfile.services.gathering import following
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.listings import small_bytes
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.taking_in import rebuild
from verticalfile.services.taking_in.evidence import Decider
from verticalfile.services.taking_in.intake import Intake, batches
from verticalfile.sources.state import Offered, State
from verticalfile.tables.reading import Known, Reason
from verticalfile.vault.capture import Capture, Taken
from verticalfile.vault.notes.journal import Event, Observation

OF_THE_READER = (Reason.READER_DIED, Reason.TOO_SLOW, Reason.TOO_LARGE)
"""Reasons that say as much of the machine and the program of that day as of the file."""


def put_in_time(archive: Archive, resource: ResourceLine) -> bool:
    """Read the versions again if some came in before others since this was last done.

    The caller holds the writer's lock. Safe to repeat after any interruption: until the event is
    written nothing has changed, and what a crash leaves after it every recovery completes.
    """
    captures = derive.held(archive, resource.id)
    if not _is_late(captures, rebuild.read_again_up_to(archive, resource)):
        return False
    if _all_alike(archive, resource, captures):
        # whatever came before, each would be read as it was: only that this was seen is noted
        write_journal(archive, (), [_read_again(archive, resource, captures, readings=0)])
    else:
        read_anew(archive, resource)
    return True


def read_anew(archive: Archive, resource: ResourceLine) -> None:
    """Read all versions again, decide anew, and exchange the histories. The caller holds the
    writer's lock; as safe to repeat as `put_in_time`."""
    captures = derive.held(archive, resource.id)
    old = {line.id for line in archive.index.tables(resource.id)}
    with working_folder(archive.scratch) as folder:
        again = _Again(archive, resource, captures, folder)
        for batch in batches(_offers(archive, resource, captures)):
            again.take_held(batch)
        write_journal(archive, (), again.events())
        for table in old | {table.id for table in again.tables.values()}:
            shutil.rmtree(archive.history_folder(table), ignore_errors=True)
        for history in again.tables.values():
            history.history.folder.rename(archive.history_folder(history.id))
    if again.decider.volatile_found:
        rebuild.rebuild_resource(archive, resource)
    else:
        rebuild.compare_anew(archive, resource)


def read_what_failed(archive: Archive, resources: Sequence[ResourceLine]) -> int:
    """Read again what our reader once failed at; returns how many versions are readable by that.

    Where it no longer fails, all versions of the file are read in the order of time.
    """
    readable = 0
    for resource in resources:
        with archive.writing(resource.id):
            found = _readable_now(archive, resource)
            if found:
                read_anew(archive, resource)
                if is_listing(resource):
                    following.follow(archive, resource)
        readable += found
    return readable


def _readable_now(archive: Archive, resource: ResourceLine) -> int:
    """How many of the versions that our reader failed at it can read now."""
    captures = derive.held(archive, resource.id)
    failed = {c.taken.sha256 for c in captures if derive.reason_of(c) in OF_THE_READER}
    if not failed:
        return 0
    readable: dict[str, bool] = {}
    known, most = Known(), small_bytes(resource.kind)
    with archive.readers.batch() as reader:
        for capture in rebuild.in_reading_order(archive, resource, captures):
            sha256 = capture.taken.sha256
            if sha256 in failed - readable.keys():
                reading = reader.read(
                    archive.vault.restored(capture, small_bytes=most),
                    name=rebuild.file_name_of(resource, capture),
                    media_type=capture.taken.media_type, known=known, mapped_bytes=most,
                )  # fmt: skip
                readable[sha256] = reading.reason is None
            for table in derive.tables_read(capture):
                known = rebuild.learned(known, capture, table)
    return sum(readable.get(capture.taken.sha256, False) for capture in captures)


def _is_late(captures: Sequence[Capture], up_to: int) -> bool:
    """Whether one of the captures after the first `up_to` stands in time before one kept earlier."""
    newest = max((derive.in_time(c) for c in captures[:up_to]), default=None)
    for capture in captures[up_to:]:
        place = derive.in_time(capture)
        if newest is not None and place < newest:
            return True
        newest = place
    return False


def _all_alike(archive: Archive, resource: ResourceLine, captures: Sequence[Capture]) -> bool:
    """Whether all are tables of the same columns with rows, and nothing was decided of a column."""
    shapes = set()
    for capture in captures:
        told = capture.taken.read
        tables = derive.tables_of(told)
        if told.get("reason") or not all(t["rows"] for t in tables):
            return False
        columns = [(str(t["name"]), frozenset(derive.columns_of(t))) for t in tables]
        shapes.add((str(told["format"]), *sorted(columns, key=lambda pair: pair[0])))
    decided = [decisions_of(archive, t.id) for t in archive.index.tables(resource.id)]
    return len(shapes) == 1 and not any(d.renamed or d.volatile for d in decided)


def _read_again(
    archive: Archive, resource: ResourceLine, captures: Sequence[Capture], *, readings: int
) -> Event:
    return event(
        archive, rebuild.READ_AGAIN, resource.id, captures=len(captures), readings=readings
    )


@dataclass(frozen=True, slots=True)
class _Held(Offered):
    capture: Capture | None = None


def _offers(
    archive: Archive, resource: ResourceLine, captures: Sequence[Capture]
) -> Iterator[Offered]:
    for capture in sorted(captures, key=derive.in_time):
        taken = capture.taken
        state = State(
            taken.moment_name,
            taken.seen_at,
            taken.seen_how,
            taken.seen_at,
            taken.walk,
            taken.sha256,
        )
        body = archive.vault.restored(capture, small_bytes=small_bytes(resource.kind))
        yield _Held(state, body, taken.media_type, taken.completeness, capture=capture)


class _Again(Intake):
    """An intake of what is held: nothing is kept, shown or decided for good before its end."""

    def __init__(
        self,
        archive: Archive,
        resource: ResourceLine,
        captures: Sequence[Capture],
        folder: Path,
    ) -> None:
        super().__init__(archive, resource, source="", file_name="", many=True)
        self._folder, self._all = folder, captures
        self.captures, self._by_time = [], []
        self.decider: _Anew = _Anew(archive, resource.id)

    def take_held(self, batch: Sequence[Offered]) -> None:
        with self.archive.readers.batch() as reader:
            most = small_bytes(self.resource.kind)
            self._take(batch, partial(reader.read, mapped_bytes=most))

    def table(self, name: str) -> TableHistory:
        if name not in self.tables:
            table = derive.table_id(self.resource.id, name)
            self.tables[name] = TableHistory(self.archive, table, name, folder=self._folder / table)
        return self.tables[name]

    def _name_of(self, offered: Offered) -> str:
        assert isinstance(offered, _Held)
        assert offered.capture is not None
        return rebuild.file_name_of(self.resource, offered.capture)

    def _taken(self, offered: Offered, sha256: str, evidence: Mapping[str, object]) -> Taken:
        assert isinstance(offered, _Held)
        assert offered.capture is not None
        return replace(offered.capture.taken, read=evidence)

    def _put(self, offers: Sequence[tuple[Taken, Callable[[], Original]]]) -> list[Capture]:
        by_id = {c.id: c for c in self._all}
        return [replace(by_id[taken.capture_id], taken=taken) for taken, _ in offers]

    def _write(self, absences: Sequence[Observation]) -> None:
        versions = derive.derive_versions(self.archive, self.resource.id, self.captures)
        for history in self.tables.values():
            self.decider.look_for_key(history, versions)
        self.decider.see()
        for history in self.tables.values():
            key = self.decider.decisions(history.id).key
            pairs = derive.pairs_of(versions, history)
            known = {pair: history.comparison(*pair, key) for pair in pairs}
            self.decider.look_where_all_changed(history, pairs, known)
            history.fresh = {}

    def events(self) -> list[Event]:
        """What is to be written: the readings that changed, and all decisions made anew."""
        old = {c.taken.sha256: c.taken.read for c in self._all}
        new = {c.taken.sha256: c.taken.read for c in self.captures}
        readings = {sha: reading for sha, reading in new.items() if reading != old[sha]}
        made = _read_again(self.archive, self.resource, self._all, readings=len(readings))
        events = [made]
        if readings:
            subject = derive.readings_of(self.resource.id)
            told = derive.readings_told(readings)
            events.append(Event(rebuild.READ_AGAIN, made.at, made.agent, subject, detail=told))
        events += self.decider.decided([t.id for t in self.tables.values()])
        # the journal takes a record once, and the same may have been decided at this very moment
        unlike = {"captures": len(self._all)}
        return [
            replace(e, detail={**e.detail, **unlike, "place": n})
            for n, e in enumerate(events, start=1)
        ]


class _Anew(Decider):
    """Decides as if nothing had been decided but what persons said of columns."""

    def __init__(self, archive: Archive, resource: str) -> None:
        super().__init__(archive, resource, many=True)

    def decisions(self, table: str) -> Decisions:
        if table not in self._decisions:
            told = [
                body
                for body in self.archive.index.events([table])
                if body["agent"] == PERSON and str(body["kind"]).startswith("volatile")
            ]
            own = [e.to_body() for e in self._events if e.subject == table]
            self._decisions[table] = fold([*told, *own])
        return self._decisions[table]

    def see(self) -> None:
        """Let what was decided so far be in force for what follows."""
        self._decisions = {}

    def decided(self, tables: Sequence[str]) -> list[Event]:
        """The events that replace what the software decided before; a person's key stays."""
        events: list[Event] = []
        for table in tables:
            mine = [e for e in self._events if e.subject == table]
            if decisions_of(self.archive, table).key_by_person:
                mine = [e for e in mine if not e.kind.startswith("key")]
            events += [event(self.archive, "decided again", table), *mine]
        return events
