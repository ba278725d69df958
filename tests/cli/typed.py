"""Commands as somebody types them, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from verticalfile.town.portals.serving import PortalServer


def typed(archive: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, answer, and what was said beside."""
    whole = [sys.executable, "-m", "verticalfile", "--archive", str(archive), *words]
    done = subprocess.run(whole, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def an_archive_of(folder: Path, name: str, text: str) -> Callable[..., tuple[int, str, str]]:
    """Somebody who types, in an archive that has collected one file."""

    def run(*words: str) -> tuple[int, str, str]:
        return typed(folder / "a", *words)

    run("init", str(folder / "a"))
    (folder / f"{name}.csv").write_text(text)
    run("add", str(folder / f"{name}.csv"))
    run("collect", name)
    return run


class PortalDesk:
    """An archive, a portal that it may visit without a pause, and somebody who types."""

    def __init__(self, folder: Path, server: PortalServer) -> None:
        self.archive, self.server = folder / "archive", server
        self.vf("init", str(self.archive))
        settings = self.archive / "settings.json"
        told = {"ports": str(server.port), "gap_s": "0", "allow_private": "yes"}
        settings.write_text(json.dumps(json.loads(settings.read_text()) | told))

    def vf(self, *words: str, exit_code: int = 0) -> str:
        code, answer, beside = typed(self.archive, *words)
        assert code == exit_code, f"{code}: {answer}{beside}"
        return answer + beside
