"""Ingest: many new originals of a table become events, in the same way for one or a thousand.

`prepare` reads and writes a segment that nothing lists yet; `commit` lists it. Between the two
the vault keeps the originals, so that history may lag the vault and never leads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from verticalfile.history import encoding, segments
from verticalfile.history.births import births_by_epoch, encodings_of
from verticalfile.history.duck import connect
from verticalfile.history.encoding import Digests
from verticalfile.history.manifest import (
    Column,
    Encoding,
    Layout,
    Manifest,
    Ordinal,
    Segment,
)
from verticalfile.tables.stored import StoredRows

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NewOriginal:
    """One readable original on its way in. `rows` holds string columns `c0`, `c1`, ... by place
    and `_kinds` where the format tells more than text; `renamed` maps new names to old ones."""

    original_sha256: str
    reader: str
    names: tuple[str, ...]
    rows: pa.Table
    renamed: Mapping[str, str]
    dropped: frozenset[str] = frozenset()  # names of volatile columns
    stored: StoredRows | None = None  # all rows, where they are too many: `rows` are the first then


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `commit` will list: the next manifest, and the digests of the ordinals in it."""

    manifest: Manifest
    ordinals: tuple[Ordinal, ...]
    digests: tuple[Digests | None, ...]  # of each ordinal in the order of its rows; None of large


def layout_for(
    manifest: Manifest, new: NewOriginal, before: Layout | None
) -> tuple[Manifest, Layout]:
    """Give each column its stable id: by rename, else by the name of the version before,
    else by the last column that bore the name and is free, else a new one."""
    names = new.names
    if new.rows.num_rows == 0 and before is not None and len(names) == 0:
        return manifest, before
    known = dict(zip(before.names, before.ids, strict=True)) if before else {}
    freed = {known[old] for old in new.renamed.values() if old in known}
    ids: list[str | None] = []
    for name in names:
        if name in new.renamed and new.renamed[name] in known:
            ids.append(known[new.renamed[name]])
        else:
            held = known.get(name)
            ids.append(None if held in freed else held)
    taken = {i for i in ids if i} | freed
    columns = list(manifest.columns)
    ever = _names_ever(manifest)
    canonical = {column.canonical for column in columns}
    for place, name in enumerate(names):
        if ids[place] is not None:
            continue
        found = next((i for i in reversed(ever.get(name, [])) if i not in taken), None)
        if found is None:
            found = f"c{len(columns) + 1:04d}"
            columns.append(Column(found, _unique(name, canonical)))
        ids[place] = found
        taken.add(found)
    chosen = tuple(i for i in ids if i is not None)
    dropped = tuple(i for i, name in zip(chosen, names, strict=True) if name in new.dropped)
    layout = Layout(names, chosen, dropped, "_kinds" in new.rows.column_names)
    return manifest.with_(columns=tuple(columns)), layout


def _names_ever(manifest: Manifest) -> dict[str, list[str]]:
    ever: dict[str, list[str]] = {}
    for layout in manifest.layouts:
        for name, column in zip(layout.names, layout.ids, strict=True):
            if column not in ever.setdefault(name, []):
                ever[name].append(column)
    return ever


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}\x1f{number}", number + 1
    taken.add(candidate)
    return candidate


def prepare(
    folder: Path, manifest: Manifest, batch: Sequence[tuple[NewOriginal, Layout]], scratch: Path
) -> Prepared:
    """Digest, net and write a batch. The originals must be new to the manifest, each once."""
    first = len(manifest.ordinals) + 1
    layouts = list(manifest.layouts)
    place_of = {layout: n for n, layout in enumerate(layouts)}
    for _, layout in batch:
        if layout not in place_of:
            place_of[layout] = len(layouts)
            layouts.append(layout)
    manifest = manifest.with_(layouts=tuple(layouts))
    with connect(scratch) as connection:
        physical = [physical_rows(manifest, new, layout) for new, layout in batch]
        digests = _digest_batch(manifest, batch, physical)
        ordinals = tuple(
            _ordinal(manifest, new, layout, place_of[layout], digest)
            for (new, layout), digest in zip(batch, digests, strict=True)
        )
        if not manifest.segments and len(batch) == 1 and _all_differ(digests[0]):
            segment: Segment | None = _dense_segment(
                folder, manifest, batch[0][1], physical[0], digests[0], first
            )
            next_rid = physical[0].num_rows
        else:
            segment, next_rid = _netted_segment(
                connection, folder, manifest, batch, physical, digests, first
            )
    listed = manifest.segments + ((segment,) if segment else ())
    following = manifest.with_(
        next_rid=next_rid, segments=listed, ordinals=manifest.ordinals + ordinals
    )
    return Prepared(following, ordinals, tuple(digests))


