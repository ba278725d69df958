"""`vf backfill --wayback` as people type it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.memento import MementoSite
from verticalfile.town.portals.serving import PortalServer, Request
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
    assert "1 state recorded by the web archive, 1 newly kept" in done.stdout
    wrong = vf(archive, "backfill", "permits")
    assert "--wayback" in wrong.stderr


@pytest.mark.slow  # an archive is asked a second apart
def test_a_portals_past_and_the_files_that_it_named_are_filled(tmp_path: Path) -> None:
    holdings = Holdings(7)
    site, recorded = DcatUsSite(holdings), WaybackSite([])
    assert vf(tmp_path, "init", "archive").returncode == 0
    archive = tmp_path / "archive"
    with PortalServer(recorded, MementoSite([Recorded("20180101000000", URL, b"id\n1\n")]), site) as server:  # fmt: skip
        told = {"ports": str(server.port), "web_archive": server.home.rstrip("/")}
        (archive / "settings.json").write_text(json.dumps(told), encoding="utf-8")
        where = f"{server.home}data.json"
        host = {"Host": where.split("/")[2]}
        answer = site.answer(Request("GET", "/data.json", {}, host))
        assert answer is not None
        gone = holdings.held[1]
        file = f"{server.home}files/{gone.hex32}.csv"
        recorded.recorded = [
            Recorded("20190101000000", where, answer.body),
            Recorded("20190102000000", file, gone.csv()),
        ]
        holdings.drop(gone)
        assert vf(archive, "add", where, "--all", "--allow-private", "--name", "county").returncode == 0  # fmt: skip
        lists = vf(archive, "backfill", "county", "--wayback", "--allow-private")
        files = vf(archive, "backfill", "county", "--wayback", "--files", "--allow-private")
        members = vf(archive, "members", "county", "--state", "missing")
        before = vf(archive, "members", "county")
        memento = vf(archive, "backfill", "county", "--memento", f"{server.home}timegate/{URL}", "--allow-private")  # fmt: skip
        after = vf(archive, "members", "county")
        wrong = vf(archive, "backfill", "county", "--files")
    assert "Known from copies of its lists alone: 1 dataset with 1 file." in lists.stdout
    assert "--wayback --files" in lists.stderr
    assert "of 1 of them 1 copy newly kept; 1 dataset added" in files.stdout, files.stderr
    assert gone.title in members.stdout
    assert "missing *" in members.stdout
    assert "known from copies that another archive made" in members.stderr
    assert "0 newly kept" in memento.stdout, memento.stderr
    assert "1 copies were errors when they were archived, could not be had, or are no list" in memento.stdout  # fmt: skip
    assert "suspect" not in after.stdout, "what is no list is no empty list"
    assert after.stdout == before.stdout
    assert "--files goes" in wrong.stderr


@pytest.mark.slow  # an archive is asked a second apart
def test_a_list_that_comes_in_pages_is_counted_then_asked_for_and_told(tmp_path: Path) -> None:
    site, recorded = CkanSite(Holdings(5)), WaybackSite([])
    assert vf(tmp_path, "init", "archive").returncode == 0
    archive = tmp_path / "archive"
    with PortalServer(recorded, site) as server:
        told = {"ports": str(server.port), "web_archive": server.home.rstrip("/"), "gap_s": "0"}
        (archive / "settings.json").write_text(json.dumps(told), encoding="utf-8")
        for moment, start in (("20190101000000", 0), ("20190101000100", 3), ("20200101000000", 3)):
            path, query = "api/3/action/package_search", {"rows": "3", "start": str(start)}
            host = {"Host": server.home.split("/")[2]}
            answer = site.answer(Request("GET", f"/{path}", query, host))
            assert answer is not None
            url = f"{server.home}{path}?rows=3&start={start}"
            recorded.recorded.append(Recorded(moment, url, answer.body))
        added = vf(archive, "add", server.home, "--all", "--allow-private", "--name", "county")
        assert added.returncode == 0, added.stderr
        lists = vf(archive, "backfill", "county/listing", "--wayback", "--allow-private")
        shown = vf(archive, "versions", "county/listing", "--json")
    assert (
        "Not held, and in the web archive: 3 copies of pages of this list, of 2 days."
        in lists.stderr
    )
    assert "2 lists put together, 1 of them whole, 2 newly kept" in lists.stdout, lists.stderr
    partial = [each["partial"] for each in json.loads(shown.stdout)]
    assert sorted(partial, key=str) == ["2 of 5 entries came", None, None], "one is our own"
