"""A data.json of 200 MB: listed, read and gone through, and followed by commands, in bounded memory."""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import Figure, vf
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SystemClock
from verticalfile.services.archive import init
from verticalfile.services.gathering.entries import listing_in
from verticalfile.sources.dcat.dcat_us import SOURCE
from verticalfile.sources.visit import Visit

ASKED_MB = 300
FULL_BYTES, SMALL_BYTES = 200_000_000, 20_000_000
SERVER = (
    "import functools,http.server as h,sys;"
    "s=h.ThreadingHTTPServer(('127.0.0.1',0),functools.partial(h.SimpleHTTPRequestHandler,"
    "directory=sys.argv[1]));print(s.server_address[1],flush=True);s.serve_forever()"
)


def big_catalog(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Peak memory of this process and of the largest child, and the time; then of whole commands."""
    served = folder / "served"
    served.mkdir()
    size = FULL_BYTES if rows >= 1_000_000 else SMALL_BYTES
    with _server(served) as (port, process):
        (served / "table.csv").write_bytes(b"id,name\n1,Elm\n2,Oak\n")
        entries = _made(served / "data.json", size, port)
        figures = _by_itself(folder, size, entries, port, process.pid)
        return figures + _commands(folder, size, port, served)


def _by_itself(folder: Path, size: int, entries: int, port: int, server: int) -> list[Figure]:
    archive = init(folder / "archive")
    scratch = folder / "scratch"
    scratch.mkdir()
    with _watched(server) as largest:
        rules = Rules(allow_private=True, extra_ports=frozenset({port}))
        visit = Visit(rules, SystemClock(), scratch)
        started = time.perf_counter()
        taken = SOURCE.list(visit, f"http://127.0.0.1:{port}/data.json", scratch)
        listed_s = time.perf_counter() - started
        listing = listing_in(archive, SOURCE, "http://127.0.0.1/data.json", taken)
        offers = sum(len(each.entry.offers) for each in listing.listed)
        whole_s = time.perf_counter() - started
    assert taken.completeness.received == entries == len(listing.listed)
    assert offers == 2 * entries
    own_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    child_mb = largest[0] / 1000
    what = f"data.json of {size / 1e6:.0f} MB, {entries:,} entries"
    return [
        _memory(f"{what}: memory of the program at its peak", own_mb),
        _memory(f"{what}: memory of the reader's process at its peak", child_mb),
        Figure(f"{what}: fetched and listed", "", f"{listed_s:.1f} s", None),
        Figure(f"{what}: and read as a table and gone through", "", f"{whole_s:.1f} s", None),
    ]  # fmt: skip


def _commands(folder: Path, size: int, port: int, served: Path) -> list[Figure]:
    """The same catalog followed by commands: the largest of their processes, the parent or a child."""
    root = folder / "portal"
    init(root, settings={"gap_s": "0", "allow_private": "yes", "ports": str(port)})
    address = f"http://127.0.0.1:{port}/data.json"
    chosen = ("--words", "dataset 777", "--format", "csv")
    found = []
    for what, words in (
        ("add, with a word that chooses about a hundred", ("add", address, *chosen, "--name", "big")),
        ("collect, the first time", ("collect", "big")),
        ("collect, nothing changed", ("collect", "big")),
        ("collect, one entry in a hundred changed", ("collect", "big")),
    ):  # fmt: skip
        if "hundred changed" in what:
            _change(served / "data.json")
        cpu_s, most_mb, wall_s = vf(root, *words)
        print(f"  {what}: {most_mb:.0f} MB, {cpu_s:.0f} s", flush=True)
        told = f"vf {what} ({size / 1e6:.0f} MB): largest process, {cpu_s:.0f} s of CPU"
        found.append(_memory(f"{told}, {wall_s:.0f} s by the clock", most_mb))
    return found


def _memory(what: str, found_mb: float) -> Figure:
    return Figure(what, f"under {ASKED_MB} MB", f"{found_mb:.0f} MB", found_mb < ASKED_MB)


def _change(path: Path) -> None:
    """Say otherwise of one entry in a hundred."""
    changed = path.with_suffix(".new")
    with open(path, encoding="utf-8") as before, open(changed, "w", encoding="utf-8") as out:
        for number, line in enumerate(before):
            out.write(
                line.replace("the town knows", "the city knows") if number % 100 == 7 else line
            )
    changed.replace(path)


def _made(path: Path, size: int, port: int) -> int:
    """A catalog of about this size, written in steps."""
    count = 0
    with open(path, "w", encoding="utf-8") as out:
        out.write('{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [')
        while out.tell() < size:
            many = [json.dumps(_entry(number, port)) for number in range(count, count + 500)]
            out.write(("," if count else "") + ",\n".join(many))
            count += 500
        count += 1  # no round number
        out.write("," + json.dumps(_entry(count, port)) + "]}")
    return count


def _entry(number: int, port: int) -> dict[str, object]:
    address = f"https://data.example.gov/datasets/{number:08}"
    files = [
        {"@type": "dcat:Distribution", "title": form, "format": form, "mediaType": media,
         "downloadURL": f"http://127.0.0.1:{port}/table.csv?of={number}.{form.lower()}"}
        for form, media in (("CSV", "text/csv"), ("JSON", "application/json"))
    ]  # fmt: skip
    return {
        "@type": "dcat:Dataset", "identifier": address, "title": f"Dataset {number}",
        "description": f"What the town knows of thing {number}. " * 20,
        "keyword": ["town", f"word {number % 97}"], "modified": "2026-01-02",
        "publisher": {"name": f"Department {number % 12}"}, "accessLevel": "public",
        "contactPoint": {"fn": "Clerk", "hasEmail": "mailto:clerk@example.gov"},
        "distribution": files,
    }  # fmt: skip


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """In a process of its own, whose memory is not ours."""
    command = [sys.executable, "-c", SERVER, str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.terminate()


@contextmanager
def _watched(but: int) -> Iterator[list[int]]:
    """The largest peak of any process below this one, in kB, looked at twenty times a second."""
    largest, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for process in _below("self", but):
                with contextlib.suppress(OSError, StopIteration, ValueError):
                    lines = Path(f"/proc/{process}/status").read_text().splitlines()
                    peak = next(line for line in lines if line.startswith("VmHWM"))
                    largest[0] = max(largest[0], int(peak.split()[1]))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield largest
    finally:
        over.set()
        thread.join()


def _below(process: str, but: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                if int(child) != but:
                    yield int(child)
                    yield from _below(child, but)
