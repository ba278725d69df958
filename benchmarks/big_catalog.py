"""A data.json of 200 MB: listed, read in the child, and gone through, in bounded memory."""

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

from benchmarks.measuring import Figure
from verticalfile.fetch.rules import Rules
from verticalfile.kernel.clock import SystemClock
from verticalfile.services.archive import init
from verticalfile.services.gathering.entries import listing_in
from verticalfile.sources.dcat_us import SOURCE
from verticalfile.sources.visit import Visit

ASKED_MB = 300
FULL_BYTES, SMALL_BYTES = 200_000_000, 20_000_000
SERVER = (
    "import functools,http.server as h,sys;"
    "s=h.ThreadingHTTPServer(('127.0.0.1',0),functools.partial(h.SimpleHTTPRequestHandler,"
    "directory=sys.argv[1]));print(s.server_address[1],flush=True);s.serve_forever()"
)


def big_catalog(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Peak memory of this process and of the largest child, and the time."""
    served = folder / "served"
    served.mkdir()
    size = FULL_BYTES if rows >= 1_000_000 else SMALL_BYTES
    entries = _made(served / "data.json", size)
    archive = init(folder / "archive")
    scratch = folder / "scratch"
    scratch.mkdir()
    with _server(served) as (port, process), _watched(process.pid) as largest:
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
    asked = f"under {ASKED_MB} MB"
    return [
        Figure(f"{what}: memory of the program at its peak", asked, f"{own_mb:.0f} MB", own_mb < ASKED_MB),
        Figure(f"{what}: memory of the reader's process at its peak", asked, f"{child_mb:.0f} MB", child_mb < ASKED_MB),
        Figure(f"{what}: fetched and listed", "", f"{listed_s:.1f} s", None),
        Figure(f"{what}: and read as a table and gone through", "", f"{whole_s:.1f} s", None),
    ]  # fmt: skip


def _made(path: Path, size: int) -> int:
    """A catalog of about this size, written in steps."""
    count = 0
    with open(path, "w", encoding="utf-8") as out:
        out.write('{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [')
        while out.tell() < size:
            many = [json.dumps(_entry(number)) for number in range(count, count + 500)]
            out.write(("," if count else "") + ",\n".join(many))
            count += 500
        count += 1  # no round number
        out.write("," + json.dumps(_entry(count)) + "]}")
    return count


def _entry(number: int) -> dict[str, object]:
    address = f"https://data.example.gov/datasets/{number:08}"
    files = [
        {"@type": "dcat:Distribution", "title": form, "format": form, "mediaType": media,
         "downloadURL": f"{address}/file.{form.lower()}"}
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
