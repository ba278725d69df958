"""Reading in a worker, as its parent sees it: ask, wait within the time, judge the answer.

A reading is never an exception for what a file is: where the worker dies, hangs or needs too much,
the file is read once more alone, and only then said to be unreadable, with the reason in words.
Raises ReaderUnavailable where the machine cannot start a process, and OSError for a full disk:
neither is a fault of the file, and nothing is said of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from verticalfile.kernel import limits
from verticalfile.kernel.originals import OnDisk, Original, chunks_of, size_of
from verticalfile.tables.child import messages
from verticalfile.tables.child.bounds import Bounds
from verticalfile.tables.child.received import tables_of
from verticalfile.tables.errors import reader_unavailable
from verticalfile.tables.reading import Known, Reading, Reason

READER = "file/1"
KNOWN = Known()


class Ender(Protocol):
    """Whoever forked a worker can end it, and tells how it ended."""

    def end(self, worker: int, *, dying: bool = False) -> int: ...


Fork = Callable[[socket.socket, Path], tuple[Ender, int]]


class Failure(Exception):
    """A worker could not read a file; `alone` where no file before it can have been the cause."""

    def __init__(self, reason: Reason, detail: str, *, alone: bool = False) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.alone = reason, detail, alone


@dataclass(frozen=True, slots=True)
class Asked:
    """One file to read, and what is known of it."""

    original: Original
    name: str
    media_type: str
    known: Known
    mapped_bytes: int | None = None


class Reader:
    """Reads the files of one batch, one after another; `read` is a `FileReader`."""

    def __init__(self, fork: Fork, folder: Path, bounds: Bounds) -> None:
        self._fork, self._folder, self._bounds = fork, folder, bounds
        self._worker: Worker | None = None
        self._workers = 0

    def read(
        self,
        original: Original,
        *,
        name: str,
        media_type: str = "",
        known: Known = KNOWN,
        mapped_bytes: int | None = None,
    ) -> Reading:
        """Tables, or the reason why there are none: as `tables.read.read`, in the worker.

        Tables of more than `mapped_bytes` stay in their files, to be gone through in parts.
        """
        asked = Asked(original, name, media_type, known, mapped_bytes)
        try:
            return self._once(asked)
        except Failure as failure:
            if failure.alone:
                return _unreadable(failure)
        try:  # again in a worker that has read no other file
            return self._once(asked)
        except Failure as failure:
            return _unreadable(failure)

    def begin(self) -> None:
        """Have a worker at hand before there is something to read."""
        self._begun()

    def _begun(self) -> Worker:
        if self._worker is None:
            self._workers += 1
            folder = self._folder / str(self._workers)
            self._worker = Worker(self._fork, folder, self._bounds)
        return self._worker

    def _once(self, asked: Asked) -> Reading:
        worker = self._begun()
        try:
            reading = worker.read(asked)
        except BaseException:
            self.end()
            raise
        if worker.ended:
            self._worker = None
        return reading

    def end(self) -> None:
        """End the worker, if there is one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()


def _unreadable(failure: Failure) -> Reading:
    return Reading("file", READER, reason=failure.reason, detail=failure.detail)


class Worker:
    """One forked process with a folder of its own."""

    def __init__(self, fork: Fork, folder: Path, bounds: Bounds) -> None:
        self._folder, self._bounds, self._files = folder, bounds, 0
        self._told: Known | None = None
        self._mapped_bytes: int | None = None
        for name in ("given", "made"):
            (folder / name).mkdir(parents=True)
        ours, theirs = socket.socketpair()
        self._talk = messages.Talk(ours)
        try:
            self._nursery, self._id = fork(theirs, folder)
        except BaseException:
            self._talk.close()
            raise
        finally:
            theirs.close()
        self.ended = False

    def read(self, asked: Asked) -> Reading:
        """Raises Failure, and OSError where the disk is full."""
        self._files += 1
        self._mapped_bytes = asked.mapped_bytes
        size = size_of(asked.original)
        seconds = self._bounds.seconds(size)
        given = self._given(asked.original) if size > messages.INLINE_BYTES else None
        told: dict[str, object] = {
            "name": asked.name, "media_type": asked.media_type, "given": given, "seconds": seconds,
            "stream_bytes": limits.STREAM_BYTES,
        }  # fmt: skip
        if asked.known != self._told:  # it seldom changes from one file to the next
            self._told = asked.known
            told["known"] = messages.known_to_body(asked.known)
        until = time.monotonic() + seconds
        try:
            inline = b"" if given else b"".join(chunks_of(asked.original))
            self._talk.send(told, inline)
            answer = self._talk.receive(until=until)
            return self._understood(answer)
        except messages.Ended:
            raise self._death() from None
        except messages.TimeIsOver:
            detail = f"reading it took longer than {seconds:.0f} seconds"
            raise self._failure(Reason.TOO_SLOW, detail) from None
        except (messages.Nonsense, KeyError, TypeError, ValueError, IndexError):
            raise self._failure(Reason.READER_DIED, "its reader gave no sensible answer") from None
        finally:
            if given:
                (self._folder / "given" / given).unlink(missing_ok=True)

    def _given(self, original: Original) -> str:
        """The original as a file that the worker may read and not change."""
        name = str(self._files)
        place = self._folder / "given" / name
        if isinstance(original, OnDisk) and original.path is not None:
            with contextlib.suppress(OSError):
                os.link(original.path, place)
                return name
        with open(place, "wb") as out:
            for chunk in chunks_of(original):
                out.write(chunk)
        return name

    def _failure(self, reason: Reason, detail: str) -> Failure:
        return Failure(reason, detail, alone=self._files == 1)

    def _death(self) -> Failure:
        """Why it died; a death is tried once more, alone, since it costs little."""
        status = self.end(dying=True)
        if status == -signal.SIGXCPU:
            return self._failure(Reason.TOO_SLOW, "reading it took too much of the processor")
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with code {status}"
        return Failure(Reason.READER_DIED, f"the process that read it ended {how}")

    def _understood(self, answer: messages.Message) -> Reading:
        failed = answer.body["failed"]
        if failed == "memory":
            limit = f"{self._bounds.memory_bytes / 1e6:,.0f} MB"
            raise self._failure(Reason.TOO_LARGE, f"reading it needs more memory than {limit}")
        if failed == "size":
            limit = f"{self._bounds.file_bytes / 1e6:,.0f} MB"
            raise self._failure(Reason.TOO_LARGE, f"its tables are larger than {limit}")
        if failed in ("given", "room"):
            code = answer.body["errno"]
            assert isinstance(code, int)
            if failed == "given":
                raise reader_unavailable(f"it was not given the file: {os.strerror(code)}")
            raise OSError(code, os.strerror(code))
        if failed is not None:
            raise self._failure(Reason.READER_DIED, f"its reader failed: {failed}"[:500])
        told = answer.body["tables"]
        assert isinstance(told, list)
        tables = [messages.ToldTable.from_body(each) for each in told]
        if any(table.file for table in tables):
            self.end()  # what is read from its files must not change any more
        made = self._folder / "made"
        read = list(tables_of(tables, made, answer.following, self._mapped_bytes))
        return messages.reading_from_body(answer.body["reading"], read)  # type: ignore[arg-type]  # looked at there

    def end(self, *, dying: bool = False) -> int:
        """End it; negative for the signal that had ended it before."""
        if self.ended:
            return 0
        self.ended = True
        self._talk.close()
        return self._nursery.end(self._id, dying=dying)
