"""Freeze an archive as today's program makes it, so that later ones prove that they still open it.

At a release: `python tools/freeze_archive.py`. It makes `tests/frozen/format-N.tar.xz`, a small
made-up archive, and `format-N.json`, what it answers. Both are committed and never changed again:
`tests/frozen/test_frozen_archives.py` opens, verifies and rebuilds each with the program of the day.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing
from verticalfile.services.archive import FORMAT, Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.through_time import comparing
from verticalfile.services.visiting.fetching import fetching_of

FROZEN = Path(__file__).parents[1] / "tests" / "frozen"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
STREETS = ("Alder", "Birch", "Cedar", "Dogwood")


def permits(*, day: int, header: str = "Permit,Street,Status,Fee") -> str:
    """Made-up permits: each day one is new, one is closed, the oldest leaves."""
    rows = [
        f"P-{n:03},{n % 90 + 1} {STREETS[n % 4]} Street,{'open' if n > day else 'closed'},{n * 5}.00"
        for n in range(day, day + 30)
    ]
    return "\n".join([header, *rows]) + "\n"


def states() -> list[str | None]:
    """What stood in the file on each day; None where it was gone."""
    reordered = permits(day=1).splitlines()
    return [
        permits(day=0),
        permits(day=1),
        "\n".join([reordered[0], *reordered[:0:-1]]) + "\n",  # only the export changed
        "<html><body>Under maintenance</body></html>\n",
        None,
        permits(day=2, header="Permit,Street,State,Fee"),  # renamed
        permits(day=3, header="Permit,Street,State,Fee").replace("\n", "\r\n"),
        permits(day=3, header="Permit,Street,State,Fee").replace(".00", ""),  # form alone
    ]


def rooms(day: int) -> str:
    """Made-up rooms as JSON: nested values, numbers as published, a member that is missing."""
    listed = [
        {"room": f"R{n}", "seats": n * 4 + day % 2, "area": {"m2": n * 7.50}, "open": n != day}
        for n in range(1, 9)
    ]
    listed[day].pop("area")
    return json.dumps({"rooms": listed}, indent=1)


def made(folder: Path) -> Archive:
    """The archive: two datasets, every kind of version and of decision that there is."""
    clock = SetClock(START)
    archive = init(folder / "archive", clock=clock, time_zone="America/New_York")
    file = folder / "permits.csv"
    for number, state in enumerate(states()):
        file.unlink(missing_ok=True)
        if state is not None:
            file.write_text(state, encoding="utf-8", newline="")
        if number == 0:
            adding.add(archive, str(file), name="permits", key=["Permit"])
        fetching = fetching_of(archive, allow_private=False)
        collect(archive, archive.index.resources("permits"), fetching=fetching)
        clock.pass_time(timedelta(days=1))
    dated = folder / "rooms"
    dated.mkdir()
    for day in range(4):
        (dated / f"rooms-2025-0{day + 1}-15.json").write_text(rooms(day), encoding="utf-8")
    (resource,) = adding.add(archive, str(dated), name="rooms")
    backfill.from_folder(archive, lambda: resource, dated)
    reviewing.withdraw(
        archive, "permits", version="v2", how="hide", reason="A made-up reason.",
        authority="A made-up rule.",
    )  # fmt: skip
    return archive


def answers(archive: Archive) -> dict[str, object]:
    """What must come out the same for ever: versions, table digests, changes, decisions."""
    found: dict[str, object] = {}
    for resource in archive.index.resources():
        lines = listing.versions(archive, resource.dataset)[1]
        told: dict[str, object] = {
            "versions": [
                [line.version.number, str(line.version.seen_at), str(line.version.last_seen_at),
                 line.version.sha256, line.version.reason, str(line.version.absent_from),
                 line.version.hidden, line.rows]
                for line in lines
            ],
            "kinds": [list(line.change.kinds) if line.change else None for line in lines],
        }  # fmt: skip
        for table in archive.index.tables(resource.id):
            manifest = TableHistory(archive, table.id, table.name).history.manifest
            told[f"digests of {table.name}"] = [
                [o.original_sha256, o.rows, o.table_sha256, o.order_sha256]
                for o in manifest.ordinals
            ]
            told[f"key of {table.name}"] = [list(table.key or ()), table.key_how]
        found[resource.dataset] = told | {"changes": _changes(archive, resource.dataset)}
    return found


def _changes(archive: Archive, name: str) -> list[object]:
    lines = [v for v in listing.versions(archive, name)[1] if v.version.readable]
    found: list[object] = []
    for old, new in itertools.pairwise(lines):
        changes = comparing.changes(
            archive, name, f"v{old.version.number}", f"v{new.version.number}"
        ).changes
        found.append(
            [len(changes.added), len(changes.removed), [[list(r.key), r.cells] for r in changes.changed]]
        )  # fmt: skip
    return found


def main() -> None:
    target = FROZEN / f"format-{FORMAT}.tar.xz"
    if target.exists():
        sys.exit(f"{target.name} is frozen already: it is never made again.")
    with tempfile.TemporaryDirectory() as folder:
        archive = made(Path(folder))
        told = answers(archive)
        archive.index.close()
        for derived in ("cache", "locks"):
            shutil.rmtree(archive.root / derived)
        with tarfile.open(target, "w:xz") as packed:
            packed.add(archive.root, arcname="archive")
    text = json.dumps(told, indent=1, ensure_ascii=False, default=str)
    target.with_suffix("").with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    print(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
