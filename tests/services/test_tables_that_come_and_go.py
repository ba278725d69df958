"""A file of several tables: one of them comes, another leaves, and the numbers add up."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing
from verticalfile.services.archive import init
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets import adding
from verticalfile.services.names import NotHeld, find_table
from verticalfile.services.through_time import comparing


def packed(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return out.getvalue()


TREES, PARKS, BEES = "id,kind\n1,oak\n2,elm\n", "park,trees\nMill,1\n", "hive\na\nb\nc\n"


def test_a_table_that_comes_or_leaves_counts_with_all_of_its_rows(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    bodies = (
        packed(trees=TREES, parks=PARKS),
        packed(parks=PARKS.replace("Mill,1", "Mill,2"), bees=BEES),
    )
    for day, body in enumerate(bodies, start=1):
        (folder / f"2020-01-0{day}.zip").write_bytes(body)
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(archive, str(folder), name="t")[0]
    backfill.from_folder(archive, lambda: resource, folder)
    _, (first, second) = listing.versions(archive, "t")
    assert (first.rows, second.rows) == (3, 4)
    change = second.change
    assert change is not None
    assert (change.added, change.removed, change.changed, change.kinds) == (3, 2, 1, ("data",))
    assert first.rows + change.added - change.removed == second.rows
    name = f"t/{resource.name}/trees.csv"
    _, (first, second) = listing.versions(archive, name)
    assert (first.rows, second.rows, second.change) == (2, None, None)
    with pytest.raises(NotHeld, match="v2 has no table “trees"):
        comparing.changes(archive, name)


def test_where_lists_became_one_table_the_short_name_means_that_table(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for month, days in enumerate((2, 25, 26), start=1):
        document = {
            f"day {n:02}": [{"ward": "1", "n": n}, {"ward": "2", "n": n}] for n in range(days)
        }
        (folder / f"2020-0{month}-01.json").write_text(json.dumps(document))
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(archive, str(folder), name="t")[0]
    backfill.from_folder(archive, lambda: resource, folder)
    _, table = find_table(archive, "t")
    assert table.name == ""
    found = comparing.changes(archive, "t").changes
    assert [row[0][0] for row in found.added] == ["day 25", "day 25"]
    with pytest.raises(NotHeld, match="v1 has other tables"):
        comparing.changes(archive, "t", "v1", "v2")
    _, single = find_table(archive, f"t/{resource.name}/day 01")
    assert single.name == "day 01"
