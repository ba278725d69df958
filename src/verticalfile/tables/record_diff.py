"""The record diff of delimited text: which raw records of two files are the same, byte by byte.

Raw records that are byte-equal are equal rows, so only the others have to be parsed. A 64-bit
hash proposes the pairs and a comparison of bytes proves every one (engine.md 1.7). Where the
records of a file begin, and their hashes, can be held until the next one comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from verticalfile.kernel.originals import AtHand
from verticalfile.kernel.seals import SEAL_BYTES, seal_of
from verticalfile.tables.pairing import Hashes, Places, proposed_pairs

STEP_BYTES = 4 << 20
UNPAIRED_SHARE_MAX = 0.3
"""With more new records than this, reading the whole file is quicker."""
LINE_FEED, RETURN, QUOTE = 10, 13, 34
CUT = 2
"""How records are cut; 1 took a quote within a cell for one that opens it."""


@dataclass(frozen=True, slots=True)
class Records:
    """A file cut into records: `starts` has one offset more than there are records."""

    body: AtHand
    starts: Places
    hashes: Hashes

    @property
    def header(self) -> bytes:
        return self.body[: int(self.starts[0])]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def joined(self, places: Places) -> bytes:
        """The header and these records, as a file of its own."""
        return self.header + self.records(places)

    def records(self, places: Places) -> bytes:
        """These records one after another, the last of the file with a line end."""
        if not len(places):
            return b""
        taken = _as_arrow(self.body, self.starts).take(pa.array(places))
        return self._ended(taken.buffers()[2].to_pybytes())

    def record(self, place: int) -> bytes:
        """One of `records`."""
        return self._ended(self.body[int(self.starts[place]) : int(self.starts[place + 1])])

    def _ended(self, cut: bytes) -> bytes:
        if cut.endswith(b"\n"):
            return cut
        return cut + (b"\r\n" if self.header.endswith(b"\r\n") else b"\n")


@dataclass(frozen=True, slots=True)
class RecordDiff:
    """`pairs[n]` is the place in the old file of the record equal to the new file's n-th, or -1."""

    old: Records
    new: Records
    pairs: Places

    @property
    def added(self) -> Places:
        return np.flatnonzero(self.pairs < 0)

    @property
    def removed(self) -> Places:
        kept = np.zeros(len(self.old), dtype=bool)
        kept[self.pairs[self.pairs >= 0]] = True
        return np.flatnonzero(~kept)


def held(records: Records, sha256: str) -> bytes:
    """What `of_held` makes the same records of again: bound to the original with this digest."""
    told = records.starts.astype("<u4").tobytes() + records.hashes.astype("<u8").tobytes()
    return _seal(told, sha256) + told


def of_held(told: bytes, body: AtHand, sha256: str) -> Records | None:
    """The inverse of `held`; None where it was damaged, or is of another original or DuckDB."""
    count, rest = divmod(len(told) - SEAL_BYTES - 4, 12)
    if rest or count < 0 or told[:SEAL_BYTES] != _seal(memoryview(told)[SEAL_BYTES:], sha256):
        return None
    starts = np.frombuffer(told, "<u4", count + 1, SEAL_BYTES).astype(np.int64)
    if starts[-1] != len(body):
        return None
    return Records(body, starts, np.frombuffer(told, "<u8", count, len(told) - 8 * count))


def _seal(told: bytes | memoryview, sha256: str) -> bytes:
    bound = f"{sha256} {CUT} {duckdb.__version__} "  # each DuckDB has its own hash
    return seal_of(bound.encode(), told)


def records_of(body: AtHand, delimiter: str) -> Records | None:
    """Cut a file at line feeds outside of quotes; None where that is not certain. No more records
    than a reader finds rows: where there are as many, each is one."""
    starts = _starts(body, ord(delimiter))
    return None if starts is None else Records(body, starts, _hashes(body, starts))


