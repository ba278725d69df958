"""`vf backup` and `vf restore`: what a librarian rests on when the machine is gone."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from destroyed import destroyed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, NotAnArchive, find_archive, init, open_archive
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.safe.backing_up import NotThisBackup, backup, restore
from verticalfile.services.safe.safekeeping import mend_from, verify
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.vault.copies.check import check

START = datetime(2024, 5, 1, 9, tzinfo=UTC)


class Standing:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


def an_archive(folder: Path) -> Archive:
    return init(folder, clock=Standing(), settings={"library": "Alder Falls"})


def collected(archive: Archive, file: Path, body: bytes) -> None:
    """The file says this now, a day later, and is looked at."""
    file.write_bytes(body)
    name = file.stem
    if name not in archive.index.datasets():
        add(archive, str(file), name=name)
    archive.clock.at += timedelta(days=1)
    collect(archive, archive.index.resources(name), fetching=Fetching(Rules()))


def rows(*cells: str) -> bytes:
    return b"id,n\n" + b"".join(f"{n},{cell}\n".encode() for n, cell in enumerate(cells))


def contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def folders(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_dir()}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = an_archive(tmp_path / "archive")
    for cells in (("oak",), ("oak", "elm"), ("ash", "elm")):
        collected(made, tmp_path / "trees.csv", rows(*cells))
    return made


bodies = st.lists(st.lists(st.sampled_from(["oak", "elm", "ash", ""]), max_size=4), max_size=4)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(before=st.tuples(bodies, bodies), after=bodies)
def test_an_archive_restored_equals_the_original_byte_for_byte_in_the_vault(
    tmp_path_factory: pytest.TempPathFactory, before, after
) -> None:
    folder = tmp_path_factory.mktemp("any")
    archive = an_archive(folder / "archive")
    for name, versions in zip(("trees", "bees"), before, strict=True):
        for cells in versions:
            collected(archive, folder / f"{name}.csv", rows(*cells))
    backup(archive, folder / "backup")
    for cells in after:
        collected(archive, folder / "bees.csv", rows(*cells))
    assert backup(archive, folder / "backup").findings == []
    done = restore(folder / "backup", folder / "restored")
    assert (done.findings, done.differences) == ([], [])
    assert contents(folder / "restored" / "vault") == contents(archive.vault.root)
    assert folders(folder / "restored" / "vault") == folders(archive.vault.root)
    again = open_archive(folder / "restored")
    assert verify(again, None).well
    for resource in archive.index.resources():
        assert again.index.versions(resource.id) == archive.index.versions(resource.id)


def test_settings_and_the_words_of_the_town_come_back_and_the_secret_key_does_not(
    tmp_path: Path, archive: Archive
) -> None:
    (archive.root / "synonyms.csv").write_text("english,spanish\nbus,autobús\n")
    (archive.root / "secret-key").write_text("very secret")
    backup(archive, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    for name in ("settings.json", "format.json", "README.txt", "synonyms.csv"):
        assert (tmp_path / "restored" / name).read_bytes() == (archive.root / name).read_bytes()
    everything = contents(tmp_path / "backup") | contents(tmp_path / "restored")
    assert not any(b"very secret" in body for body in everything.values())


def test_settings_that_changed_are_kept_as_earlier(tmp_path: Path, archive: Archive) -> None:
    first = (archive.root / "settings.json").read_bytes()
    backup(archive, tmp_path / "backup")
    (archive.root / "settings.json").write_text('{"library": "Elsewhere"}')
    backup(archive, tmp_path / "backup")
    earlier = list((tmp_path / "backup" / "files" / "earlier").iterdir())
    assert [p.read_bytes() for p in earlier] == [first]
    restore(tmp_path / "backup", tmp_path / "restored")
    assert open_archive(tmp_path / "restored").settings() == {"library": "Elsewhere"}


def test_the_position_of_every_object_is_written_down(tmp_path: Path, archive: Archive) -> None:
    backup(archive, tmp_path / "backup")
    told = json.loads((tmp_path / "backup" / "backup.json").read_text())
    [resource] = archive.index.resources()
    assert told["objects"] == {**archive.index.journal_position(), f"{resource.id}/0001": 3}
    assert told["at"] == "2024-05-04T09:00:00Z"
    assert told["in_the_way"] == []


def test_a_second_run_copies_what_is_new_and_touches_nothing_else(
    tmp_path: Path, archive: Archive
) -> None:
    vault = tmp_path / "backup" / "vault"
    backup(archive, tmp_path / "backup")
    before = {p: p.stat().st_mtime_ns for p in vault.rglob("v[0-9]*/**/*") if p.is_file()}
    assert backup(archive, tmp_path / "backup").files == 0
    collected(archive, tmp_path / "trees.csv", rows("fir"))
    assert backup(archive, tmp_path / "backup").files > 0
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert list(check(vault)) == []


def test_the_backup_of_another_archive_is_refused_and_stays(
    tmp_path: Path, archive: Archive
) -> None:
    other = an_archive(tmp_path / "other")  # made in the same moment
    collected(other, tmp_path / "bees.csv", rows("north"))
    backup(other, tmp_path / "backup")
    before = contents(tmp_path / "backup")
    with pytest.raises(NotThisBackup, match="another archive"):
        backup(archive, tmp_path / "backup")
    assert contents(tmp_path / "backup") == before


@pytest.mark.parametrize("inside", ["", "cache/backup", ".."])
def test_a_backup_stands_beside_the_archive(archive: Archive, inside: str) -> None:
    with pytest.raises(InputRefused, match="one in the other"):
        backup(archive, archive.root / inside)


def test_a_folder_with_other_things_is_no_place_for_a_backup(
    tmp_path: Path, archive: Archive
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(NotThisBackup, match="no backup"):
        backup(archive, tmp_path / "photos")
    assert list(contents(tmp_path / "photos")) == ["cat.jpg"]


def test_nothing_is_restored_over_an_archive_or_anything_else(
    tmp_path: Path, archive: Archive
) -> None:
    backup(archive, tmp_path / "backup")
    before = contents(archive.root)
    with pytest.raises(InputRefused, match="not an empty folder"):
        restore(tmp_path / "backup", archive.root)
    assert contents(archive.root) == before
    with pytest.raises(NotThisBackup):
        restore(archive.root, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_backup_is_no_archive_that_could_be_collected_into(
    tmp_path: Path, archive: Archive
) -> None:
    backup(archive, tmp_path / "backup")
    with pytest.raises(NotAnArchive):
        open_archive(find_archive(str(tmp_path / "backup")))


def content_files(archive: Archive, kind: str = "frames.zst") -> list[Path]:
    return sorted(archive.vault.root.rglob(kind))


@pytest.mark.parametrize("harm", ["rotten", "gone", "short", "a link", "inventory"])
def test_a_damaged_source_is_said_and_never_copied_over_a_good_copy(
    tmp_path: Path, archive: Archive, harm: str
) -> None:
    backup(archive, tmp_path / "backup")
    good = contents(tmp_path / "backup" / "vault")
    collected(archive, tmp_path / "trees.csv", rows("fir", "yew"))
    victim = content_files(archive)[-1] if harm != "short" else content_files(archive)[0]
    body = victim.read_bytes()
    if harm == "inventory":
        victim = victim.parents[3] / "inventory.json"
        victim.write_bytes(victim.read_bytes().replace(b'"v4"', b'"v9"'))
    elif harm == "rotten":
        victim.write_bytes(body[:-1] + bytes([body[-1] ^ 255]))
    elif harm == "short":
        victim.write_bytes(body[:-1])
    else:
        victim.unlink()
    if harm == "a link":
        (tmp_path / "elsewhere").write_bytes(body)
        victim.symlink_to(tmp_path / "elsewhere")
    done = backup(archive, tmp_path / "backup")
    assert len(done.findings) == 1
    assert done.findings[0].path.split("/")[3] in str(victim)
    now = contents(tmp_path / "backup" / "vault")
    kept = {name for name in good if "journal" not in name}
    assert {name: now[name] for name in kept} == {name: good[name] for name in kept}
    told = json.loads((tmp_path / "backup" / "backup.json").read_text())
    assert len(told["in_the_way"]) == 1
    restored = restore(tmp_path / "backup", tmp_path / "restored")
    assert restored.findings == []
    assert len(open_archive(tmp_path / "restored").index.versions(
        archive.index.resources()[0].id)) == 3  # fmt: skip


def test_a_damaged_archive_is_mended_from_its_backup(tmp_path: Path, archive: Archive) -> None:
    backup(archive, tmp_path / "backup")
    whole = contents(archive.vault.root)
    content_files(archive)[0].unlink()
    shutil.rmtree(archive.vault.root / next(iter(whole)).split("/")[0], ignore_errors=True)
    assert mend_from(archive, tmp_path / "backup")
    now = contents(archive.vault.root)
    # what was mended is told in the journal, which has one version more
    same = {name for name in whole if "journal" not in name}
    assert {name: now[name] for name in same} == {name: whole[name] for name in same}


@pytest.mark.parametrize("kind", ["archive", "backup"])
def test_what_another_archive_holds_is_never_brought_in_by_mending(
    tmp_path: Path, archive: Archive, kind: str
) -> None:
    other = an_archive(tmp_path / "other")
    collected(other, tmp_path / "theirs.csv", rows("one", "two"))
    backup(other, tmp_path / "their-backup")
    before = contents(archive.root)
    with pytest.raises(NotThisBackup, match="another one"):
        mend_from(archive, tmp_path / ("other" if kind == "archive" else "their-backup"))
    assert contents(archive.root) == before


def test_rot_in_the_backup_is_found_and_put_right_from_the_archive(
    tmp_path: Path, archive: Archive
) -> None:
    backup(archive, tmp_path / "backup")
    victim = sorted((tmp_path / "backup" / "vault").rglob("frames.zst"))[0]
    body = victim.read_bytes()
    victim.write_bytes(body[:-1] + bytes([body[-1] ^ 255]))
    assert backup(archive, tmp_path / "backup").mended == [], "bytes are compared when asked"
    done = backup(archive, tmp_path / "backup", verify=True)
    assert [m.what for m in done.mended] == ["taken from the copy"]
    assert done.findings == []
    assert victim.read_bytes() == body
    assert len(list((tmp_path / "backup" / "set-aside").iterdir())) == 1


def test_a_rotten_backup_is_said_and_all_else_is_restored(tmp_path: Path, archive: Archive) -> None:
    collected(archive, tmp_path / "bees.csv", rows("north"))
    backup(archive, tmp_path / "backup")
    [bees] = archive.index.resources("bees")
    rotten = next((tmp_path / "backup" / "vault").glob(f"*/*/*/vf%3a{bees.id}*"))
    next(rotten.rglob("frames.zst")).write_bytes(b"rot")
    done = restore(tmp_path / "backup", tmp_path / "restored")
    assert {f.object_id for f in done.findings} == {"", f"{bees.id}/0001"}
    again = open_archive(tmp_path / "restored")
    [trees] = again.index.resources("trees")
    assert len(again.index.versions(trees.id)) == 3
    assert list(check(again.vault.root)) == []


def test_what_was_destroyed_by_law_leaves_the_backup_when_asked(
    tmp_path: Path, archive: Archive
) -> None:
    backup(archive, tmp_path / "backup")
    destroyed(archive, "trees", version="v2", reason="a name", authority="a judge")
    done = backup(archive, tmp_path / "backup")
    assert "destroyed by law" in done.findings[0].what
    assert "--destroy-there-too" in done.findings[0].mend
    assert contents(tmp_path / "backup" / "vault") != contents(archive.vault.root)
    done = backup(archive, tmp_path / "backup", destroy_there_too=True)
    assert done.findings == []
    assert contents(tmp_path / "backup" / "vault") == contents(archive.vault.root)
    assert not (tmp_path / "backup" / "destroying").exists()


def test_a_backup_that_knows_more_than_the_archive_keeps_it(
    tmp_path: Path, archive: Archive
) -> None:
    shutil.copytree(archive.root, tmp_path / "yesterday")
    collected(archive, tmp_path / "trees.csv", rows("fir"))
    backup(archive, tmp_path / "backup")
    before = contents(tmp_path / "backup" / "vault")
    done = backup(open_archive(tmp_path / "yesterday"), tmp_path / "backup")
    assert len(done.findings) == 2
    assert all("less of it" in f.what for f in done.findings)
    assert contents(tmp_path / "backup" / "vault") == before


def test_a_hostile_inventory_copies_nothing_from_elsewhere(
    tmp_path: Path, archive: Archive
) -> None:
    from verticalfile.vault import inventory as inv

    backup(archive, tmp_path / "backup")
    (tmp_path / "stolen").write_bytes(b"a secret of the machine")
    folder = next(
        p for p in (tmp_path / "backup" / "vault").glob("*/*/*/*") if "journal" not in p.name
    )
    text = (folder / "v3" / "inventory.json").read_text()
    name = next(iter(inv.Inventory.from_bytes(text.encode()).content_paths()))
    hostile = text.replace(name, "v1/content/../../../../../../../../stolen").encode()
    for place in (folder, folder / "v3"):
        (place / "inventory.json").write_bytes(hostile)
        (place / "inventory.json.sha512").write_bytes(inv.sidecar(hostile))
    done = restore(tmp_path / "backup", tmp_path / "restored")
    assert done.findings
    assert not any(b"a secret" in body for body in contents(tmp_path / "restored").values())
