"""Reliability 4.3: a full disk is one clean error, the old state stands, and the next run succeeds."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.vault.capture import Taken
from verticalfile.vault.copies.check import check
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import VaultFull
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)


class FullAt(LocalDisk):
    """The Nth file that is written does not fit."""

    def __init__(self, number: int, code: int) -> None:
        self.left, self.code = number, code

    def _chunks(self, chunks: Iterable[bytes | memoryview]) -> Iterable[bytes | memoryview]:
        for chunk in chunks:
            yield chunk
            self.left -= 1
            if self.left == 0:
                raise OSError(self.code, os.strerror(self.code))

    def write_new(self, target: Path, chunks: Iterable[bytes | memoryview]) -> int:
        return super().write_new(target, self._chunks(chunks))


def an_offer(n: int):
    body = "".join(f"{i},{i * 7 + n}\n" for i in range(60)).encode()
    taken = Taken(
        "r", "s", str(n), START + timedelta(days=n), "own visit", sha256_of(body), len(body)
    )
    return taken, lambda: body


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_at_any_write_leaves_the_old_state(tmp_path: Path, code: int) -> None:
    for number in range(1, 40):
        root = tmp_path / f"{number}"
        Vault.create(root)
        Vault(root).keep("r", [an_offer(0)], kept_at=START)
        vault = Vault(root, FullAt(number, code))
        try:
            vault.keep("r", [an_offer(1), an_offer(2)], kept_at=START)
        except VaultFull:
            Vault(root).recover("r")
            assert list(check(root)) == []
            assert len(Vault(root).captures("r")) == 1
            Vault(root).keep("r", [an_offer(1), an_offer(2)], kept_at=START)
        else:
            assert number > 3
            return
        assert len(Vault(root).captures("r")) == 3
        assert list(check(root)) == []
    raise AssertionError("it never succeeded")


def numbers(rows: int, seed: int = 1) -> str:
    chance = random.Random(seed)
    return "id,n\n" + "".join(f"{n},{chance.random()}\n" for n in range(rows))


def an_archive(vf, folder: Path, file: Path, *, held: str) -> Path:
    """An archive that holds one version of the file; the file has another by now."""
    archive = folder / "archive"
    text = file.read_text()
    file.write_text(held)
    assert vf(folder, "init", str(archive)).code == 0
    assert vf(archive, "add", str(file), "--name", "t").code == 0
    assert vf(archive, "collect", "t").code == 0
    file.write_text(text)
    return archive


def assert_refused_in_one_sentence(full) -> None:
    """Exit codes: 20 the vault, 24 another file, 25 the history, 26 the index; 3 one of several."""
    assert full.code in (3, 20, 24, 25, 26), f"{full.code}: {full.err}"
    assert "Traceback" not in full.err
    assert "Something unexpected" not in full.err
    assert full.err.count("To mend it") == 1, full.err


def assert_nothing_was_lost(vf, archive: Path, originals: int) -> None:
    assert vf(archive, "collect", "t").code == 0
    told = vf(archive, "verify", "--json").told
    assert told["well"]
    assert told["originals"] == originals
    assert not list(archive.rglob("*.part"))
    versions = vf(archive, "versions", "t", "--all", "--json")
    assert versions.code == 0
    assert [v["version"] for v in versions.told] == list(range(originals, 0, -1))
    assert versions.told[0]["added"] == 100, "the comparison is there too"


def settle(archive: Path) -> None:
    """Close the index as a command does at its end; those of the nursery end at once."""
    sqlite3.connect(archive / "index.sqlite3").execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


QUICK = [1_000, 150_000, 2_000_000]
LIMITS = sorted({*QUICK, *(300 * 2**n for n in range(11)), *range(90_000, 350_000, 20_000)})


def collected_at(vf, folder: Path, limit: int) -> int:
    """The exit code of a collect that may write no file over so many bytes."""
    folder.mkdir()
    file = folder / "t.csv"
    file.write_text(numbers(6_100))
    archive = an_archive(vf, folder, file, held=numbers(6_000))
    full = vf(archive, "collect", "t", limit=limit)
    if full.code:
        assert_refused_in_one_sentence(full)
    assert_nothing_was_lost(vf, archive, originals=2)
    shutil.rmtree(folder)
    return full.code


def test_a_collect_that_may_write_small_files_alone_says_one_sentence(tmp_path: Path, vf) -> None:
    codes = {limit: collected_at(vf, tmp_path / str(limit), limit) for limit in QUICK}
    assert codes[max(QUICK)] == 0, "the last limit was no limit"


@pytest.mark.slow
def test_a_collect_at_growing_limits_of_a_file_says_one_sentence(tmp_path: Path, vf) -> None:
    codes = {limit: collected_at(vf, tmp_path / str(limit), limit) for limit in LIMITS}
    assert codes[max(LIMITS)] == 0, "the last limit was no limit"


NOISE = random.Random(1).randbytes(900_000)


@pytest.mark.parametrize(
    ("body", "named"), [(b"%PDF-1.4" + NOISE, "keep frames.zst"), (numbers(60_000).encode(), "work on t."),
                        (numbers(27_000).encode(), "keep seg-")],
    ids=["no table, in the vault", "a table, in a temporary file", "a table, in the history"],
)  # fmt: skip
def test_a_first_version_that_does_not_fit_says_one_sentence(
    tmp_path: Path, vf, body: bytes, named: str
) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(body)
    archive = tmp_path / "archive"
    assert vf(tmp_path, "init", str(archive)).code == 0
    assert vf(archive, "add", str(file), "--name", "t").code == 0
    settle(archive)
    full = vf(archive, "collect", "t", limit=500_000 if named != "keep seg-" else 330_000)
    assert full.code == 3, "the check failed and that was noted"
    assert f"No room to {named}" in full.out
    assert_refused_in_one_sentence(full)
    assert "No room" in vf(archive, "log", "t").out
    assert vf(archive, "collect", "t").code == 0
    told = vf(archive, "verify", "--json").told
    assert told["well"]
    assert told["originals"] == 1
    assert not list(archive.rglob("*.part"))


def mount(*words: str) -> bool:
    done = subprocess.run(["mount", *words], capture_output=True, check=False)  # fixed words
    return done.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB that only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)):
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # fixed words


@pytest.mark.parametrize(
    "free", [16, 512, pytest.param(64, marks=pytest.mark.slow), pytest.param(128, marks=pytest.mark.slow),
             pytest.param(256, marks=pytest.mark.slow), pytest.param(384, marks=pytest.mark.slow)],
)  # fmt: skip
def test_a_collect_on_a_disk_with_little_room_says_one_sentence(
    tmp_path: Path, vf, small_disk: Path, free: int
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(numbers(6_100))
    archive = an_archive(vf, small_disk, file, held=numbers(6_000))
    used = os.statvfs(small_disk)
    taken_kb = (used.f_blocks - used.f_bfree) * used.f_frsize // 1024
    assert mount("-o", f"remount,size={taken_kb + free}k", str(small_disk))
    full = vf(archive, "collect", "t")
    if free <= 64:
        assert full.code != 0
    if full.code:
        assert_refused_in_one_sentence(full)
    assert mount("-o", "remount,size=8m", str(small_disk))
    assert_nothing_was_lost(vf, archive, originals=2)
