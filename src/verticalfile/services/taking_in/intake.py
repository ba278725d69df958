"""Taking in: states of a source become captures, ordinals, versions. One way for all sources.

A batch is read, its history prepared, its originals kept in the vault with the evidence of the
reading, and only then is the history listed: it may lag the vault and never leads it. Each step
can be repeated: what is held adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from verticalfile.catalog.index import ResourceLine
from verticalfile.history.duck import let_go
from verticalfile.history.encoding import order_of
from verticalfile.history.ingest import NewOriginal, Prepared
from verticalfile.history.manifest import Layout, Ordinal
from verticalfile.history.step import Newest
from verticalfile.kernel.limits import BATCH_BYTES
from verticalfile.kernel.moments import to_iso
from verticalfile.kernel.originals import OnDisk, Original, at_hand, sha256_of, size_of
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.deliveries import UNREAD, is_letter
from verticalfile.services.known.listings import small_bytes
from verticalfile.services.known.table_history import (
    LISTING_SAMPLE_BYTES,
    TableHistory,
    by_ids,
)
from verticalfile.services.taking_in import quick_intake
from verticalfile.services.taking_in.evidence import Decider
from verticalfile.services.taking_in.persons_watch import PersonsWatch
from verticalfile.services.telling import noticing
from verticalfile.sources.state import Offered, State
from verticalfile.tables.child.reader import Reader
from verticalfile.tables.reading import FileReader, Known, Reading, ReadTable, Reason
from verticalfile.vault.ahead import Ahead
from verticalfile.vault.capture import Capture, Taken
from verticalfile.vault.notes.journal import Observation

BATCH_STATES = 3_000
AHEAD_BYTES = 32 << 10
"""From this size on, an original is packed while it is read: less takes no time."""
WORTH_HOLDING_ROWS = 20_000
"""Rows from which the digests of the newest version are held for the next record diff."""


@dataclass
class TakenIn:
    """What taking in did."""

    captures: list[Capture] = field(default_factory=list)
    absences: int = 0
    volatile_found: bool = False  # the histories are to be made again without those columns


def take_in(
    archive: Archive,
    resource: ResourceLine,
    source: str,
    offers: Iterable[Offered],
    *,
    file_name: str,
    many: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> TakenIn:
    """Keep every state that is not held yet. The caller holds the writer's lock of the resource.

    `many`: the states are a stretch of the past and not one look. Raises VaultFull and others of
    the vault; what was kept before stays kept.
    """
    intake = Intake(archive, resource, source, file_name, many=many)
    for batch in batches(offers):
        intake.take(batch)
        progress(len(batch))
    intake.finish()
    return intake.done


def batches(offers: Iterable[Offered]) -> Iterator[list[Offered]]:
    batch: list[Offered] = []
    size = 0
    for offered in offers:
        length = size_of(offered.body or b"")
        if batch and (size + length > BATCH_BYTES or len(batch) >= BATCH_STATES):
            yield batch
            batch, size = [], 0
        batch.append(offered)
        size += length
    if batch:
        yield batch


class Intake:
    """The taking in of one resource, batch by batch."""

    def __init__(
        self,
        archive: Archive,
        resource: ResourceLine,
        source: str,
        file_name: str,
        *,
        many: bool = False,
    ) -> None:
        self.archive, self.resource, self.source, self.file_name = (
            archive,
            resource,
            source,
            file_name,
        )
        self.done = TakenIn()
        self.captures = derive.held(archive, resource.id)
        self.tables: dict[str, TableHistory] = {}
        self.decider = Decider(archive, resource.id, many=many)
        self.watch = PersonsWatch(archive, resource.id)
        self._by_time = sorted(self.captures, key=derive.in_time)
        self._next_held = 0
        self._known = Known()
        self._before: dict[str, Layout] = {}
        self._newest_read: dict[str, ReadTable] = {}
        self._ahead: Ahead | None = None

    def table(self, name: str) -> TableHistory:
        if name not in self.tables:
            table = derive.table_id(self.resource.id, name)
            self.tables[name] = TableHistory(self.archive, table, name)
            if small_bytes(self.resource.kind) is not None:
                self.tables[name].sample_bytes = LISTING_SAMPLE_BYTES
        return self.tables[name]

    def take(self, batch: Sequence[Offered]) -> None:
        """One batch: read in one child, prepare, keep, list, show."""
        self._ahead = None
        try:
            self._taken_or_read(batch)
        finally:
            self.archive.vault.end_ahead()  # no work on it outlives the writer's lock

    def _taken_or_read(self, batch: Sequence[Offered]) -> None:
        with self.archive.readers.batch() as reader:
            body = batch[0].body if len(batch) == 1 else None
            if body is not None and not _is_large(batch):
                if size_of(body) >= AHEAD_BYTES:
                    self._ahead = self.archive.vault.pack_ahead(self.resource.id, body)
                if self._taken_quickly(batch[0], body, reader):
                    return
            if _is_large(batch):  # a portal's list is previewed by the same process
                let_go()
            mapped_bytes = small_bytes(self.resource.kind)
            self._take(batch, partial(reader.read, mapped_bytes=mapped_bytes))
            if _is_large(batch):
                let_go()

    def _take(self, batch: Sequence[Offered], read: FileReader) -> None:
        held = {c.id for c in self.captures}
        evidence = {c.taken.sha256: c.taken.read for c in self.captures}
        steps: list[tuple[Offered, str]] = []
        planned: dict[str, list[tuple[NewOriginal, Layout]]] = {}
        readings: dict[str, Reading] = {}
        absences: list[Observation] = []
        for offered in batch:
            if offered.body is None:
                absences.append(self._absence(offered.state))
                continue
            sha256 = self._digest(offered.body)
            if self._taken(offered, sha256, {}).capture_id in held:
                continue
            steps.append((offered, sha256))
            self._absorb_until(offered.state)
            if sha256 in evidence:
                self._absorb(evidence[sha256], sha256)
            elif sha256 not in readings:
                readings[sha256] = self._read(offered, sha256, planned, read)
            else:
                self._absorb_reading(readings[sha256], sha256, planned)
        self.watch.write()  # before the bytes are kept: a crash must leave no flagged table open
        self._keep(steps, planned, readings, evidence)
        if _is_large(batch):
            let_go()
        self._write(absences)

    def _digest(self, body: Original) -> str:
        """SHA-256 of an original; it may be worked out beside."""
        return self._ahead.sha256 if self._ahead else sha256_of(body)

    def _taken_quickly(self, offered: Offered, body: Original, reader: Reader) -> bool:
        """Take in one large file by its difference from the one before; False where it cannot be."""
        if not quick_intake.WORTH_BYTES <= size_of(body) <= quick_intake.LARGEST_BYTES:
            return False
        alike = [c for c in self.captures if c.taken.size_bytes == size_of(body)]
        if any(c.taken.sha256 == self._digest(body) for c in alike):
            return False
        self._absorb_until(offered.state)
        moment = (offered.state.seen_at, offered.state.walk)
        earlier = [
            c
            for c in self.captures
            if (c.taken.seen_at, c.taken.walk) <= moment and not c.taken.read.get("reason")
        ]
        before = max(earlier, key=lambda c: (c.taken.seen_at, c.taken.walk, c.id), default=None)
        if before is None or before.taken.size_bytes > quick_intake.LARGEST_BYTES:
            return False
        history = self.table("")
        quick = quick_intake.quick_reading(
            self.archive,
            before,
            history,
            self.decider.volatile(history.id),
            at_hand(body),
            lambda: self._digest(body),
            reader,
            quick_intake.ToldAs(self._name_of(offered), offered.media_type),
        )
        if quick is None:
            return False
        sha256 = self._digest(body)
        self.watch.see_rows("", quick.columns, quick.added.rows)
        self.watch.write()
        told = quick_intake.evidence_of(quick)
        kept = self._put([(self._taken(offered, sha256, told), _loader(offered))])
        history.history.commit(quick.prepared)
        history.steps[(quick.old_ordinal, quick.old_ordinal + 1)] = (quick.removed, quick.added)
        self.captures += kept
        self.done.captures += kept
        self._absorb(told, sha256)
        self._write([])
        return True

    def _read(
        self,
        offered: Offered,
        sha256: str,
        planned: dict[str, list[tuple[NewOriginal, Layout]]],
        read: FileReader,
    ) -> Reading:
        """Read an original and plan its place in the histories of its tables."""
        assert offered.body is not None
        if is_letter(self.resource):
            reading = Reading("file", "file/1", reason=Reason.NOT_TABULAR, detail=UNREAD)
        else:
            reading = read(
                offered.body,
                name=self._name_of(offered),
                media_type=offered.media_type,
                known=self._known,
            )
        for table in reading.tables:
            self.watch.see(table)
            history = self.table(table.name)
            before = self._before.get(table.name)
            old = self._newest_read.get(table.name)
            renamed = self.decider.renames(history, sha256, table, before, old)
            new = NewOriginal(
                sha256, reading.reader, table.columns, table.rows, renamed,
                self.decider.volatile(history.id), table.stored,
            )  # fmt: skip
            planned.setdefault(table.name, []).extend(history.history.plan([new], before))
        self._absorb_reading(reading, sha256, planned)
        return reading

    def _name_of(self, offered: Offered) -> str:
        return self.file_name

    def _absorb_reading(
        self,
        reading: Reading,
        sha256: str,
        planned: Mapping[str, Sequence[tuple[NewOriginal, Layout]]],
    ) -> None:
        """What follows is read knowing this one."""
        if reading.reason is not None:
            return
        for table in reading.tables:
            self._learn(reading.format, table.name, table.columns, table.rows.num_rows)
            layout = next(
                each for new, each in reversed(planned[table.name]) if new.original_sha256 == sha256
            )
            self._newest_layout(table.name, layout, table.rows.num_rows)
            if table.rows.num_rows:
                self._newest_read[table.name] = table

    def _absorb(self, evidence: Mapping[str, object], sha256: str) -> None:
        if evidence.get("reason"):
            return
        for told in derive.tables_of(evidence):
            name, rows, columns = str(told["name"]), int(str(told["rows"])), told["columns"]
            assert isinstance(columns, list)
            self._learn(str(evidence["format"]), name, columns, rows)
            history = self.table(name)
            ordinal = history.ordinal_of(sha256)
            if ordinal is not None:
                self._newest_layout(name, history.layout_of(ordinal), rows)
                if rows:
                    self._newest_read.pop(name, None)

    def _absorb_until(self, state: State) -> None:
        """Learn from captures held already that were seen before this state."""
        while self._next_held < len(self._by_time):
            taken = self._by_time[self._next_held].taken
            if (taken.seen_at, taken.walk) > (state.seen_at, state.walk):
                return
            self._absorb(taken.read, taken.sha256)
            self._next_held += 1

    def _learn(self, form: str, name: str, columns: Iterable[str], rows: int) -> None:
        columns = tuple(columns)
        ever = dict(self._known.columns)
        if not set(columns) <= ever.get(name, frozenset()):
            ever[name] = ever.get(name, frozenset()) | frozenset(columns)
        newest = {**self._known.newest, name: columns} if rows else self._known.newest
        self._known = Known(self._known.format or form, ever, newest)

    def _newest_layout(self, name: str, layout: Layout, rows: int) -> None:
        if rows or name not in self._before:
            self._before[name] = layout

    def _keep(
        self,
        steps: Sequence[tuple[Offered, str]],
        planned: Mapping[str, Sequence[tuple[NewOriginal, Layout]]],
        readings: Mapping[str, Reading],
        evidence: dict[str, Mapping[str, object]],
    ) -> None:
        if not steps:
            return
        recorded: dict[tuple[str, str], Ordinal] = {}
        prepared = {}
        for name, originals in planned.items():
            history = self.table(name)
            prepared[name] = self._prepared(history, originals)
            first = len(history.history.manifest.ordinals) + 1
            for n, (new, layout) in enumerate(originals):
                recorded[(name, new.original_sha256)] = prepared[name].ordinals[n]
                if (digests := prepared[name].digests[n]) is not None:
                    table = by_ids(ReadTable(name, new.names, new.rows), layout)
                    history.fresh[first + n] = (table, digests)
        for sha256, reading in readings.items():
            evidence[sha256] = evidence_of(reading, sha256, recorded)
        offers = [
            (self._taken(offered, sha256, evidence[sha256]), _loader(offered))
            for offered, sha256 in steps
        ]
        kept = self._put(offers)
        for name, ready in prepared.items():
            self.table(name).history.commit(ready)
            digests = ready.digests[-1] if ready.digests else None
            if digests is not None and len(digests) >= WORTH_HOLDING_ROWS:
                newest = Newest(digests, order_of(digests))
                order_sha256 = ready.ordinals[-1].order_sha256
                quick_intake.hold_digests(self.archive, self.table(name), newest, order_sha256)
                if len(kept) == 1 and (body := steps[0][0].body) is not None:
                    quick_intake.hold_records(self.archive, self.table(name), kept[0], body)
        self.captures += kept
        self.done.captures += kept

    def _prepared(
        self, history: TableHistory, originals: Sequence[tuple[NewOriginal, Layout]]
    ) -> Prepared:
        """A large original alone by its difference from the newest, all else by the batch."""
        number = len(history.history.manifest.ordinals)
        if number and len(originals) == 1 and originals[0][0].stored is None:
            newest = quick_intake.held_digests(self.archive, history, number)
            if newest is not None:
                found = history.history.prepare_whole(*originals[0], newest)
                if found is not None:
                    return found
        return history.history.prepare(originals)

    def _put(self, offers: Sequence[tuple[Taken, Callable[[], Original]]]) -> list[Capture]:
        """Keep takings in the vault; durable on return."""
        if self._ahead is not None:
            self._ahead.wait()
        return self.archive.vault.keep(self.resource.id, offers, kept_at=self.archive.clock.now())

    def _taken(self, offered: Offered, sha256: str, evidence: Mapping[str, object]) -> Taken:
        state = offered.state
        return Taken(
            resource=self.resource.id,
            source=self.source,
            moment_name=state.moment_name,
            seen_at=state.seen_at,
            seen_how=state.seen_how,
            sha256=sha256,
            size_bytes=size_of(offered.body or b""),
            walk=state.walk,
            media_type=offered.media_type,
            completeness=offered.completeness,
            read=evidence,
            exchange=self._exchange(state),
            metadata=offered.metadata,
        )

    def _exchange(self, state: State) -> dict[str, object]:
        told = {**state.exchange, "file_name": self.file_name}
        if state.last_seen_at > state.seen_at:
            told["last_seen"] = to_iso(state.last_seen_at)
        return told

    def _absence(self, state: State) -> Observation:
        return Observation(
            self.resource.id, self.source, self.archive.clock.now(), "absent",
            moment_name=state.moment_name, seen_at=state.seen_at, detail={"walk": state.walk},
        )  # fmt: skip

    def _write(self, absences: Sequence[Observation]) -> None:
        """Journal the absences and decisions of the batch, then show all in the index."""
        held = {
            (o["moment_name"], o["outcome"])
            for o in self.archive.index.observations(self.resource.id)
            if "moment_name" in o
        }
        for told in (t for c in self.captures for t in derive.tables_read(c)):
            self.table(str(told["name"]))  # those too that nothing came to: it may be left to do
        fresh = [o for o in absences if (o.moment_name, o.outcome) not in held]
        self.done.absences += len(fresh)
        write_journal(self.archive, fresh, self.decider.take_events())
        versions = derive.show(self.archive, self.resource, self.captures)
        for history in self.tables.values():
            self.decider.look_for_key(history, versions)
        write_journal(self.archive, (), self.decider.take_events())
        for history in self.tables.values():
            compared = derive.show_comparisons(self.archive, versions, history)
            known = self.archive.index.comparisons(history.id)
            self.decider.look_where_all_changed(history, compared, known)
            newest = max(history.fresh, default=0)
            history.fresh = {n: kept for n, kept in history.fresh.items() if n == newest}

    def finish(self) -> None:
        """Write the last decisions and show them in the index; after many versions came in, the
        key is looked for over all of them."""
        if self.decider.many:
            versions = self.archive.index.versions(self.resource.id)
            for history in self.tables.values():
                self.decider.look_for_key(history, versions, again=True)
                write_journal(self.archive, (), self.decider.take_events())
                derive.show_comparisons(self.archive, versions, history)
        write_journal(self.archive, (), self.decider.take_events())
        self.done.volatile_found = self.decider.volatile_found
        versions = derive.show(self.archive, self.resource, self.captures)
        noticing.notice(self.archive, self.resource, self.captures, versions)


def _is_large(batch: Sequence[Offered]) -> bool:
    return any(isinstance(offered.body, OnDisk) and offered.body.is_large for offered in batch)


def _loader(offered: Offered) -> Callable[[], Original]:
    def load() -> Original:
        assert offered.body is not None
        return offered.body

    return load


def evidence_of(
    reading: Reading, sha256: str, recorded: Mapping[tuple[str, str], Ordinal]
) -> dict[str, object]:
    """What the vault keeps of a reading; opaque to it."""
    told: dict[str, object] = {"format": reading.format, "reader": reading.reader}
    if reading.reason is not None:
        told |= {"reason": str(reading.reason), "detail": reading.detail}
    else:
        told["tables"] = {
            table.name: {
                "rows": recorded[(table.name, sha256)].rows,
                "columns": list(table.columns),
                "table_sha256": recorded[(table.name, sha256)].table_sha256,
                "order_sha256": recorded[(table.name, sha256)].order_sha256,
            }
            for table in reading.tables
        }
    if reading.encoding:
        told["encoding"] = reading.encoding
    if reading.repairs:
        told["repairs"] = list(reading.repairs)
    if reading.facts:
        told["facts"] = dict(reading.facts)
    return told
