"""An object only grows: no writer and no recovery ever removes what was committed."""

from __future__ import annotations

import contextlib
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import LockHeld, VaultDamaged
from verticalfile.vault.ocfl_object import OcflObject

START = datetime(2021, 1, 1, tzinfo=UTC)


def an_object(root: Path, versions: int) -> OcflObject:
    found = OcflObject(root, "r/0001", LocalDisk())
    for n in range(1, versions + 1):
        found.add_version({f"{n:04d}/a.txt": [b"text %d" % n]}, created=START, message="")
    return found


def opened(root: Path) -> OcflObject:
    return OcflObject(root, "r/0001", LocalDisk())


def state(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("versions", [0, 2])
def test_a_writer_who_is_late_removes_nothing_of_the_one_before(
    tmp_path: Path, versions: int
) -> None:
    an_object(tmp_path, versions)
    late = opened(tmp_path)
    name = f"{versions + 1:04d}/a.txt"
    opened(tmp_path).add_version({name: [b"first"]}, created=START, message="")
    before = state(tmp_path)
    with pytest.raises(LockHeld):
        late.add_version({name: [b"late"]}, created=START, message="")
    assert state(tmp_path) == before


@pytest.mark.parametrize("versions", [1, 3])
def test_recovery_never_removes_an_object_whose_inventory_was_lost(
    tmp_path: Path, versions: int
) -> None:
    root = an_object(tmp_path, versions).root
    before = state(tmp_path)
    (root / "inventory.json").unlink()
    with pytest.raises(VaultDamaged):
        opened(tmp_path)
    (root / "inventory.json.sha512").unlink()
    if versions > 1:
        with pytest.raises(VaultDamaged):
            opened(tmp_path)
    else:
        found = opened(tmp_path)
        found.recover()
        assert found.read_checked("0001/a.txt") == b"text 1"
        assert state(tmp_path) == before


def test_a_whole_version_that_only_lacks_its_commit_is_completed(tmp_path: Path) -> None:
    root = an_object(tmp_path, 2).root
    older = {
        name: (root / name).read_bytes() for name in ("inventory.json", "inventory.json.sha512")
    }
    an_object_again = opened(tmp_path)
    an_object_again.add_version({"0003/a.txt": [b"text 3"]}, created=START, message="")
    expected = state(tmp_path)
    for name, body in older.items():
        (root / name).write_bytes(body)
    found = opened(tmp_path)
    assert found.inventory.head == 2
    assert found.recover() == ["completed v3 of r/0001"]
    assert state(tmp_path) == expected


def test_a_version_of_another_history_above_the_newest_is_never_removed(tmp_path: Path) -> None:
    root = an_object(tmp_path, 1).root
    shutil.copytree(tmp_path, tmp_path / "copy")
    opened(tmp_path).add_version({"0002/a.txt": [b"mine"]}, created=START, message="")
    other = OcflObject(tmp_path / "copy", "r/0001", LocalDisk())
    for n in (2, 3):
        other.add_version({f"{n:04d}/a.txt": [b"theirs"]}, created=START, message="")
    shutil.copytree(other.root / "v3", root / "v3")
    before = state(root)
    with pytest.raises(VaultDamaged, match="another history"):
        opened(tmp_path).recover()
    assert state(root) == before


def test_an_unfinished_version_and_its_debris_are_cleared(tmp_path: Path) -> None:
    root = an_object(tmp_path, 2).root
    before = state(tmp_path)
    (root / "v3" / "content" / "0003").mkdir(parents=True)
    (root / "v3" / "content" / "0003" / "a.txt.part").write_bytes(b"te")
    (root / "inventory.json.part").write_bytes(b"{")
    opened(tmp_path).recover()
    assert state(tmp_path) == before
    assert not (root / "v3").exists()


def test_an_object_that_was_never_born_leaves_no_empty_folder(tmp_path: Path) -> None:
    root = opened(tmp_path).root
    (root / "v1" / "content").mkdir(parents=True)
    (root / "0=ocfl_object_1.1").write_bytes(b"ocfl_object_1.1\n")
    opened(tmp_path).recover()
    assert list(tmp_path.iterdir()) == []


def test_empty_folders_on_the_way_to_an_object_that_was_never_begun_are_swept(
    tmp_path: Path,
) -> None:
    found = opened(tmp_path)
    for depth in range(1, 4):
        found.root.parents[3 - depth].mkdir(parents=True)
        assert found.recover() == []
        assert list(tmp_path.iterdir()) == []
    (found.root.parent.parent / "another").mkdir(parents=True)
    found.recover()
    assert (found.root.parent.parent / "another").exists()


def test_a_folder_is_made_though_a_recovery_sweeps_its_empty_parents(tmp_path: Path) -> None:
    """Two writers of objects whose folders begin alike: each holds another lock."""
    done = threading.Event()

    def sweep() -> None:
        while not done.is_set():
            with contextlib.suppress(OSError):  # the sweeper may lose a race, it comes again
                opened(tmp_path).recover()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for n in range(300):
            twin = opened(tmp_path).root.with_name(f"twin{n}")
            LocalDisk().make_folder(twin)
            assert twin.exists()
            twin.rmdir()
    finally:
        done.set()
        sweeper.join()


@pytest.mark.parametrize("place", ["inventory.json", "v2/inventory.json"])
def test_a_damaged_inventory_that_still_reads_is_not_believed(tmp_path: Path, place: str) -> None:
    root = an_object(tmp_path, 2).root
    path = root / place
    path.write_bytes(path.read_bytes().replace(b'"head":"v2"', b'"head":"v1"'))
    if place == "inventory.json":
        with pytest.raises(VaultDamaged):
            opened(tmp_path)
    else:
        assert opened(tmp_path).inventory.head == 2


def test_readers_go_on_while_the_sidecar_is_behind(tmp_path: Path) -> None:
    root = an_object(tmp_path, 2).root
    (root / "inventory.json.sha512").write_bytes(
        (root / "v1" / "inventory.json.sha512").read_bytes()
    )
    found = opened(tmp_path)
    assert found.inventory.head == 2
    assert found.recover() == ["completed the sidecar of r/0001"]
