"""Reliability 4.9: what people do to an archive: old copies, deletions, two at once, old programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BEGINNING = "id,n\n" + "".join(f"{n},{n * 7}\n" for n in range(200))


def write(file: Path, more: int) -> None:
    file.write_text(BEGINNING + "".join(f"{n},new\n" for n in range(1_000, 1_000 + more)))


@pytest.fixture
def archive(tmp_path: Path, vf) -> Path:
    """An archive that holds one version of t."""
    file, root = tmp_path / "t.csv", tmp_path / "archive"
    write(file, 0)
    assert vf(tmp_path, "init", str(root)).code == 0
    assert vf(root, "add", str(file), "--name", "t").code == 0
    assert vf(root, "collect", "t").code == 0
    return root


def index_files(archive: Path) -> list[Path]:
    return sorted(archive.glob("index.sqlite3*"))


def versions(vf, archive: Path, name: str = "t") -> list[dict]:
    done = vf(archive, "versions", name, "--all", "--json")
    assert done.code == 0, done.err
    return done.told


def assert_whole(vf, archive: Path, held: int) -> None:
    told = vf(archive, "verify", "--json").told
    assert told["well"]
    assert told["originals"] == held


def test_yesterdays_index_with_todays_vault_catches_up(tmp_path: Path, vf, archive: Path) -> None:
    yesterday = tmp_path / "yesterday"
    yesterday.mkdir()
    for path in index_files(archive):
        shutil.copy(path, yesterday)
    write(tmp_path / "t.csv", 3)
    assert vf(archive, "collect", "t").code == 0
    (tmp_path / "u.csv").write_text("a,b\n1,2\n")
    assert vf(archive, "add", str(tmp_path / "u.csv"), "--name", "u").code == 0
    assert vf(archive, "collect", "u").code == 0
    expected, other = versions(vf, archive), versions(vf, archive, "u")
    log = vf(archive, "log", "t", "--json").told
    for path in index_files(archive):
        path.unlink()
    for path in yesterday.iterdir():
        shutil.copy(path, archive)
    assert vf(archive, "collect").code == 0, "whatever is due; that is nothing or t and u"
    assert len(versions(vf, archive)) == 2
    assert [v["sha256"] for v in versions(vf, archive)] == [v["sha256"] for v in expected]
    assert [v["added"] for v in versions(vf, archive)] == [v["added"] for v in expected]
    assert [v["sha256"] for v in versions(vf, archive, "u")] == [v["sha256"] for v in other]
    assert len(vf(archive, "log", "t", "--json").told) >= len(log)
    assert_whole(vf, archive, held=3)


@pytest.mark.parametrize("command", ["versions", "list", "show", "log"])
def test_a_reading_command_with_yesterdays_index_shows_todays_versions(
    tmp_path: Path, vf, archive: Path, command: str
) -> None:
    yesterday = tmp_path / "yesterday"
    yesterday.mkdir()
    for path in index_files(archive):
        shutil.copy(path, yesterday)
    write(tmp_path / "t.csv", 3)
    assert vf(archive, "collect", "t").code == 0
    words = [command] if command == "list" else [command, "t"]
    expected = vf(archive, *words, "--json")
    assert expected.code == 0
    for path in index_files(archive):
        path.unlink()
    for path in yesterday.iterdir():
        shutil.copy(path, archive)
    assert vf(archive, *words, "--json").out == expected.out


def test_an_index_that_was_deleted_is_made_again(tmp_path: Path, vf, archive: Path) -> None:
    write(tmp_path / "t.csv", 3)
    assert vf(archive, "collect", "t").code == 0
    expected = versions(vf, archive)
    for path in index_files(archive):
        path.unlink()
    assert vf(archive, "collect", "t").code == 0
    found = versions(vf, archive)
    assert [v["sha256"] for v in found] == [v["sha256"] for v in expected]
    assert [v["added"] for v in found] == [v["added"] for v in expected]
    assert_whole(vf, archive, held=2)


def test_an_archive_of_a_newer_format_is_refused_naming_both(vf, archive: Path) -> None:
    path = archive / "format.json"
    made = json.loads(path.read_text())
    path.write_text(json.dumps({**made, "format": made["format"] + 6}))
    before = {p: p.read_bytes() for p in archive.rglob("*") if p.is_file()}
    for words in (("versions", "t"), ("collect",), ("verify",), ("rebuild",), ("doctor",)):
        refused = vf(archive, *words)
        assert refused.code == 12
        assert str(made["format"]) in refused.err.replace(str(archive), "")
        assert str(made["format"] + 6) in refused.err.replace(str(archive), "")
        assert refused.err.count("To mend it") == 1
    assert {p: p.read_bytes() for p in archive.rglob("*") if p.is_file()} == before


def test_an_archive_of_a_format_that_was_given_up_is_refused_and_not_shown_empty(
    vf, archive: Path
) -> None:
    path = archive / "format.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 1}))
    for words in (("list",), ("versions", "t"), ("collect",), ("verify",)):
        refused = vf(archive, *words)
        assert refused.code == 11
        assert "format 1" in refused.err
        assert refused.err.count("To mend it") == 1


def test_a_command_run_twice_changes_nothing(tmp_path: Path, vf, archive: Path) -> None:
    file = tmp_path / "t.csv"
    before = versions(vf, archive)
    for words in (("add", str(file), "--name", "t"), ("collect", "t"), ("verify",), ("rebuild",)):
        for _ in range(2):
            done = vf(archive, *words)
            assert done.code == 0, done.err
    found = versions(vf, archive)
    kept = ("version", "sha256", "first_seen_at", "rows")
    assert [[v.get(k) for k in kept] for v in found] == [[v.get(k) for k in kept] for v in before]
    assert_whole(vf, archive, held=1)


@pytest.mark.parametrize("then", [(), ("collect", "t")], ids=["at once", "after a check"])
def test_an_object_folder_that_a_person_deleted_is_told_and_comes_back(
    tmp_path: Path, vf, archive: Path, then: tuple[str, ...]
) -> None:
    write(tmp_path / "t.csv", 3)
    assert vf(archive, "collect", "t").code == 0
    shutil.copytree(archive, tmp_path / "copy")
    volume = next((archive / "vault").rglob("frames.zst")).parents[3]
    shutil.rmtree(volume)
    if then:
        (tmp_path / "t.csv").unlink()
        vf(archive, *then)
    told = vf(archive, "verify")
    assert told.code != 0, told.out
    assert "lacks 2 captures" in told.out
    assert "Traceback" not in told.err
    mended = vf(archive, "mend", "--from", str(tmp_path / "copy"))
    assert mended.code == 0, mended.err
    assert len(versions(vf, archive)) == 2
    assert_whole(vf, archive, held=2)


def test_what_was_destroyed_by_law_is_no_damage(tmp_path: Path, vf, archive: Path) -> None:
    write(tmp_path / "t.csv", 3)
    assert vf(archive, "collect", "t").code == 0
    order = ("withdraw", "t", "--version", "v1", "--how", "destroy")
    asked = vf(archive, *order, "--reason", "a ruling", "--authority", "a court", "--by", "Ann Poe")
    assert asked.code == 0, asked.err
    gone = vf(archive, *order, "--confirm", "--by", "Bob Roe", "--yes")
    assert gone.code == 0, gone.err
    assert_whole(vf, archive, held=1)


def test_two_collects_at_once_wait_for_each_other(tmp_path: Path, vf, archive: Path) -> None:
    for name in "abcdef":
        (tmp_path / f"{name}.csv").write_text(BEGINNING + f"9999,{name}\n")
        assert vf(archive, "add", str(tmp_path / f"{name}.csv"), "--name", name).code == 0
    write(tmp_path / "t.csv", 3)
    command = [sys.executable, "-m", "verticalfile", "--archive", str(archive), "collect",
               *"tabcdef"]  # fmt: skip
    both = [
        subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "locked" not in out + err
        assert out.count(":") >= 7
    assert [len(versions(vf, archive, name)) for name in "tabcdef"] == [2, 1, 1, 1, 1, 1, 1]
    assert_whole(vf, archive, held=8)