def physical_rows(manifest: Manifest, new: NewOriginal, layout: Layout) -> pa.Table:
    """The encoded columns in canonical order under their stable ids, `_kinds` permuted alike."""
    epoch = manifest.epoch_of(layout)
    place = {column: n for n, column in enumerate(layout.ids)}
    if new.rows.num_rows == 0:
        return pa.table({column: pa.array([], pa.string()) for column in epoch})
    columns = {column: new.rows.column(f"c{place[column]}") for column in epoch}
    if layout.has_kinds:
        order = [place[column] for column in epoch]
        columns["_kinds"] = _permuted(new.rows.column("_kinds"), order)
    return pa.table(columns)


def _permuted(kinds: pa.ChunkedArray, order: Sequence[int]) -> pa.Array:
    if order == list(range(len(order))):
        return kinds
    distinct = kinds.combine_chunks().dictionary_encode()
    turned = ["".join(text[n] for n in order) for text in distinct.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(distinct.indices, pa.array(turned, pa.string())).cast(
        pa.string()
    )


def _digest_batch(
    manifest: Manifest,
    batch: Sequence[tuple[NewOriginal, Layout]],
    physical: Sequence[pa.Table],
) -> list[Digests]:
    """Row digests of every original; originals that share an epoch are encoded together."""
    groups: dict[Encoding, list[int]] = {}
    for n, (_, layout) in enumerate(batch):
        groups.setdefault(manifest.encoding_of(layout), []).append(n)
    found: list[Digests] = [np.empty(0, dtype="S32")] * len(batch)
    for (epoch, has_kinds), members in groups.items():
        filled = [n for n in members if physical[n].num_rows]
        if not filled:
            continue
        whole = pa.concat_tables([physical[n] for n in filled])
        digests = encoding.row_digests(whole, epoch, has_kinds=has_kinds)
        at = 0
        for n in filled:
            found[n] = digests[at : at + physical[n].num_rows]
            at += physical[n].num_rows
    return found


def _ordinal(
    manifest: Manifest, new: NewOriginal, layout: Layout, place: int, digests: Digests
) -> Ordinal:
    names = manifest.canonical(manifest.epoch_of(layout))
    return Ordinal(
        new.original_sha256,
        new.reader,
        len(digests),
        place,
        encoding.table_digest(names, digests),
        encoding.order_digest(digests),
    )


def _all_differ(digests: Digests) -> bool:
    ordered = encoding.in_order(digests)
    return len(ordered) > 0 and not bool(np.any(ordered[1:] == ordered[:-1]))


def _dense_segment(
    folder: Path, manifest: Manifest, layout: Layout, rows: pa.Table, digests: Digests, first: int
) -> Segment:
    """The first version without repeated rows: the row's place is its id, no grouping is needed."""
    table = pa.table({"_sha": encoding.as_arrow(digests), **_columns_of(rows)})
    return segments.write(
        folder, table, first=first, last=first, names=_shown(layout), dense=True,
        digests=rows.num_rows >= segments.DIGESTS_FROM_ROWS,
    )  # fmt: skip


def _columns_of(rows: pa.Table) -> dict[str, pa.ChunkedArray]:
    return {name: rows.column(name) for name in rows.column_names}


def _shown(*layouts: Layout) -> dict[str, str]:
    return {i: name for layout in layouts for i, name in zip(layout.ids, layout.names, strict=True)}


def _netted_segment(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    batch: Sequence[tuple[NewOriginal, Layout]],
    physical: Sequence[pa.Table],
    digests: Sequence[Digests],
    first: int,
) -> tuple[Segment | None, int]:
    """Events of the batch; None when nothing changed."""
    epochs = encodings_of((layout for _, layout in batch), manifest)
    epoch_of = [epochs[manifest.encoding_of(layout)] for _, layout in batch]
    births = births_by_epoch(connection, folder, manifest, epochs)
    counts = [len(d) for d in digests]
    shas = encoding.as_arrow(np.concatenate([np.empty(0, "S32"), *digests]))
    rids, born_at = _named(shas, np.repeat(epoch_of, counts), births, manifest.next_rid)
    ords = np.repeat(np.arange(len(batch)), counts)
    events = _net(rids, ords, len(batch), _alive(connection, folder, manifest))
    next_rid = manifest.next_rid + len(born_at)
    if len(events.rids) == 0:
        return None, next_rid
    is_birth = (events.rids >= manifest.next_rid) & (np.diff(events.rids, prepend=-1) > 0)
    places = born_at[events.rids[is_birth] - manifest.next_rid]
    index = np.full(len(is_birth), -1, dtype=np.int64)
    index[is_birth] = np.arange(len(places))
    picks = pa.array(index, mask=~is_birth)
    table = pa.table(
        {
            "_rid": events.rids,
            "_ord": (events.ords + first).astype(np.int32),
            "_dn": events.changes.astype(np.int32),
            "_sha": shas.take(pa.array(places)).take(picks),
            **_columns_of(_rows_at(places, physical, counts).take(picks)),
        }
    )
    names = _shown(*(layout for _, layout in batch))
    segment = segments.write(
        folder, table, first=first, last=first + len(batch) - 1, names=names,
        digests=next_rid >= segments.DIGESTS_FROM_ROWS,
    )  # fmt: skip
    return segment, next_rid


def _named(
    shas: pa.Array, epochs: Integers, births: pa.Table, next_rid: int
) -> tuple[Integers, Integers]:
    """The id of each row by its digest and epoch, and the places at which rows first appear that no
    birth has: these get the next ids in this order."""
    rids = np.empty(len(shas), dtype=np.int64)
    born = np.zeros(len(shas), dtype=bool)
    for epoch in np.unique(epochs):
        (places,) = np.nonzero(epochs == epoch)
        distinct = shas.take(pa.array(places)).dictionary_encode()  # in order of first appearance
        known = births.filter(pc.equal(births.column("epoch"), pa.scalar(epoch, pa.int32())))
        found = pc.index_in(distinct.dictionary, value_set=known.column("sha"))
        is_fresh = found.is_null().to_numpy(zero_copy_only=False)
        codes = distinct.indices.to_numpy()
        (firsts,) = np.nonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
        born[places[firsts[is_fresh]]] = True
        named = known.column("rid").take(found).fill_null(-1).to_numpy()
        # until all epochs are named, a fresh row bears its first place, below all ids
        named = np.where(is_fresh, -1 - places[firsts], named)
        rids[places] = named[codes]
    (born_at,) = np.nonzero(born)
    rank = np.cumsum(born) - 1
    is_fresh = rids < 0
    rids[is_fresh] = next_rid + rank[-1 - rids[is_fresh]]
    return rids, born_at


def _alive(duck: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> pa.Table:
    """`_rid, n` of the rows at the last ordinal."""
    past = segments.relation(folder, manifest.segments)
    return duck.execute(
        f"SELECT _rid, sum(_dn)::BIGINT AS n FROM {past} GROUP BY _rid HAVING sum(_dn) <> 0"
    ).to_arrow_table()


@dataclass(frozen=True, slots=True)
class _Events:
    """Changes of multiplicity by row and ordinal of the batch (from 0), in this order; none is 0."""

    rids: Integers
    ords: Integers
    changes: Integers


def _net(rids: Integers, ords: Integers, span: int, alive: pa.Table) -> _Events:
    """What a batch of `span` ordinals changes: a row that an ordinal has comes with it and goes
    after it, and what was alive goes before all; what goes and comes again at once cancels out."""
    present, counts = np.unique(rids * span + ords, return_counts=True)
    stays = present % span < span - 1
    before = alive.column("_rid").to_numpy() * span
    keys = np.concatenate([present, present[stays] + 1, before])
    changes = np.concatenate([counts, -counts[stays], -alive.column("n").to_numpy()])
    order = np.argsort(keys, kind="stable")
    (starts,) = np.nonzero(np.diff(keys[order], prepend=-1))
    net = np.add.reduceat(changes[order], starts) if len(starts) else starts
    keys = keys[order][starts][net != 0]
    return _Events(keys // span, keys % span, net[net != 0])


def _rows_at(places: Integers, physical: Sequence[pa.Table], counts: Sequence[int]) -> pa.Table:
    """Data columns of the rows at these places of the batch, which ascend."""
    offsets = np.cumsum([0, *counts])
    owners = np.searchsorted(offsets, places, side="right") - 1
    pieces = [
        physical[owner].take(pa.array(places[owners == owner] - offsets[owner]))
        for owner in np.unique(owners)
    ]
    if not pieces:
        return pa.table({"_none": pa.array([], pa.string())}).drop_columns("_none")
    return pa.concat_tables(pieces, promote_options="default")
