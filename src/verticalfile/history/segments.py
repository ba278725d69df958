"""Segments on disk: written once, read by DuckDB, described so that a lone file explains itself.

Columns: `_rid` (dense id of a distinct row), `_ord` (ordinal of ingest), `_dn` (change of its
multiplicity, never 0), `_sha` (row digest, in the birth record alone), the data columns (text,
in the birth record alone) and, for JSON, `_kinds`.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from verticalfile.history.encoding import literal, quoted
from verticalfile.history.manifest import Manifest, Segment, sync_folder
from verticalfile.vault.disk import NO_ROOM, no_room

ROW_GROUP_ROWS = 122_880
"""DuckDB's own size: small enough to skip most of a file when one row is asked for."""

EVENTS = ("_rid", "_ord", "_dn", "_sha")


def write(
    folder: Path,
    table: pa.Table,
    *,
    first: int,
    last: int,
    names: dict[str, str],
    dense: bool = False,
) -> Segment:
    """Write a segment, durable on return, not yet listed. `names`: data column id -> shown name.

    Raises VaultFull.
    """
    target = folder / f"seg-{first:06d}-{last:06d}-{secrets.token_hex(4)}.parquet"
    part = target.with_name(target.name + ".part")
    described = table.replace_schema_metadata({"columns": json.dumps(names, ensure_ascii=False)})
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import pyarrow.parquet as pq  # for writers alone

        pq.write_table(
            described,
            part,
            compression="zstd",
            row_group_size=ROW_GROUP_ROWS,
            use_dictionary=[c for c in table.column_names if c not in EVENTS],
            column_encoding=None,
            store_schema=False,
        )
        with open(part, "rb+") as written:
            os.fsync(written.fileno())
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        os.replace(part, target)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(target, part.stat().st_size if part.exists() else 0) from error
        raise
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    data = tuple(c for c in table.column_names if c not in EVENTS)
    return Segment(target.name, first, last, target.stat().st_size, digest, data, dense)


def relation(
    folder: Path, segments: Sequence[Segment], columns: Sequence[str] = (), *, sha: bool = True
) -> str:
    """SQL of all events with these data columns; NULL where a segment has no such column."""
    if not segments:
        empty = ["0::BIGINT AS _rid", "0 AS _ord", "0 AS _dn", "NULL::BLOB AS _sha"]
        empty += [f"NULL::VARCHAR AS {quoted(c)}" for c in columns]
        return f"(SELECT {', '.join(empty)} WHERE false)"
    groups: dict[tuple[bool, tuple[str, ...]], list[Segment]] = {}
    for segment in segments:
        held = tuple(c for c in columns if c in segment.columns)
        number = (segment.dense, held if not segment.dense else (*held, f"#{segment.first}"))
        groups.setdefault(number, []).append(segment)
    parts = []
    for (dense, _), group in groups.items():
        files = ", ".join(literal(str(folder / s.file)) for s in group)
        data = [
            quoted(c) if c in group[0].columns else f"NULL::VARCHAR AS {quoted(c)}" for c in columns
        ]
        if dense:
            head = [
                "file_row_number AS _rid",
                f"{group[0].first}::INTEGER AS _ord",
                "1::INTEGER AS _dn",
            ]
            source = f"read_parquet([{files}], file_row_number = true)"
        else:
            head = ["_rid", "_ord", "_dn"]
            source = f"read_parquet([{files}])"
        picked = [*head, *(["_sha"] if sha else []), *data]
        parts.append(f"SELECT {', '.join(picked)} FROM {source}")
    return f"({' UNION ALL '.join(parts)})"


def births(folder: Path, segments: Sequence[Segment], columns: Sequence[str], upto: int) -> str:
    """SQL of `_rid, _dn` and these columns of every row first seen up to an ordinal.

    A row is born once, by its first event; a dense segment holds nothing else, so that its digests
    need not be read to tell.
    """
    parts = []
    for dense in (True, False):
        group = [s for s in segments if s.dense == dense and s.first <= upto]
        picked = ", ".join(["_rid", "_dn", *map(quoted, columns)])
        where = "" if dense else f" WHERE _sha IS NOT NULL AND _ord <= {upto}"
        if group:
            events = relation(folder, group, columns, sha=not dense)
            parts.append(f"SELECT {picked} FROM {events}{where}")
    if not parts:
        return relation(folder, [], columns)
    return f"({' UNION ALL '.join(parts)})"


def changes_after_birth(folder: Path, segments: Sequence[Segment], upto: int) -> str:
    """SQL of `_rid, n`: how the multiplicity of rows changed after their birth, up to an ordinal."""
    group = [s for s in segments if not s.dense and s.first <= upto]
    return (
        f"(SELECT _rid, sum(_dn) AS n FROM {relation(folder, group)}"
        f" WHERE _sha IS NULL AND _ord <= {upto} GROUP BY _rid)"
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
