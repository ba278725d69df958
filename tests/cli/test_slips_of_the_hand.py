"""What a person asks for and does not get is said: a file that is held, a key that is no column,
a place to write to that is no file."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from test_the_terminal import VF, clean_environment, run

from verticalfile.services.archive import open_archive


@pytest.fixture
def library(tmp_path: Path) -> Path:
    run("init", "library", cwd=tmp_path)
    (tmp_path / "prices.csv").write_text("id,street\n1,Oak\n2,Elm\n")
    return tmp_path / "library"


def test_adding_what_is_held_says_so_and_how_it_is_changed(library: Path) -> None:
    assert "Added prices," in run("add", "../prices.csv", cwd=library).stdout
    again = run("add", "../prices.csv", "--every", "weekly", "--key", "id", cwd=library)
    assert "held already, looked at daily; nothing was changed." in again.stdout
    assert "vf every" in again.stderr
    assert "vf key" in again.stderr


def test_a_key_that_is_no_column_is_told_when_the_file_is_kept(library: Path) -> None:
    run("add", "../prices.csv", "--key", "ID_NR", cwd=library)
    said = run("collect", cwd=library).stdout
    assert "no columns for the key that was told, ID_NR" in said
    assert "ID_NR" in run("key", "prices", cwd=library).stdout
    run("add", "../prices.csv", "--name", "right", "--key", "id", cwd=library)
    assert "no columns" not in run("collect", "right", cwd=library).stdout


def test_an_archive_named_from_where_one_stands_reads_large_files_too(tmp_path: Path) -> None:
    """What reads them stands in another folder; short ones it is told, from 1 MB on it opens them."""
    run("init", "library", cwd=tmp_path)
    rows = "".join(f"{n},{'Elm Street ' * 8}\n" for n in range(20_000))
    (tmp_path / "streets.csv").write_text(f"id,street\n{rows}")
    assert (tmp_path / "streets.csv").stat().st_size > 1 << 20
    run("--archive", "library", "add", "streets.csv", "--key", "id", cwd=tmp_path)
    run("--archive", "library", "collect", cwd=tmp_path)
    named = clean_environment(VF_ARCHIVE="./library")
    (tmp_path / "streets.csv").write_text(f"id,street\n{rows}20000,Oak\n")
    assert "1 row added" in run("collect", "streets", cwd=tmp_path, env=named).stdout
    assert run("get", "streets", cwd=tmp_path, env=named).stdout.endswith("20000,Oak\n")
    assert "All well: 2 originals" in run("verify", cwd=tmp_path, env=named).stdout


def test_files_of_a_folder_that_tell_no_date_are_said_to_be_left_out(
    library: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name in ("2020-01-31.csv", "2020-02-29.csv", "newest.csv"):
        (old / name).write_text(f"id,street\n1,{name}\n")
    run("add", "../prices.csv", cwd=library)
    said = run("backfill", "prices", "--folder", "../old", cwd=library).stdout
    assert said.startswith("prices: 2 states, 2 newly kept, ")
    assert "Left out, as their names tell no date: 1 file." in said
    assert (
        "2 new of 2 states; 1 file left out, no date in the name" in run("log", cwd=library).stdout
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_job_whose_streams_are_closed_does_its_work(library: Path, closed: str) -> None:
    run("add", "../prices.csv", cwd=library)
    words = ["sh", "-c", f'exec "$@" {closed}', "sh", *VF, "collect"]
    done = subprocess.run(words, cwd=library, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "v1" in run("versions", "prices", cwd=library).stdout


def test_a_device_or_a_link_is_written_to_and_not_replaced(library: Path, tmp_path: Path) -> None:
    run("add", "../prices.csv", cwd=library)
    run("collect", cwd=library)
    table = run("get", "prices", cwd=library).stdout
    assert run("get", "prices", "-o", "-", cwd=library).stdout == table
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([*VF, "get", "prices", "-o", str(pipe)], cwd=library) as giving:
        assert pipe.read_text() == table
        assert giving.wait(30) == 0
    assert pipe.is_fifo()
    (tmp_path / "newest.csv").symlink_to("kept-here.csv")
    (tmp_path / "kept-here.csv.part").write_text("mine")
    run("get", "prices", "-o", str(tmp_path / "newest.csv"), cwd=library)
    assert (tmp_path / "newest.csv").is_symlink()
    assert (tmp_path / "kept-here.csv").read_text() == table
    assert (tmp_path / "kept-here.csv.part").read_text() == "mine"


def test_who_waits_for_another_writer_is_told_the_name_of_the_file(library: Path) -> None:
    run("add", "../prices.csv", cwd=library)
    archive = open_archive(library)
    (resource,) = archive.index.resources()
    with (
        archive.writing(resource.id),
        subprocess.Popen(
            [*VF, "collect", "prices"], cwd=library, stderr=subprocess.PIPE, text=True
        ) as waiting,
    ):
        assert waiting.stderr is not None
        said = next(line for line in waiting.stderr if line.startswith("Waiting"))
        waiting.kill()
    assert said.endswith("is writing to prices.\n")


def test_settings_that_are_no_json_are_told_with_the_place_and_the_file(library: Path) -> None:
    (library / "settings.json").write_text('{"library": "Alder Falls"\n "contact": "a@b"}')
    said = run("collect", cwd=library, code=10)
    assert "a comma or a closing bracket is missing at line 2 column 2" in said.stderr
    assert str(library / "settings.json") in said.stderr
    assert "Expecting" not in said.stderr


@pytest.mark.parametrize(
    ("words", "said", "mend"),
    [
        (["colect"], "There is no command “colect”.", "it may be `vf collect`"),
        (["zzz"], "There is no command “zzz”.", "`vf --help` shows all of them."),
        (["get"], "Missing argument 'NAME'.", "write `vf get [OPTIONS] NAME`; `vf get --help`"),
        (["get", "prices", "--outputt", "x"], "'--output'", "`vf get [OPTIONS] NAME`"),
        (["get", "prices", "--as", "xlsx"], "'xlsx' is not one of", "`vf get --help`"),
        (["changes", "a", "b", "c", "d"], "unexpected extra argument", "NAME [FROM [TO]]"),
    ],
)
def test_a_command_that_is_not_understood_gets_one_sentence_and_how_it_is_written(
    tmp_path: Path, words: list[str], said: str, mend: str
) -> None:
    done = run(*words, cwd=tmp_path, code=2)
    sentence, mended = done.stderr.splitlines()
    assert sentence.startswith("vf: ")
    assert said in sentence
    assert mended.startswith("    To mend it: ")
    assert mend in mended
    told = json.loads(run(*words, "--json", cwd=tmp_path, code=2).stderr)
    assert told["error"] == "not-understood"


def test_vf_alone_shows_what_there_is(tmp_path: Path) -> None:
    done = run(cwd=tmp_path, code=2)
    assert "Keep it safe:" in done.stderr
    assert "To mend it" not in done.stderr
