"""Reading in a worker, as its parent sees it: ask, wait within the time, judge the answer.

A reading is never an exception for what a file is: where the worker dies, hangs or needs too much,
the file is read once more alone, and only then said to be unreadable, with the reason in words.
Raises ReaderUnavailable where the machine cannot start a process, and OSError for a full disk:
neither is a fault of the file, and nothing is said of it.
"""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from verticalfile.tables.child import messages
from verticalfile.tables.child.bounds import Bounds
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

    body: bytes
    name: str
    media_type: str
    known: Known


class Reader:
    """Reads the files of one batch, one after another; `read` is a `FileReader`."""

    def __init__(self, fork: Fork, folder: Path, bounds: Bounds) -> None:
        self._fork, self._folder, self._bounds = fork, folder, bounds
        self._worker: Worker | None = None
        self._workers = 0

    def read(
        self, body: bytes, *, name: str, media_type: str = "", known: Known = KNOWN
    ) -> Reading:
        """Tables, or the reason why there are none: as `tables.read.read`, in the worker."""
        asked = Asked(body, name, media_type, known)
        try:
            return self._once(asked)
        except Failure as failure:
            if failure.alone:
                return _unreadable(failure)
        try:  # again in a worker that has read no other file
            return self._once(asked)
        except Failure as failure:
            return _unreadable(failure)

    def _once(self, asked: Asked) -> Reading:
        if self._worker is None:
            self._workers += 1
            folder = self._folder / str(self._workers)
            self._worker = Worker(self._fork, folder, self._bounds)
        try:
            reading = self._worker.read(asked)
        except BaseException:
            self.end()
            raise
        if self._worker.ended:
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
        for name in ("given", "made"):
            (folder / name).mkdir(parents=True)
        self._talk, theirs = socket.socketpair()
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
        seconds = self._bounds.seconds(len(asked.body))
        given = None
        if len(asked.body) > messages.INLINE_BYTES:
            given = str(self._files)
            (self._folder / "given" / given).write_bytes(asked.body)
        told: dict[str, object] = {
            "name": asked.name, "media_type": asked.media_type, "given": given, "seconds": seconds,
        }  # fmt: skip
        if asked.known != self._told:  # it seldom changes from one file to the next
            self._told = asked.known
            told["known"] = messages.known_to_body(asked.known)
        until = time.monotonic() + seconds
        try:
            messages.send(self._talk, told, b"" if given else asked.body)
            answer = messages.receive(self._talk, until=until)
            return self._understood(answer)
        except messages.Ended:
            raise self._death() from None
        except messages.TimeIsOver:
            detail = f"reading it took longer than {seconds:.0f} seconds"
            raise self._failure(Reason.TOO_SLOW, detail) from None
        except (messages.Nonsense, KeyError, TypeError, IndexError):
            raise self._failure(Reason.READER_DIED, "its reader gave no sensible answer") from None
        finally:
            if given:
                (self._folder / "given" / given).unlink(missing_ok=True)

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
        if failed == "room":
            code = answer.body["errno"]
            assert isinstance(code, int)
            raise OSError(code, os.strerror(code))
        if failed is not None:
            raise self._failure(Reason.READER_DIED, f"its reader failed: {failed}"[:500])
        lengths = answer.body["lengths"]
        assert isinstance(lengths, list)
        whole = pa.py_buffer(answer.following)
        if answer.body["file"]:
            self.end()  # what is mapped must not change any more
            whole = mapped(self._folder / "made" / "tables.arrow")
        return messages.reading_from_body(answer.body["reading"], _rows_of(whole, lengths))  # type: ignore[arg-type]  # looked at there

    def end(self, *, dying: bool = False) -> int:
        """End it; negative for the signal that had ended it before."""
        if self.ended:
            return 0
        self.ended = True
        self._talk.close()
        return self._nursery.end(self._id, dying=dying)


def mapped(path: Path) -> pa.Buffer:
    """A file that a worker made, in memory as it is read; its name goes, its content stays.

    Raises Nonsense, also where the worker put something else in its place.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise messages.Nonsense("no file where one was promised")
            with pa.memory_map(f"/dev/fd/{handle}") as content:
                return content.read_buffer()
        finally:
            os.close(handle)
            path.unlink(missing_ok=True)
    except (OSError, pa.ArrowException) as error:
        raise messages.Nonsense("a file that cannot be read") from error


def _rows_of(whole: pa.Buffer, lengths: Sequence[int]) -> Callable[[int], pa.Table]:
    def rows_of(place: int) -> pa.Table:
        start = sum(lengths[:place])
        if not 0 <= start <= start + lengths[place] <= whole.size:
            raise messages.Nonsense("a table beyond the end")
        return messages.rows_in(whole.slice(start, lengths[place]))

    return rows_of
