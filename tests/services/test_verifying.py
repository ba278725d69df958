"""`verify` names what is damaged, whatever else is damaged, and both judges agree on what is not."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.catalog.index import ResourceLine
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.names import find_dataset
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.vault.volume import Volume


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that holds two versions of `a` and of `b`."""
    made = init(tmp_path / "archive", clock=SetClock(datetime(2021, 3, 1, tzinfo=UTC)))
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("id\n1\n")
        adding.add(made, str(tmp_path / f"{name}.csv"), name=name)
    for version in range(2):
        assert isinstance(made.clock, SetClock)
        made.clock.pass_time(timedelta(days=1))
        for name in "ab":
            (tmp_path / f"{name}.csv").write_text(f"id\n1\n{version + 2}\n")
        collect(made, made.index.resources(), fetching=Fetching(Rules()))
    return made


def resource(archive: Archive, name: str) -> ResourceLine:
    (found,) = find_dataset(archive, name)
    return found


def folder_of(archive: Archive, name: str) -> Path:
    volume: Volume = next(archive.vault.volumes(resource(archive, name).id))
    return volume.object.root


def test_both_judges_find_a_new_archive_without_fault(archive: Archive) -> None:
    found = verify(archive, None, independent=True)
    assert (found.findings, found.history, found.originals) == ((), (), 4)
    assert found.independent == "ocfl-py: VALID 3 objects"


def test_a_damaged_inventory_is_told_to_who_asks_for_that_name_alone(archive: Archive) -> None:
    (folder_of(archive, "a") / "inventory.json").write_bytes(b"{}")
    found = verify(archive, [resource(archive, "a")])
    assert {"E036", "E060", "E064"} <= {finding.code for finding in found.findings}
    assert {finding.object_id for finding in found.findings} == {
        f"{resource(archive, 'a').id}/0001"
    }
    assert verify(archive, [resource(archive, "b")]).findings == ()


def test_a_volume_that_was_removed_whole_is_told_though_another_is_damaged(
    archive: Archive,
) -> None:
    (folder_of(archive, "a") / "inventory.json").write_bytes(b"{}")
    shutil.rmtree(folder_of(archive, "b"))
    told = {finding.what for finding in verify(archive, None).findings}
    assert "lacks 2 captures it held" in told
    assert "is empty (OCFL E073)" in told


def test_quick_reads_no_content_and_still_finds_what_is_gone(archive: Archive) -> None:
    frames = folder_of(archive, "a") / "v1/content/0001/frames.zst"
    body = frames.read_bytes()
    frames.write_bytes(bytes(len(body)))
    assert verify(archive, None, quick=True).findings == ()
    assert {f.code for f in verify(archive, None).findings} == {"E092"}
    frames.unlink()
    (finding,) = verify(archive, None, quick=True).findings
    assert (finding.code, finding.what) == ("E092", "is missing (OCFL E092)")
    assert finding.path.endswith("v1/content/0001/frames.zst")