def _starts(body: AtHand, delimiter: int) -> Places | None:
    view = np.frombuffer(body, dtype=np.uint8)
    has_quotes, is_open = body.find(b'"') >= 0, 0
    found = []
    for start in range(0, len(view), STEP_BYTES):  # what a step gives stays in the cache
        step = view[start : start + STEP_BYTES]
        feeds = np.flatnonzero(step == LINE_FEED)
        if has_quotes:
            quotes = np.flatnonzero(step == QUOTE)
            opening, ending = quotes[is_open::2] + start, quotes[1 - is_open :: 2] + start
            if not _are_around_cells(view, opening, ending, delimiter):
                return None
            feeds = feeds[(np.searchsorted(quotes, feeds) + is_open) % 2 == 0]
            is_open = (is_open + len(quotes)) % 2
        found.append(feeds + (start + 1))
    if is_open:
        return None  # an unterminated quote: the full reader will say so
    ends = np.concatenate(found).astype(np.int64, copy=False) if found else np.empty(0, np.int64)
    if not len(ends):
        return None
    feeds = ends - 1
    if ends[-1] != len(body):
        ends = np.append(ends, len(body))
    return_ends = body.find(b"\r") >= 0
    lengths = np.diff(ends)
    if len(lengths) and int(lengths.min()) <= 1 + return_ends:
        return None  # blank lines are no rows
    if return_ends and not _all_return(view, feeds):
        return None  # mixed line ends
    return ends


def _are_around_cells(
    view: npt.NDArray[np.uint8], opening: Places, ending: Places, delimiter: int
) -> bool:
    """Whether every odd quote opens a cell and every even one ends it, or two are one within it.
    Of others, as of inches, no number tells what is inside: one would hide a line end, and a cell
    of lines show some."""
    border = np.zeros(256, dtype=bool)
    border[[LINE_FEED, QUOTE, delimiter]] = True
    if len(opening) and opening[0] == 0:
        opening = opening[1:]
    if not border[view[opening - 1]].all():
        return False
    border[RETURN] = True
    if len(ending) and ending[-1] == len(view) - 1:
        ending = ending[:-1]
    return bool(border[view[ending + 1]].all())


def _all_return(view: npt.NDArray[np.uint8], feeds: Places) -> bool:
    """Whether a carriage return stands before every line feed."""
    return bool((view[np.maximum(feeds - 1, 0)] == RETURN).all())


def proposed(olds: Records, news: Records) -> RecordDiff | None:
    """Pairs of records with equal hashes, still to be `proved`; None where the full reader should
    do it.

    Time: a pass over the hashes; memory: about 50 bytes a record.
    """
    if olds.header != news.header or not len(olds) or not len(news):
        return None
    pairs = proposed_pairs(olds.hashes, news.hashes)
    if int((pairs < 0).sum()) > UNPAIRED_SHARE_MAX * len(news):
        return None
    return RecordDiff(olds, news, pairs)


def proved(found: RecordDiff) -> RecordDiff:
    """Without the pairs whose bytes differ; the same object where there are none. Time: a pass over
    both files."""
    wrong = _disproved(found.old, found.new, found.pairs)
    if not wrong:
        return found
    pairs = found.pairs.copy()
    pairs[wrong] = -1
    return RecordDiff(found.old, found.new, pairs)


def _hashes(body: AtHand, starts: Places) -> Hashes:
    """A 64-bit hash of each record: the same for the same bytes, but not from one DuckDB to another."""
    raw = _as_arrow(body, starts)
    with duckdb.connect(":memory:", config={"threads": "1", "memory_limit": "768MB"}) as connection:
        connection.register("records", pa.table({"r": raw}))
        answer = connection.sql("SELECT hash(r) AS h FROM records").to_arrow_table()
    found: Hashes = answer.column("h").to_numpy()
    return found


def _as_arrow(body: AtHand, starts: Places) -> pa.LargeBinaryArray:
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(starts) - 1, [None, pa.py_buffer(starts), pa.py_buffer(body)]
    )


def _disproved(old: Records, new: Records, pairs: Places) -> list[int]:
    """The new records of every pair whose bytes differ; runs of neighbours are compared at once."""
    places = np.flatnonzero(pairs >= 0)
    if not len(places):
        return []
    partners = pairs[places]
    breaks = np.flatnonzero((np.diff(places) != 1) | (np.diff(partners) != 1)) + 1
    firsts = np.concatenate([[0], breaks])
    lasts = np.concatenate([breaks, [len(places)]]) - 1
    bounds = zip(
        new.starts[places[firsts]].tolist(),
        new.starts[places[lasts] + 1].tolist(),
        old.starts[partners[firsts]].tolist(),
        old.starts[partners[lasts] + 1].tolist(),
        strict=True,
    )
    wrong = []
    for run, (start, end, old_start, old_end) in enumerate(bounds):
        if new.body[start:end] != old.body[old_start:old_end]:
            for n in range(int(firsts[run]), int(lasts[run]) + 1):
                if new.record(places[n]) != old.record(partners[n]):
                    wrong.append(int(places[n]))
    return wrong
