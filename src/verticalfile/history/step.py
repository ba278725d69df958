"""One step of a history whose difference is known: the short way in for the record diff.

The digests of unchanged rows are those of the version before; only rows that came are encoded.
Gives the same ordinals, digests and contents as `ingest.prepare`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from verticalfile.history import encoding, segments
from verticalfile.history.births import births_by_epoch
from verticalfile.history.duck import connect
from verticalfile.history.encoding import Digests
from verticalfile.history.errors import history_damaged
from verticalfile.history.ingest import NewOriginal, Prepared, physical_rows
from verticalfile.history.manifest import Layout, Manifest, Ordinal, Segment
from verticalfile.tables.pairing import Places, proposed_pairs


@dataclass(frozen=True, slots=True)
class Newest:
    """Row digests of the last ordinal in the order of its file, and `order`, their places in
    bytewise order (`encoding.order_of`)."""

    digests: Digests
    order: encoding.Places

    def __len__(self) -> int:
        return len(self.digests)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a new original keeps of the newest ordinal: all that can be worked out before its new
    rows are read. `before` is the number of rows of that, `gone` the digests of those that are not
    in it any more, `came` the places of the new ones. `digests` are those of all its rows, still to
    be filled in at `came`; `order` are the other places in the bytewise order of their digests, and
    `firsts` the leading bytes of these."""

    before: int
    came: npt.NDArray[np.int64]
    gone: Digests
    digests: Digests
    order: encoding.Places
    firsts: npt.NDArray[np.uint64]


