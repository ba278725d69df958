"""Rebuilding what is derived: histories and index again from the vault and the journal alone.

Decisions are replayed in the order of keeping, nothing is decided anew, and the table digests must
come out as they were recorded.
"""

from __future__ import annotations

import bisect
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from verticalfile.catalog.index import ResourceLine
from verticalfile.history.ingest import NewOriginal
from verticalfile.history.manifest import Layout
from verticalfile.kernel.limits import BATCH_BYTES
from verticalfile.kernel.originals import size_of
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import Decisions, decisions_of
from verticalfile.services.gathering import following
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.journal_keeping import catch_up, write_journal
from verticalfile.services.known import derive, masks
from verticalfile.services.known.listings import small_bytes
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import name_of
from verticalfile.services.taking_in.evidence import Decider
from verticalfile.services.telling import noticing
from verticalfile.tables.reading import FileReader, Known
from verticalfile.vault.capture import Capture

READ_AGAIN = "read again"
"""The event of a file whose versions were read again in the order of time."""


@dataclass
class Rebuilt:
    """What a rebuild made, and every difference from what was recorded."""

    originals: int = 0
    differences: list[str] = field(default_factory=list)


def recover(archive: Archive, resource: ResourceLine) -> None:
    """Put right what a crash left of this file: the history and the index catch up with the vault.

    The caller holds the writer's lock.
    """
    archive.vault.recover(resource.id)
    catch_up(archive)
    captures = derive.held(archive, resource.id)
    names = {str(t["name"]) for c in captures for t in derive.tables_read(c)}
    histories = {n: _history(archive, resource, n) for n in names}
    for history in histories.values():
        history.history.recover()
    behind = any(
        _is_behind(archive, histories[str(t["name"])], c.taken.sha256, t)
        for c in captures
        for t in derive.tables_read(c)
    )
    if behind:
        replay(archive, resource, captures)
        compare_anew(archive, resource)
    versions = archive.index.versions(resource.id)
    shown = sum(len(v.captures) for v in versions)
    if behind or len(captures) != shown:
        show_all(archive, resource, captures)
    _finish_deciding(archive, resource, captures)


def _finish_deciding(archive: Archive, resource: ResourceLine, captures: Sequence[Capture]) -> None:
    """What a taking in does after its versions are shown: a key, and comparisons by it."""
    versions = archive.index.versions(resource.id)
    decider = Decider(archive, resource.id)
    left = False
    for line in archive.index.tables(resource.id):
        history = TableHistory(archive, line.id, line.name)
        pairs = derive.pairs_of(versions, history)
        if line.key is None:
            decider.look_for_key(history, versions)
        left |= line.key is None or not set(pairs) <= archive.index.comparisons(line.id).keys()
    if not left:
        return
    write_journal(archive, (), decider.take_events())
    if decider.volatile_found:
        rebuild_resource(archive, resource)
    else:
        show_all(archive, resource, captures)


def _is_behind(
    archive: Archive, history: TableHistory, sha256: str, told: Mapping[str, object]
) -> bool:
    """Whether the history lacks an original, or has it as it was read before a reading again."""
    ordinal = history.ordinal_of(sha256)
    if ordinal is None:
        return True
    if history.history.manifest.ordinals[ordinal - 1].table_sha256 == told["table_sha256"]:
        return False
    return not decisions_of(archive, history.id).volatile  # else the digest is of fewer columns


def _history(archive: Archive, resource: ResourceLine, name: str) -> TableHistory:
    return TableHistory(archive, derive.table_id(resource.id, name), name)


def show_all(archive: Archive, resource: ResourceLine, captures: Sequence[Capture]) -> None:
    """Versions, tables, comparisons and what follows from them for readers, into the index; of a
    masked copy of the file as well, since what is withdrawn of the one is so of the other."""
    _show(archive, resource, captures)
    copies = {mask.copy for mask in masks.masks(archive) if mask.original == resource.id}
    for copy in archive.index.resources() if copies else ():
        if copy.id in copies:
            with archive.writing(copy.id):
                _show(archive, copy, derive.held(archive, copy.id))


