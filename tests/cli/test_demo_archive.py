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


@pytest.fixture
def town(alder_falls) -> tuple[Path, str]:
    return alder_falls


@pytest.fixture
def own(town, tmp_path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(town[0], tmp_path / "own")
    return tmp_path / "own"


NAMES = [
    "building-inspections", "building-permits", "city-budget", "housing-sales",
    "library-branches/branches", "library-branches/door-counts", "restaurant-inspections",
    "service-requests", "sidewalk-repair-prices",
]  # fmt: skip


PORTALS = ["alder-falls-data", "alder-falls-finance", "library-data", "tamarack-county-data"]


def versions(archive: Path, name: str) -> list[dict]:
    return json.loads(vf("versions", name, "--all", "--json", archive=archive).stdout)


def test_the_story_tells_what_befell_and_what_became_of_it(town):
    story = town[1]
    for said in (
        "made-up town", "not readable: html", "column Work Type is called Permit Type",
        "column Homes Added came", "63 changed (data)", "held as surprising", "$ vf refuse housing-sales", "$ vf add http://127.0.0.1:", "CKAN: 3 datasets", "Socrata: 1 dataset with",
        "DCAT-US catalog file", "Web page", "vf --archive",
        "no longer held: confirmed by repetition", "24 new of 24 states", "61 removed", "gone for good (410); v33 is the last",
        "279 looks, and from one folder, 200 versions were kept,\n2 of them not readable", "$412.00", "$468.00", "vf --archive",
    ):  # fmt: skip
        assert said in story, said


def test_the_story_can_be_read_in_one_sitting(town):
    lines = town[1].splitlines()
    assert len(lines) <= 95  # what was typed for the four portals among them
    told = [line for line in lines if not line.startswith("    ")]
    assert max(map(len, told)) <= 100


def test_what_was_not_told_aloud_stands_in_the_log(town):
    said = vf("log", archive=town[0]).stdout
    for word in ("only the export changed", "not readable: cut off", "The file broke off after",
                 "the key changed its form; rows were paired without regard to case", "is out of order (503)", "format only",
                 "\trenamed\tcolumn Work Type is called Permit Type\n",
                 "column Actual may be called Actual to Date (77% sure: not taken for it)",
                 "\tlisted\t3 changed, 1 missing\n", "\tbackfilled\t24 new of 24 states; from folder:",
                 "kept as v1, the first version (16,579 bytes); v25 now", "\trefused\tv16\n"):  # fmt: skip
        assert word in said, word


def test_list_tells_what_is_held_and_list_json_is_the_same(town):
    lines = vf("list", archive=town[0]).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == sorted([*NAMES, *PORTALS])
    body = json.loads(vf("list", "--json", archive=town[0]).stdout)
    assert [(e["name"], e["file"]) for e in body if e["name"] not in PORTALS] == [
        ("library-branches", name.split("/")[1]) if "/" in name else (name, name) for name in NAMES
    ]
    assert {e["name"]: e["rows"] for e in body}["sidewalk-repair-prices"] == 326


def test_two_hundred_versions_are_held_two_of_them_unreadable(town):
    held = [version for name in NAMES for version in versions(town[0], name)]
    assert len(held) == 200
    assert sorted(v["reason"] for v in held if not v["readable"]) == ["cut_off", "html"]


def test_the_files_came_by_four_portals_of_four_kinds(town):
    body = json.loads(vf("sources", "--json", archive=town[0]).stdout)
    assert {s["name"]: (s["kind"], s["datasets"]) for s in body} == {
        "alder-falls-data": ("ckan", 4), "alder-falls-finance": ("web", 1),
        "library-data": ("dcat-us", 1), "tamarack-county-data": ("socrata", 2),
    }  # fmt: skip
    states = {
        m["title"]: m["state"]
        for name in PORTALS
        for m in json.loads(vf("members", name, "--json", archive=town[0]).stdout)["members"]
    }
    assert states["Restaurant inspections"] == "vanished"
    assert set(states.values()) == {"present", "vanished"}


def test_what_vanished_was_missed_by_the_list_of_its_portal_too(town):
    body = json.loads(vf("lately", "--register", "vanished", "--json", archive=town[0]).stdout)
    told = {(e["dataset"], e["evidence"]) for e in body["entries"]}
    for name in ("sidewalk-repair-prices", "restaurant-inspections"):
        assert (name, "listing") in told, told


def test_what_the_publisher_says_is_kept_beside_the_data_and_named_apart(town):
    said = vf("show", "restaurant-inspections", archive=town[0]).stdout
    assert "about-this-dataset" in said
    whole = json.loads(vf("versions", "restaurant-inspections/about-this-dataset", "--json",
                          archive=town[0]).stdout)  # fmt: skip
    assert len(whole) == 1
    assert len(versions(town[0], "restaurant-inspections")) == 33


def test_keys_are_found_where_nobody_told_them_also_where_they_came_late(town):
    found = {n: json.loads(vf("key", n, "--json", archive=town[0]).stdout) for n in NAMES}
    assert {n: k["key"] for n, k in found.items() if k["how"] == "found"} == {
        "building-inspections": ["Inspection ID"], "building-permits": ["Permit Number"],
        "housing-sales": ["Instrument Number"], "restaurant-inspections": ["inspection_id"],
        "service-requests": ["Request ID"],
    }  # fmt: skip
    assert found["building-inspections"]["earlier_keys"]


def test_a_file_that_stays_small_is_released_and_a_mistake_stays_refused(town):
    inspections = versions(town[0], "building-inspections")
    assert not any(v["held"] for v in inspections)
    sales = {v["version"]: v for v in versions(town[0], "housing-sales")}
    held = [v for v in sales.values() if v["held"]]
    assert [v["rows"] for v in held] == [193]
    then = vf("get", "housing-sales", "--at", "2024-05-10", archive=town[0])
    rows = list(csv.reader(io.StringIO(then.stdout)))
    assert len(rows) - 1 == sales[held[0]["version"] - 1]["rows"] == 731
    assert "held\tnothing" in vf("doctor", archive=town[0]).stdout


def test_what_was_taken_down_is_kept_and_said_to_be_gone(town):
    done = vf("get", "restaurant-inspections", archive=town[0])
    assert "gone from the source since 2024-08-20" in done.stderr
    assert len(list(csv.DictReader(io.StringIO(done.stdout)))) == 206


def test_a_new_spelling_is_told_apart_from_news(town):
    kinds = {n: [v["kinds"] for v in versions(town[0], n)] for n in NAMES}
    assert ["format only"] in kinds["building-inspections"]
    assert ["format only"] in kinds["restaurant-inspections"]
    assert ["export only"] in kinds["library-branches/branches"]


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
    assert len(rows) == 547
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
    held = versions(own, "building-permits")
    number = next(
        v["version"] for v in held if v["said"] and "Work Type -> Permit Type" in v["said"]
    )

    def columns_renamed() -> list[object]:
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
    names = ("building-permits", "housing-sales", "library-branches/branches", "service-requests")
    before = {name: vf("versions", name, "--all", "--json", archive=own).stdout for name in names}
    for path in own.glob("index.sqlite3*"):
        path.unlink()
    shutil.rmtree(own / "history")
    shutil.rmtree(own / "cache")
    (own / "history").mkdir()
    (own / "cache").mkdir()
    assert "Rebuilt from 219 originals" in vf("rebuild", archive=own).stdout
    for name, text in before.items():
        assert vf("versions", name, "--all", "--json", archive=own).stdout == text
    assert "All well: 221 originals" in vf("verify", archive=own).stdout


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
    order = ("withdraw", "building-permits", "--version", "v3", "--how", "destroy")
    vf(*order, "--reason", "court order", "--authority", "county court 24-117", "--by", "Ann Poe",
       archive=own)  # fmt: skip
    vf(*order, "--confirm", "--by", "Bob Roe", "--yes", archive=own)
    rest = json.loads(vf("versions", "building-permits", "--all", "--json", archive=own).stdout)
    assert sha not in {v["sha256"] for v in rest}
    assert [v["withdrawn_why"] for v in rest if v["withdrawn"]] == ["court order"]  # its tombstone
    vf("get", "building-permits", "--version", "v3", archive=own, code=40)
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


def test_reading_commands_import_neither_django_nor_pandas(town):
    for words in (["list"], ["show", "building-permits"], ["get", "building-permits"],
                  ["changes", "building-permits"], ["versions", "building-permits"],
                  ["row", "building-permits", "PRM-2023-0117"], ["sql", "SELECT 1"],
                  ["search", "permits"], ["lately"], ["describe", "building-permits"], ["shelf"]):  # fmt: skip
        assert not _imported(town[0], words, ("django", "pandas")), words


def test_a_list_wakes_no_engine_and_a_look_at_one_dataset_no_network(town):
    network = ("httpcore", "httpx")
    engines = ("duckdb", "pyarrow", "numpy", "verticalfile.rights", "verticalfile.sources.ckan")
    assert not _imported(town[0], ["list"], network + engines)
    writers = ("verticalfile.services.taking_in", "verticalfile.services.gathering")
    assert not _imported(town[0], ["show", "building-permits"], network + writers)


def _imported(archive: Path, words: list[str], wanted: tuple[str, ...]) -> list[str]:
    """Which of these modules a typed command has imported when it is done."""
    script = (
        f"import sys; sys.argv = ['vf', '--archive', {str(archive)!r}, *{words!r}]\n"
        "from verticalfile.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as e:\n    assert not e.code, e.code\n"
        f"print('', *[m for m in sys.modules if m.startswith({wanted!r})], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stderr.splitlines()[-1].split()
