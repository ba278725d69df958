"""Ingest: many new originals of a table become events, with the same SQL for one or a thousand.

`prepare` reads and writes a segment that nothing lists yet; `commit` lists it. Between the two
the vault keeps the originals, so that history may lag the vault and never leads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from verticalfile.history import encoding, segments
from verticalfile.history.births import births_by_epoch, numbered_epochs
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
    """Events of the batch by SQL; None when nothing changed."""
    epochs = numbered_epochs(manifest)
    epoch_of = [epochs[manifest.encoding_of(layout)] for _, layout in batch]
    counts = [len(d) for d in digests]
    rows = pa.table(
        {
            "sha": encoding.as_arrow(np.concatenate([np.empty(0, "S32"), *digests])),
            "ord": pa.array(
                np.repeat(np.arange(first, first + len(batch), dtype=np.int32), counts)
            ),
            "epoch": pa.array(np.repeat(np.array(epoch_of, dtype=np.int32), counts)),
        }
    )
    events, next_rid = _net(
        connection, folder, manifest, rows, epochs, first, first + len(batch) - 1
    )
    if events.num_rows == 0:
        return None, next_rid
    table = _with_births(events, physical, counts)
    names = _shown(*(layout for _, layout in batch))
    last = first + len(batch) - 1
    segment = segments.write(
        folder, table, first=first, last=last, names=names,
        digests=next_rid >= segments.DIGESTS_FROM_ROWS,
    )  # fmt: skip
    return segment, next_rid


def _net(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    rows: pa.Table,
    epochs: Mapping[Encoding, int],
    first: int,
    last: int,
) -> tuple[pa.Table, int]:
    """`_rid, _ord, _dn, _sha, _place` sorted by rid and ordinal; `_place` is set at births."""
    duck.register("_rows", rows)
    duck.register("_births", births_by_epoch(duck, folder, manifest, epochs))
    past = segments.relation(folder, manifest.segments)
    # one statement: each further one costs a small version as much as its rows do
    events = duck.execute(
        f"""
        WITH counted AS MATERIALIZED (
            SELECT epoch, sha, ord, count(*) AS n, min(place) AS place
            FROM (SELECT *, row_number() OVER () - 1 AS place FROM _rows) GROUP BY epoch, sha, ord),
        births AS MATERIALIZED (SELECT * FROM _births),
        wanted AS (SELECT epoch, sha, min(place) AS place FROM counted GROUP BY epoch, sha),
        fresh AS MATERIALIZED (
            SELECT w.epoch, w.sha, w.place,
            {manifest.next_rid} + row_number() OVER (ORDER BY w.place) - 1 AS rid
            FROM wanted w ANTI JOIN births b USING (epoch, sha)),
        named AS MATERIALIZED (
            SELECT c.ord, c.n, coalesce(b.rid, f.rid) AS rid FROM counted c
            LEFT JOIN births b USING (epoch, sha) LEFT JOIN fresh f USING (epoch, sha)),
        alive AS (
            SELECT _rid AS rid, sum(_dn) AS n FROM {past} GROUP BY _rid HAVING sum(_dn) <> 0),
        steps AS (
            SELECT rid, ord, n FROM named
            UNION ALL SELECT rid, ord + 1, -n FROM named WHERE ord < {last}
            UNION ALL SELECT rid, {first}, -n FROM alive),
        netted AS MATERIALIZED (
            SELECT rid, ord, sum(n)::INTEGER AS dn FROM steps GROUP BY rid, ord HAVING sum(n) <> 0),
        born AS (SELECT n.rid, min(n.ord) AS ord FROM netted n SEMI JOIN fresh USING (rid) GROUP BY n.rid)
        SELECT n.rid AS _rid, n.ord::INTEGER AS _ord, n.dn AS _dn, f.sha AS _sha, f.place AS _place
        FROM netted n
        LEFT JOIN born b ON b.rid = n.rid AND b.ord = n.ord
        LEFT JOIN fresh f ON f.rid = b.rid
        ORDER BY 1, 2
        """
    ).to_arrow_table()
    born = events.num_rows - events.column("_place").null_count
    return events, manifest.next_rid + born


def _with_births(events: pa.Table, physical: Sequence[pa.Table], counts: Sequence[int]) -> pa.Table:
    """Join the data columns on by place: only birth records carry them."""
    offsets = np.cumsum([0, *counts])
    places = events.column("_place")
    wanted = places.drop_null().to_numpy()
    owners = np.searchsorted(offsets, wanted, side="right") - 1
    pieces = []
    for owner in np.unique(owners):
        local = wanted[owners == owner] - offsets[owner]
        pieces.append(physical[owner].take(pa.array(local)))
    data = (
        pa.concat_tables(pieces, promote_options="default")
        if pieces
        else pa.table({"_none": pa.array([], pa.string())}).drop(["_none"])
    )
    # births come in order of rid, which is order of place, so pieces are in order too
    valid = places.is_valid().combine_chunks()
    index = np.full(events.num_rows, -1, dtype=np.int64)
    index[np.flatnonzero(valid.to_numpy(zero_copy_only=False))] = np.arange(len(wanted))
    picks = pa.array(index, mask=index < 0)
    columns = {name: events.column(name) for name in ("_rid", "_ord", "_dn", "_sha")}
    columns |= {name: data.column(name).take(picks) for name in data.column_names}
    return pa.table(columns)