def _show(archive: Archive, resource: ResourceLine, captures: Sequence[Capture]) -> None:
    versions = derive.show(archive, resource, captures)
    for line in archive.index.tables(resource.id):
        history = TableHistory(archive, line.id, line.name)
        derive.show_comparisons(archive, versions, history)
    noticing.notice(archive, resource, captures, versions)


def rebuild_resource(
    archive: Archive, resource: ResourceLine, progress: Callable[[int], None] = lambda _: None
) -> Rebuilt:
    """Histories and index lines of one file again. The caller holds the writer's lock."""
    archive.vault.recover(resource.id)
    captures = derive.held(archive, resource.id)
    done = replay(archive, resource, captures, progress)
    compare_anew(archive, resource)
    return done


def compare_anew(archive: Archive, resource: ResourceLine) -> None:
    """All index lines of one file again, after its histories were made anew."""
    for line in archive.index.tables(resource.id):
        with archive.index.writing():
            archive.index.forget_comparisons(line.id)
    show_all(archive, resource, derive.held(archive, resource.id))


def replay(
    archive: Archive,
    resource: ResourceLine,
    captures: Sequence[Capture],
    progress: Callable[[int], None] = lambda _: None,
) -> Rebuilt:
    """Make the histories of a file again from its originals."""
    tables = {
        derive.table_id(resource.id, str(t["name"]))
        for c in captures
        for t in derive.tables_read(c)
    }
    for table in tables | {line.id for line in archive.index.tables(resource.id)}:
        shutil.rmtree(archive.history_folder(table), ignore_errors=True)
    return _Replay(archive, resource, progress).run(in_reading_order(archive, resource, captures))


def in_reading_order(
    archive: Archive, resource: ResourceLine, captures: Sequence[Capture]
) -> list[Capture]:
    """The order in which captures were read: that of keeping, but of time for as many as were
    read again when older ones had come in."""
    again = read_again_up_to(archive, resource)
    return [*sorted(captures[:again], key=derive.in_time), *captures[again:]]


def read_again_up_to(archive: Archive, resource: ResourceLine) -> int:
    """How many captures, in the order of keeping, were last read again in the order of time."""
    events = [e for e in archive.index.events([resource.id]) if e["kind"] == READ_AGAIN]
    detail = events[-1]["detail"] if events else {"captures": 0}
    assert isinstance(detail, dict)
    return int(detail["captures"])


