"""`vf backfill --wayback` as people type it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from verticalfile.town.portals.serving import PortalServer
from verticalfile.town.portals.wayback import Recorded, WaybackSite

URL = "http://data.example.gov/permits.csv"


def vf(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verticalfile", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_the_past_is_filled_and_its_source_is_told(tmp_path: Path) -> None:
    site = WaybackSite([Recorded("20190101000000", URL, b"id,name\n1,Elm\n2,Oak\n")])
    assert vf(tmp_path, "init", "archive").returncode == 0
    archive = tmp_path / "archive"
    assert vf(archive, "add", URL, "--name", "permits", "--as-file").returncode == 0
    with PortalServer(site) as server:
        file = archive / "settings.json"
        told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        told |= {"ports": str(server.port), "web_archive": server.home.rstrip("/")}
        file.write_text(json.dumps(told), encoding="utf-8")
        done = vf(archive, "backfill", "permits", "--wayback", "--allow-private", "--from", "2018")
    assert done.returncode == 0, done.stderr
    assert "1 states recorded by the web archive, 1 newly kept" in done.stdout
    wrong = vf(archive, "backfill", "permits")
    assert "--wayback" in wrong.stderr
