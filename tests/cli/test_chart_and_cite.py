"""`vf chart` and `vf cite` as a person types them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

VF = [sys.executable, "-m", "verticalfile"]


def vf(*words: str, archive: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*VF, "--archive", str(archive), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Two versions of a small file."""
    folder = tmp_path_factory.mktemp("small")
    held = folder / "archive"
    subprocess.run([*VF, "init", str(held)], check=True, capture_output=True)
    file = folder / "prices.csv"
    file.write_text("id,kind,price\n1,road,14.10\n2,lamp,3.00\n", encoding="utf-8")
    vf("add", str(file), "--name", "prices", archive=held)
    vf("collect", "prices", archive=held)
    file.write_text("id,kind,price\n1,road,15.30\n2,lamp,3.00\n3,road,7\n", encoding="utf-8")
    vf("collect", "prices", archive=held)
    return held


def test_a_column_is_drawn_as_text_with_its_values_and_a_sentence(archive):
    told = vf("chart", "prices", "price", "--show", "max", archive=archive).stdout
    lines = told.splitlines()
    assert lines[0] == "Highest price: Prices"
    assert lines[1] == "▁█"
    assert lines[2].split()[1] == "14.10"
    assert "█" in lines[2]
    assert "It rose from 14.10 on" in told


def test_a_chart_as_svg_is_a_file_of_its_own(archive, tmp_path):
    target = tmp_path / "chart.svg"
    vf("chart", "prices", "kind", "--as", "svg", "-o", str(target), archive=archive)
    root = ET.fromstring(target.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = {e.text for e in root.iter("{http://www.w3.org/2000/svg}text")}
    assert "Rows by kind: Prices" in texts
    assert {"road 2", "lamp 1"} <= texts


def test_a_chart_as_csv_has_the_digits_of_the_file(archive):
    told = vf("chart", "prices", "price", "--show", "max", "--as", "csv", archive=archive).stdout
    rows = list(csv.reader(io.StringIO(told, newline="")))
    assert rows[0] == ["First seen", "price"]
    assert [row[1] for row in rows[1:]] == ["14.10", "15.30"]


def test_a_chart_as_json_is_documented(archive):
    body = json.loads(vf("chart", "prices", "--as", "json", archive=archive).stdout)
    assert body["show"] == "rows"
    assert [p["value"] for p in body["series"][0]["points"]] == ["2", "3"]
    assert body["gaps"] == []
    reference = (Path(__file__).parents[2] / "docs/reference/json.md").read_text(encoding="utf-8")
    [line] = [row for row in reference.splitlines() if row.startswith("| `vf chart`")]
    assert all(f"`{name}`" in line for name in body), sorted(body)


def test_the_versions_are_drawn_and_the_day_is_marked(archive):
    told = vf("chart", "prices", "--show", "versions", archive=archive).stdout
    assert "First version" in told
    assert "Rows changed" in told
    body = json.loads(
        vf("chart", "prices", "--show", "versions", "--at", "now", "--as", "json", archive=archive).stdout
    )  # fmt: skip
    assert [v["chosen"] for v in body["versions"]] == [False, True]
    assert body["versions"][1]["rows_touched"] == 2


def test_a_chart_speaks_spanish(archive):
    told = vf("chart", "prices", "price", "--show", "max", "--language", "es", archive=archive)
    assert "Subió de 14.10" in told.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["chart", "prices", "colour"], 14, "There is no column"),
        (["chart", "prices", "kind", "--show", "sum"], 10, "has no numbers"),
        (["chart", "prices", "--show", "sum"], 10, "needs a column"),
        (["chart", "prices", "--at", "2024"], 10, "--show versions"),
        (["chart", "prices", "kind", "--show", "versions"], 10, "leave COLUMN out"),
        (["chart", "nothing"], 14, "There is no dataset"),
        (["cite", "prices", "--whole", "--at", "2024"], 10, "More than one"),
        (["cite", "prices", "--at", "1999"], 14, "not yet held"),
    ],
)
def test_what_cannot_be_drawn_or_cited_is_one_sentence(archive, words, code, said):
    done = vf(*words, archive=archive, code=code)
    assert said in done.stderr
    assert "To mend it:" in done.stderr


def test_cite_prints_the_citation_and_says_what_is_not_set(archive):
    done = vf("cite", "prices", archive=archive)
    assert done.stdout.startswith("Prices (as of ")
    assert done.stdout.count("\n") == 1
    assert "Not set in settings.json: library and address." in done.stderr


@pytest.mark.parametrize("style", ["apa", "mla", "chicago", "bibtex", "ris", "csl-json"])
def test_every_style_has_a_version_and_a_whole(archive, style):
    one = vf("cite", "prices", "--version", "v1", "--style", style, archive=archive).stdout
    whole = vf("cite", "prices", "--whole", "--style", style, archive=archive).stdout
    assert one != whole
    assert "Prices" in one
    assert "Prices" in whole


def test_cite_as_json_is_documented(archive):
    body = json.loads(vf("cite", "prices", "--json", archive=archive).stdout)
    assert body["whole"] is False
    assert len(body["sha256_begins"]) == 12
    reference = (Path(__file__).parents[2] / "docs/reference/json.md").read_text(encoding="utf-8")
    [line] = [row for row in reference.splitlines() if row.startswith("| `vf cite`")]
    assert all(f"`{name}`" in line for name in body), sorted(body)


def test_neither_imports_django(archive):
    script = (
        "import sys; sys.argv = ['vf', '--archive', {!r}, *{!r}]\n"
        "from verticalfile.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not [m for m in sys.modules if m.startswith('django')]\n"
    )
    for words in (["chart", "prices", "price"], ["chart", "prices", "--show", "versions"], ["cite", "prices"]):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", script.format(str(archive), words)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
