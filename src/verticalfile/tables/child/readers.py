"""The parent's side: start the nursery, and give each batch a reader with a worker of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar

from verticalfile.kernel.scratch import working_folder
from verticalfile.tables.child.bounds import Bounds
from verticalfile.tables.child.nursery import ENVIRONMENT, LINE_BYTES, START
from verticalfile.tables.child.reader import Reader
from verticalfile.tables.errors import reader_unavailable

START_S = 120.0
"""For the nursery to load its parsers: a third of a second, on a busy machine some."""


class Readers:
    """Gives readers for batches; all of a process share one nursery, started when first needed.

    `stand_in` is for tests: a Python file whose function `read` takes the place of ours.
    """

    _nurseries: ClassVar[dict[tuple[int, Path | None], Nursery]] = {}
    _lock = threading.Lock()

    def __init__(
        self, scratch: Path, *, bounds: Bounds | None = None, stand_in: Path | None = None
    ) -> None:
        self._scratch, self._stand_in = scratch, stand_in
        self.bounds = bounds or Bounds()

    def warm(self) -> None:
        """Let the nursery load while others work; it is not waited for."""
        self._living()

    @contextmanager
    def batch(self) -> Iterator[Reader]:
        """A reader for the files of one batch of one source; they share a worker."""
        with working_folder(self._scratch) as folder:
            reader = Reader(self._fork, folder, self.bounds)
            try:
                yield reader
            finally:
                reader.end()

    def _fork(self, handle: socket.socket, folder: Path) -> tuple[Nursery, int]:
        nursery = self._living()
        return nursery, nursery.fork(handle, folder, self.bounds)

    def _living(self) -> Nursery:
        key = (os.getpid(), self._stand_in)  # after a fork of ours the talk is the parent's
        with self._lock:
            found = self._nurseries.get(key)
            if found is None or not found.lives:
                found = self._nurseries[key] = Nursery(self._stand_in)
            return found


class Nursery:
    """The process of `nursery.py`, and the words to it."""

    def __init__(self, stand_in: Path | None) -> None:
        self._talk, theirs = socket.socketpair()
        root = str(Path(__file__).parents[3])
        words = [sys.executable, "-I", "-B", "-c", START, root, str(theirs.fileno())]
        try:
            self._process = subprocess.Popen(
                [*words, str(stand_in or "")], pass_fds=[theirs.fileno()], env=ENVIRONMENT,
                cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise reader_unavailable(error.strerror or str(error)) from error
        finally:
            theirs.close()
        self._talk.settimeout(START_S)
        self._begun = False
        self._lock = threading.Lock()
        weakref.finalize(self, _hang_up, self._talk, self._process)

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def fork(self, handle: socket.socket, folder: Path, bounds: Bounds) -> int:
        """The id of a new worker that answers at `handle`. Raises ReaderUnavailable."""
        with self._lock:
            if not self._begun:
                failed = self._heard()["failed"]
                if failed:
                    raise reader_unavailable(str(failed))
                self._begun = True
            asked: dict[str, object] = {"folder": str(folder), "bounds": asdict(bounds)}
            worker = self._asked(asked, [handle.fileno()])["worker"]
        if not worker:
            raise reader_unavailable("the machine has no room for another process")
        return int(str(worker))

    def end(self, worker: int, *, dying: bool = False) -> int:
        """End a worker; negative for the signal that had ended it before, 0 where it lived."""
        with self._lock:
            return int(str(self._asked({"end": worker, "dying": dying}, [])["status"]))

    def _asked(self, body: dict[str, object], handles: list[int]) -> dict[str, object]:
        try:
            socket.send_fds(self._talk, [json.dumps(body).encode()], handles)
        except OSError as error:
            raise reader_unavailable("it ended unexpectedly") from error
        return self._heard()

    def _heard(self) -> dict[str, object]:
        try:
            found: dict[str, object] = json.loads(self._talk.recv(LINE_BYTES))
        except (OSError, ValueError) as error:
            raise reader_unavailable("it ended unexpectedly") from error
        return found


def _hang_up(talk: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """The nursery ends when it hears nothing more."""
    talk.close()
    process.wait()
