"""The watch for persons' data while a file is taken in: what is flagged is withheld at once.

The flag is in the journal before the bytes are in the vault, so that no crash leaves a table in
the open that was to be held back. The event names columns and holds no value of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from verticalfile.rights.persons import SAMPLE_ROWS, flags_in
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.withheld import FLAGGED, withholding_in
from verticalfile.tables.reading import ReadTable
from verticalfile.vault.notes.journal import Event


class PersonsWatch:
    """Looks at a sample of each new set of columns, and of the last reading of each batch."""

    def __init__(self, archive: Archive, resource: str) -> None:
        self._archive, self._resource = archive, resource
        held = withholding_in(archive.index.events([resource]))
        self._known = {(c.table, c.column) for c in held.columns}
        self._looked: set[tuple[str, tuple[str, ...]]] = set()
        self._last: dict[str, ReadTable] = {}
        self._found: list[dict[str, object]] = []

    def see(self, table: ReadTable) -> None:
        """Look at a reading now if its columns are new, else only if it is the batch's last."""
        columns = (table.name, table.columns)
        if columns in self._looked or not table.rows.num_rows:
            self._last[table.name] = table
            return
        self._looked.add(columns)
        self._look(table.name, table.columns, table.rows)

    def see_rows(self, name: str, columns: Sequence[str], rows: pa.Table) -> None:
        """Look at rows that came in; one cell column for each of `columns`, by place."""
        self._look(name, columns, rows)

    def write(self) -> None:
        """Keep what was found for good. To be called before the bytes are kept."""
        for table in self._last.values():
            self._look(table.name, table.columns, table.rows)
        self._last = {}
        if self._found:
            made: Event = event(self._archive, FLAGGED, self._resource, columns=self._found)
            self._found = []
            write_journal(self._archive, (), [made])

    def _look(self, name: str, columns: Sequence[str], rows: pa.Table) -> None:
        if not rows.num_rows or not columns:
            return
        sample = _spread(rows.select(range(len(columns))))
        cells = {column: sample.column(place).to_pylist() for place, column in enumerate(columns)}
        for flag in flags_in(columns, cells):
            if (name, flag.column) not in self._known:
                self._known.add((name, flag.column))
                self._found.append(
                    {
                        "table": name, "column": flag.column, "kind": str(flag.kind),
                        "why": flag.why, "share": round(flag.share, 3),
                    }
                )  # fmt: skip


def _spread(rows: pa.Table) -> pa.Table:
    """Some rows from first to last: files are often sorted, and trouble stands at one end."""
    if rows.num_rows <= SAMPLE_ROWS:
        return rows
    return rows.take(np.linspace(0, rows.num_rows - 1, SAMPLE_ROWS, dtype=np.int64))
