"""The short way in for one large delimited file that resembles the one before it.

Unchanged records are proved equal byte by byte, only the others are parsed and digested. Wherever
anything is not as it was (another header, dialect, encoding, repairs, a cache that is missing)
the answer is None and the file is read whole; both ways give the same digests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from verticalfile.history.encoding import DIGEST_BYTES, Digests, order_digest, raw
from verticalfile.history.ingest import NewOriginal, Prepared
from verticalfile.history.manifest import Layout
from verticalfile.history.step import Step
from verticalfile.services.archive import Archive
from verticalfile.services.known.derive import tables_of
from verticalfile.services.known.table_history import EMPTY, TableHistory, by_ids
from verticalfile.tables.reading import FileReader, Known, Reading, ReadTable
from verticalfile.tables.record_diff import (
    RecordDiff,
    Records,
    held,
    of_held,
    record_diff,
    records_of,
)
from verticalfile.vault.capture import Capture

WORTH_BYTES = 4 << 20
"""Below this a whole reading takes no noticeable time."""
LARGEST_BYTES = 300 << 20
"""Above this memory would pass 1.5 GB (engine.md 0.1)."""
PLAIN = ("utf-8", "ascii", "")


@dataclass(frozen=True, slots=True)
class Quick:
    """What the record diff gave: ready to be kept, and the rows of the difference by column id."""

    prepared: Prepared
    columns: tuple[str, ...]
    told: Mapping[str, object]  # the evidence of the version before, for reader and dialect
    old_ordinal: int
    removed: ReadTable
    added: ReadTable
    records: Records


def quick_reading(
    archive: Archive,
    before: Capture,
    history: TableHistory,
    volatile: frozenset[str],
    body: bytes,
    sha256: Callable[[], str],
    read: FileReader,
) -> Quick | None:
    """The difference from the capture before it in time, where it can be had quickly. `sha256` is
    asked while the rows are read: it may have to be worked out."""
    manifest = history.history.manifest
    ordinal = history.ordinal_of(before.taken.sha256)
    if ordinal is None or ordinal != len(manifest.ordinals) or not _plain(before):
        return None
    layout = manifest.layout_of(ordinal)
    left_out = {n for n, i in zip(layout.names, layout.ids, strict=True) if i in layout.dropped}
    if len(layout.names) < 2 or left_out != volatile & set(layout.names):
        return None
    news = records_of(body)  # while another thread reads the original before it
    if news is None:
        return None
    peeked = archive.vault.peek_newest(before)
    old = peeked if peeked is not None else archive.vault.original(before)
    olds = _held_records(archive, history, before, old) or records_of(old)
    found = None if olds is None else record_diff(olds, news)
    if found is None:
        return None
    with ThreadPoolExecutor(max_workers=1) as beside:  # the rows are read by another process
        reading = beside.submit(_rows, found, layout, before, read)
        newest = held_digests(archive, history, ordinal)
        digest = sha256()
        rows = reading.result()
    if rows is None or newest is None or len(found.old) != len(newest):
        return None
    removed, added = rows
    reader = str(before.taken.read["reader"])
    new = NewOriginal(digest, reader, layout.names, added.rows, {}, volatile)
    if peeked is not None and archive.vault.original(before) is not peeked:
        return None  # the cached original was not sound
    prepared = history.history.prepare_step(Step(new, layout, found.pairs), newest)
    return Quick(
        prepared, layout.names, before.taken.read, ordinal, by_ids(removed, layout),
        by_ids(added, layout), found.new,
    )  # fmt: skip


def _plain(capture: Capture) -> bool:
    told = capture.taken.read
    facts = told.get("facts", {})
    assert isinstance(facts, dict)
    tables = tables_of(told)
    return (
        told.get("format") == "delimited"
        and len(tables) == 1
        and not told.get("repairs")
        and str(told.get("encoding", "")).lower() in PLAIN
        and not facts.get("bom")
        and not facts.keys() & {"lines_above", "header_lines"}
    )


def _rows(
    found: RecordDiff, layout: Layout, before: Capture, read: FileReader
) -> tuple[ReadTable, ReadTable] | None:
    """The rows removed and added, read as one small file; None when that is read otherwise than
    the whole would be."""
    removed, added = found.old.joined(found.removed), found.new.records(found.added)
    expected = len(found.removed) + len(found.added)
    if expected == 0:
        return ReadTable("", layout.names, EMPTY), ReadTable("", layout.names, EMPTY)
    name = str(before.taken.exchange.get("file_name", ""))
    known = Known("delimited", {"": frozenset(layout.names)}, {"": layout.names})
    reading: Reading = read(removed + added, name=name, known=known)
    told = before.taken.read
    if (
        reading.reason is not None
        or reading.repairs
        or reading.reader != told["reader"]
        or reading.encoding != told.get("encoding", "")
        or dict(reading.facts) != told.get("facts", {})
        or reading.tables[0].columns != layout.names
        or reading.tables[0].rows.num_rows != expected
    ):
        return None
    rows = reading.tables[0].rows
    parts = rows.slice(0, len(found.removed)), rows.slice(len(found.removed))
    return ReadTable("", layout.names, parts[0]), ReadTable("", layout.names, parts[1])


def held_digests(archive: Archive, history: TableHistory, ordinal: int) -> Digests | None:
    """Row digests of an ordinal in file order from the cache, compared with what was recorded."""
    try:
        told = (archive.root / "cache" / "digests" / history.id).read_bytes()
    except OSError:
        return None
    if len(told) % DIGEST_BYTES:
        return None
    found = np.frombuffer(told, dtype=f"S{DIGEST_BYTES}")
    recorded = history.history.manifest.ordinals[ordinal - 1]
    return found if order_digest(found) == recorded.order_sha256 else None


def _held_records(
    archive: Archive, history: TableHistory, before: Capture, body: bytes
) -> Records | None:
    """Where the records of an original begin, and their hashes, from the cache."""
    try:
        told = (archive.root / "cache" / "records" / history.id).read_bytes()
    except OSError:
        return None
    return of_held(told, body, before.taken.sha256)


def hold_digests(archive: Archive, history: TableHistory, digests: Digests) -> None:
    """Put the row digests of the newest ordinal into the cache."""
    _hold(archive, "digests", history, raw(digests))


def hold(archive: Archive, history: TableHistory, quick: Quick) -> None:
    """Put into the cache what the next difference begins with."""
    (ordinal,), (digests,) = quick.prepared.ordinals, quick.prepared.digests
    _hold(archive, "records", history, held(quick.records, ordinal.original_sha256))
    if digests is not None:
        hold_digests(archive, history, digests)


def _hold(archive: Archive, kind: str, history: TableHistory, body: bytes | memoryview) -> None:
    folder = archive.root / "cache" / kind
    part = folder / f"{history.id}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(body)
        part.replace(folder / history.id)
    except OSError:  # a cache that cannot be written costs time and nothing else
        with contextlib.suppress(OSError):
            part.unlink()


def evidence_of(quick: Quick) -> dict[str, object]:
    """What the vault keeps of this reading: as the version before, with its own figures."""
    ordinal = quick.prepared.ordinals[0]
    told = {k: v for k, v in quick.told.items() if k != "tables"}
    told["tables"] = {
        "": {
            "rows": ordinal.rows, "columns": list(quick.columns),
            "table_sha256": ordinal.table_sha256, "order_sha256": ordinal.order_sha256,
        }
    }  # fmt: skip
    return told
