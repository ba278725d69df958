"""What a look that found nothing new asks and writes: single lines, in place of all of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from verticalfile.catalog.index import Index
from verticalfile.kernel.moments import to_iso


class QuietLines:
    """Lines of `index` that concern one look. What writes belongs inside `Index.writing`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def newest_kind(self, subject: str, kinds: Sequence[str]) -> str:
        """Which of these kinds the last event of the subject was that is one of them; "" if none."""
        row = self._index.connection.execute(
            f"SELECT kind FROM event WHERE subject = ? AND kind IN ({', '.join('?' * len(kinds))})"
            " ORDER BY rowid DESC LIMIT 1",
            (subject, *kinds),
        ).fetchone()
        return str(row[0]) if row else ""

    def of_kind(self, kind: str) -> list[str]:
        """The ids of the files of a kind."""
        rows = self._index.connection.execute("SELECT id FROM resource WHERE kind = ?", (kind,))
        return [str(row[0]) for row in rows]

    def put_waiting(self, body: Mapping[str, object], position: str, said: str) -> None:
        """One look that found nothing new, noted in the waiting line of that position."""
        run = self._index.connection
        fresh = run.execute(
            "INSERT OR IGNORE INTO journal_position (object, head) VALUES (?, 1)", (position,)
        )
        if not fresh.rowcount:  # a reader has just brought the index up to it
            return
        resource, at = body["resource"], str(body["at"])
        run.execute(
            "INSERT INTO observation (resource, at, body) VALUES (?, ?, ?)",
            (resource, at, json.dumps(body)),
        )
        run.execute(
            "UPDATE resource SET checked_at = ?, outcome = ?, detail = ? WHERE id = ?",
            (at, body["outcome"], said, resource),
        )

    def put_last_seen(self, resource: str, version: int, at: datetime) -> None:
        """A version was found again: all that deriving the versions anew would change of it."""
        self._index.connection.execute(
            "UPDATE version SET last_seen_at = ? WHERE resource = ? AND number = ?",
            (to_iso(at), resource, version),
        )
