"""A portal of ten thousand datasets, looked at again: our own processor time for each of them.

The portal runs in a process of its own, so that its time is not ours. No pause between requests.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.measuring import Figure, vf
from verticalfile.services.archive import init
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Answer, PortalServer, Request

ASKED_MS = 2.0
CHANGED_SHARE = 0.01


def portal(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Milliseconds of our processor time a dataset: nothing changed, and one in a hundred."""
    return measured(folder, rows // 100)


def measured(folder: Path, datasets: int) -> list[Figure]:
    """The figures for a portal of so many datasets."""
    with _simulator(datasets) as home:
        root = folder / "portal"
        settings = {"gap_s": "0", "allow_private": "yes", "ports": str(urlsplit(home).port)}
        init(root, settings=settings)
        vf(root, "add", f"{home}data.json", "--all", "--name", "portal")
        first_s, _, wall_s = vf(root, "collect", "portal")
        print(f"  first: {first_s:.1f} s, {wall_s:.0f} s by the clock", flush=True)
        calm_s, calm_mb, calm_wall_s = vf(root, "collect", "portal")
        print(f"  calm: {calm_s:.1f} s, {calm_wall_s:.0f} s by the clock", flush=True)
        _, one_mb, _ = vf(root, "collect", "--dry-run")
        with urllib.request.urlopen(f"{home}change"):  # noqa: S310  # our own server
            pass
        some_s, some_mb, some_wall_s = vf(root, "collect", "portal")
        told = f"{datasets:,} datasets"
    return [
        Figure(f"{told} for the first time, each", "", f"{1000 * first_s / datasets:.1f} ms", None),
        _figure(f"{told}, nothing changed, each", calm_s, datasets),
        Figure("by the clock, as fast as the simulator answers", "", f"{calm_wall_s:.0f} s", None),
        Figure(
            f"{told}, {CHANGED_SHARE:.0%} changed, each (the changed ones are read and compared)",
            "", f"{1000 * some_s / datasets:.2f} ms, {some_wall_s:.0f} s by the clock", None,
        ),
        Figure(
            "memory: nothing changed, 1 % changed, against only listing them", "flat",
            f"{calm_mb:.0f} MB, {some_mb:.0f} MB, {one_mb:.0f} MB", None,
        ),
    ]  # fmt: skip


def _figure(what: str, spent_s: float, datasets: int) -> Figure:
    each_ms = 1000 * spent_s / datasets
    return Figure(what, f"under {ASKED_MS:.0f} ms", f"{each_ms:.2f} ms", each_ms < ASKED_MS)


@contextmanager
def _simulator(datasets: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.portal", str(datasets)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class _Many:
    """Files of a site by their paths; `/change` changes one in a hundred of them."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.by_path = {f"/files/{each.hex32}.csv": each for each in holdings.held}
        self.bodies: dict[str, bytes] = {}

    def answer(self, request: Request) -> Answer | None:
        if request.path == "/change":
            for holding in self.holdings.held[:: round(1 / CHANGED_SHARE)]:
                self.holdings.edit(holding)
            self.bodies.clear()
            return Answer(b"changed")
        found = self.by_path.get(request.path)
        if found is None:
            return None
        body = self.bodies.setdefault(request.path, found.csv())
        return Answer(body, media_type="text/csv")


def _serve(datasets: int) -> None:
    holdings = Holdings(datasets)
    with PortalServer(_Many(holdings), DcatUsSite(holdings)) as server:
        print(server.home, flush=True)
        while True:
            time.sleep(3600)
            server.asked.clear()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
