"""A small archive with one large file, and a `vf run` on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from proxies import Process, free_port, vf_run
from readers import SITE, TREES


def vf(archive: Path, *words: str) -> None:
    command = [sys.executable, "-m", "verticalfile", "--archive", str(archive), *words]
    subprocess.run(command, capture_output=True, check=True)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of street trees, 10 MB each, under a public name."""
    folder = tmp_path_factory.mktemp("kept")
    archive, trees = folder / "archive", folder / "trees.csv"
    vf(archive.parent, "init", str(archive), "--library", "Alder Falls Public Library")
    settings = json.loads((archive / "settings.json").read_text())
    (archive / "settings.json").write_text(json.dumps(settings | {"address": SITE}))
    trees.write_text(TREES.replace("T-000003", "T-3"))
    vf(archive, "add", str(trees), "--name", "street-trees", "--title", "Street trees")
    vf(archive, "collect")
    trees.write_text(TREES)
    vf(archive, "collect", "street-trees")
    return archive


@pytest.fixture(scope="module")
def room(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a `vf run` that all tests read from."""
    port = free_port()
    process = vf_run(archive, tmp_path_factory.mktemp("vf") / "run", port)
    yield port
    process.stop()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Process]]:
    """What a test starts; it is stopped at the end."""
    processes: list[Process] = []
    yield processes
    for each in processes:
        if each.process.poll() is None:
            each.stop()