class _Replay:
    """The replay of one file; `seen` holds, by table, what came before in time."""

    def __init__(
        self, archive: Archive, resource: ResourceLine, progress: Callable[[int], None]
    ) -> None:
        self.archive, self.resource, self.progress = archive, resource, progress
        self.tables: dict[str, TableHistory] = {}
        self.decided: dict[str, Decisions] = {}
        self.seen: dict[str, list[tuple[tuple[datetime, int, str], Layout]]] = {}
        self.waiting: dict[str, list[tuple[NewOriginal, Layout, str]]] = {}
        self.layout_of: dict[tuple[str, str], Layout] = {}
        self.size = 0
        self.done = Rebuilt()

    def run(self, captures: Sequence[Capture]) -> Rebuilt:
        """Batch by batch, each read in one child."""
        with ExitStack() as batch:
            read = self._reader(batch)
            known = Known()
            for capture in captures:
                known = self._replayed(capture, known, read)
                if self.size > BATCH_BYTES:
                    self._commit()
                    batch.close()
                    read = self._reader(batch)
            self._commit()
        return self.done

    def _reader(self, batch: ExitStack) -> FileReader:
        reader = batch.enter_context(self.archive.readers.batch())
        return partial(reader.read, mapped_bytes=small_bytes(self.resource.kind))

    def _replayed(self, capture: Capture, known: Known, read: FileReader) -> Known:
        """Take in one capture; what is known after it."""
        told = derive.tables_read(capture)
        self.progress(1)
        if told and (str(told[0]["name"]), capture.taken.sha256) not in self.layout_of:
            self._read(capture, known, read)
        for table in told:
            name, rows = str(table["name"]), int(str(table["rows"]))
            layout = self.layout_of.get((name, capture.taken.sha256))
            if layout is not None and (rows or name not in self.seen):
                bisect.insort(
                    self.seen.setdefault(name, []), (derive.in_time(capture), layout),
                    key=lambda pair: pair[0],
                )  # fmt: skip
            known = learned(known, capture, table)
        return known

    def _read(self, capture: Capture, known: Known, read: FileReader) -> None:
        most = small_bytes(self.resource.kind)
        original = self.archive.vault.restored(capture, small_bytes=most)
        self.size += size_of(original)
        self.done.originals += 1
        by_name = {str(t["name"]): t for t in derive.tables_read(capture)}
        name = file_name_of(self.resource, capture)
        reading = read(original, name=name, media_type=capture.taken.media_type, known=known)
        if reading.reason is not None or {t.name for t in reading.tables} != set(by_name):
            self.done.differences.append(
                f"{capture.taken.moment_name} is read otherwise than when it was kept"
            )
        for table in reading.tables:
            history = self._table(table.name)
            decided = self.decided[table.name]
            before = self._before(table.name, capture)
            new = NewOriginal(
                capture.taken.sha256, reading.reader, table.columns, table.rows,
                decided.renamed.get(capture.taken.sha256, {}), decided.volatile, table.stored,
            )  # fmt: skip
            planned, layout = history.history.plan([new], before)[0]
            self.layout_of[(table.name, capture.taken.sha256)] = layout
            recorded = str(by_name.get(table.name, {}).get("table_sha256", ""))
            self.waiting.setdefault(table.name, []).append((planned, layout, recorded))

    def _table(self, name: str) -> TableHistory:
        if name not in self.tables:
            self.tables[name] = _history(self.archive, self.resource, name)
            self.decided[name] = decisions_of(self.archive, self.tables[name].id)
        return self.tables[name]

    def _before(self, name: str, capture: Capture) -> Layout | None:
        held = self.seen.get(name, [])
        at = bisect.bisect_left(held, derive.in_time(capture), key=lambda pair: pair[0])
        return held[at - 1][1] if at else None

    def _commit(self) -> None:
        for name, waiting in self.waiting.items():
            history = self.tables[name].history
            prepared = history.prepare([(new, layout) for new, layout, _ in waiting])
            for ordinal, (_, layout, recorded) in zip(prepared.ordinals, waiting, strict=True):
                # what a volatile column was is told by the original, not by this digest
                if not self.decided[name].volatile and ordinal.table_sha256 != recorded:
                    self.done.differences.append(
                        f"{ordinal.original_sha256[:12]} of table {name or '(the only one)'}"
                        f" has {ordinal.rows} rows and another digest than recorded"
                    )
                assert layout
            history.commit(prepared)
        self.waiting, self.size = {}, 0


def file_name_of(resource: ResourceLine, capture: Capture) -> str:
    """The name of the file as it came, by which its format may be told."""
    return str(capture.taken.exchange.get("file_name", "")) or resource.location


def learned(known: Known, capture: Capture, table: object) -> Known:
    """What is known after a table of a capture was read, as its evidence tells it."""
    assert isinstance(table, dict)
    name, columns = str(table["name"]), tuple(table["columns"])
    ever = {**known.columns, name: known.columns.get(name, frozenset()) | frozenset(columns)}
    newest = {**known.newest, name: columns} if table["rows"] else known.newest
    return Known(known.format or str(capture.taken.read["format"]), ever, newest)


def rebuild(
    archive: Archive,
    resources: Sequence[ResourceLine] | None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> Rebuilt:
    """Rebuild some files, or the index and everything when `resources` is None."""
    if resources is None:
        with archive.writing("journal"):
            archive.journal.recover()
            archive.journal.append(at=archive.clock.now())  # also what a backup brought back
            archive.index.close()
            for name in ("index.sqlite3", "index.sqlite3-wal", "index.sqlite3-shm"):
                (archive.root / name).unlink(missing_ok=True)
            catch_up(archive)
        resources = archive.index.resources()
    done = Rebuilt()
    for resource in resources:
        with archive.writing(resource.id):
            name = name_of(archive, resource)
            one = rebuild_resource(archive, resource, lambda n, name=name: progress(name, n))  # type: ignore[misc]  # bound now
            if is_listing(resource):
                following.follow(archive, resource, replaying=True)
        done.originals += one.originals
        done.differences += [f"{name}: {each}" for each in one.differences]
    return done
