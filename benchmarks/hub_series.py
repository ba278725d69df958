"""Three years of 83 real portals, every snapshot looked at three times: the fold's own time."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.measuring import Figure
from verticalfile.sources.membership import Listing, Members, step

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "sources"))  # where the series is read, for tests too


def hub_series(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """The whole series read and folded, or ten portals of it in a small run."""
    from portals_of_the_past import TEN_PORTALS, hubs, months

    shared = Path(os.environ.get("VF_SHARED", ROOT.parent / "shared"))
    portals = sorted(hubs(shared)) if rows >= 1_000_000 else TEN_PORTALS
    started, snapshots, entries = time.perf_counter(), 0, 0
    for portal in portals:
        members, taken = Members(), list(months(shared, portal))
        ends = [day for day, _ in taken[1:]] + [taken[-1][0] + timedelta(days=30)]
        for (day, listed), end in zip(taken, ends, strict=True):
            for moment in (day + timedelta(days=later) for later in (0, 2, 4)):
                if moment < end:
                    members = step(members, Listing(moment, listed, proved=True)).members
            snapshots, entries = snapshots + 1, entries + len(listed)
    spent = time.perf_counter() - started
    return [
        Figure(
            f"{len(portals)} real portals, {snapshots:,} snapshots with {entries:,} entries: read and"
            " folded, up to three looks at each", "under 5 minutes", f"{spent:.0f} s", spent < 300,
        )
    ]  # fmt: skip
