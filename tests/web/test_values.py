"""The values of a column drawn: every number on the drawing is what the rows of the version give."""

from __future__ import annotations

import csv
import io
import statistics
from collections import Counter

import pytest
from made_room import Maker, lines
from pages import OLD

from verticalfile.history.views import snapshot

BASE = "/d/street-trees"


def table(room, address: str) -> list[dict[str, str]]:
    answer = room.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture(params=["history", "snapshot"])
def source(request, monkeypatch):
    """Both ways in which rows are read."""
    monkeypatch.setattr(snapshot, "WORTH_ROWS", 0 if request.param == "snapshot" else 10**9)


@pytest.fixture
def repeated(tmp_path, enter):
    """A table without key in which rows repeat, some cells are blank and some are no numbers."""
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("a.csv", "calls", "Calls")
    rows = [
        f"{n % 4},{'' if n % 5 == 0 else (n % 30) ** 2},{'n/a' if n % 7 == 0 else n}"
        for n in range(120)
    ]
    rows += ["1,9,3"] * 40
    maker.collect("calls", "a.csv", lines(*rows, head="ward,size,other"))
    maker.archive.index.close()
    return enter(tmp_path / "archive")


def test_bars_are_the_rows_of_each_value(own, enter, source):
    room = enter(own)
    for at in ("/", f"/{OLD}/"):
        rows = table(room, f"{BASE}{at}table.csv")
        told = table(room, f"{BASE}{at}values.csv?column=kind")
        assert {r["kind"]: int(r["Rows"]) for r in told} == Counter(r["kind"] for r in rows)


def test_a_histogram_counts_every_row_once_also_repeated_and_blank_ones(repeated, source):
    rows = [r["size"] for r in table(repeated, "/d/calls/table.csv")]
    told = table(repeated, "/d/calls/values.csv?column=size&draw=histogram")
    numbers = [float(n) for n in rows if n]
    for place, each in enumerate(told):
        low, high = float(each["From"]), float(each["To"])
        inside = [n for n in numbers if low <= n < high or (n == high and place == len(told) - 1)]
        assert int(each["Rows"]) == len(inside)
    assert sum(int(r["Rows"]) for r in told) == len(numbers) == 136
    page = repeated.get("/d/calls/values/?column=size").content.decode()
    assert "24 rows have no number and are not drawn." in page


def test_stacked_bars_are_the_rows_of_each_pair(repeated, source):
    rows = table(repeated, "/d/calls/table.csv")
    told = table(repeated, "/d/calls/values.csv?column=size&by=ward&draw=stacked")
    pairs = Counter((r["ward"], r["size"]) for r in rows)
    assert len(told) == 4
    for whole in told:
        for size in {r["size"] for r in rows}:
            assert int(whole[size or "(blank)"]) == pairs[whole["ward"], size]


def test_dots_are_the_median_and_the_middle_half_of_each_group(repeated, source):
    rows = table(repeated, "/d/calls/table.csv")
    told = table(repeated, "/d/calls/values.csv?column=size&by=ward")
    assert len(told) == 4
    for each in told:
        numbers = sorted(float(r["size"]) for r in rows if r["ward"] == each["ward"] and r["size"])
        low, middle, high = statistics.quantiles(numbers, n=4, method="inclusive")
        assert float(each["size"]) == pytest.approx(middle)
        assert float(each["At least"]) == pytest.approx(low)
        assert float(each["At most"]) == pytest.approx(high)


def test_a_column_that_is_no_number_has_no_histogram_but_bars(repeated):
    text = repeated.get("/d/calls/values/?column=other").content.decode()
    assert "Rows by other" in text
    assert repeated.get("/d/calls/values/?column=other&draw=histogram").status_code == 400


def test_the_dictionary_leads_to_each_drawing_and_back_through_time(room):
    text = room.get(f"{BASE}/").content.decode()
    assert f'href="{BASE}/values/?column=height"' in text
    assert (
        f'href="{BASE}/chart/?column=height"'
        in room.get(f"{BASE}/values/?column=height").content.decode()
    )
    assert (
        f'href="{BASE}/values/?column=height"'
        in room.get(f"{BASE}/chart/?column=height").content.decode()
    )


def test_a_drawing_is_dated_and_taken_under_its_date(room):
    answer = room.get(f"{BASE}/{OLD}/values.svg?column=height")
    assert "street-trees_histogram_as-of-2024-01-17.svg" in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content).decode()
    assert "As of January 17, 2024" in body
    assert body.startswith("<svg")


def test_in_spanish_the_drawing_speaks_spanish(room):
    text = room.get(f"/es{BASE}/values/?column=height&by=ward").content.decode()
    assert "El punto es la mediana" in text
    assert "height según ward" in text
