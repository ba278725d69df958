"""Where the archive is found, what a shell completes, and how answers look on and off a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from verticalfile.services.archive import open_archive

VF = [sys.executable, "-m", "verticalfile"]
COLOUR = re.compile(r"\x1b\[[0-9;]*?(?:3[0-79]|4[0-79]|9[0-7]|10[0-7]|[34]8;)[0-9;]*m")
"""Codes that set a foreground or background colour (ECMA-48); bold and dim are none."""


def clean_environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("VF_ARCHIVE", "NO_COLOR", "TERM")}
    return {**kept, "TERM": "xterm-256color", "COLUMNS": "120", **more}


def run(
    *words: str, cwd: Path, env: Mapping[str, str] | None = None, code: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*VF, *words], capture_output=True, text=True, check=False, cwd=cwd,
        env=dict(env or clean_environment()),
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def on_terminal(*words: str, cwd: Path, env: Mapping[str, str]) -> str:
    """What a person sees: standard output and error of the command on a terminal of its own."""
    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux: the other end was closed
                return
            if not piece:
                return
            seen.append(piece)

    reading = threading.Thread(target=read)
    reading.start()
    done = subprocess.run(
        [*VF, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=dict(env),
        check=False,
    )
    os.close(theirs)
    reading.join(20)
    os.close(ours)
    assert done.returncode == 0, b"".join(seen)
    return b"".join(seen).decode()


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with three datasets, one of them collected twice."""
    folder = tmp_path_factory.mktemp("held")
    run("init", "library", cwd=folder)
    for name, body in (
        ("permits", "id,street\n1,Elm\n2,Oak\n"), ("permit-fees", "id,fee\n1,20\n"),
        ("zoning", "id,zone\n1,R1\n"),
    ):  # fmt: skip
        (folder / f"{name}.csv").write_text(body)
        run("--archive", "library", "add", f"{name}.csv", "--name", name, cwd=folder)
    run("--archive", "library", "collect", "permits", cwd=folder)
    (folder / "permits.csv").write_text("id,street\n1,Elm\n2,Ash\n")
    run("--archive", "library", "collect", "permits", cwd=folder)
    return folder / "library"


