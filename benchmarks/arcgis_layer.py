"""A layer of a million rows: the simulator's own speed, ours, and esridump's, one after another.

The simulator runs in a process of its own. Its own speed is that of a bare client that asks for the
same pages and throws them away.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.measuring import Figure, timed
from verticalfile.fetch.rules import Rules
from verticalfile.kernel.clock import SystemClock
from verticalfile.services.fetching import Fetching
from verticalfile.sources.arcgis import SOURCE
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


def arcgis_layer(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Seconds for all rows, and the share of the simulator's speed that is ours."""
    with _simulator(rows) as url:
        bare_s = timed(lambda: _bare(url, rows))
        folder.mkdir(parents=True, exist_ok=True)
        rules = Rules(allow_private=True, extra_ports=frozenset({urlsplit(url).port or 0}))
        clock = SystemClock()
        with Fetching(rules, sleep=lambda _: None).client(clock) as client:
            visit = Visit(rules, clock, folder, client=client)
            started = time.perf_counter()
            taken = SOURCE.fetch(visit, url, folder)
            ours_s = time.perf_counter() - started
        assert taken.completeness.proved
        assert taken.completeness.received == rows
        command = [sys.executable, "-c", ESRIDUMP, url, str(PAGE)]
        theirs_s = timed(lambda: subprocess.run(command, check=True, capture_output=True))
    share = bare_s / ours_s
    size = taken.size_bytes / 1e6
    return [
        Figure(f"the simulator alone, {rows:,} rows, {size:,.0f} MB", "", f"{bare_s:.1f} s", None),
        Figure(
            "fetched, ids and counts proved", f"{ASKED:.0%} of its speed",
            f"{ours_s:.1f} s, {share:.0%}", share >= ASKED,
        ),
        Figure("esridump without its pauses, nothing kept or proved", "", f"{theirs_s:.1f} s, {bare_s / theirs_s:.0%}", None),
    ]  # fmt: skip


def _bare(url: str, rows: int) -> None:
    """Every page as we ask for it, read and thrown away."""
    parts = urlsplit(url)
    for low in range(1, rows + 1, PAGE):
        where = f"OBJECTID >= {low} AND OBJECTID <= {min(low + PAGE - 1, rows)}"
        query = urlencode({"where": where, "outFields": "*", "returnGeometry": "true", "f": "json"})
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        connection.request("GET", f"{parts.path}/query?{query}", headers={"Connection": "close"})
        connection.getresponse().read()
        connection.close()


@contextmanager
def _simulator(rows: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.arcgis_layer", str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
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
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
