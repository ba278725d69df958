"""Promise 6: a command that was killed at any point and run again ends as one undisturbed run."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.services.archive import Archive, open_archive
from verticalfile.services.known.table_history import TableHistory

START = datetime(2021, 1, 1, 12, tzinfo=UTC)
STATES = 24


def a_state(number: int) -> str:
    """Rows come, go and change from one state to the next; the 7th is no table, the 9th as the 8th."""
    if number == 7:
        return "\x00\x01 nothing to read"
    number = 8 if number == 9 else number
    rows = [
        f"{n},name {n},{n * 3 + (number if n % 50 == number else 0)}" for n in range(number, 600)
    ]
    return "\n".join(["id,name,amount", *rows]) + "\n"


def git(repository: Path, *words: str, at: datetime = START) -> None:
    moment = at.isoformat()
    subprocess.run(
        ["git", "-C", str(repository), "-c", "user.name=T", "-c", "user.email=t@example.org", *words],
        check=True, capture_output=True,
        env={**os.environ, "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q", "-b", "main")
    for number in range(STATES):
        at = START + timedelta(days=number)
        if number == 12:
            git(folder, "rm", "-q", "t.csv", at=at)
        else:
            (folder / "t.csv").write_text(a_state(number))
            git(folder, "add", "t.csv", at=at)
        git(folder, "commit", "-q", "--allow-empty", "-m", f"state {number}", at=at)
    return folder


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dated")
    for number in range(STATES):
        day = (START + timedelta(days=number)).date().isoformat()
        (folder / f"t-{day}.csv").write_text(a_state(number))
    return folder


def end_state(vf, archive: Path) -> dict[str, object]:
    """What must not depend on how it came about: versions, digests, verdicts."""
    told = vf(archive, "versions", "t", "--all", "--json")
    assert told.code == 0, told.err
    verified = vf(archive, "verify", "--json").told
    assert not list(archive.rglob("*.part"))
    assert not list((archive / "cache" / "scratch").glob("*/*.csv"))
    return {"versions": told.told, "verify": verified, "digests": digests(open_archive(archive))}


def digests(archive: Archive) -> set[tuple[str, str]]:
    """(original, digest of its table) as the history has it, and every original restored."""
    resource = archive.index.resources()[0]
    captures = archive.vault.captures(resource.id)
    assert all(len(archive.vault.original(c)) == c.taken.size_bytes for c in captures)
    assert len({c.id for c in captures}) == len(captures)
    found = set()
    for table in archive.index.tables(resource.id):
        manifest = TableHistory(archive, table.id, table.name).history.manifest
        found |= {(o.original_sha256, o.table_sha256) for o in manifest.ordinals}
    archive.index.close()
    return found


def ocfl_verdict(vf, archive: Path) -> str:
    return str(vf(archive, "verify", "--independent", "--json").told["independent"])


def words_for(source: Path) -> tuple[str, ...]:
    if (source / ".git").exists():
        return ("backfill", "t", "--git", str(source), "--path", "t.csv")
    return ("backfill", "t", "--folder", str(source))


def disturbed(
    vf, tmp_path: Path, source: Path, seeds: range, expected: dict[str, object], lasted_s: float
) -> int:
    """How many of the runs were killed before their end."""
    killed = 0
    for seed in seeds:
        archive = tmp_path / str(seed) / "archive"
        archive.parent.mkdir()
        assert vf(tmp_path, "init", str(archive)).code == 0
        life = archive / "cache" / "scratch" if (source / ".git").exists() else None
        wait = random.Random(seed).uniform(0, lasted_s)
        cut = vf(archive, *words_for(source), kill_after_s=wait, life=life)
        assert cut.code in (0, -9), cut.err
        killed += cut.code == -9
        again = vf(archive, *words_for(source))
        assert again.code == 0, f"seed {seed}: {again.err}"
        assert end_state(vf, archive) == expected, f"seed {seed}, killed after {wait:.3f} s"
        if seed % 8 == 0:
            assert "ocfl-py: VALID" in ocfl_verdict(vf, archive)
        shutil.rmtree(archive.parent)
    return killed


def undisturbed(vf, tmp_path: Path, source: Path) -> tuple[dict[str, object], float]:
    """The end state of one run and how long it took in seconds."""
    archive = tmp_path / "undisturbed"
    assert vf(tmp_path, "init", str(archive)).code == 0
    began = time.monotonic()
    done = vf(archive, *words_for(source))
    lasted = time.monotonic() - began
    assert done.code == 0, done.err
    expected = end_state(vf, archive)
    assert expected["verify"]["well"]
    assert len(expected["versions"]) > STATES // 2
    return expected, lasted


@pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 28), marks=pytest.mark.slow)],
                         ids=["8", "20"])  # fmt: skip
@pytest.mark.parametrize("kind", ["repository", "dated"])
def test_a_backfill_killed_at_a_random_moment_and_run_again_ends_as_one_run(
    tmp_path: Path, vf, request: pytest.FixtureRequest, kind: str, seeds: range
) -> None:
    source: Path = request.getfixturevalue(kind)
    expected, lasted = undisturbed(vf, tmp_path, source)
    killed = disturbed(vf, tmp_path, source, seeds, expected, lasted)
    assert killed >= len(seeds) // 4, "most were killed in the midst of it"


def a_table(number: int, rows: int) -> str:
    """From one to the next some rows change, one comes and one goes."""
    lines = [f"{n},name {n} {'x' * 60},{n * 3 + (number if n % 97 == 5 else 0)}" for n in range(number, rows + number)]  # fmt: skip
    return "\n".join(["id,name,amount", *lines]) + "\n"


def kept(vf, archive: Path) -> dict[str, object]:
    """What must be the same whenever it was collected: all but the times."""
    told = end_state(vf, archive)
    versions = told["versions"]
    assert isinstance(versions, dict | list)
    listed = versions["versions"] if isinstance(versions, dict) else versions
    assert told["verify"]["well"]
    without = [{k: v for k, v in each.items() if not _is_time(k)} for each in listed]
    key = vf(archive, "key", "t", "--json").told
    return {"versions": without, "digests": told["digests"], "key": key}


def _is_time(name: str) -> bool:
    return name.endswith(("_at", "_from")) or name == "source"  # of an own visit it is its time


@pytest.mark.parametrize(
    ("rows", "held", "seeds"),
    [
        (600, 2, range(6)),
        pytest.param(600, 0, range(12), marks=pytest.mark.slow),
        pytest.param(600, 2, range(6, 26), marks=pytest.mark.slow),
        pytest.param(70_000, 2, range(10), marks=pytest.mark.slow),  # taken in by its difference
    ],
    ids=["6", "12 of the first", "20", "10 of a large file"],
)
def test_a_collect_killed_at_a_random_moment_loses_nothing_and_the_next_ends_as_one(
    tmp_path: Path, vf, rows: int, held: int, seeds: range
) -> None:
    source, first = tmp_path / "t.csv", tmp_path / "first"
    source.write_text(a_table(0, rows))
    assert vf(tmp_path, "init", str(first)).code == 0
    assert vf(first, "add", str(source), "--name", "t").code == 0
    for number in range(held):
        source.write_text(a_table(number, rows))
        assert vf(first, "collect", "t").code == 0
    source.write_text(a_table(2, rows))
    whole = tmp_path / "whole"
    shutil.copytree(first, whole)
    began = time.monotonic()
    assert vf(whole, "collect", "t").code == 0
    lasted_s, expected = time.monotonic() - began, kept(vf, whole)
    assert len(expected["versions"]) == held + 1
    killed = 0
    for seed in seeds:
        archive = tmp_path / str(seed)
        shutil.copytree(first, archive)
        wait = random.Random(seed).uniform(0, lasted_s)
        cut = vf(archive, "collect", "t", kill_after_s=wait)
        assert cut.code in (0, -9), cut.err
        killed += cut.code == -9
        verified = vf(archive, "verify", "--json")
        assert verified.told["well"], f"seed {seed}, after {wait:.3f} s: {verified.out}"
        assert vf(archive, "collect", "t").code == 0
        assert kept(vf, archive) == expected, f"seed {seed}, killed after {wait:.3f} s"
        shutil.rmtree(archive)
    assert killed >= len(seeds) // 3, "most were killed in the midst of it"
