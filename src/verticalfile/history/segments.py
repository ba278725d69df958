"""Segments on disk: written once, read by DuckDB, described so that a lone file explains itself.

Columns: `_rid` (dense id of a distinct row), `_ord` (ordinal of ingest), `_dn` (change of its
multiplicity, never 0), `_born` (whether this is the row's first record), the data columns (text, in
the birth record alone) and, for JSON, `_kinds`. A large table also has `_sha`, the digest of each
row, in the birth record alone; of a small one the digests are half of all bytes and are worked out
from the rows in no time.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from verticalfile.history.encoding import literal, quoted
from verticalfile.history.manifest import Manifest, Segment
from verticalfile.kernel.errors import tells_no_room
from verticalfile.vault.disk import no_room, sync_folder

ROW_GROUP_ROWS = 122_880
"""DuckDB's own size: small enough to skip most of a file when one row is asked for."""

EVENTS = ("_rid", "_ord", "_dn", "_born", "_sha")
DIGESTS_FROM_ROWS = 100_000
"""Distinct rows of a table from which digests are stored: below, working them out takes 0.1 s."""
LEVEL, LEVEL_LARGE = 9, 1
"""Level 9 is a fifteenth smaller than level 1; from LARGE_ROWS on the time that it takes shows."""
LARGE_ROWS = 20_000


def write(
    folder: Path,
    table: pa.Table,
    *,
    first: int,
    last: int,
    names: dict[str, str],
    dense: bool = False,
    digests: bool,
) -> Segment:
    """Write a segment, durable on return, not yet listed. `names`: data column id -> shown name.

    `table` holds `_sha` at births, which is written where `digests` says so. Raises VaultFull.
    """
    if not dense and "_born" not in table.column_names:
        table = table.add_column(3, "_born", table.column("_sha").is_valid())
    return write_parts(
        folder, [table], rows=table.num_rows, first=first, last=last, names=names, dense=dense,
        digests=digests,
    )  # fmt: skip


def write_parts(
    folder: Path,
    parts: Iterable[pa.Table],
    *,
    rows: int,
    first: int,
    last: int,
    names: dict[str, str],
    dense: bool = False,
    digests: bool,
) -> Segment:
    """`write` of a table that comes in parts, at least one, all with `_born` unless dense; `rows`
    are those of all parts."""
    target = folder / f"seg-{first:06d}-{last:06d}-{secrets.token_hex(4)}.parquet"
    part = target.with_name(target.name + ".part")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        columns = _written(part, parts, names, digests, LEVEL if rows < LARGE_ROWS else LEVEL_LARGE)
        with open(part, "rb+") as written:
            os.fsync(written.fileno())
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        os.replace(part, target)
    except OSError as error:
        if tells_no_room(error):
            raise no_room(target, part.stat().st_size if part.exists() else 0) from error
        raise
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    data = tuple(c for c in columns if c not in EVENTS)
    return Segment(
        target.name, first, last, target.stat().st_size, digest, data, dense, digests, not dense
    )


def _written(
    path: Path, parts: Iterable[pa.Table], names: dict[str, str], digests: bool, level: int
) -> list[str]:
    """Write the file; the names of its columns."""
    import pyarrow.parquet as pq  # for writers alone

    made: list[str] = []
    writer = None
    try:
        for rows in parts:
            table = (
                rows if digests or "_sha" not in rows.column_names else rows.drop_columns("_sha")
            )
            if writer is None:
                made = table.column_names
                described = {"columns": json.dumps(names, ensure_ascii=False)}
                writer = pq.ParquetWriter(
                    path,
                    table.schema.with_metadata(described),
                    compression="zstd",
                    compression_level=level,
                    use_dictionary=[c for c in made if c not in EVENTS],
                    column_encoding=dict.fromkeys(
                        {"_rid", "_ord"} & set(made), "DELTA_BINARY_PACKED"
                    ),
                    store_schema=False,
                )
            writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
    finally:
        if writer is not None:
            writer.close()
    return made


def relation(folder: Path, segments: Sequence[Segment], columns: Sequence[str] = ()) -> str:
    """SQL of all events: `_rid, _ord, _dn, _born, _sha` and these data columns; NULL where a
    segment has no such column. What is not asked for is not read."""
    if not segments:
        empty = ["0::BIGINT AS _rid", "0 AS _ord", "0 AS _dn", "true AS _born"]
        empty += ["NULL::BLOB AS _sha", *(f"NULL::VARCHAR AS {quoted(c)}" for c in columns)]
        return f"(SELECT {', '.join(empty)} WHERE false)"
    groups: dict[tuple[object, ...], list[Segment]] = {}
    for segment in segments:
        held = tuple(c for c in columns if c in segment.columns)
        alike = (segment.dense and segment.first, segment.digests, segment.marked, held)
        groups.setdefault(alike, []).append(segment)
    parts = [_selected(folder, group, columns) for group in groups.values()]
    return f"({' UNION ALL '.join(parts)})"


def _selected(folder: Path, group: Sequence[Segment], columns: Sequence[str]) -> str:
    """SQL of segments that are made alike."""
    one = group[0]
    files = ", ".join(literal(str(folder / s.file)) for s in group)
    if one.dense:
        head = [
            "file_row_number AS _rid",
            f"{one.first}::INTEGER AS _ord",
            "1::INTEGER AS _dn",
            "true AS _born",
        ]
        source = f"read_parquet([{files}], file_row_number = true)"
    else:
        head = ["_rid", "_ord", "_dn", "_born" if one.marked else "_sha IS NOT NULL AS _born"]
        source = f"read_parquet([{files}])"
    head.append("_sha" if one.digests else "NULL::BLOB AS _sha")
    data = [quoted(c) if c in one.columns else f"NULL::VARCHAR AS {quoted(c)}" for c in columns]
    return f"SELECT {', '.join([*head, *data])} FROM {source}"


def births(folder: Path, segments: Sequence[Segment], columns: Sequence[str], upto: int) -> str:
    """SQL of `_rid, _ord, _dn` and these columns of every row first seen up to an ordinal; a row is
    born once, by its first event."""
    wanted = [s for s in segments if s.first <= upto]
    picked = ", ".join(["_rid", "_ord", "_dn", *map(quoted, columns)])
    events = relation(folder, wanted, columns)
    return f"(SELECT {picked} FROM {events} WHERE _born AND _ord <= {upto})"


def changes_after_birth(folder: Path, segments: Sequence[Segment], upto: int) -> str:
    """SQL of `_rid, n`: how the multiplicity of rows changed after their birth, up to an ordinal."""
    group = [s for s in segments if not s.dense and s.first <= upto]
    return (
        f"(SELECT _rid, sum(_dn) AS n FROM {relation(folder, group)}"
        f" WHERE NOT _born AND _ord <= {upto} GROUP BY _rid)"
    )


def sweep(folder: Path, manifest: Manifest) -> list[str]:
    """Remove files that no manifest lists: debris of a crash, or merged segments."""
    listed = {segment.file for segment in manifest.segments}
    debris = [
        path
        for path in (folder.iterdir() if folder.exists() else ())
        if path.name.endswith(".part") or (path.suffix == ".parquet" and path.name not in listed)
    ]
    for path in debris:
        path.unlink()
    return [path.name for path in debris]
