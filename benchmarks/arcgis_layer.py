"""A layer of a million rows: the simulator's own speed, ours, and esridump's, one after another.

The simulator runs in a process of its own. Its own speed is that of a bare client that asks for the
same pages over one connection and throws them away. By the clock, what else runs on the machine is
in the figures; in processor time it is not, and nothing is won there by working at once.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.measuring import Figure, timed
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SystemClock
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.arcgis.arcgis import SOURCE
from verticalfile.sources.kind import Taken
from verticalfile.sources.visit import Visit
from verticalfile.town.portals.arcgis import ArcGisSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import PortalServer

ASKED = 0.70
PAGE = 2_000
ESRIDUMP = """
import sys
from esridump.dumper import EsriDumper
pages = EsriDumper(sys.argv[1], max_page_size=int(sys.argv[2]), pause_seconds=0)
print(sum(1 for _ in pages))
"""
"""What `esri2geojson` does, without its pauses of ten seconds and without writing."""


@dataclass
class Simulator:
    """The other process: where its layer is, and how much processor time it has used."""

    url: str
    process: subprocess.Popen[str]

    def cpu_s(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print("how long", file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def arcgis_layer(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Seconds for all rows, and the share of the simulator's speed that is ours."""
    folder.mkdir(parents=True, exist_ok=True)
    with _simulator(rows) as simulator:
        bare_s, bare_cpu_s = _measured(simulator, lambda: _bare(simulator.url, rows))
        taken: list[Taken] = []
        ours_s, ours_cpu_s = _measured(
            simulator, lambda: taken.append(_ours(simulator.url, folder))
        )
        command = [sys.executable, "-c", ESRIDUMP, simulator.url, str(PAGE)]
        theirs_s, theirs_cpu_s = _measured(
            simulator, lambda: subprocess.run(command, check=True, capture_output=True)
        )
    assert taken[0].completeness.proved
    assert taken[0].completeness.received == rows
    size = taken[0].size_bytes / 1e6
    share, cpu_share = bare_s / ours_s, bare_cpu_s / ours_cpu_s
    return [
        Figure(
            f"the simulator and a bare client, {rows:,} rows, {size:,.0f} MB", "",
            f"{bare_s:.1f} s, {bare_cpu_s:.1f} s of both their processor time", None,
        ),
        Figure(
            "fetched, ids and counts proved: by the clock", f"{ASKED:.0%} of its speed",
            f"{ours_s:.1f} s, {share:.0%}", share >= ASKED,
        ),
        Figure(
            "the same in processor time, the simulator's and ours together", f"{ASKED:.0%}",
            f"{ours_cpu_s:.1f} s, {cpu_share:.0%}", cpu_share >= ASKED,
        ),
        Figure(
            "esridump without its pauses, nothing kept or proved", "",
            f"{theirs_s:.1f} s, {bare_s / theirs_s:.0%}; {theirs_cpu_s:.1f} s, {bare_cpu_s / theirs_cpu_s:.0%}",
            None,
        ),
    ]  # fmt: skip


def _measured(simulator: Simulator, act: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and processor time of the simulator, of us and of our children."""
    before = simulator.cpu_s() + _own_cpu_s()
    by_clock_s = timed(act)
    return by_clock_s, simulator.cpu_s() + _own_cpu_s() - before


def _own_cpu_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _ours(url: str, folder: Path) -> Taken:
    rules = Rules(allow_private=True, extra_ports=frozenset({urlsplit(url).port or 0}))
    clock = SystemClock()
    with Fetching(rules, sleep=lambda _: None).client(clock) as client:
        return SOURCE.fetch(Visit(rules, clock, folder, client=client), url, folder)


def _bare(url: str, rows: int) -> None:
    """Every page as we ask for it, read and thrown away."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    for low in range(1, rows + 1, PAGE):
        where = f"OBJECTID >= {low} AND OBJECTID <= {min(low + PAGE - 1, rows)}"
        query = urlencode({"where": where, "outFields": "*", "returnGeometry": "true", "f": "json"})
        connection.request("GET", f"{parts.path}/query?{query}")
        connection.getresponse().read()
    connection.close()


@contextmanager
def _simulator(rows: int) -> Iterator[Simulator]:
    command = [sys.executable, "-m", "benchmarks.arcgis_layer", str(rows)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield Simulator(process.stdout.readline().strip(), process)
        finally:
            process.terminate()


def _serve(rows: int) -> None:
    site = ArcGisSite(Holdings(1, rows=1000))
    (layer,) = next(iter(site.services.values()))
    layer.rows = list(layer.rows) * (rows // 1000)
    layer.rows_max = layer.told_max = PAGE
    site.services = {"Permits": [replace(layer)]}
    with PortalServer(site) as server:
        print(site.url(server.home, "Permits"), flush=True)
        for _ in sys.stdin:
            print(time.process_time(), flush=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
