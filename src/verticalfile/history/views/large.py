"""Ingest of one original whose rows do not fit in memory: the same events, part by part.

Two passes over its rows. The first works out the digest of each; bucket by bucket they are then
sorted, counted and looked for among the births of before. The second writes the rows that are new.
Memory: four bytes a row ever seen, four a row of the original, a bucket, a part.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from verticalfile.history import encoding, segments
from verticalfile.history.births import worked_out
from verticalfile.history.duck import connect
from verticalfile.history.encoding import DIGEST_BYTES, Digests
from verticalfile.history.ingest import NewOriginal, Prepared, physical_rows
from verticalfile.history.manifest import Layout, Manifest, Ordinal, Segment
from verticalfile.history.views.buckets import Buckets, buckets_for

EVENT_ROWS = 1_000_000
"""Events without data that are held at once."""
GROUP_BYTES = 8 << 20
"""Of wide rows fewer go into a row group: a writer holds one in memory, three times over."""
WIDE_ROW_BYTES = 256


@dataclass(frozen=True, slots=True)
class _Net:
    """What one more ordinal changes: by `_rid` of rows known before, by place of new ones."""

    known: npt.NDArray[np.int32]
    fresh: npt.NDArray[np.int32]  # how often a row occurs that has its first place here


@dataclass(frozen=True, slots=True)
class _Large:
    """An original on its way in, with all that is asked again and again."""

    folder: Path
    manifest: Manifest
    new: NewOriginal
    layout: Layout
    scratch: Path

    @property
    def ordinal(self) -> int:
        return len(self.manifest.ordinals) + 1

    @property
    def epoch(self) -> tuple[str, ...]:
        return self.manifest.epoch_of(self.layout)

    def parts(self) -> Iterator[pa.Table]:
        """Its rows as they are encoded, part by part."""
        for part in self.new.stored.parts() if self.new.stored else [self.new.rows]:
            if part.num_rows:
                yield physical_rows(self.manifest, replace(self.new, rows=part), self.layout)


def prepare_stored(
    folder: Path, manifest: Manifest, batch: Sequence[tuple[NewOriginal, Layout]], scratch: Path
) -> Prepared:
    """`ingest.prepare` of one original, as a rule one that has `stored`."""
    ((new, layout),) = batch
    if layout not in manifest.layouts:
        manifest = manifest.with_(layouts=(*manifest.layouts, layout))
    large = _Large(folder, manifest, new, layout, scratch)
    count = buckets_for(new.stored.num_rows if new.stored else new.rows.num_rows)
    with tempfile.TemporaryFile(dir=scratch) as digests:
        own = Buckets(scratch, count)
        order_sha256, rows = _digested(large, digests, own)
        net, table_sha256 = _netted(large, rows, own, Buckets(scratch, count))
        segment = _written(large, net, digests)
    ordinal = Ordinal(
        new.original_sha256, new.reader, rows, manifest.layouts.index(layout), table_sha256,
        order_sha256,
    )  # fmt: skip
    following = manifest.with_(
        next_rid=manifest.next_rid + int(np.count_nonzero(net.fresh)),
        segments=manifest.segments + ((segment,) if segment else ()),
        ordinals=(*manifest.ordinals, ordinal),
    )
    return Prepared(following, (ordinal,), (None,))


def _digested(large: _Large, into: BinaryIO, buckets: Buckets) -> tuple[str, int]:
    """The digest of each row, in order into a file and with its place into buckets; the digest of
    their order, and how many there are."""
    in_order, rows = hashlib.sha256(), 0
    for part in large.parts():
        digests = encoding.row_digests(part, large.epoch, has_kinds=large.layout.has_kinds)
        raw = np.ascontiguousarray(digests).tobytes()
        in_order.update(raw)
        into.write(raw)
        buckets.add(digests, np.arange(rows, rows + len(digests), dtype=np.int64))
        rows += len(digests)
    return in_order.hexdigest(), rows


def _netted(large: _Large, rows: int, own: Buckets, births: Buckets) -> tuple[_Net, str]:
    """The net change and the table digest, bucket by bucket."""
    known = np.zeros(large.manifest.next_rid, dtype=np.int32)
    fresh = np.zeros(rows, dtype=np.int32)
    _find_births(large, known, births)

    def sorted_digests() -> Iterator[Digests]:
        for (digests, places), (held, rids) in zip(own.in_order(), births.in_order(), strict=True):
            if len(digests):
                starts = np.flatnonzero(np.append(True, digests[1:] != digests[:-1]))
                counts = np.diff(np.append(starts, len(digests))).astype(np.int32)
                at = np.searchsorted(held, digests[starts])
                found = np.zeros(len(starts), dtype=bool)
                inside = np.flatnonzero(at < len(held))
                found[inside] = held[at[inside]] == digests[starts[inside]]
                known[rids[at[found]]] += counts[found]
                fresh[places[starts[~found]]] = counts[~found]
            yield digests

    names = large.manifest.canonical(large.epoch)
    table_sha256 = encoding.digest_of_parts(names, sorted_digests())
    return _Net(known, fresh), table_sha256


def _find_births(large: _Large, known: npt.NDArray[np.int32], births: Buckets) -> None:
    """Digest and id of every row ever that is encoded alike; `known` becomes what takes all that
    is alive away."""
    manifest = large.manifest
    own = manifest.encoding_of(large.layout)
    ordinals = [
        n
        for n, o in enumerate(manifest.ordinals, start=1)
        if manifest.encoding_of(manifest.layouts[o.layout]) == own
    ]
    for segment in manifest.segments:
        _look_into(large.folder, segment, ordinals, known, births)
    bare = tuple(s for s in manifest.segments if not s.digests)
    if bare:
        with connect(large.scratch) as connection:
            for digests, rids in worked_out(connection, large.folder, manifest, bare, own):
                births.add(digests, rids)


def _look_into(
    folder: Path,
    segment: Segment,
    ordinals: Sequence[int],
    known: npt.NDArray[np.int32],
    births: Buckets,
) -> None:
    """Take from `known` what a segment brought, and put its stored digests into the buckets."""
    import pyarrow.parquet as pq  # for writers alone

    columns = [] if segment.dense else ["_rid", "_ord", "_dn"]
    columns += ["_sha"] if segment.digests else []
    with pq.ParquetFile(folder / segment.file) as file:
        if segment.dense:
            known[: file.metadata.num_rows] -= 1
        at = 0
        for batch in file.iter_batches(segments.ROW_GROUP_ROWS, columns=columns) if columns else ():
            if segment.dense:
                rids = np.arange(at, at + batch.num_rows, dtype=np.int64)
                own = np.full(batch.num_rows, segment.first in ordinals)
                at += batch.num_rows
            else:
                rids = batch.column("_rid").to_numpy()
                np.subtract.at(known, rids, batch.column("_dn").to_numpy())
                own = np.isin(batch.column("_ord").to_numpy(), ordinals)
            if segment.digests:
                sha = batch.column("_sha")
                own &= sha.is_valid().to_numpy(zero_copy_only=False)
                digests = encoding.digests_of(pa.chunked_array([sha.filter(pa.array(own))]))
                births.add(digests, rids[own])


def _written(large: _Large, net: _Net, digests: BinaryIO) -> Segment | None:
    """The segment of the change; None where nothing changed."""
    born, changed = int(np.count_nonzero(net.fresh)), int(np.count_nonzero(net.known))
    if not born and not changed:
        return None
    is_dense = not large.manifest.segments and born == len(net.fresh)
    first = large.ordinal
    return segments.write_parts(
        large.folder,
        _grouped(_parts(large, net, digests, dense=is_dense)),
        rows=born + changed,
        first=first,
        last=first,
        names=dict(zip(large.layout.ids, large.layout.names, strict=True)),
        dense=is_dense,
        digests=large.manifest.next_rid + born >= segments.DIGESTS_FROM_ROWS,
    )


def _parts(large: _Large, net: _Net, digests: BinaryIO, *, dense: bool) -> Iterator[pa.Table]:
    """Events of rows known before, by id; then births in the order of their places."""
    names = [*large.epoch, *(["_kinds"] if large.layout.has_kinds else [])]
    changed = np.flatnonzero(net.known)
    for start in range(0, len(changed), EVENT_ROWS):
        rids = changed[start : start + EVENT_ROWS]
        nothing = {name: pa.nulls(len(rids), pa.string()) for name in names}
        sha = pa.nulls(len(rids), pa.binary())
        yield _events(large.ordinal, rids, net.known[rids], sha, nothing, is_birth=False)
    digests.seek(0)
    at, rid = 0, large.manifest.next_rid
    for part in large.parts():
        own = net.fresh[at : at + part.num_rows]
        raw = digests.read(part.num_rows * DIGEST_BYTES)
        here = np.flatnonzero(own)
        at += part.num_rows
        if not len(here):
            continue
        sha = encoding.as_arrow(np.frombuffer(raw, dtype=f"S{DIGEST_BYTES}")[here])
        rows = part if len(here) == part.num_rows else part.take(pa.array(here))
        columns = {name: rows.column(name) for name in names}
        if dense:
            yield pa.table({"_sha": sha, **columns})
        else:
            rids = np.arange(rid, rid + len(here), dtype=np.int64)
            yield _events(large.ordinal, rids, own[here], sha, columns, is_birth=True)
        rid += len(here)


def _events(
    ordinal: int,
    rids: npt.NDArray[np.int64],
    changes: npt.NDArray[np.int32],
    sha: pa.Array,
    data: Mapping[str, pa.Array | pa.ChunkedArray],
    *,
    is_birth: bool,
) -> pa.Table:
    return pa.table(
        {
            "_rid": pa.array(rids),
            "_ord": pa.array(np.full(len(rids), ordinal, dtype=np.int32)),
            "_dn": pa.array(changes),
            "_born": pa.array(np.full(len(rids), is_birth)),
            "_sha": sha,
            **data,
        }
    )


def _grouped(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Small parts together, so that row groups are as large as they may be."""
    held: list[pa.Table] = []
    for part in parts:
        held.append(part)
        rows, size = sum(p.num_rows for p in held), sum(p.nbytes for p in held)
        if rows >= segments.ROW_GROUP_ROWS or size >= max(GROUP_BYTES, rows * WIDE_ROW_BYTES):
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)