def kept_of(newest: Newest, unchanged: Places) -> Kept:
    """`unchanged[n]` is the place of the n-th row in the newest ordinal's file order, -1 where the
    row is new."""
    kept = unchanged >= 0
    gone = np.ones(len(newest), dtype=bool)
    gone[unchanged[kept]] = False
    order = encoding.order_kept(newest.order, unchanged)
    digests = encoding.picked(newest.digests, unchanged)
    return Kept(
        len(newest), np.flatnonzero(~kept), newest.digests[gone], digests, order,
        encoding.leading(digests)[order],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A new original as the rows that it keeps of the newest ordinal, and those of `added`, which
    stand at `kept.came`. `digested` is called with its digests beside other work, as soon as they
    are known, with their bytewise order and `order_sha256`."""

    added: NewOriginal
    layout: Layout
    kept: Kept
    digested: Callable[[Newest, str], None] = lambda *_: None


def prepare_step(folder: Path, manifest: Manifest, step: Step, scratch: Path) -> Prepared:
    """Net, write, and give the next manifest. Raises HistoryDamaged when what is kept does not fit
    the history."""
    physical = physical_rows(manifest, step.added, step.layout)
    epoch = manifest.epoch_of(step.layout)
    added = encoding.row_digests(physical, epoch, has_kinds=step.layout.has_kinds)
    step.kept.digests[step.kept.came] = added
    return _prepared(folder, manifest, step, physical, scratch)


def prepare_whole(
    folder: Path,
    manifest: Manifest,
    new: NewOriginal,
    layout: Layout,
    newest: Newest,
    scratch: Path,
) -> Prepared:
    """`ingest.prepare` of one original that shares the epoch of the newest ordinal, whose row
    digests are at hand: its difference is found by digests, without a grouping of all rows."""
    physical = physical_rows(manifest, new, layout)
    epoch = manifest.epoch_of(layout)
    digests = encoding.row_digests(physical, epoch, has_kinds=layout.has_kinds)
    unchanged = proposed_pairs(encoding.leading(newest.digests), encoding.leading(digests))
    paired = np.flatnonzero(unchanged >= 0)
    # eight bytes alike, the others not
    forged = newest.digests[unchanged[paired]] != digests[paired]
    unchanged[paired[forged]] = -1
    came = physical.take(pa.array(np.flatnonzero(unchanged < 0)))
    kept = kept_of(newest, unchanged)
    kept.digests[kept.came] = digests[kept.came]
    return _prepared(folder, manifest, Step(new, layout, kept), came, scratch)


def shares_epoch(manifest: Manifest, layout: Layout) -> bool:
    """Whether rows under this layout are encoded as those of the newest ordinal are."""
    if not manifest.ordinals:
        return False
    newest = manifest.layout_of(len(manifest.ordinals))
    return manifest.encoding_of(newest) == manifest.encoding_of(layout)


def _prepared(
    folder: Path, manifest: Manifest, step: Step, came: pa.Table, scratch: Path
) -> Prepared:
    """`came` holds the physical rows that are new, in their order."""
    number, kept, digests = len(manifest.ordinals), step.kept, step.kept.digests
    if kept.before != manifest.ordinals[number - 1].rows:
        raise history_damaged("the digests of the newest version are not those of its rows")
    if step.layout not in manifest.layouts:
        manifest = manifest.with_(layouts=(*manifest.layouts, step.layout))
    names = manifest.canonical(manifest.epoch_of(step.layout))
    with ThreadPoolExecutor(max_workers=1) as beside:  # sorting and hashing let others run
        sorting = beside.submit(encoding.order_with, kept.order, kept.firsts, kept.came, digests)
        table_sha256 = beside.submit(
            lambda: encoding.table_digest(names, digests, sorting.result())
        )
        order_sha256 = beside.submit(encoding.order_digest, digests)
        told = beside.submit(
            lambda: step.digested(Newest(digests, sorting.result()), order_sha256.result())
        )
        events, next_rid = _events(folder, manifest, kept.gone, digests[kept.came], scratch)
        stored = next_rid >= segments.DIGESTS_FROM_ROWS
        segment = _written(folder, events, came, step.layout, number + 1, stored)
    ordinal = Ordinal(
        step.added.original_sha256, step.added.reader, len(digests),
        manifest.layouts.index(step.layout), table_sha256.result(), order_sha256.result(),
    )  # fmt: skip
    listed = manifest.segments + ((segment,) if segment else ())
    following = manifest.with_(
        next_rid=next_rid, segments=listed, ordinals=(*manifest.ordinals, ordinal)
    )
    told.result()
    return Prepared(following, (ordinal,), (digests,))


def _events(
    folder: Path, manifest: Manifest, removed: Digests, added: Digests, scratch: Path
) -> tuple[pa.Table, int]:
    """`_rid, _dn, _sha, _place` of the net change, by rid; `_place` is set at births."""
    digests, first, inverse = np.unique(
        np.concatenate([added, removed]), return_index=True, return_inverse=True
    )
    weights = np.concatenate([np.ones(len(added)), -np.ones(len(removed))])
    net = np.bincount(inverse, weights=weights, minlength=len(digests)).astype(np.int32)
    changed = np.flatnonzero(net)
    wanted = pa.table(
        {
            "sha": encoding.as_arrow(digests[changed]),
            "dn": pa.array(net[changed]),
            "place": pa.array(first[changed]),
        }
    )
    own = {manifest.encoding_of(manifest.layout_of(len(manifest.ordinals))): 0}
    with connect(scratch) as connection:
        births = births_by_epoch(connection, folder, manifest, own, among=wanted)
        connection.register("wanted", wanted)
        connection.register("births", births)
        found = connection.execute(
            "SELECT w.dn AS _dn, w.sha AS _sha, w.place AS _place, b.rid AS held FROM wanted w"
            " LEFT JOIN births b USING (sha) ORDER BY w.place"
        ).to_arrow_table()
    held = found.column("held").to_numpy(zero_copy_only=False)
    born = np.isnan(held.astype(float))
    if bool((found.column("_dn").to_numpy()[born] < 0).any()):
        raise history_damaged("a row that went away is not in it")
    rids = np.where(born, 0, np.nan_to_num(held.astype(float))).astype(np.int64)
    rids[born] = manifest.next_rid + np.arange(int(born.sum()))
    table = pa.table(
        {
            "_rid": pa.array(rids),
            "_dn": found.column("_dn"),
            "_sha": found.column("_sha"),
            "_place": found.column("_place"),
            "_born": pa.array(born),
        }
    )
    return table.sort_by("_rid"), manifest.next_rid + int(born.sum())


def _written(
    folder: Path,
    events: pa.Table,
    physical: pa.Table,
    layout: Layout,
    ordinal: int,
    digests: bool,
) -> Segment | None:
    if events.num_rows == 0:
        return None
    born = events.column("_born").combine_chunks()
    picks = pa.array(events.column("_place").to_numpy(), mask=~born.to_numpy(zero_copy_only=False))
    columns = {
        "_rid": events.column("_rid"),
        "_ord": pa.array(np.full(events.num_rows, ordinal, dtype=np.int32)),
        "_dn": events.column("_dn"),
        "_sha": encoding.only_where(events.column("_sha"), born),
    }
    columns |= {name: physical.column(name).take(picks) for name in physical.column_names}
    names = dict(zip(layout.ids, layout.names, strict=True))
    return segments.write(
        folder, pa.table(columns), first=ordinal, last=ordinal, names=names, digests=digests
    )
