"""A worker: reads the files of one batch, one after another, within its bounds, then ends.

It is forked by the nursery and speaks with the parent alone. Small tables are answered through
the socket, large ones through a file in the one folder where it may write.
"""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from verticalfile.kernel import limits
from verticalfile.kernel.errors import tells_no_room
from verticalfile.kernel.originals import OnDisk, steps_of
from verticalfile.tables.child import messages
from verticalfile.tables.child.bounds import Bounds, allow_seconds, confine, largest_file
from verticalfile.tables.reading import Known, Reading
from verticalfile.tables.stored import RowWriter, StoredRows, stream_of

WorkerReader = Callable[..., Reading]
"""`tables.read.read`, or what stands in for it."""


def serve(parent: socket.socket, folder: Path, bounds: Bounds, reader: WorkerReader) -> None:
    """Answer until the parent hangs up."""
    confine(bounds, given=folder / "given", made=folder / "made")
    tempfile.tempdir = str(folder / "made")
    talk, known = messages.Talk(parent), Known()
    while True:
        try:
            asked = talk.receive()
        except messages.Ended:
            os._exit(0)
        allow_seconds(float(str(asked.body["seconds"])))
        limits.STREAM_BYTES = int(str(asked.body["stream_bytes"]))  # what is large, says the parent
        if "known" in asked.body:
            known = messages.known_from_body(asked.body["known"])  # type: ignore[arg-type]  # our parent's
        _answer(talk, asked, known, folder, reader, bounds)


def _in_file(path: Path) -> OnDisk:
    return OnDisk(path.stat().st_size, "", lambda: steps_of(path), path)


def _answer(
    parent: messages.Talk,
    asked: messages.Message,
    known: Known,
    folder: Path,
    reader: WorkerReader,
    bounds: Bounds,
) -> None:
    given = asked.body["given"]
    try:
        original = _in_file(folder / "given" / str(given)) if given else asked.following
    except OSError as error:  # no fault of the file
        parent.send({"failed": "given", "errno": error.errno})
        return
    try:
        reading = reader(
            original,
            name=str(asked.body["name"]),
            media_type=str(asked.body["media_type"]),
            known=known,
            into=folder / "made",
        )
        _send(parent, reading, folder / "made")
    except MemoryError:
        parent.send({"failed": "memory"})
    except OSError as error:
        own = error.errno == errno.EFBIG and largest_file() == bounds.file_bytes
        room = tells_no_room(error) and not own
        said = f"{type(error).__name__}: {error.strerror}"
        failed = "size" if own else "room" if room else said
        parent.send({"failed": failed, "errno": error.errno})
    except Exception as error:  # a mistake of ours; the parent says so and keeps the file
        parent.send({"failed": f"{type(error).__name__}: {error}"[:500]})


def _send(parent: messages.Talk, reading: Reading, made: Path) -> None:
    """The reading, its tables behind it as long as they are small, else in files."""
    told, following, room = [], [], messages.INLINE_BYTES
    for place, table in enumerate(reading.tables):
        stored = table.stored
        if stored is None and table.rows.nbytes <= room:
            stream = stream_of(table.rows).to_pybytes()
            following.append(stream)
            room -= len(stream)
            lengths, rows, file = [len(stream)], table.rows.num_rows, None
        else:
            stored = stored or _stored(table.rows, made / f"table-{place}")
            lengths, rows, file = stored.lengths, stored.num_rows, stored.path.name
        of_table = messages.ToldTable(table.name, table.columns, tuple(lengths), rows, file)
        told.append(of_table.to_body())
    body = {"failed": None, "reading": messages.reading_to_body(reading), "tables": told}
    parent.send(body, b"".join(following))


def _stored(rows: pa.Table, path: Path) -> StoredRows:
    writer = RowWriter(path)
    writer.write(rows)
    return writer.stored()
