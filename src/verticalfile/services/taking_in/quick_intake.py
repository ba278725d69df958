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
from functools import partial

import numpy as np

from verticalfile.history.encoding import DIGEST_BYTES, raw
from verticalfile.history.ingest import NewOriginal, Prepared
from verticalfile.history.manifest import Layout
from verticalfile.history.step import Newest, Step, kept_of
from verticalfile.kernel.originals import AtHand, Original, at_hand, mapped_or_read, write
from verticalfile.kernel.seals import SEAL_BYTES, seal_of
from verticalfile.services.archive import Archive
from verticalfile.services.known.derive import tables_of
from verticalfile.services.known.table_history import TableHistory, by_ids
from verticalfile.tables.child.reader import Reader
from verticalfile.tables.read.sniff import HEAD_BYTES, kind_of_rest
from verticalfile.tables.reading import Known, Reading, ReadTable
from verticalfile.tables.record_diff import (
    RecordDiff,
    Records,
    held,
    of_held,
    proposed,
    proved,
    records_of,
)
from verticalfile.vault.capture import Capture

WORTH_BYTES = 4 << 20
"""Below this a whole reading takes no noticeable time."""
LARGEST_BYTES = 300 << 20
"""Above this memory would pass 1.5 GB (engine.md 0.1)."""
ORDER_BYTES = 4
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


@dataclass(frozen=True, slots=True)
class ToldAs:
    """What a file is said to be where it comes from: it may not be read by what it holds alone."""

    name: str
    media_type: str


def quick_reading(
    archive: Archive,
    before: Capture,
    history: TableHistory,
    volatile: frozenset[str],
    body: AtHand,
    sha256: Callable[[], str],
    reader: Reader,
    told_as: ToldAs,
) -> Quick | None:
    """The difference from the capture before it in time, where it can be had quickly. `sha256` is
    asked while the rows are read: it may have to be worked out."""
    if kind_of_rest(body[:HEAD_BYTES]):
        return None  # zero bytes enough to make it no text, though few came
    manifest = history.history.manifest
    ordinal = history.ordinal_of(before.taken.sha256)
    if ordinal is None or ordinal != len(manifest.ordinals) or not _plain(before):
        return None
    layout = manifest.layout_of(ordinal)
    left_out = {n for n, i in zip(layout.names, layout.ids, strict=True) if i in layout.dropped}
    if len(layout.names) < 2 or left_out != volatile & set(layout.names):
        return None
    with ThreadPoolExecutor(max_workers=1) as beside:
        beside.submit(reader.begin)
        found = _difference(archive, history, before, body)
        if found is None:
            return None
        read = partial(reader.read, name=told_as.name, media_type=told_as.media_type)
        reading = beside.submit(_rows, found, layout, before, read)
        proven = proved(found)
        newest = held_digests(archive, history, ordinal)
        if newest is None or len(found.old) != len(newest):
            return None
        kept = kept_of(newest, proven.pairs)
        _hold(archive, "records", history, held(found.new, sha256()))
        rows = reading.result()
        if proven is not found:
            rows = _rows(proven, layout, before, read)
        if rows is None:
            return None
        spent = [found, proven]
        del found, proven, reading
        beside.submit(spent.clear)  # to take back a large file keeps the kernel busy for a while
        removed, added = rows
        name = str(before.taken.read["reader"])
        new = NewOriginal(sha256(), name, layout.names, added.rows, {}, volatile)
        hold = partial(hold_digests, archive, history)
        prepared = history.history.prepare_step(Step(new, layout, kept, hold))
    return Quick(
        prepared, layout.names, before.taken.read, ordinal, by_ids(removed, layout),
        by_ids(added, layout),
    )  # fmt: skip


def _difference(
    archive: Archive, history: TableHistory, before: Capture, body: AtHand
) -> RecordDiff | None:
    """Still to be proved."""
    news = records_of(body, _delimiter_of(before))  # while another thread proves the one before
    if news is None:
        return None
    cached = archive.vault.newest_original(before)
    old = cached if cached is not None else archive.vault.original(before)
    olds = _held_records(archive, history, before, old) or records_of(old, _delimiter_of(before))
    return None if olds is None else proposed(olds, news)


