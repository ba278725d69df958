"""A reader that does what its file says: stands in for ours in workers, as if taken over by a file.

`Readers(stand_in=...)` is the only way to it; no product code and no environment names it.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import stat
import struct
import tempfile
import time

import pyarrow as pa

from verticalfile.tables.child import messages, worker
from verticalfile.tables.read import read as honest
from verticalfile.tables.reading import Reading, ReadTable


def a_table(*cells: str) -> Reading:
    return Reading("delimited", "taken over/1", (ReadTable("", ("c",), pa.table({"c0": cells})),))


def unsound() -> Reading:
    """Offsets that point far outside of the letters, put there after Arrow wrote them."""
    plain = worker.stream_of

    def written(rows: pa.Table) -> pa.Buffer:
        right, wrong = struct.pack("<ii", 0, 3), struct.pack("<ii", 0, 1 << 30)
        stream = plain(rows).to_pybytes()
        assert right in stream
        return pa.py_buffer(stream.replace(right, wrong))

    worker.stream_of = written
    return a_table("abc")


def no_text() -> Reading:
    column = pa.StringArray.from_buffers(
        1, pa.py_buffer(bytes(4) + b"\3\0\0\0"), pa.py_buffer(b"\xff\xfe\xfd")
    )
    return Reading("x", "x/1", (ReadTable("", ("c",), pa.table({"c0": column})),))


def worker_socket() -> int:
    return next(n for n in range(3, 64) if stat.S_ISSOCK(os.fstat(n).st_mode))


def tried(act) -> str:
    try:
        return str(act())
    except OSError as error:
        return f"refused: {error.errno}"


def read(original, *, name: str, media_type: str = "", known=None, into=None) -> Reading:
    body = original if isinstance(original, bytes) else b""
    what, _, rest = body.decode("latin-1").strip().partition(" ")
    match what:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "abort":
            os.abort()
        case "leave":
            os._exit(7)
        case "hang":
            time.sleep(3600)
        case "limits":
            kinds = ("AS", "CPU", "FSIZE", "NOFILE", "CORE")
            limits = (resource.getrlimit(getattr(resource, f"RLIMIT_{k}")) for k in kinds)
            return a_table(*(str(soft) for soft, _ in limits))
        case "eat":
            eaten = [bytearray(64 << 20) for _ in range(10_000)]
            return a_table(str(len(eaten)))
        case "raise":
            raise AttributeError("a mistake of ours")
        case "fill":
            with open(os.path.join(tempfile.gettempdir(), "fill"), "wb") as out:
                while True:
                    out.write(bytes(1 << 20))
        case "open":
            return a_table(tried(lambda: open(rest).read()))
        case "write":
            return a_table(tried(lambda: open(rest, "a").write("x")))
        case "list":
            return a_table(tried(lambda: os.listdir(rest)))
        case "run":
            return a_table(tried(lambda: os.execv(rest, [rest])))
        case "connect":
            talk = socket.socket()
            return a_table(tried(lambda: talk.connect(("127.0.0.1", int(rest)))))
        case "signal":
            return a_table(tried(lambda: os.kill(int(rest), 0)))
        case "environment":
            return a_table(*(f"{n}={v}" for n, v in os.environ.items()))
        case "handles":
            return a_table(
                *(str(n) for n in range(256) if tried(lambda n=n: os.fstat(n))[0] != "r")
            )
        case "folder":
            return a_table(os.getcwd())
        case "unsound":
            return unsound()
        case "notext":
            return no_text()
        case "surplus":
            return Reading("x", "x/1", (ReadTable("", ("a", "b"), pa.table({"c0": ["1"]})),))
        case "number":
            return Reading("x", "x/1", (ReadTable("", ("a",), pa.table({"c0": [1]})),))
        case "kinds":
            rows = pa.table({"c0": ["1"], "_kinds": ["nnnnn"]})
            return Reading("x", "x/1", (ReadTable("", ("a",), rows),))
        case "babble":
            messages.reading_to_body = lambda _: {"tables": 7}
        case "shout":
            messages.HEAD = messages.struct.Struct("<QQ")
        case "link":
            os.symlink(rest, os.path.join(tempfile.gettempdir(), "table-0"))
            told = messages.ToldTable("", ("a",), (8,), 1, "table-0").to_body()
            body = {"failed": None, "reading": {}, "tables": [told]}
            messages.reading_to_body = lambda _: os._exit(9)
            messages.Talk(socket.socket(fileno=worker_socket())).send(body)
    return honest(original, name=name, media_type=media_type, known=known, into=into)
