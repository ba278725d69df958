"""`vf run`: one command, one port, one line; others work on the archive meanwhile."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request

from running_site import running


def vf(*words: str, archive) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verticalfile", "--archive", str(archive), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def test_what_is_collected_and_rebuilt_meanwhile_is_shown_at_once(own, tmp_path):
    new = tmp_path / "bees.csv"
    new.write_text("id,hive\n1,north\n2,south\n")
    with running(own) as address:
        assert "Bee hives" not in read(f"{address}/d/")
        assert (
            vf("add", str(new), "--name", "bees", "--title", "Bee hives", archive=own).returncode
            == 0
        )
        assert vf("collect", "bees", archive=own).returncode == 0
        assert "Bee hives" in read(f"{address}/d/")
        assert "north" in read(f"{address}/d/bees/table/")
        assert vf("rebuild", archive=own).returncode == 0
        assert "north" in read(f"{address}/d/bees/table/")


def test_static_files_are_compressed_hashed_and_kept_for_long(served):
    page = read(f"{served}/")
    sheet = page.split('rel="stylesheet" href="')[-1].split('"')[0]
    asked = urllib.request.Request(served + sheet, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_port_that_is_taken_is_said_in_one_sentence(town):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = vf("run", "--port", str(taken.getsockname()[1]), archive=town)
    assert done.returncode == 10
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_secret_key_is_made_once_and_for_the_owner_alone(own):
    with running(own):
        pass
    key = own / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    first = key.read_text()
    with running(own):
        pass
    assert key.read_text() == first
    assert len(first) > 40


def test_an_archive_whose_index_is_behind_is_brought_up_and_served(own):
    """As after an upgrade: what brings the index up also uses Django."""
    for path in own.glob("index.sqlite3*"):
        path.unlink()
    with running(own) as address, urllib.request.urlopen(f"{address}/d/street-trees/") as answer:
        assert b"Street trees" in answer.read()