def names(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [entry["name"] for entry in json.loads(done.stdout)]


ALL = ["permit-fees", "permits", "zoning"]


@pytest.mark.parametrize("inside", [".", "vault", "history", "cache"])
def test_the_archive_is_found_upwards_from_the_folder_one_stands_in(
    held: Path, inside: str
) -> None:
    assert names(run("list", "--json", cwd=held / inside)) == ALL


def test_of_several_archives_upwards_the_nearest_is_taken(held: Path, tmp_path: Path) -> None:
    shutil.copytree(held, tmp_path / "outer")
    run("init", "inner", cwd=tmp_path / "outer" / "cache")
    (tmp_path / "outer" / "cache" / "inner" / "deeper").mkdir()
    for folder, found in (("cache", ALL), ("cache/inner", []), ("cache/inner/deeper", [])):
        assert names(run("list", "--json", cwd=tmp_path / "outer" / folder)) == found


def test_the_option_outranks_the_variable_and_the_variable_the_folder(
    held: Path, tmp_path: Path
) -> None:
    run("init", "empty", cwd=tmp_path)
    empty = str(tmp_path / "empty")
    assert names(run("list", "--json", cwd=held, env=clean_environment(VF_ARCHIVE=empty))) == []
    asked = clean_environment(VF_ARCHIVE=empty)
    found = run("--archive", str(held), "list", "--json", cwd=tmp_path, env=asked)
    assert names(found) == ALL
    nothing = clean_environment(VF_ARCHIVE="")
    assert names(run("list", "--json", cwd=held, env=nothing)) == ALL


def test_where_no_archive_is_one_sentence_says_how_to_name_one(tmp_path: Path) -> None:
    (tmp_path / "format.json").write_text("{}")  # of another program: no vault beside it
    done = run("list", cwd=tmp_path, code=11)
    assert done.stderr.splitlines() == [
        "vf: There is no archive here.",
        "    To mend it: make one with `vf init DIR`, or name one with --archive DIR or $VF_ARCHIVE.",
    ]


def state(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and "-shm" not in p.name and "-wal" not in p.name
    }


def test_a_dry_run_says_what_is_due_and_looks_at_nothing(held: Path) -> None:
    before = state(held)
    done = run("collect", "--dry-run", cwd=held)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == ["permit-fees", "zoning"]
    assert lines[0][1] == str(held.parent / "permit-fees.csv")
    assert done.stderr == "2 due.\n"
    named = run("collect", "permits", "--dry-run", cwd=held)
    assert named.stdout.startswith("permits\t"), "what is named is looked at though not due"
    assert state(held) == before
    run("collect", "no-such", "--dry-run", cwd=held, code=14)


def test_verify_asks_somebody_independent_and_believes_the_answer(
    held: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(held, own)
    done = run("verify", "--independent", cwd=own)
    assert re.fullmatch(r"ocfl-py: VALID \d+ objects\nAll well: 2 originals, .*\n", done.stdout)
    pack = next(own.rglob("frames.zst"))
    pack.write_bytes(pack.read_bytes()[:-1])
    done = run("verify", "--independent", "--json", cwd=own, code=22)
    assert json.loads(done.stdout)["independent"].startswith("ocfl-py: INVALID")


@pytest.mark.parametrize(
    ("shell", "said"), [("bash", "complete -o nosort -F"), ("zsh", "#compdef vf"),
                        ("fish", "complete --no-files --command vf")],
)  # fmt: skip
def test_a_completion_script_is_printed_for_each_shell(
    tmp_path: Path, shell: str, said: str
) -> None:
    script = run("completion", shell, cwd=tmp_path).stdout
    assert said in script
    assert "_VF_COMPLETE" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


TRY = """
source <({vf} completion bash)
try() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); COMPREPLY=(); _vf_completion vf; echo "${{COMPREPLY[*]}}"; }}
cd {folder}
try vf get per
try vf get permits/
try vf collect zoning permit-
try vf versi
try vf get --as pa
cd /
try vf get per
try vf --archive {folder} row zo
VF_ARCHIVE={folder} try vf withdraw permit-f
try vf --archive /no/such show per
"""


def test_bash_completes_names_of_datasets_and_files(held: Path, tmp_path: Path) -> None:
    vf = tmp_path / "bin" / "vf"
    vf.parent.mkdir()
    vf.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.argv[0] = \'vf\';'
                  ' from verticalfile.cli.main import main; main()" "$@"\n')  # fmt: skip
    vf.chmod(0o755)
    env = clean_environment(PATH=f"{vf.parent}:{os.environ['PATH']}")
    done = subprocess.run(
        ["bash", "--norc", "-c", TRY.format(vf=vf, folder=held)],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "permit-fees permits", "permits/permits", "permit-fees", "versions", "parquet",
        "", "zoning", "permit-fees", "",
    ]  # fmt: skip


READING = [
    ("list",), ("show", "permits"), ("versions", "permits"), ("log",), ("changes", "permits"),
    ("row", "permits", "2"), ("key", "permits"), ("sql", "SELECT * FROM permits"), ("doctor",),
]  # fmt: skip


@pytest.fixture(scope="module")
def keyed(held: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("keyed") / "library"
    shutil.copytree(held, own)
    run("key", "permits", "id", cwd=own)
    return own


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_what_is_piped_is_plain_lines(keyed: Path, words: tuple[str, ...]) -> None:
    done = run(*words, cwd=keyed)
    for text in (done.stdout, done.stderr):
        assert "\x1b" not in text
        assert not re.search("[─━│┃┌└╭╰]", text)
    if words[0] in ("list", "versions", "log", "sql", "doctor"):
        widths = {line.count("\t") for line in done.stdout.splitlines()}
        assert len(widths) == 1, "one line a row, cells parted by tabs, a heading first"
        assert widths != {0}


def test_a_terminal_is_given_colour_and_with_no_color_none(keyed: Path) -> None:
    coloured = on_terminal("show", "permits", cwd=keyed, env=clean_environment())
    assert COLOUR.search(coloured)
    for words in READING:
        plain = on_terminal(*words, cwd=keyed, env=clean_environment(NO_COLOR="1"))
        assert not COLOUR.search(plain), words
        assert plain.strip()


def test_progress_is_a_bar_on_a_terminal_and_lines_otherwise(keyed: Path) -> None:
    seen = on_terminal("verify", cwd=keyed, env=clean_environment())
    assert "All well" in seen
    assert "Verifying: " not in seen
    assert "Verifying: 1 of" in run("verify", cwd=keyed).stderr


def doctor(archive: Path, code: int = 0, **env: str) -> dict[str, dict[str, object]]:
    done = run("doctor", "--json", cwd=archive, env=clean_environment(**env), code=code)
    return {line["what"]: line for line in json.loads(done.stdout)}


def test_the_doctor_tells_of_all_that_it_should(held: Path) -> None:
    found = doctor(held)
    assert list(found) == [
        "python", "packages", "sqlite", "git", "files are read", "kinds of source", "free space", "clock",
        "permissions", "locks", "due", "last checks", "held",
    ]  # fmt: skip
    assert all(line["well"] for line in found.values())
    assert found["python"]["said"] == ".".join(map(str, sys.version_info[:3]))
    assert "duckdb 1." in str(found["packages"]["said"])
    assert str(found["git"]["said"]).startswith("git version")
    assert re.fullmatch(r"[\d.]+ GB", str(found["free space"]["said"]))
    assert found["due"]["said"] == "2 of 3 files"
    assert str(found["kinds of source"]["said"]).startswith("arcgis, arcgis-hub, ckan, dcat-ap")
    assert found["permissions"]["said"] == "all can be written"
    assert found["locks"]["said"] == "nobody writes"
    plain = run("doctor", cwd=held).stdout.splitlines()
    assert plain[0] == "\twhat\tfound"
    assert all(line.startswith("ok\t") for line in plain[1:])


def test_the_doctor_finds_what_is_in_the_way(held: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(held, own)
    (tmp_path / "no-git").mkdir()
    found = doctor(own, code=1, PATH=str(tmp_path / "no-git"))
    assert [what for what, line in found.items() if not line["well"]] == ["git"]
    shutil.rmtree(own / "history")
    (own / "vault" / "x").touch()
    found = doctor(own, code=1)
    assert found["permissions"]["said"] == "history is missing"
    (own / "history").mkdir()
    run("add", "http://127.0.0.1:9/a.csv", "--name", "away", cwd=own)
    run("collect", "away", cwd=own, code=3)
    assert "away (" in str(doctor(own, code=1)["last checks"]["said"])


def test_the_doctor_tells_who_writes(held: Path) -> None:
    archive = open_archive(held)
    (resource,) = archive.index.resources("zoning")
    archive.index.close()  # or its log would vanish whenever this is thrown away: under a copy, too
    with archive.writing(resource.id):
        said = f"process {os.getpid()} writes to zoning"
        assert doctor(held)["locks"]["said"] == said
    assert doctor(held)["locks"]["said"] == "nobody writes"
