"""SQL over the archive: every table is a view, as of a moment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

import duckdb
import pyarrow as pa

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import as_of, as_of_now
from verticalfile.history.duck import instance
from verticalfile.history.encoding import literal, quoted
from verticalfile.kernel import limits
from verticalfile.kernel.errors import InputRefused, LimitReached
from verticalfile.kernel.moments import last_instant
from verticalfile.services.archive import Archive
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.visibility import Viewer, visible_to, withdrawal_of
from verticalfile.tables.read.delimited import named_once

STEP_ROWS = 2048
"""Rows of an answer that are taken from DuckDB at a time: all at once are ten times their size."""

SHOW_TABLES = re.compile(r"\s*show\s+(all\s+)?tables\s*;?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of an answer, to be gone through once; `left_out` tables could not be views, with the
    reason."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]
    left_out: tuple[str, ...]


def view_names(
    resource: ResourceLine, table: TableLine, *, only_table: bool, only_file: bool
) -> list[str]:
    """Names under which a table is a view: `permits/2021/sheet`, and `permits` where there is but
    one, each also with underscores, so that no quotes are needed."""
    names = [f"{resource.dataset}/{resource.name}/{table.name}".rstrip("/")]
    if only_table:
        names.append(f"{resource.dataset}/{resource.name}")
        names += [resource.dataset] if only_file else []
    return list(dict.fromkeys([*names, *(_without_quotes(n) for n in names)]))


def _handiest(names: Sequence[str]) -> str:
    return min(names, key=lambda name: (len(name), not name.isidentifier()))


def _without_quotes(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.lower())


def sql(
    archive: Archive,
    query: str,
    *,
    at: str | None = None,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Answer:
    """Run one SELECT; tables stand as they were at the moment. Raises InputRefused, LimitReached.

    Nothing outside of the archive can be read and nothing be written. `SHOW TABLES` names all
    tables by the handiest name of each.
    """
    if SHOW_TABLES.fullmatch(query):
        names = [_handiest(views) for _, _, views in _named(archive, archive.index.resources())]
        return Answer(("name",), ((name,) for name in names), ())
    relation, left_out, connection = ask(archive, query, at=at, viewer=viewer)
    rows = _in_steps(relation, connection, left_out)
    first = next(rows, None)  # what cannot be answered is refused before anything is shown
    rows = rows if first is None else chain((first,), rows)
    return Answer(named_once(relation.columns), rows, tuple(left_out))


def as_arrow(
    archive: Archive, query: str, *, at: str | None = None, viewer: Viewer = Viewer.NAMED_STAFF
) -> pa.Table:
    """The same answer as Arrow."""
    relation, left_out, connection = ask(archive, query, at=at, viewer=viewer)
    with connection:
        try:
            reader = relation.to_arrow_reader(STEP_ROWS)
            parts, size = [], 0
            for part in reader:
                parts.append(part)
                size += part.nbytes
                if size > limits.ANSWER_BYTES:
                    raise _too_large()
            return pa.Table.from_batches(parts, reader.schema)
        except duckdb.Error as error:
            raise _refused(error, left_out) from error


def _in_steps(
    relation: duckdb.DuckDBPyRelation,
    connection: duckdb.DuckDBPyConnection,
    left_out: Sequence[str],
) -> Iterator[tuple[object, ...]]:
    with closing(connection):
        try:
            while rows := relation.fetchmany(STEP_ROWS):
                yield from rows
        except duckdb.Error as error:
            raise _refused(error, left_out) from error


def _too_large() -> LimitReached:
    return LimitReached(
        "The question, or its answer, takes more memory than one question may.",
        mend="ask for fewer rows or columns, or count and group them in the question.",
    )


def _named(
    archive: Archive, resources: Sequence[ResourceLine]
) -> Iterator[tuple[ResourceLine, TableLine, list[str]]]:
    """Every table of whole datasets, with the names of its view. A name that two tables would bear
    without quotes is of neither."""
    by_dataset: dict[str, list[ResourceLine]] = {}
    for resource in resources:
        by_dataset.setdefault(resource.dataset, []).append(resource)
    found: list[tuple[ResourceLine, TableLine, list[str]]] = []
    for of_one in by_dataset.values():
        tables = {r.id: archive.index.tables(r.id) for r in of_one}
        data = [r for r in data_of(of_one) if tables[r.id]]
        for resource in of_one:
            only_file = len(data) == 1 and resource in data
            only_table = len(tables[resource.id]) == 1
            found += [
                (resource, t, view_names(resource, t, only_table=only_table, only_file=only_file))
                for t in tables[resource.id]
            ]
    borne = Counter(name for _, _, names in found for name in names)
    for resource, table, names in found:
        yield resource, table, [n for n in names if borne[n] == 1]


def ask(
    archive: Archive, query: str, *, at: str | None, viewer: Viewer
) -> tuple[duckdb.DuckDBPyRelation, list[str], duckdb.DuckDBPyConnection]:
    """The answer as a relation of an open connection."""
    moment = last_instant(at or "now", zone=archive.zone, now=archive.clock.now())
    connection = instance()
    left_out: list[str] = []
    files: list[str] = []
    known: list[str] = []
    text = _without_quotes(query)
    asked = [r for r in archive.index.resources() if _without_quotes(r.dataset) in text]
    for resource, table, names in _named(archive, asked):
        versions = archive.index.versions(resource.id)
        answer = as_of(versions, moment) if at else as_of_now(versions, moment)
        if answer.version is None:
            left_out.append(f"{names[0]} was not yet held then")
            continue
        if not visible_to(viewer, answer.version):
            left_out.append(f"{names[0]} was {withdrawal_of(answer.version, archive.zone)}")
            continue
        history = TableHistory(archive, table.id, table.name)
        ordinal = history.ordinal_of(answer.version.sha256)
        if ordinal is None:
            left_out.append(f"{names[0]} was no table then")
            continue
        body = history.history.as_of_sql(ordinal)
        files += history.history.files(ordinal)
        known.append(_handiest(names))
        for name in names:
            connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {body}")
    paths = ", ".join(literal(path) for path in files)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return _run(connection, query, left_out, known), left_out, connection


def _run(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    left_out: Sequence[str],
    known: Sequence[str],
) -> duckdb.DuckDBPyRelation:
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputRefused(
                "One SELECT can be asked at a time; nothing here is written.",
                mend='write it as vf sql "SELECT ... FROM ...".',
            )
        relation = connection.sql(statements[0].query)
    except duckdb.Error as error:
        raise _refused(error, left_out, known) from error
    if relation is None:
        raise InputRefused("That question has no answer.", mend="write it as a SELECT.")
    return relation


def _refused(
    error: duckdb.Error, left_out: Sequence[str], known: Sequence[str] = ()
) -> InputRefused | LimitReached:
    if isinstance(error, duckdb.OutOfMemoryException):
        return _too_large()
    first = str(error).splitlines()[0]
    said = f" ({'; '.join(left_out)})" if left_out else ""
    mend = 'see the tables with vf sql "SHOW TABLES" and the columns of one with "DESCRIBE NAME".'
    if isinstance(error, duckdb.CatalogException) and known:
        mend = f"choose among: {', '.join(known)}."
    return InputRefused(f"The question could not be answered: {first}{said}", mend=mend)
