"""The nursery: a process with every parser loaded that sees no harvested byte and forks workers.

Loading takes a quarter of a second, forking some milliseconds, so each batch can have a worker of
its own. It is started as `python -I -B -c START ROOT SOCKET STAND_IN` with an environment of ours
and ends, with all its workers, as soon as its parent is gone.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from pathlib import Path

from verticalfile.kernel.without_pandas import keep_pandas_out

START = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from verticalfile.tables.child.nursery import main; main()"
)
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # others reserve address space that limits count
    "ARROW_IO_THREADS": "1",
}  # fmt: skip
LOADED = ("pyarrow.compute", "verticalfile.tables.child.worker")
LINE_BYTES = 1 << 16
DYING_S = 10.0
"""Between a socket's end and the process's the kernel gives back its memory."""


def main() -> None:
    """Serve until the parent is gone. Never returns."""
    parent = socket.socket(fileno=int(sys.argv[2]))
    os.chdir("/")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's keyboard is the parent's matter
    try:
        reader = _loaded(sys.argv[3])
    except Exception as error:
        _say(parent, {"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    gc.collect()
    gc.freeze()  # so that workers share these pages
    _say(parent, {"failed": None})
    workers: set[int] = set()
    while True:
        line, handles, _, _ = socket.recv_fds(parent, LINE_BYTES, 1)
        if not line:
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            os._exit(0)
        asked = json.loads(line)
        if "end" in asked:
            workers.discard(asked["end"])
            _say(parent, {"status": _ended(asked["end"], dying=asked["dying"])})
            continue
        worker = _forked(parent, handles[0], asked, reader)
        os.close(handles[0])
        workers |= {worker} - {0}
        _say(parent, {"worker": worker})


def _loaded(stand_in: str) -> object:
    """The reader, and all that it will need; a file named by the parent may stand in for it."""
    keep_pandas_out()
    for name in LOADED:
        importlib.import_module(name)
    from verticalfile.tables.read import read

    for body in (b"a,b\n1,2\n", b'[{"a": 1}]'):  # so that what loads late is loaded
        read(body, name="")
    return runpy.run_path(stand_in)["read"] if stand_in else read


def _forked(parent: socket.socket, handle: int, asked: dict[str, object], reader: object) -> int:
    """The id of a new worker, 0 where the machine has no room for one."""
    from verticalfile.tables.child import worker
    from verticalfile.tables.child.bounds import Bounds

    try:
        child = os.fork()
    except OSError:
        return 0
    if child:
        return child
    parent.close()
    try:
        folder = Path(str(asked["folder"]))
        bounds = Bounds(**asked["bounds"])  # type: ignore[arg-type]  # our own parent wrote it
        worker.serve(socket.socket(fileno=handle), folder, bounds, reader)  # type: ignore[arg-type]  # a stand-in of a test may be anything
    finally:
        os._exit(1)


def _ended(worker: int, *, dying: bool) -> int:
    """End a worker and say how it ended: negative for a signal, 0 where it was ours.

    A dying one has closed its socket and is given a moment to end in its own way.
    """
    until = time.monotonic() + (DYING_S if dying else 0)
    while True:
        found, status = os.waitpid(worker, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= until:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
            return 0
        time.sleep(0.001)


def _say(parent: socket.socket, body: dict[str, object]) -> None:
    parent.sendall(json.dumps(body).encode() + b"\n")
