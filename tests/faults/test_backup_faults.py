"""A backup or a restore that is killed, or that finds no room: run again, it ends as a clean run."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

ROUNDS = 12


@pytest.fixture(scope="module")
def made(vf, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three versions, whose vault's content is above 100 KB."""
    folder = tmp_path_factory.mktemp("made")
    archive, file, noise = folder / "archive", folder / "t.csv", random.Random(1)
    assert vf(folder, "init", str(archive)).code == 0
    for version in range(3):
        rows = "".join(f"{n},{noise.random()}\n" for n in range(6_000))
        file.write_text(f"id,n\n{version},0\n{rows}")
        if version == 0:
            assert vf(archive, "add", str(file), "--name", "t").code == 0
        assert vf(archive, "collect", "t").code == 0
    return archive


def contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def folders(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_dir()}


def assert_the_same_vault(one: Path, other: Path) -> None:
    assert contents(one / "vault") == contents(other / "vault")
    assert folders(one / "vault") == folders(other / "vault")


def steps_of(vf, copy: Path, *words: str) -> list[int]:
    """Some steps at which to die, the first ones among them; none is after the end."""
    chance = random.Random(7)
    return [1, 2, 3, 5, *sorted(chance.sample(range(6, 70), ROUNDS - 4))]


def test_a_backup_killed_at_any_step_is_completed_by_the_next(vf, made: Path) -> None:
    deaths = 0
    for step in steps_of(vf, made):
        copy = made.with_name(
            f"archive-backup-{step}"
        )  # a death counts steps in names that begin so
        killed = vf(made, "backup", str(copy), step=step)
        assert killed.code in (0, 137), killed.err
        deaths += killed.code == 137
        again = vf(made, "backup", str(copy))
        assert (again.code, again.out.count("To mend it")) == (0, 0), again.out + again.err
        assert not list(copy.rglob("*.part"))
        assert_the_same_vault(copy, made)
        shutil.rmtree(copy)
    assert deaths > ROUNDS // 2


def test_what_a_killed_backup_holds_can_be_restored(vf, made: Path) -> None:
    copy = made.with_name("archive-backup-cut")
    assert vf(made, "backup", str(copy), step=55).code == 137
    new = made.with_name("restored-cut")
    done = vf(made, "restore", str(copy), str(new))
    assert done.code == 22
    assert "never completed" in done.out
    assert vf(new, "verify").code == 0


def test_a_restore_killed_at_any_step_is_completed_by_the_next(vf, made: Path) -> None:
    copy = made.with_name("backup")
    assert vf(made, "backup", str(copy)).code == 0
    deaths = 0
    for step in steps_of(vf, made):
        new = made.with_name(f"archive-restored-{step}")
        killed = vf(made, "restore", str(copy), str(new), step=step)
        assert killed.code in (0, 137), killed.err
        deaths += killed.code == 137
        if (new / "format.json").exists() and not (new / "restoring.json").exists():
            assert vf(new, "rebuild").code == 0  # an archive, of which only the derived lacks
        else:
            again = vf(made, "restore", str(copy), str(new))
            assert again.code == 0, again.out + again.err
        assert not list((new / "vault").rglob("*.part"))
        assert_the_same_vault(new, made)
        told = vf(new, "verify", "--json").told
        assert (told["well"], told["originals"]) == (True, 3)
        shutil.rmtree(new)
    assert deaths > ROUNDS // 2


@pytest.mark.parametrize("limit", [400, 700, 5_000, 30_000])
def test_a_backup_without_room_says_one_sentence_and_goes_on_later(
    vf, made: Path, limit: int
) -> None:
    copy = made.with_name(f"small-{limit}")
    full = vf(made, "backup", str(copy), limit=limit)
    assert full.code in (20, 24), full.err
    assert "Traceback" not in full.err
    assert full.err.count("To mend it") == 1, full.err
    again = vf(made, "backup", str(copy))
    assert again.code == 0, again.out + again.err
    assert_the_same_vault(copy, made)
    assert not list(copy.rglob("*.part"))


@pytest.mark.parametrize("limit", [700, 5_000, 30_000])
def test_a_restore_without_room_says_one_sentence_and_goes_on_later(
    vf, made: Path, limit: int
) -> None:
    copy, new = made.with_name("backup-full"), made.with_name(f"new-{limit}")
    assert vf(made, "backup", str(copy)).code == 0
    full = vf(made, "restore", str(copy), str(new), limit=limit)
    assert full.code in (20, 24), full.err
    assert full.err.count("To mend it") == 1, full.err
    again = vf(made, "restore", str(copy), str(new))
    assert again.code == 0, again.out + again.err
    assert_the_same_vault(new, made)
