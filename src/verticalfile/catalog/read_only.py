"""The index of an archive that lies where nothing can be written: a copy on a disk for reading.

SQLite wants to write beside a file in WAL mode even to read it. Where it cannot, nobody writes, and
the file is read as it is; where a log was left beside it, both are copied first.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from verticalfile.kernel.errors import VerticalFileError


class NewerIndex(VerticalFileError):
    """An index of a schema that this program does not know yet; `vf rebuild` makes it again."""

    code = "newer-index"
    exit_code = 26


def schema_of(connection: sqlite3.Connection) -> int:
    """The number of the schema that a file has."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def is_read_only(path: Path) -> bool:
    """Whether the file is there and nothing can be written beside it."""
    return path.exists() and not os.access(path.parent, os.W_OK)


def opened_to_read(
    path: Path, schema: int
) -> tuple[sqlite3.Connection, tempfile.TemporaryDirectory[str] | None]:
    """A connection for reading, and the folder of the copy, which must live as long, if one was
    needed. Raises NewerIndex."""
    log = path.with_name(f"{path.name}-wal")
    copied = None
    if log.exists() and log.stat().st_size:
        copied = tempfile.TemporaryDirectory(prefix="verticalfile-")
        for file in (path, log):
            shutil.copyfile(file, Path(copied.name) / file.name)
        connection = sqlite3.connect(Path(copied.name) / path.name, isolation_level=None)
    else:
        place = f"{path.resolve().as_uri()}?immutable=1"
        connection = sqlite3.connect(place, uri=True, isolation_level=None)
    if schema_of(connection) != schema:
        connection.close()
        raise NewerIndex(
            f"{path.name} is of another program than this one, and nothing can be written here.",
            mend="copy the archive to a disk that can be written to, and open the copy.",
        )
    connection.execute("PRAGMA query_only = ON")
    return connection, copied
