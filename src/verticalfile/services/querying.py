"""SQL over the archive: every table is a view, as of a moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import as_of, as_of_now
from verticalfile.history.duck import instance
from verticalfile.history.encoding import literal, quoted
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import last_instant
from verticalfile.services.archive import Archive
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import data_of
from verticalfile.services.visibility import Viewer, visible_to, withdrawal_of


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of an answer; `left_out` tables could not be views, with the reason."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    left_out: tuple[str, ...]


def view_names(resource: ResourceLine, table: TableLine, alone: bool) -> list[str]:
    """Names under which a table is a view: `permits`, or `permits/2021/sheet` and its form
    with underscores, so that no quotes are needed."""
    whole = f"{resource.dataset}/{resource.name}/{table.name}".rstrip("/")
    names = [whole, f"{resource.dataset}/{resource.name}"] if not table.name else [whole]
    if alone:
        names.append(resource.dataset)
    return list(dict.fromkeys([*names, *(re.sub(r"[^0-9a-z]+", "_", n.lower()) for n in names)]))


def sql(
    archive: Archive,
    query: str,
    *,
    at: str | None = None,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Answer:
    """Run one SELECT; tables stand as they were at the moment. Raises InputRefused.

    Nothing outside of the archive can be read and nothing be written.
    """
    relation, left_out, connection = ask(archive, query, at=at, viewer=viewer)
    with connection:
        try:
            return Answer(tuple(relation.columns), relation.fetchall(), tuple(left_out))
        except duckdb.Error as error:
            raise _refused(error, left_out) from error


def ask(
    archive: Archive, query: str, *, at: str | None, viewer: Viewer
) -> tuple[duckdb.DuckDBPyRelation, list[str], duckdb.DuckDBPyConnection]:
    """The answer as a relation of an open connection."""
    moment = last_instant(at or "now", zone=archive.zone, now=archive.clock.now())
    connection = instance()
    left_out: list[str] = []
    files: list[str] = []
    text = re.sub(r"[^0-9a-z]+", "_", query.lower())
    by_dataset: dict[str, list[ResourceLine]] = {}
    for resource in archive.index.resources():
        if re.sub(r"[^0-9a-z]+", "_", resource.dataset) in text:
            by_dataset.setdefault(resource.dataset, []).append(resource)
    for resources in by_dataset.values():
        tables = [(r, t) for r in resources for t in archive.index.tables(r.id)]
        kept = data_of(resources)
        data = [r for r, _ in tables if r in kept]
        for resource, table in tables:
            versions = archive.index.versions(resource.id)
            answer = as_of(versions, moment) if at else as_of_now(versions, moment)
            names = view_names(resource, table, len(data) == 1 and resource in data)
            if answer.version is None:
                left_out.append(f"{names[0]} was not yet held then")
                continue
            if not visible_to(viewer, answer.version):
                left_out.append(f"{names[0]} was {withdrawal_of(answer.version)}")
                continue
            history = TableHistory(archive, table.id, table.name)
            ordinal = history.ordinal_of(answer.version.sha256)
            if ordinal is None:
                left_out.append(f"{names[0]} was no table then")
                continue
            body = history.history.as_of_sql(ordinal)
            files += history.history.files(ordinal)
            for name in names:
                connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {body}")
    paths = ", ".join(literal(path) for path in files)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return _run(connection, query, left_out), left_out, connection


def _run(
    connection: duckdb.DuckDBPyConnection, query: str, left_out: Sequence[str]
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
        raise _refused(error, left_out) from error
    if relation is None:
        raise InputRefused("That question has no answer.", mend="write it as a SELECT.")
    return relation


def _refused(error: duckdb.Error, left_out: Sequence[str]) -> InputRefused:
    first = str(error).splitlines()[0]
    said = f" ({'; '.join(left_out)})" if left_out else ""
    return InputRefused(
        f"The question could not be answered: {first}{said}",
        mend='names are those of vf list, in double quotes where they have hyphens: "my-table".',
    )
