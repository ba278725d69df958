"""Births: the first record of every distinct row, with its digest, stored or worked out.

Rows are the same where their digests are and they are encoded alike: an *epoch* here is a list of
encoded columns (and whether kinds go with them), numbered by first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from verticalfile.history import encoding, segments
from verticalfile.history.encoding import Digests
from verticalfile.history.manifest import Encoding, Layout, Manifest, Segment

PART_ROWS = 5_000
"""Rows that are read and digested at once: those of a portal's listing have kilobytes."""
BIRTHS = pa.schema([("epoch", pa.int32()), ("sha", pa.binary()), ("rid", pa.int64())])


def encodings_of(layouts: Iterable[Layout], manifest: Manifest) -> dict[Encoding, int]:
    """A number for each way in which rows of these layouts are encoded."""
    ways = dict.fromkeys(manifest.encoding_of(layout) for layout in layouts)
    return {way: number for number, way in enumerate(ways)}


def births_by_epoch(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    epochs: Mapping[Encoding, int],
    *,
    among: pa.Table | None = None,
) -> pa.Table:
    """`epoch, sha, rid` of every row ever that is encoded in one of these ways; of stored digests
    only those in the column `sha` of `among`, where it is given."""
    parts = [_stored(duck, folder, manifest, epochs, among)]
    bare = [s for s in manifest.segments if not s.digests]
    if bare:
        for own, number in epochs.items():
            for digests, rids in worked_out(duck, folder, manifest, bare, own):
                epoch = pa.repeat(pa.scalar(number, pa.int32()), len(rids))
                columns = [epoch, encoding.as_arrow(digests), pa.array(rids)]
                parts.append(pa.Table.from_arrays(columns, schema=BIRTHS))
    return pa.concat_tables(parts)


def _ordinals(manifest: Manifest, epochs: Mapping[Encoding, int]) -> pa.Table:
    """`ord, epoch` of every ordinal of these epochs."""
    of_layout = [epochs.get(manifest.encoding_of(layout), -1) for layout in manifest.layouts]
    numbers = np.array([of_layout[o.layout] for o in manifest.ordinals], np.int32)
    (places,) = np.nonzero(numbers >= 0)
    return pa.table({"ord": pa.array((places + 1).astype(np.int32)), "epoch": numbers[places]})


def _stored(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    epochs: Mapping[Encoding, int],
    among: pa.Table | None,
) -> pa.Table:
    held = [s for s in manifest.segments if s.digests]
    if not held:
        return BIRTHS.empty_table()
    duck.register("_ordinals", _ordinals(manifest, epochs))
    only = ""
    if among is not None:
        duck.register("_among", among)
        only = " AND _sha IN (SELECT sha FROM _among)"
    return (
        duck.execute(
            "SELECT e.epoch, s._sha AS sha, s._rid AS rid"
            f" FROM {segments.relation(folder, held)} s JOIN _ordinals e ON e.ord = s._ord"
            f" WHERE s._born{only}"
        )
        .to_arrow_table()
        .cast(BIRTHS)
    )


def worked_out(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    held: Sequence[Segment],
    own: Encoding,
) -> Iterator[tuple[Digests, npt.NDArray[np.int64]]]:
    """Digests and ids of the rows in segments that are encoded in this way, worked out from their
    text, part by part."""
    columns, has_kinds = own
    ordinals = _ordinals(manifest, {own: 0}).column("ord").to_pylist()
    theirs = [s for s in held if any(s.first <= n <= s.last for n in ordinals)]
    if not theirs:
        return
    data = [*columns, *(["_kinds"] if has_kinds else [])]
    births = segments.births(folder, theirs, data, len(manifest.ordinals))
    parts = duck.execute(
        f"SELECT * FROM {births} WHERE _ord IN ({', '.join(map(str, ordinals))})"
    ).to_arrow_reader(PART_ROWS)
    for part in parts:
        rows = pa.Table.from_batches([part])
        digests = encoding.row_digests(rows, columns, has_kinds=has_kinds)
        yield digests, rows.column("_rid").to_numpy().astype(np.int64)
