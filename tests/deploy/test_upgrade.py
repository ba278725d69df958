"""The upgrade of the guide, line by line, with an archive that an earlier program made."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from guide import GUIDE, ROOT, blocks
from proxies import Process, free_port, vf_run

OLDEST = min((ROOT / "tests" / "frozen").glob("format-*.tar.xz"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with tarfile.open(OLDEST) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / "archive"


def vf(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verticalfile", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def upgrade() -> list[str]:
    """Its lines, in which the units and paths of the guide stand."""
    (lines,) = re.findall(r"^## Upgrade\n.*?^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return lines.splitlines()


def test_an_older_archive_goes_through_the_upgrade_of_the_guide(
    archive: Path, tmp_path: Path
) -> None:
    port, backup = free_port(), tmp_path / "backup"
    room: list[Process] = []

    def start() -> None:
        room.append(vf_run(archive, tmp_path / "run", port))

    def told(*words: str) -> None:
        done = vf(*words)
        assert done.returncode == 0, done.stdout + done.stderr

    saving = re.search(r"ExecStart=\S+/vf (backup) \S+\n", blocks("ini")[1])[1]
    does: dict[str, Callable[[], None]] = {
        "systemctl start vertical-file-backup.service":
            lambda: told("--archive", str(archive), saving, str(backup)),
        "systemctl stop vertical-file.service": lambda: None,  # the older one: there is none here
        "/opt/vertical-file/bin/pip install --upgrade verticalfile": lambda: None,  # is this one
        "systemctl start vertical-file.service": start,
        "runuser --user vertical-file -- vf --archive /srv/vertical-file/archive verify --quick":
            lambda: told("--archive", str(archive), "verify", "--quick"),
    }  # fmt: skip
    assert upgrade() == list(does)
    try:
        for line in upgrade():
            does[line]()
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).json()["well"]
        listed = json.loads(vf("--archive", str(archive), "list", "--json").stdout)
        assert listed
        for each in listed:
            place = f"http://127.0.0.1:{port}/d/{each['name']}/"
            page = httpx.get(place, follow_redirects=True, timeout=60)
            assert page.status_code == 200, each
    finally:
        for each in room:
            each.stop()
    assert vf("restore", str(backup), str(tmp_path / "again")).returncode == 0
    assert vf("--archive", str(tmp_path / "again"), "verify").returncode == 0


def test_an_older_program_refuses_a_newer_archive_and_changes_nothing(archive: Path) -> None:
    told = json.loads((archive / "format.json").read_text())
    (archive / "format.json").write_text(json.dumps(told | {"format": told["format"] + 100}))
    before = digests(archive)
    for words in (["run", "--port", str(free_port())], ["collect"], ["rebuild"], ["verify"]):
        refused = vf("--archive", str(archive), *words)
        assert refused.returncode == 12
        assert "To mend it" in refused.stderr
    assert digests(archive) == before


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
