"""Births: the first record of every distinct row, with its digest, stored or worked out.

Rows are the same where their digests are and they are encoded alike: an *epoch* here is a list of
encoded columns (and whether kinds go with them), numbered by first use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from verticalfile.history import encoding, segments
from verticalfile.history.manifest import Encoding, Manifest, Segment

BIRTHS = pa.schema([("epoch", pa.int32()), ("sha", pa.binary()), ("rid", pa.int64())])


def numbered_epochs(manifest: Manifest) -> dict[Encoding, int]:
    """A number for each way in which rows were encoded."""
    found: dict[Encoding, int] = {}
    for layout in manifest.layouts:
        found.setdefault(manifest.encoding_of(layout), len(found))
    return found


def births_by_epoch(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    epochs: Mapping[Encoding, int],
    *,
    among: pa.Table | None = None,
    believed: bool = True,
) -> pa.Table:
    """`epoch, sha, rid` of every row ever; of stored digests only those in the column `sha` of
    `among`, where it is given. None is taken as stored where they are not to be `believed`."""
    parts = [_stored(duck, folder, manifest, epochs, among)] if believed else []
    bare = [s for s in manifest.segments if not (s.digests and believed)]
    if bare:
        for (columns, has_kinds), number in epochs.items():
            parts.append(_worked_out(duck, folder, manifest, bare, columns, has_kinds, number))
    return pa.concat_tables(parts) if parts else BIRTHS.empty_table()


def _ordinals(manifest: Manifest, epochs: Mapping[Encoding, int]) -> pa.Table:
    """`ord, epoch` of every ordinal."""
    numbers = [epochs[manifest.encoding_of(manifest.layouts[o.layout])] for o in manifest.ordinals]
    places = range(1, len(numbers) + 1)
    return pa.table({"ord": pa.array(places, pa.int32()), "epoch": pa.array(numbers, pa.int32())})


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
        duck.sql(
            "SELECT e.epoch, s._sha AS sha, s._rid AS rid"
            f" FROM {segments.relation(folder, held)} s JOIN _ordinals e ON e.ord = s._ord"
            f" WHERE s._born{only}"
        )
        .to_arrow_table()
        .cast(BIRTHS)
    )


def _worked_out(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    bare: Sequence[Segment],
    columns: tuple[str, ...],
    has_kinds: bool,
    epoch: int,
) -> pa.Table:
    """Digests of the rows of one epoch that are stored without theirs."""
    own = [
        str(n)
        for n, o in enumerate(manifest.ordinals, start=1)
        if manifest.encoding_of(manifest.layouts[o.layout]) == (columns, has_kinds)
    ]
    if not own:
        return BIRTHS.empty_table()
    data = [*columns, *(["_kinds"] if has_kinds else [])]
    births = segments.births(folder, bare, data, len(manifest.ordinals))
    rows = duck.sql(
        f"SELECT * FROM {births} WHERE _ord IN ({', '.join(own)}) ORDER BY _rid"
    ).to_arrow_table()
    digests = encoding.row_digests(rows, columns, has_kinds=has_kinds)
    return pa.table(
        {
            "epoch": pa.repeat(pa.scalar(epoch, pa.int32()), rows.num_rows),
            "sha": encoding.as_arrow(digests),
            "rid": rows.column("_rid").cast(pa.int64()),
        },
        schema=BIRTHS,
    )
