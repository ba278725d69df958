"""Reliability 4.3: a full disk is one clean error, the old state stands, and the next run succeeds."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.vault.capture import Taken
from verticalfile.vault.check import check
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


CHILD = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv[0] = "vf"
from verticalfile.cli.main import main
main()
"""


def vf(archive: Path, *words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    head = (
        [sys.executable, "-m", "verticalfile"]
        if limit is None
        else [sys.executable, "-c", CHILD, str(limit)]
    )
    return subprocess.run(
        [*head, "--archive", str(archive), *words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("limit", [2_000, 60_000, 200_000])
def test_a_whole_command_on_a_full_disk_says_one_sentence(tmp_path: Path, limit: int) -> None:
    import random

    chance = random.Random(1)
    file = tmp_path / "t.csv"
    file.write_text("id,n\n" + "".join(f"{n},{chance.random()}\n" for n in range(40_000)))
    archive = tmp_path / "archive"
    vf(tmp_path, "init", str(archive))
    assert vf(archive, "add", str(file), "--name", "t").returncode == 0
    full = vf(archive, "collect", "t", limit=limit)
    assert full.returncode != 0
    assert "Traceback" not in full.stderr
    assert "To mend it" in full.stderr
    assert vf(archive, "collect", "t").returncode == 0
    told = json.loads(vf(archive, "verify", "--json").stdout)
    assert told["well"]
    assert told["originals"] == 1
    assert not list(archive.rglob("*.part"))
