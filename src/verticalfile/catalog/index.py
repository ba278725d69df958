"""`index.sqlite3`: names, versions and comparisons, derived from the vault, read by every door.

Delete it and `vf rebuild` makes it again. Readers open it read-only; WAL lets them read while a
writer writes. Nothing here is a truth of its own.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from verticalfile.catalog.read_only import NewerIndex, is_read_only, opened_to_read, schema_of
from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.vault.lock import writer_lock

SCHEMA_VERSION = 6
BUSY_WAIT_S = 30.0
"""Writers of other resources hold the file for milliseconds; nobody meets "database is locked"."""

COLUMNS = {
    "dataset": "name, title, added_at",
    "version": "resource, number, captures, seen_at, last_seen_at, sha256, size_bytes, reason, detail, held, moment_name, absent_from, hidden, clock_back_from, withdrawn_at, withdrawn_why, partial",
    "table_": "id, resource, name, key, key_how, key_confidence, key_evidence",
    "comparison": "table_, old, new, added, removed, changed, kinds, said",
    "observation": "resource, at, body",
    "event": "subject, kind, at, body",
    "journal_position": "object, head",
    "resource": "id, dataset, name, kind, location, every, checked_at, outcome, detail, versions, newest_seen_at, rows, size_bytes, absent_since, held, role, source, member",
    "source": "resource, dataset, kind, location, selection, followed, members",
    "member": "source, member, dataset, title, state, since, record",
    "statement": "dataset, field, language, position, value, said_by, since, source",
    "shelf": "name, kind, title, title_es, made_at",
    "shelved": "shelf, dataset, put_at",
    "search_card": "body",
    "search_document": "dataset, audience, card, newest_at, kept_since, facts, name, title, title_es, description, description_es, publisher, place, shelf, shelf_es, columns, past_columns",
    "register_entry": "entry, audience, register, resource, dataset, at, body",
}
"""Columns of each table in the order in which they are read and written here (see models.py)."""


NO_PORTAL = "dataset NOT IN (SELECT dataset FROM source)"
"""A portal's list is kept like a dataset and under a name like one, and is none to a reader."""


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """A resource as lists show it."""

    id: str
    dataset: str
    name: str
    kind: str
    location: str
    every: str
    checked_at: datetime | None
    outcome: str
    detail: str
    versions: int
    newest_seen_at: datetime | None
    rows: int | None
    size_bytes: int | None
    absent_since: datetime | None
    held: int
    role: str = "data"
    source: str = ""  # the listing of the portal that offers it
    member: str = ""  # which of the listing's datasets it belongs to

    @property
    def is_data(self) -> bool:
        """Whether it is data, and not the publisher's words about data."""
        return self.role == "data"


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table of a resource and what is known of its key; `key` None means not looked for yet."""

    id: str
    resource: str
    name: str
    key: tuple[str, ...] | None
    key_how: str
    key_confidence: float | None
    key_evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of what changed from ordinal `old` to `new`; `said` are sentences for people."""

    added: int
    removed: int
    changed: int
    kinds: tuple[str, ...]
    said: tuple[str, ...] = ()


