"""Names of datasets, files, tables and columns: never a path, never a traceback, twins told apart."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.letters import named, same_letters, told_apart
from verticalfile.services import listing, opening, querying
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.names import NotHeld, find_table
from verticalfile.services.through_time import comparing
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.errors import SourceRefused
from verticalfile.sources.what import slug

NFC = "caf\u00e9"
NFD = "cafe\u0301"
ODD = [
    "x" * 300, "é" * 300, "CON", "con.csv", "NUL", "🦆", "a\x00b", "../../etc", "/etc/passwd", "..",
    ".", "a/../b", "\\\\server\\share", "C:\\a", NFC, NFD, "\udcff", "\x1b[31mred", "\u202egnp.exe",
    "-rf", " ", "a\nb", "%2e%2e%2f", "~", "$(id)", "ＣＯＮ",
]  # fmt: skip
FILES = {"a": b"id,n\n1,2\n", "b": b"id,n\n1,3\n"}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return init(tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))


def looked_at(archive: Archive, dataset: str) -> None:
    collect(archive, archive.index.resources(dataset), fetching=Fetching(Rules()))


def paths_of(archive: Archive) -> set[str]:
    return {p.relative_to(archive.root).as_posix() for p in archive.root.rglob("*")}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_of_a_dataset_is_refused_in_one_sentence_and_makes_no_path(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    (tmp_path / "t.csv").write_bytes(FILES["a"])
    archive.index.datasets()
    before = paths_of(archive)
    with pytest.raises(InputRefused) as refused:
        adding.add(archive, str(tmp_path / "t.csv"), name=name)
    assert len(refused.value.message) < 150
    assert all(c.isprintable() for c in refused.value.message)
    for ask in (opening.open_version, listing.versions, listing.show, reviewing.key_state):
        with pytest.raises(NotHeld) as not_held:
            ask(archive, name)
        assert len(str(not_held.value)) < 250
    assert paths_of(archive) == before
    assert {p.name for p in tmp_path.iterdir()} == {"t.csv", "archive"}


@pytest.mark.parametrize("name", [n for n in ODD if n not in (".", "..", "~", "/etc/passwd")])
def test_an_odd_name_of_what_is_added_is_refused_or_becomes_a_plain_one(
    archive: Archive, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(archive.root)  # `../../etc` is there where one works two folders deep
    for act in (
        lambda: adding.add(archive, name),
        lambda: backfill.from_folder(archive, lambda: pytest.fail("asked"), Path(name)),
        lambda: backfill.from_git(archive, lambda: pytest.fail("asked"), name, "t.csv"),
        lambda: backfill.from_git(archive, lambda: pytest.fail("asked"), "/nowhere", name),
    ):
        with pytest.raises((VerticalFileError, OSError)):  # of an OSError the door makes a sentence
            act()
    with contextlib.suppress(InputRefused):
        (added,) = adding.add(archive, "/nowhere", path=name)
        assert added.dataset == adding.check_slug(added.dataset)


@given(st.text(max_size=400))
def test_any_file_name_becomes_a_name_that_can_be_typed(text: str) -> None:
    found = slug(text)
    assert found == adding.check_slug(found)
    assert slug(unicodedata.normalize("NFD", text)) == slug(unicodedata.normalize("NFC", text))


def test_files_of_a_folder_whose_names_would_be_one_are_told_apart(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "town"
    (folder / "old").mkdir(parents=True)
    bodies = {
        "permits.csv": b"id\n1\n", "permits.json": b'[{"id": 2}]', f"{NFC}.csv": b"id\n3\n",
        f"{NFD}.csv": b"id\n4\n", "cafe.csv": b"id\n5\n", "A b.csv": b"id\n6\n",
        "a-b.csv": b"id\n7\n", "lone.csv": b"id\n8\n", "old/lone.csv": b"id\n9\n",
    }  # fmt: skip
    for name, body in bodies.items():
        (folder / name).write_bytes(body)
    added = adding.add(archive, str(folder), name="town")
    assert len({r.id for r in added}) == len(bodies)
    looked_at(archive, "town")
    held = {
        Path(r.location).relative_to(folder).as_posix(): b"".join(
            opening.open_version(archive, f"town/{r.name}", form=opening.Form.ORIGINAL).chunks
        )
        for r in archive.index.resources("town")
    }
    assert held == bodies
    names = {r.name for r in archive.index.resources("town")}
    assert {"permits-csv", "permits-json"} <= names
    assert adding.add(archive, str(folder), name="town") == archive.index.resources("town")
    (folder / "PERMITS.CSV").write_bytes(b"id\n10\n")
    again = adding.add(archive, str(folder), name="town")
    assert len(again) == len(bodies) + 1, "what is held keeps its name"
    assert names < {r.name for r in again}


def test_a_second_file_of_the_same_plain_name_is_refused_not_mixed_in(
    archive: Archive, tmp_path: Path
) -> None:
    for name in (NFC, NFD):
        (tmp_path / f"{name}.csv").write_bytes(FILES["a"])
    adding.add(archive, str(tmp_path / f"{NFC}.csv"), name="c")
    with pytest.raises(InputRefused, match="is held already, from"):
        adding.add(archive, str(tmp_path / f"{NFD}.csv"), name="c")


def test_a_file_name_in_another_encoding_is_refused_in_one_sentence(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    name = os.fsdecode(b"pe\xf1a-2020-01-31.csv")  # Latin-1
    (folder / name).write_bytes(FILES["a"])
    with pytest.raises(InputRefused, match="not text in UTF-8"):
        adding.add(archive, str(folder / name))
    with pytest.raises(SourceRefused, match="pe�a-2020-01-31"):
        adding.add(archive, str(folder), name="old")
    with pytest.raises(SourceRefused):
        backfill.from_folder(archive, lambda: pytest.fail("asked"), folder)


def test_columns_that_are_twins_in_two_unicode_forms_stay_two(
    archive: Archive, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"{NFC},{NFD}\n" + "".join(f"{n},x{n}\n" for n in range(30)))
    adding.add(archive, str(file), name="t")
    looked_at(archive, "t")
    assert opening.arrow_at(archive, "t").column_names == [NFC, NFD]
    answer = querying.sql(archive, f'SELECT "{NFD}", "{NFC}" FROM t WHERE "{NFC}" = \'7\'')
    assert (answer.columns, list(answer.rows)) == ((NFD, NFC), [("x7", "7")])
    (shown,) = listing.show(archive, "t")
    assert told_apart(shown.columns[""]) == [f"{NFC} (NFC)", f"{NFD} (NFD)"]
    for each in (NFC, NFD):
        state = reviewing.set_key(archive, "t", [each])
        assert state.decisions.key is not None
        assert state.decisions.key.current == (each,)
        column = 0 if each == NFC else 1
        found = comparing.row(archive, "t", [("7", "x7")[column]])
        assert found.moments[0].values[0] == {NFC: "7", NFD: "x7"}


def test_a_column_typed_in_one_form_is_found_in_the_other(archive: Archive, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"{NFD},n\n" + "".join(f"k{n},{n % 3}\n" for n in range(30)))
    adding.add(archive, str(file), name="t", key=[NFC])
    looked_at(archive, "t")
    state = reviewing.key_state(archive, "t")
    assert state.decisions.key is not None
    assert state.decisions.key.current == (NFD,)
    assert state.decisions.key.how == "given"
    with pytest.raises(InputRefused, match="has no column “no�such”"):
        reviewing.set_key(archive, "t", ["no\x1bsuch"])


def test_a_column_that_comes_in_another_unicode_form_is_the_same_column_and_both_are_told(
    archive: Archive, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    for name in (NFC, NFD):
        file.write_text(f"id,{name}\n1,\n2,\n")  # no values that could be evidence
        if name == NFC:
            adding.add(archive, str(file), name="t", key=["id"])
        looked_at(archive, "t")
        archive.clock.pass_time(datetime(2024, 1, 2) - datetime(2024, 1, 1))
    line = listing.versions(archive, "t")[1][1]
    assert line.change is not None
    said = listing.told_of_columns(line.change)
    assert said == [f"column {NFC} (NFC) is called {NFD} (NFD)"]


@pytest.mark.parametrize("name", ["x" * 300, "CON", "🦆", "../../etc/passwd", "a\x00b", NFC, ".."])
def test_a_table_of_any_name_is_reached_by_it_and_is_no_path(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    import json

    file = tmp_path / "t.json"
    file.write_text(json.dumps({name: [{"id": 1}, {"id": 2}], "other": [{"n": 1}, {"n": 2}]}))
    adding.add(archive, str(file), name="t")
    looked_at(archive, "t")
    _, table = find_table(archive, f"t/t/{name}")
    assert table.name == name
    found = opening.open_version(archive, f"t/t/{name}", form=opening.Form.CSV)
    assert b"".join(found.chunks).splitlines() == [b"id", b"1", b"2"]
    assert opening.arrow_at(archive, f"t/t/{name}").num_rows == 2
    folders = {p.name for p in (archive.root / "history").iterdir()}
    assert all(len(each) == 20 and each.isalnum() for each in folders)
    assert {p.name for p in tmp_path.iterdir()} == {"t.json", "archive"}


@pytest.mark.parametrize(
    "members", [(f"{NFC}.csv", f"{NFD}.csv"), ("a.csv", "A.CSV"), ("../a.csv",), ("C:/a.csv",)]
)
def test_members_of_a_zip_that_are_twins_or_paths_are_kept_unread(
    archive: Archive, tmp_path: Path, members: tuple[str, ...]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for member in members:
            made.writestr(member, "id\n1\n")
    (tmp_path / "t.zip").write_bytes(packed.getvalue())
    adding.add(archive, str(tmp_path / "t.zip"), name="t")
    looked_at(archive, "t")
    (line,) = listing.versions(archive, "t")[1]
    assert line.version.reason == "bad_archive"
    found = opening.open_version(archive, "t", version="v1", form=opening.Form.ORIGINAL)
    assert b"".join(found.chunks) == packed.getvalue()


@given(st.text(max_size=8), st.text(max_size=8))
def test_names_are_the_same_letters_only_where_they_look_the_same(one: str, other: str) -> None:
    assert same_letters(one, other) == same_letters(other, one)
    assert not same_letters(one, one)
    for form in ("NFC", "NFD"):
        twin = unicodedata.normalize(form, one)
        assert twin == one or same_letters(one, twin)
        assert named(twin, [one]) == one
    assert named(one, [one, other]) == one


def test_a_branch_is_never_an_option_of_git(archive: Archive, tmp_path: Path) -> None:
    repository = tmp_path / "r"
    run = ["git", "-C", str(repository), "-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    (repository / "t.csv").write_bytes(FILES["a"])
    subprocess.run([*run, "add", "t.csv"], check=True)
    subprocess.run([*run, "commit", "-qm", "one"], check=True)
    for branch in (f"--output={tmp_path / 'written'}", "--all", "-h"):
        with pytest.raises(SourceRefused):
            backfill.from_git(
                archive, lambda: pytest.fail("asked"), str(repository), "t.csv", branch=branch
            )
    assert not (tmp_path / "written").exists()


COMMANDS = [
    ("get", "{}"), ("show", "{}"), ("versions", "{}", "--json"), ("log", "{}"), ("add", "{}"),
    ("add", "t.csv", "--name", "{}"), ("add", "t.csv", "--every", "P{}D"), ("key", "t", "{}"),
    ("get", "t", "--version", "{}"), ("get", "t", "--at", "{}"), ("row", "t", "{}"),
    ("changes", "t", "{}"), ("collect", "{}"), ("accept", "{}"), ("mend", "--from", "{}"),
    ("backfill", "{}", "--folder", "t.csv"), ("backfill", "t", "--git", "{}", "--path", "{}"),
    ("verify", "{}"), ("sql", "SELECT * FROM \"{}\""), ("key", "t", "--undo", "{}"),
    ("get", "t", "-o", "{}"), ("init", "{}"),
    ("withdraw", "t", "--version", "{}", "--how", "hide", "--reason", "r", "--authority", "a"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x" * 300, os.fsdecode(b"\xff"), "\x1b[31mred", "9" * 40])
def test_no_command_answers_an_odd_name_with_a_traceback(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    (tmp_path / "t.csv").write_bytes(FILES["a"])
    adding.add(archive, str(tmp_path / "t.csv"), name="t", key=["id"])
    looked_at(archive, "t")
    archive.index.close()
    for command in COMMANDS:
        words = [word.replace("{}", name) for word in command]
        done = subprocess.run(
            [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), *words],
            capture_output=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        told = done.stderr.decode()
        assert "Traceback" not in told
        assert "unexpected" not in told, command
        assert "\x1b" not in told, command
        if done.returncode:
            mends = re.findall(r'^    To mend it:|^Error:|"mend":', told, re.MULTILINE)
            assert len(mends) == 1, (command, told)
