"""Reliability 4.1: dying at any step leaves the whole of a version or nothing of it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.vault.copies.check import check
from verticalfile.vault.destroy import destroy
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)

CHILD = """
import os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from verticalfile.vault.capture import Taken
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.vault import Vault
from verticalfile.vault.destroy import destroy

root, wanted, act = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
START = datetime(2021, 1, 1, tzinfo=UTC)
steps = 0

def die(name, facts):
    global steps
    if name in ("os.rename", "os.link", "os.mkdir", "os.rmdir", "os.remove", "open"):
        if name == "open" and (not isinstance(facts[1], str) or facts[1] in ("r", "rb")):
            return
        if str(root.parent) not in str(facts[0]):
            return
        steps += 1
        if steps == wanted:
            os._exit(137)

def an_offer(n):
    body = "".join(f"{i},{i * 7 + n}\\n" for i in range(60)).encode()
    taken = Taken("r", "s", str(n), START + timedelta(days=n), "own visit", sha256_of(body), len(body))
    return taken, lambda: body

vault = Vault(root)
sys.addaudithook(die)
if act == "keep":
    vault.keep("r", [an_offer(n) for n in range(2, 5)], kept_at=START)
    print("kept")
else:
    vault.recover("r")
    destroy(vault, "r", {an_offer(1)[0].sha256}, at=START)
    print("destroyed")
"""


def an_original(n: int) -> bytes:
    return "".join(f"{i},{i * 7 + n}\n" for i in range(60)).encode()


def a_vault(root: Path, count: int) -> Vault:
    from verticalfile.vault.capture import Taken

    vault = Vault.create(root)
    for n in range(count):
        body = an_original(n)
        taken = Taken(
            "r", "s", str(n), START + timedelta(days=n), "own visit", sha256_of(body), len(body)
        )
        vault.keep("r", [(taken, lambda body=body: body)], kept_at=START)
    return vault


def run_until(step: int, root: Path, act: str) -> tuple[bool, str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), str(step), act],
        capture_output=True, text=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 137), done.stderr
    return done.returncode == 137, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 2])
def test_a_death_at_any_step_of_keeping_leaves_whole_versions_alone(
    tmp_path: Path, first: int
) -> None:
    for step in itertools.count(1):
        root = tmp_path / str(step) / "vault"
        root.parent.mkdir()
        vault = a_vault(root, first)
        died, said = run_until(step, root, "keep")
        vault.recover("r")
        assert list(check(root)) == [], f"debris after step {step}"
        held = [vault.original(c) for c in vault.captures("r")]
        expected = [an_original(n) for n in range(first)]
        assert held in (expected, expected + [an_original(n) for n in range(2, 5)])
        if said:
            assert len(held) == first + 3, "what was said to be kept is kept"
        if not died:
            return
        assert run_until(10**6, root, "keep")[0] is False
        assert len(vault.captures("r")) == first + 3, "the same command again ends as a clean run"


@pytest.mark.slow
def test_a_death_at_any_step_of_destroying_loses_nothing_else(tmp_path: Path) -> None:
    for step in itertools.count(1):
        root = tmp_path / str(step) / "vault"
        root.parent.mkdir()
        vault = a_vault(root, 4)
        died, _ = run_until(step, root, "destroy")
        vault.recover("r")
        assert list(check(root)) == [], f"debris after step {step}"
        held = [vault.original(c) for c in vault.captures("r")]
        without = [an_original(n) for n in (0, 2, 3)]
        assert held in (without, [an_original(n) for n in range(4)])
        destroy(vault, "r", {sha256_of(an_original(1))}, at=START)
        assert [vault.original(c) for c in vault.captures("r")] == without
        if not died:
            return