class Index:
    """The index file. One instance a process; not for sharing between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._copied: tempfile.TemporaryDirectory[str] | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        if self._connection is None and is_read_only(self.path):
            self._connection, self._copied = opened_to_read(self.path, SCHEMA_VERSION)
        if self._connection is None:
            connection = sqlite3.connect(self.path, timeout=BUSY_WAIT_S, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if schema_of(connection) > SCHEMA_VERSION:
                connection.close()
                raise NewerIndex(
                    f"{self.path.name} was made by a newer program than this one.",
                    mend="install the newest verticalfile, or make it again with `vf rebuild`.",
                )
            if schema_of(connection) < SCHEMA_VERSION:
                self._migrate(connection)
            self._connection = connection
        return self._connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Let Django make the tables, one process at a time; it is imported for this alone."""
        from verticalfile.catalog.schema import migrate

        locks = self.path.parent / "locks"
        with writer_lock(locks, "index", wait_s=BUSY_WAIT_S, on_wait=lambda _: None):
            if schema_of(connection) < SCHEMA_VERSION:
                migrate(self.path)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    # what is held

    def resources(self, dataset: str | None = None) -> list[ResourceLine]:
        """All resources, or those of one dataset, by name."""
        if dataset is None:
            return self._resources("", ())
        return self._resources("WHERE dataset = ?", (dataset,))

    def resources_of(self, source: str, members: Sequence[str]) -> list[ResourceLine]:
        """Files of these datasets of a portal, by name."""
        marks = ", ".join("?" * len(members))
        return self._resources(f"WHERE source = ? AND member IN ({marks})", (source, *members))

    def _resources(self, where: str, given: Sequence[str]) -> list[ResourceLine]:
        rows = self.connection.execute(
            f"SELECT {COLUMNS['resource']} FROM resource {where} ORDER BY dataset, name", given
        )  # fixed text
        return [_resource(row) for row in rows]

    def totals(self) -> tuple[int, int]:
        """How many datasets have files, and how many versions there are of their data."""
        row = self.connection.execute(
            "SELECT count(DISTINCT dataset), coalesce(sum(versions) FILTER (WHERE role = 'data'), 0)"
            f" FROM resource WHERE {NO_PORTAL}"
        ).fetchone()
        return int(row[0]), int(row[1])

    def with_files(self) -> list[str]:
        """Names of the datasets that have files."""
        rows = self.connection.execute(f"SELECT DISTINCT dataset FROM resource WHERE {NO_PORTAL}")
        return [row[0] for row in rows]

    def lately_changed(self, count: int) -> list[str]:
        """Names of so many datasets, the one with the newest version first."""
        rows = self.connection.execute(
            f"SELECT dataset FROM resource WHERE {NO_PORTAL} GROUP BY dataset"
            " ORDER BY coalesce(max(newest_seen_at), '') DESC, dataset LIMIT ?",
            (count,),
        )
        return [row[0] for row in rows]

    def datasets(self) -> dict[str, str]:
        """`{name: title}`."""
        return dict(self.connection.execute("SELECT name, title FROM dataset ORDER BY name"))

    def title(self, dataset: str) -> str:
        """The title of a dataset, "" for one that is not there."""
        row = self.connection.execute(
            "SELECT title FROM dataset WHERE name = ?", (dataset,)
        ).fetchone()
        return str(row[0]) if row else ""

    def added_at(self, dataset: str) -> datetime:
        """When a dataset was added; raises KeyError for one that is not there."""
        row = self.connection.execute(
            "SELECT added_at FROM dataset WHERE name = ?", (dataset,)
        ).fetchone()
        if row is None:
            raise KeyError(dataset)
        return from_iso(row[0])

    @property
    def lacks_documents(self) -> bool:
        """Whether datasets stand here that search has never seen: an index of an older program."""
        found = self.connection.execute(
            "SELECT (SELECT count(*) FROM dataset)"
            " > (SELECT count(DISTINCT dataset) FROM search_document)"
        ).fetchone()
        return bool(found[0])

    def tables(self, resource: str) -> list[TableLine]:
        rows = self.connection.execute(
            f"SELECT {COLUMNS['table_']} FROM table_ WHERE resource = ? ORDER BY name", (resource,)
        )
        return [
            TableLine(
                row[0], row[1], row[2], None if row[3] is None else tuple(json.loads(row[3])),
                row[4], row[5], tuple(json.loads(row[6])),
            )
            for row in rows
        ]  # fmt: skip

    def versions(self, resource: str) -> list[Version]:
        rows = self.connection.execute(
            f"SELECT {COLUMNS['version']} FROM version WHERE resource = ? ORDER BY number",
            (resource,),
        )
        return [_version(row) for row in rows]

    def first_seen_at(self) -> datetime | None:
        """The first sighting of any dataset."""
        row = self.connection.execute(
            "SELECT min(seen_at) FROM version JOIN resource ON resource.id = version.resource"
            f" WHERE {NO_PORTAL}"
        ).fetchone()
        return _moment(row[0])

    def comparisons(self, table: str) -> Mapping[tuple[int, int], Comparison]:
        """By (old ordinal, new ordinal)."""
        rows = self.connection.execute(
            "SELECT old, new, added, removed, changed, kinds, said FROM comparison WHERE table_ = ?",
            (table,),
        )
        return {
            (row[0], row[1]): Comparison(
                row[2], row[3], row[4], tuple(row[5].split(",")) if row[5] else (),
                tuple(json.loads(row[6])),
            )
            for row in rows
        }  # fmt: skip

    def observations(self, resource: str) -> list[dict[str, object]]:
        """Bodies of the resource's observations as in the journal, in the order of keeping."""
        rows = self.connection.execute(
            "SELECT body FROM observation WHERE resource = ? ORDER BY rowid", (resource,)
        )
        return [json.loads(row[0]) for row in rows]

    def checks_between(self, since: datetime, until: datetime) -> list[dict[str, object]]:
        """Observations made from `since` to `until`, both seconds included, as they were kept."""
        rows = self.connection.execute(
            "SELECT body FROM observation WHERE substr(at, 1, 19) BETWEEN ? AND ? ORDER BY rowid",
            (to_iso(since)[:19], to_iso(until)[:19]),  # seconds: their fractions do not sort
        )
        return [json.loads(row[0]) for row in rows]

    def newest_observations(self, resource: str, count: int) -> Iterator[dict[str, object]]:
        """The last so many of them, the newest first, each read when it is asked for."""
        rows = self.connection.execute(
            "SELECT body FROM observation WHERE resource = ? ORDER BY rowid DESC LIMIT ?",
            (resource, count),
        )
        return (json.loads(row[0]) for row in rows)

    def clock_jumps(self) -> list[tuple[datetime, datetime]]:
        """`(before, after)` of neighbours in the order of keeping where the clock went back."""
        rows = self.connection.execute(
            "SELECT resource, before, at FROM (SELECT resource, at, rowid AS place, body,"
            " lag(at) OVER (PARTITION BY resource ORDER BY rowid) AS before FROM observation)"
            " WHERE substr(at, 1, 19) < substr(before, 1, 19)"
            " AND json_extract(body, '$.detail.walk') IS NULL ORDER BY place"
        )
        return [(from_iso(before), from_iso(at)) for _, before, at in rows]

    def events(self, subjects: Sequence[str] = ()) -> list[dict[str, object]]:
        """Bodies of events as in the journal, of these subjects or of all, in the order of keeping."""
        where = f"WHERE subject IN ({', '.join('?' * len(subjects))})" if subjects else ""
        rows = self.connection.execute(
            f"SELECT body FROM event {where} ORDER BY rowid", tuple(subjects)
        )
        return [json.loads(row[0]) for row in rows]

    def events_of_kind(self, kind: str) -> list[dict[str, object]]:
        """Bodies of all events of one kind, in the order of keeping."""
        rows = self.connection.execute(
            "SELECT body FROM event WHERE kind = ? ORDER BY rowid", (kind,)
        )
        return [json.loads(row[0]) for row in rows]

    def journal_position(self) -> dict[str, int]:
        """`{journal object: OCFL versions of it that are in here}`, and which lines that wait."""
        return dict(self.connection.execute("SELECT object, head FROM journal_position"))

    # what is written, always inside `writing`

    def put_journal(
        self,
        observations: Iterable[dict[str, object]],
        events: Iterable[dict[str, object]],
        position: Mapping[str, int],
    ) -> None:
        """Add what the journal holds from the last position up to this one; none where it stays."""
        run = self.connection
        run.executemany(
            f"INSERT INTO observation ({COLUMNS['observation']}) VALUES (?, ?, ?)",
            [(body["resource"], body["at"], json.dumps(body)) for body in observations],
        )
        run.executemany(
            f"INSERT INTO event ({COLUMNS['event']}) VALUES (?, ?, ?, ?)",
            [(body["subject"], body["kind"], body["at"], json.dumps(body)) for body in events],
        )
        if position:  # all of it: a line that waited may wait no more
            run.execute("DELETE FROM journal_position")
        run.executemany(
            f"INSERT INTO journal_position ({COLUMNS['journal_position']}) VALUES (?, ?)",
            list(position.items()),
        )

    def replace_records(
        self,
        resource: str,
        subjects: Sequence[str],
        observations: Iterable[dict[str, object]],
        events: Iterable[dict[str, object]],
    ) -> None:
        """Put these in place of all observations of a resource and all events of these subjects,
        after the journal was written anew."""
        run = self.connection
        run.execute("DELETE FROM observation WHERE resource = ?", (resource,))
        marks = ", ".join("?" * len(subjects))
        run.execute(f"DELETE FROM event WHERE subject IN ({marks})", tuple(subjects))
        self.put_journal(observations, events, {})

    def put_dataset(self, name: str, title: str, added_at: datetime) -> None:
        self.connection.execute(
            f"INSERT INTO dataset ({COLUMNS['dataset']}) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET title = excluded.title",
            (name, title, to_iso(added_at)),
        )

    def put_title(self, name: str, title: str) -> None:
        self.connection.execute("UPDATE dataset SET title = ? WHERE name = ?", (title, name))

    def put_resource(
        self, resource: str, *, dataset: str, name: str, kind: str, location: str, every: str,
        role: str = "data", source: str = "", member: str = "",
    ) -> None:  # fmt: skip
        self.connection.execute(
            "INSERT INTO resource (id, dataset, name, kind, location, every, role, source, member)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET dataset = excluded.dataset, name = excluded.name,"
            " kind = excluded.kind, location = excluded.location, every = excluded.every,"
            " role = excluded.role, source = excluded.source, member = excluded.member",
            (resource, dataset, name, kind, location, every, role, source, member),
        )

    def put_location(self, resource: str, kind: str, location: str) -> None:
        """The publisher has moved a file."""
        self.connection.execute(
            "UPDATE resource SET kind = ?, location = ? WHERE id = ?", (kind, location, resource)
        )

    def put_every(self, resource: str, every: str) -> None:
        """Somebody has set how often a file is looked at."""
        self.connection.execute("UPDATE resource SET every = ? WHERE id = ?", (every, resource))

    def put_check(self, resource: str, at: datetime, outcome: str, detail: str) -> None:
        self.connection.execute(
            "UPDATE resource SET checked_at = ?, outcome = ?, detail = ? WHERE id = ?",
            (to_iso(at), outcome, detail, resource),
        )

    def put_versions(
        self, resource: str, versions: Sequence[Version], *, rows: int | None, held: int
    ) -> None:
        """Replace the resource's versions and its line in lists."""
        run = self.connection
        run.execute("DELETE FROM version WHERE resource = ?", (resource,))
        run.executemany(
            f"INSERT INTO version ({COLUMNS['version']}) VALUES ({', '.join('?' * 17)})",
            [_version_row(resource, version) for version in versions],
        )
        left = [v for v in versions if not v.destroyed]
        readable = [v for v in left if v.readable and not v.held]
        newest = readable[-1] if readable else None
        gone = versions[-1].absent_from if versions else None
        run.execute(
            "UPDATE resource SET versions = ?, newest_seen_at = ?, rows = ?, size_bytes = ?,"
            " absent_since = ?, held = ? WHERE id = ?",
            (
                len(left),
                to_iso(newest.seen_at) if newest else None,
                rows,
                newest.size_bytes if newest else None,
                to_iso(gone) if gone else None,
                held,
                resource,
            ),
        )

    def keep_tables(self, resource: str, names: Iterable[str]) -> None:
        """Forget the tables of a file that have other names than these."""
        kept = list(names)
        self.connection.execute(
            f"DELETE FROM table_ WHERE resource = ? AND name NOT IN ({', '.join('?' * len(kept))})",
            (resource, *kept),
        )

    def put_table(self, line: TableLine) -> None:
        self.connection.execute(
            f"INSERT OR REPLACE INTO table_ ({COLUMNS['table_']}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                line.id, line.resource, line.name,
                None if line.key is None else json.dumps(line.key), line.key_how,
                line.key_confidence, json.dumps(line.key_evidence),
            ),
        )  # fmt: skip

    def put_comparisons(self, table: str, found: Iterable[tuple[int, int, Comparison]]) -> None:
        self.connection.executemany(
            f"INSERT OR REPLACE INTO comparison ({COLUMNS['comparison']}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    table,
                    old,
                    new,
                    c.added,
                    c.removed,
                    c.changed,
                    ",".join(c.kinds),
                    json.dumps(c.said),
                )
                for old, new, c in found
            ],
        )

    def forget_comparisons(self, table: str) -> None:
        self.connection.execute("DELETE FROM comparison WHERE table_ = ?", (table,))


