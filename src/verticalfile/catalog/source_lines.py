"""The portals that are followed, in the index: what they are and how far their listings were read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import SEEK_END
from typing import BinaryIO

from verticalfile.catalog.index import COLUMNS, Index
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.kernel.originals import steps_in

LINE = "resource, dataset, kind, location, selection, followed"
"""All but the members, which may be megabytes and are asked for alone."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A portal. `resource` is the file of its listing, `dataset` the name by which it is called."""

    resource: str
    dataset: str
    kind: str
    location: str
    selection: Mapping[str, object] = field(default_factory=dict)
    followed: str = ""  # how far its listing was followed, and by what


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A dataset as a portal lists it. `dataset` is "" for one that was not chosen."""

    source: str
    member: str
    dataset: str
    title: str
    state: str  # listed, missing, vanished
    since: datetime
    record: Mapping[str, object] = field(default_factory=dict)


class SourceLines:
    """Lines of the table `source`. What is written is written inside `Index.writing`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def all(self) -> list[SourceLine]:
        """Every portal, by name."""
        return self._found("ORDER BY dataset", ())

    def called(self, dataset: str) -> SourceLine | None:
        """The portal of this name."""
        return next(iter(self._found("WHERE dataset = ?", (dataset,))), None)

    def of(self, resource: str) -> SourceLine | None:
        """The portal whose listing this file is."""
        return next(iter(self._found("WHERE resource = ?", (resource,))), None)

    def put(self, line: SourceLine) -> None:
        """A portal that was added, or added again."""
        self._index.connection.execute(
            "INSERT INTO source (resource, dataset, kind, location, selection)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (resource) DO UPDATE SET kind = excluded.kind,"
            " location = excluded.location, selection = excluded.selection",
            (line.resource, line.dataset, line.kind, line.location, json.dumps(line.selection)),
        )

    def put_followed(self, resource: str, followed: str) -> None:
        """How far its listing was followed."""
        self._index.connection.execute(
            "UPDATE source SET followed = ? WHERE resource = ?", (followed, resource)
        )

    def put_members_followed(self, resource: str, followed: str, file: BinaryIO) -> None:
        """`put_followed`, and the state of the members, as `membership.pack` wrote it: from a file,
        since it may be megabytes."""
        size = file.seek(0, SEEK_END)
        file.seek(0)
        connection = self._index.connection
        connection.execute(
            "UPDATE source SET followed = ?, members = zeroblob(?) WHERE resource = ?",
            (followed, size, resource),
        )
        ((row,),) = connection.execute(
            "SELECT rowid FROM source WHERE resource = ?", (resource,)
        ).fetchall()
        with connection.blobopen("source", "members", row) as blob:
            for step in steps_in(file, size):
                blob.write(step)

    def forget_followed(self, resource: str) -> None:
        """Nothing of its listing was followed."""
        self._index.connection.execute(
            "UPDATE source SET followed = '', members = x'' WHERE resource = ?", (resource,)
        )

    def packed_members(self, resource: str) -> bytes | str:
        """The state of a portal's members, as `membership.pack` wrote it; it may be megabytes."""
        row = self._index.connection.execute(
            "SELECT members FROM source WHERE resource = ?", (resource,)
        ).fetchone()
        found: bytes | str = row[0] if row else b""
        return found

    def members(self, resource: str) -> list[MemberLine]:
        """All datasets that a portal lists or has listed, by title."""
        return self._members("WHERE source = ? ORDER BY title, member", (resource,))

    def member(self, resource: str, member: str) -> MemberLine | None:
        """One of them."""
        return next(
            iter(self._members("WHERE source = ? AND member = ?", (resource, member))), None
        )

    def members_among(self, resource: str, members: Sequence[str]) -> dict[str, MemberLine]:
        """Those of a portal that are known, by their keys."""
        where = f"WHERE source = ? AND member IN ({', '.join('?' * len(members))})"
        return {m.member: m for m in self._members(where, (resource, *members))}

    def datasets_of(self, resource: str) -> dict[str, str]:
        """`{member: dataset}` of a portal's members that were chosen."""
        return dict(
            self._index.connection.execute(
                "SELECT member, dataset FROM member WHERE source = ? AND dataset != ''", (resource,)
            )
        )

    def put_members(self, lines: Iterable[MemberLine]) -> None:
        """Add or replace lines."""
        self._index.connection.executemany(
            f"INSERT INTO member ({COLUMNS['member']}) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (source, member) DO UPDATE SET dataset = excluded.dataset,"
            " title = excluded.title, state = excluded.state, since = excluded.since,"
            " record = excluded.record",
            [
                (
                    m.source, m.member, m.dataset, m.title, m.state, to_iso(m.since),
                    json.dumps(m.record, ensure_ascii=False),
                )
                for m in lines
            ],
        )  # fmt: skip

    def forget_members(self, resource: str) -> None:
        """Take away the lines of all datasets of a portal, before they are made anew."""
        self._index.connection.execute("DELETE FROM member WHERE source = ?", (resource,))

    def put_member_of(self, file: str, member: str) -> None:
        """A file goes with a member that has another key now."""
        self._index.connection.execute(
            "UPDATE resource SET member = ? WHERE id = ?", (member, file)
        )

    def counts(self, resource: str) -> dict[str, int]:
        """How many members a portal has in each state."""
        return dict(
            self._index.connection.execute(
                "SELECT state, count(*) FROM member WHERE source = ? GROUP BY state", (resource,)
            )
        )

    def _members(self, where: str, given: Sequence[str]) -> list[MemberLine]:
        rows = self._index.connection.execute(
            f"SELECT {COLUMNS['member']} FROM member {where}", given
        )
        return [
            MemberLine(a, b, c, d, e, from_iso(f), json.loads(g)) for a, b, c, d, e, f, g in rows
        ]

    def files_of(self, resource: str) -> dict[str, list[str]]:
        """`{member: [ids of its files]}` of a portal."""
        found: dict[str, list[str]] = {}
        for member, each in self._index.connection.execute(
            "SELECT member, id FROM resource WHERE source = ? ORDER BY name", (resource,)
        ):
            found.setdefault(member, []).append(each)
        return found

    def _found(self, where: str, given: Sequence[str]) -> list[SourceLine]:
        rows = self._index.connection.execute(f"SELECT {LINE} FROM source {where}", given)
        return [SourceLine(a, b, c, d, json.loads(e), f) for a, b, c, d, e, f in rows]
