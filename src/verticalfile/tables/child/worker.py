"""A worker: reads the files of one batch, one after another, within its bounds, then ends.

It is forked by the nursery and speaks with the parent alone. Small tables are answered through
the socket, large ones through a file in the one folder where it may write.
"""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from pathlib import Path

import pyarrow as pa

from verticalfile.tables.child import messages
from verticalfile.tables.child.bounds import Bounds, allow_seconds, confine, largest_file
from verticalfile.tables.reading import FileReader, Known, Reading

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def serve(parent: socket.socket, folder: Path, bounds: Bounds, reader: FileReader) -> None:
    """Answer until the parent hangs up."""
    confine(bounds, given=folder / "given", made=folder / "made")
    tempfile.tempdir = str(folder / "made")
    known = Known()
    while True:
        try:
            asked = messages.receive(parent)
        except messages.Ended:
            os._exit(0)
        allow_seconds(float(str(asked.body["seconds"])))
        if "known" in asked.body:
            known = messages.known_from_body(asked.body["known"])  # type: ignore[arg-type]  # our parent's
        _answer(parent, asked, known, folder, reader, bounds)


def _answer(
    parent: socket.socket,
    asked: messages.Message,
    known: Known,
    folder: Path,
    reader: FileReader,
    bounds: Bounds,
) -> None:
    given = asked.body["given"]
    try:
        body = (folder / "given" / str(given)).read_bytes() if given else asked.following
        reading = reader(
            body,
            name=str(asked.body["name"]),
            media_type=str(asked.body["media_type"]),
            known=known,
        )
        del body
        _send(parent, reading, folder / "made" / "tables.arrow")
    except MemoryError:
        messages.send(parent, {"failed": "memory"})
    except OSError as error:
        own = error.errno == errno.EFBIG and largest_file() == bounds.file_bytes
        room = error.errno in NO_ROOM and not own
        said = f"{type(error).__name__}: {error.strerror}"
        failed = "size" if own else "room" if room else said
        messages.send(parent, {"failed": failed, "errno": error.errno})
    except Exception as error:  # a mistake of ours; the parent says so and keeps the file
        messages.send(parent, {"failed": f"{type(error).__name__}: {error}"[:500]})


def _send(parent: socket.socket, reading: Reading, large: Path) -> None:
    """The reading, its tables behind it or in the file `large`."""
    body: dict[str, object] = {"failed": None, "reading": messages.reading_to_body(reading)}
    tables = [table.rows for table in reading.tables]
    if sum(rows.nbytes for rows in tables) <= messages.INLINE_BYTES:
        streams = [messages.written(rows) for rows in tables]
        lengths = [stream.size for stream in streams]
        if sum(lengths) <= messages.INLINE_BYTES:
            messages.send(parent, {**body, "lengths": lengths, "file": False}, b"".join(streams))
            return
    lengths = []
    with open(large, "xb") as out:
        for rows in tables:
            start = out.tell()
            with pa.ipc.new_stream(out, rows.schema) as writer:
                writer.write_table(rows)
            out.write(bytes(-out.tell() % messages.ALIGNED))
            lengths.append(out.tell() - start)
    messages.send(parent, {**body, "lengths": lengths, "file": True})