def _moment(text: str | None) -> datetime | None:
    return from_iso(text) if text else None


def _resource(row: Sequence[object]) -> ResourceLine:
    values = list(row)
    for place in (6, 10, 13):
        text = values[place]
        values[place] = _moment(text if isinstance(text, str) else None)
    return ResourceLine(*values)  # type: ignore[arg-type]  # columns stand in the order of the fields


def _version(row: Sequence[object]) -> Version:
    _, number, captures, seen, last, sha, size, reason, detail, held, name, gone, hidden, *rest = (
        row
    )
    back, withdrawn_at, why, partial = rest
    return Version(
        int(str(number)), tuple(filter(None, str(captures).split(","))), from_iso(str(seen)), from_iso(str(last)),
        str(sha), int(str(size)), str(reason), str(detail), bool(held), str(name),
        _moment(str(gone)) if gone else None, str(hidden), _moment(str(back)) if back else None,
        _moment(str(withdrawn_at)) if withdrawn_at else None, str(why), str(partial),
    )  # fmt: skip


def _version_row(resource: str, v: Version) -> tuple[object, ...]:
    return (
        resource, v.number, ",".join(v.captures), to_iso(v.seen_at), to_iso(v.last_seen_at), v.sha256,
        v.size_bytes, v.reason, v.detail, int(v.held), v.moment_name,
        to_iso(v.absent_from) if v.absent_from else None, v.hidden,
        to_iso(v.clock_back_from) if v.clock_back_from else None,
        to_iso(v.withdrawn_at) if v.withdrawn_at else None, v.withdrawn_why, v.partial,
    )  # fmt: skip
