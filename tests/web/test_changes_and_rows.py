"""What changed between two versions, and one row through time."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from html import unescape

import pytest
from pages import OLD

from verticalfile.services.addresses import moment_of
from verticalfile.services.archive import open_archive
from verticalfile.services.reading.at_hand import Asked, at_hand
from verticalfile.services.reading.tables.differences import comparable, differences
from verticalfile.services.visibility import Viewer


def test_the_numbers_of_every_pair_of_versions_add_up(town):
    archive = open_archive(town)
    newest = at_hand(archive, Asked("street-trees"), viewer=Viewer.PUBLIC)
    pairs = list(itertools.permutations(comparable(newest), 2))
    assert len(pairs) == 20
    for old, new in pairs:
        asked = Asked("street-trees", when=moment_of(new, newest.versions).bare)
        c = differences(archive, at_hand(archive, asked, viewer=Viewer.PUBLIC), old).counts
        assert c.old - c.vanished + c.added == c.new
        assert c.same + c.changed + c.form + c.vanished == c.old
        assert c.cells >= c.changed


def test_a_changed_cell_shows_old_and_new_in_words(room):
    text = room.get("/d/street-trees/@20240131T150000Z/changes/").content.decode()
    flat = unescape(re.sub(r"<[^>]+>", " ", text))
    assert re.search(r"Was\s+Oak\s+Now\s+Maple", flat)
    assert re.search(r"Was\s+3\.5\s+Now\s+9\.5", flat)
    assert "in 2 values" in flat


def test_what_is_only_written_differently_is_counted_apart(room):
    text = room.get("/d/street-trees/@20240327T150000Z/changes/").content.decode()
    assert "rows written differently" in text
    assert 'dd class="alt">0<' in text


def test_a_renamed_column_stands_in_the_table_of_columns(room):
    text = room.get("/d/street-trees/@20240320T150000Z/changes/").content.decode()
    table = text.split("Columns that changed")[1].split("</table>")[0]
    assert "planted" in table
    assert "Planted on" in table
    assert "No row differs." in text


@pytest.mark.parametrize(
    ("asked", "word"),
    [("kind=added", "Added"), ("kind=vanished", "Vanished"), ("column=kind", "Changed")],
)
def test_changes_are_filtered_by_kind_and_column(room, asked, word):
    address = f"/d/street-trees/@20240131T150000Z/changes/?from={OLD[1:]}&{asked}"
    listed = room.get(address).content.decode().split('<ol class="diffs">')[1].split("</ol>")[0]
    marks = set(re.findall(r'class="is \w+">.*?</svg> (\w+)', listed))
    assert marks == {word}


def test_the_form_of_two_versions_leads_to_an_address(room):
    asked = {"from": OLD[1:], "to": "20240131T150000Z"}
    answer = room.get("/d/street-trees/changes/", asked)
    assert answer["Location"] == f"/d/street-trees/@20240131T150000Z/changes/?from={OLD[1:]}"


def test_changes_can_be_taken_and_say_the_same(room):
    address = f"/d/street-trees/@20240131T150000Z/changes.json?from={OLD[1:]}"
    answer = room.get(address)
    assert answer["Content-Disposition"].endswith(
        'street-trees_changes_2024-01-17_to_2024-01-31.json"'
    )
    body = json.loads(b"".join(answer.streaming_content))
    assert body["rows"]["added"] == sum(c["change"] == "added" for c in body["changes"])
    rows = csv.DictReader(
        io.StringIO(b"".join(room.get(address.replace(".json", ".csv")).streaming_content).decode())
    )
    changed = [r for r in rows if r["change"] == "changed"]
    assert {(r["id"], r["column"], r["before"], r["after"]) for r in changed} == {
        ("T-003", "kind", "Oak", "Maple"), ("T-003", "height", "3.5", "9.5"),
    }  # fmt: skip


def test_one_row_is_followed_through_every_version(room):
    text = unescape(
        re.sub(r"<[^>]+>", " ", room.get("/d/street-trees/row/?k=T-003").content.decode())
    )
    assert "In the newest version" in text
    assert re.search(r"Was\s+Oak\s+Now\s+Maple", text)
    gone = room.get("/d/street-trees/row/?k=T-010").content.decode()
    assert "Vanished from the file" in gone


def test_every_row_of_a_table_leads_to_its_past(room):
    text = room.get("/d/street-trees/table/").content.decode()
    links = [unescape(a) for a in re.findall(r'href="(/d/street-trees/row/[^"]+)"', text)]
    assert len(links) == 25
    for link in links[:3]:
        assert room.get(link).status_code == 200


def test_through_time_tells_gaps_and_what_could_not_be_read(room):
    text = room.get("/d/street-trees/time/").content.decode()
    assert "We did not check between" in text
    assert "February 7, 2024" in text
    assert "a web page came in place of the file" in text
    assert "1 gap." in text
    assert "Hatched: " in text


def test_a_number_of_a_row_is_drawn_and_stops_where_nothing_is_known(room):
    text = room.get("/d/street-trees/row/?k=T-003").content.decode()
    drawn = text.split('aria-labelledby="dr"')[1].split("</section>")[0]
    assert "It rose from 3.5 on January 17, 2024 to 9.5 on April 10, 2024." in drawn
    assert "1 version is withdrawn and not drawn." in drawn
    taken = b"".join(room.get("/d/street-trees/row.csv?k=T-003&column=height").streaming_content)
    values = {line.split(",")[1] for line in taken.decode().splitlines()[1:]}
    assert values - {""} == {"3.5", "9.5"}
    assert room.get("/d/street-trees/row.csv?k=T-003&column=kind").status_code == 404


def test_a_row_that_is_gone_ends_its_line_and_one_that_never_changed_has_none(room):
    assert 'aria-labelledby="dr"' not in room.get("/d/street-trees/row/?k=T-010").content.decode()
    assert 'aria-labelledby="dr"' not in room.get("/d/street-trees/row/?k=T-001").content.decode()


def test_a_column_has_its_chart_and_its_numbers_are_those_of_the_versions(room):
    page = unescape(room.get("/d/street-trees/chart/?column=kind").content.decode())
    assert "Rows by kind: Street trees" in page
    taken = b"".join(room.get("/d/street-trees/chart.csv?column=kind").streaming_content)
    rows = [r for r in csv.DictReader(io.StringIO(taken.decode())) if r["Oak"]]
    assert [r["Oak"] for r in rows][:2] == ["60", "62"]
    assert rows[-1]["OAK"] == "62"
    assert rows[-1]["Elm"] == "1"
    svg = b"".join(room.get("/d/street-trees/chart.svg?column=kind").streaming_content)
    assert svg.startswith(b"<svg")


def test_columns_lead_to_their_charts_and_numbers_have_more_measures(room):
    text = room.get("/d/street-trees/").content.decode()
    for column in ("kind", "height", "Planted+on"):
        assert f'href="/d/street-trees/chart/?column={column}"' in text
    numbers = room.get("/d/street-trees/chart/?column=height").content.decode()
    texts = room.get("/d/street-trees/chart/?column=kind").content.decode()
    assert "measure=sum" in numbers
    assert "measure=sum" not in texts
