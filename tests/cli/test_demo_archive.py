"""The commands on the made-up town: what a newcomer's `vf demo` leaves behind."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VF = [sys.executable, "-m", "verticalfile"]


def vf(*words: str, archive: Path | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    named = ["--archive", str(archive)] if archive else []
    done = subprocess.run([*VF, *named, *words], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("town") / "archive"
    return folder, vf("demo", str(folder)).stdout


@pytest.fixture
def own(town, tmp_path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(town[0], tmp_path / "own")
    return tmp_path / "own"


def test_the_story_tells_each_fault_and_what_became_of_it(town):
    story = town[1]
    for said in (
        "made-up town", "kept as v2; only the export changed", "not readable: cut off",
        "not readable: html", "column Work Type is called Permit Type",
        "The file broke off after", "the key changed its form (folded)", "is the last that was offered",
        "$412.00", "$468.00", "vf --archive",
    ):  # fmt: skip
        assert said in story, said
    assert "held as surprising" not in story


def test_list_tells_what_is_held_and_list_json_is_the_same(town):
    names = ["building-permits", "service-requests", "sidewalk-repair-prices"]
    lines = vf("list", archive=town[0]).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == names
    body = json.loads(vf("list", "--json", archive=town[0]).stdout)
    assert [entry["name"] for entry in body] == names
    assert body[2]["rows"] == 326


def test_the_price_that_was_revised_is_seen_in_changes_and_row(town):
    body = json.loads(
        vf(
            "changes",
            "sidewalk-repair-prices",
            "2024-03-01",
            "2024-03-12",
            "--json",
            archive=town[0],
        ).stdout
    )
    assert body["kinds"] == ["data"]
    assert body["added"] == body["removed"] == []
    (changed,) = body["changed"]
    assert changed["key"] == ["SW-204", "2023"]
    assert changed["cells"] == {"Price per Unit": {"before": "412.00", "after": "468.00"}}
    through = json.loads(
        vf("row", "sidewalk-repair-prices", "SW-204", "2023", "--json", archive=town[0]).stdout
    )
    prices = [m["rows"][0]["Price per Unit"] for m in through["moments"] if m["rows"]]
    assert prices == ["412.00", "468.00"]


def test_as_of_gives_what_was_offered_then_and_says_what_is_not_known(town):
    done = vf("get", "sidewalk-repair-prices", "--at", "2023", archive=town[0])
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    (panel,) = [r for r in rows if r["Item"] == "SW-204" and r["Year"] == "2023"]
    assert panel["Price per Unit"] == "412.00"
    assert "in between nobody looked" in done.stderr
    early = vf("get", "sidewalk-repair-prices", "--at", "2020", archive=town[0], code=14)
    assert "was not yet held" in early.stderr
    gone = vf("get", "sidewalk-repair-prices", "--at", "2024-07", archive=town[0])
    assert "gone from the source since 2024-06-18" in gone.stderr


def test_an_original_comes_out_byte_for_byte_by_number_and_by_digest(town, tmp_path):
    lines = json.loads(vf("versions", "building-permits", "--json", archive=town[0]).stdout)
    import hashlib

    for line in (lines[0], lines[-1]):
        out = tmp_path / "o"
        for wanted in (f"v{line['version']}", str(line["version"]), line["sha256"][:8]):
            vf(
                "get",
                "building-permits",
                "--version",
                wanted,
                "--as",
                "original",
                "-o",
                str(out),
                archive=town[0],
            )
            assert hashlib.sha256(out.read_bytes()).hexdigest() == line["sha256"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_version_comes_out_in_common_forms_with_the_same_rows(town, tmp_path, form):
    out = tmp_path / "o"
    vf("get", "building-permits", "--as", form, "-o", str(out), archive=town[0])
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"), newline="")))
    elif form == "jsonl":
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    else:
        import pyarrow.parquet as pq

        rows = pq.read_table(out).to_pylist()
    assert len(rows) == 485
    assert rows[0]["Permit Number"].startswith("PRM-")


def test_unreadable_versions_are_listed_with_all_and_never_current(town):
    shown = vf("versions", "service-requests", archive=town[0])
    assert "are not shown: --all" in shown.stderr
    everything = json.loads(
        vf("versions", "service-requests", "--all", "--json", archive=town[0]).stdout
    )
    reasons = {line["reason"] for line in everything if not line["readable"]}
    assert reasons == {"cut_off", "html"}
    then = vf("get", "service-requests", "--at", "2022-12-05", archive=town[0])
    assert "is not offered: html" in then.stderr
    assert then.stdout.startswith("Request ID,")


def test_sql_sees_every_table_as_of_a_moment_and_nothing_else(town):
    count = 'SELECT count(*) n FROM "service-requests"'
    now = json.loads(vf("sql", count, "--json", archive=town[0]).stdout)[0]["n"]
    then = json.loads(vf("sql", count, "--at", "2022-06", "--json", archive=town[0]).stdout)[0]["n"]
    assert now == 1286
    assert 0 < then < now
    for hostile in (
        "SELECT * FROM read_csv('/etc/passwd')", "COPY (SELECT 1) TO '/tmp/x'", "DROP VIEW permits",
        "SELECT 1; SELECT 2", "ATTACH '/tmp/x.db'", "SELECT * FROM glob('/*')",
    ):  # fmt: skip
        done = vf("sql", hostile, archive=town[0], code=10)
        assert "To mend it" in done.stderr


def test_the_key_and_why_it_is_believed_are_shown_and_can_be_overruled(own):
    told = json.loads(vf("key", "building-permits", "--json", archive=own).stdout)
    assert told["key"] == ["Permit Number"]
    assert told["how"] == "found"
    assert told["confidence"] > 0.8
    assert told["evidence"]
    vf("key", "building-permits", "--none", archive=own)
    body = json.loads(vf("changes", "building-permits", "--json", archive=own).stdout)
    assert body["changed"] == []
    vf("key", "building-permits", "Permit Number", archive=own)
    body = json.loads(vf("changes", "building-permits", "--json", archive=own).stdout)
    assert body["changed"]
    vf("key", "building-permits", "--none", archive=own)
    again = json.loads(vf("key", "building-permits", "--find", "--json", archive=own).stdout)
    assert again["key"] == ["Permit Number"]
    vf("key", "building-permits", "No Such", archive=own, code=10)


def test_a_rename_can_be_undone_and_said_again(own):
    def columns_renamed() -> list[object]:
        versions = json.loads(vf("versions", "building-permits", "--json", archive=own).stdout)
        number = next(
            v["version"]
            for v in versions
            if v["said"] and any(" -> " in s or s.startswith("+") for s in v["said"])
        )
        body = json.loads(
            vf(
                "changes", "building-permits", f"v{number - 1}", f"v{number}", "--json", archive=own
            ).stdout
        )
        return [body["columns_renamed"], body["columns_added"]]

    assert columns_renamed() == [[{"old": "Work Type", "new": "Permit Type"}], []]
    vf("key", "building-permits", "--undo", "Permit Type", archive=own)
    assert columns_renamed() == [[], ["Permit Type"]]
    vf("key", "building-permits", "--rename", "Work Type", "Permit Type", archive=own)
    assert columns_renamed() == [[{"old": "Work Type", "new": "Permit Type"}], []]


def test_history_and_index_burn_and_come_back_the_same(own):
    before = {
        name: vf("versions", name, "--all", "--json", archive=own).stdout
        for name in ("building-permits", "service-requests", "sidewalk-repair-prices")
    }
    for path in own.glob("index.sqlite3*"):
        path.unlink()
    shutil.rmtree(own / "history")
    shutil.rmtree(own / "cache")
    (own / "history").mkdir()
    (own / "cache").mkdir()
    assert "Rebuilt from 72 originals" in vf("rebuild", archive=own).stdout
    for name, text in before.items():
        assert vf("versions", name, "--all", "--json", archive=own).stdout == text
    assert "All well: 74 originals" in vf("verify", archive=own).stdout


def test_damage_is_found_named_and_mended_from_a_copy(own, town):
    pack = max((own / "vault").rglob("frames.zst"), key=lambda p: p.stat().st_size)
    body = bytearray(pack.read_bytes())
    body[len(body) // 2] ^= 0xFF
    pack.write_bytes(body)
    found = json.loads(vf("verify", "--json", archive=own, code=22).stdout)
    assert found["findings"][0]["captures"]
    assert "taken from the copy" in vf("mend", "--from", str(town[0]), archive=own).stdout
    assert json.loads(vf("verify", "--json", archive=own).stdout)["well"]


def test_nothing_is_written_under_the_vault_by_reading(town):
    def state() -> dict[str, int]:
        return {str(p): p.stat().st_mtime_ns for p in (town[0] / "vault").rglob("*")}

    before = state()
    for words in (
        ("list",), ("show", "building-permits"), ("versions", "building-permits"), ("log",),
        ("get", "building-permits"), ("changes", "building-permits"), ("doctor",),
        ("row", "building-permits", "PRM-2023-0117"), ("sql", "SELECT 1"), ("key", "building-permits"),
    ):  # fmt: skip
        vf(*words, archive=town[0])
    assert state() == before


def test_a_withdrawn_version_leaves_a_tombstone_and_hidden_things_come_back(own):
    vf("withdraw", "building-permits", "--version", "v3", "--how", "hide", "--reason", "names of minors",
       "--authority", "director", archive=own)  # fmt: skip
    line = json.loads(vf("versions", "building-permits", "--json", archive=own).stdout)[-3]
    assert line["withdrawn"] == "hide"
    vf("withdraw", "building-permits", "--version", "v3", "--how", "release", "--reason", "cleared",
       "--authority", "director", archive=own)  # fmt: skip
    line = json.loads(vf("versions", "building-permits", "--json", archive=own).stdout)[-3]
    assert line["withdrawn"] is None
    sha = line["sha256"]
    vf("withdraw", "building-permits", "--version", "v3", "--how", "destroy", "--reason", "court order",
       "--authority", "county court 24-117", "--yes", archive=own)  # fmt: skip
    rest = json.loads(vf("versions", "building-permits", "--all", "--json", archive=own).stdout)
    assert sha not in {v["sha256"] for v in rest}
    assert "county court 24-117" in vf("log", "building-permits", archive=own).stdout
    assert json.loads(vf("verify", "--json", archive=own).stdout)["well"]


def test_errors_are_one_sentence_with_a_mend_and_never_a_traceback(town, tmp_path):
    for words, code in (
        (("get", "nothing"), 14), (("get", "building-permits", "--version", "v999"), 14),
        (("get", "building-permits", "--at", "soon"), 10), (("get", "../../etc/passwd"), 14),
        (("add", "no-such-file.csv"), 10), (("add", "ftp://example.org/a.csv"), 10),
        (("row", "building-permits", "PRM-0000-0000"), 14), (("accept", "building-permits"), 14),
        (("backfill", "building-permits"), 10), (("mend", "--from", str(tmp_path)), 11),
        (("backfill", "x", "--git", str(tmp_path), "--path", "a.csv"), 13),
    ):  # fmt: skip
        done = vf(*words, archive=town[0], code=code)
        assert done.stderr.count("To mend it:") == 1, words
    assert "is not an archive" in vf("list", archive=tmp_path, code=11).stderr


def test_changes_come_as_csv_and_as_a_page_that_escapes(town):
    text = vf("changes", "building-permits", "--as", "csv", archive=town[0]).stdout
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["change", "Permit Number", "column", "before", "after"]
    assert {r[0] for r in rows[1:]} >= {"changed", "added", "removed"}
    page = vf("changes", "building-permits", "--as", "html", archive=town[0]).stdout
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "&amp;" in page


def test_reading_commands_do_not_import_django(town):
    script = (
        "import sys; sys.argv = ['vf', '--archive', {!r}, *{!r}]\n"
        "from verticalfile.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not [m for m in sys.modules if m.startswith('django')]\n"
    )
    for words in (["list"], ["show", "building-permits"], ["get", "building-permits"],
                  ["changes", "building-permits"], ["versions", "building-permits"],
                  ["row", "building-permits", "PRM-2023-0117"], ["sql", "SELECT 1"],
                  ["search", "permits"], ["lately"], ["describe", "building-permits"], ["shelf"]):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", script.format(str(town[0]), words)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