def _plain(capture: Capture) -> bool:
    told = capture.taken.read
    facts = _facts(capture)
    tables = tables_of(told)
    return (
        told.get("format") == "delimited"
        and "delimiter" in facts
        and len(tables) == 1
        and not told.get("repairs")
        and str(told.get("encoding", "")).lower() in PLAIN
        and not facts.get("bom")
        and not facts.keys() & {"lines_above", "header_lines"}
    )


def _facts(capture: Capture) -> dict[str, object]:
    facts = capture.taken.read.get("facts", {})
    assert isinstance(facts, dict)
    return facts


def _delimiter_of(capture: Capture) -> str:
    return str(_facts(capture)["delimiter"])


def _rows(
    found: RecordDiff, layout: Layout, before: Capture, read: Callable[..., Reading]
) -> tuple[ReadTable, ReadTable] | None:
    """The rows removed and added, read as one small file; None when that is read otherwise than
    the whole would be."""
    removed, added = found.old.joined(found.removed), found.new.records(found.added)
    expected = len(found.removed) + len(found.added)
    known = Known("delimited", {"": frozenset(layout.names)}, {"": layout.names})
    reading = read(removed + added, known=known)
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


def held_digests(archive: Archive, history: TableHistory, ordinal: int) -> Newest | None:
    """Row digests of an ordinal in file order, and their bytewise order, from the cache; None
    where they are missing, damaged or of another ordinal."""
    try:
        told = memoryview(mapped_or_read(archive.root / "cache" / "digests" / history.id))
    except OSError:
        return None
    count, rest = divmod(len(told) - SEAL_BYTES, DIGEST_BYTES + ORDER_BYTES)
    recorded = history.history.manifest.ordinals[ordinal - 1]
    if rest or count < 0 or told[:SEAL_BYTES] != _seal(recorded.order_sha256, told[SEAL_BYTES:]):
        return None
    digests = np.frombuffer(told, f"S{DIGEST_BYTES}", count, SEAL_BYTES)
    return Newest(digests, np.frombuffer(told, "<i4", count, len(told) - ORDER_BYTES * count))


def _seal(order_sha256: str, *told: memoryview) -> bytes:
    return seal_of(order_sha256.encode(), *told)


def _held_records(
    archive: Archive, history: TableHistory, before: Capture, body: AtHand
) -> Records | None:
    """Where the records of an original begin, and their hashes, from the cache."""
    try:
        told = (archive.root / "cache" / "records" / history.id).read_bytes()
    except OSError:
        return None
    return of_held(told, body, before.taken.sha256)


def hold_digests(
    archive: Archive, history: TableHistory, newest: Newest, order_sha256: str
) -> None:
    """Put the row digests of the newest ordinal into the cache, with their bytewise order."""
    parts = raw(newest.digests), raw(newest.order.astype("<i4", copy=False))
    _hold(archive, "digests", history, _seal(order_sha256, *parts), *parts)


def hold_records(archive: Archive, history: TableHistory, capture: Capture, body: Original) -> None:
    """Put into the cache where the records of the newest original begin, and their hashes."""
    worth = WORTH_BYTES <= capture.taken.size_bytes <= LARGEST_BYTES
    if not worth or not _plain(capture):
        return
    found = records_of(at_hand(body), _delimiter_of(capture))
    if found is not None:
        _hold(archive, "records", history, held(found, capture.taken.sha256))


def _hold(archive: Archive, kind: str, history: TableHistory, *parts: bytes | memoryview) -> None:
    folder = archive.root / "cache" / kind
    part = folder / f"{history.id}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as out:
            write(out, *parts)
        # a file that takes another's place is flushed first by some file systems (ext4)
        (folder / history.id).unlink(missing_ok=True)
        part.rename(folder / history.id)
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
