"""Nothing of a small count comes through any door: two rooms whose originals differ in hidden counts
alone answer alike, to the last letter, at every door and behind every link, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path

import pytest
from walking import answers_behind, doors_of

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.deciding.masking import mask
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.tables.masking.method import Method

HEAD = "tract,young,middle,old,all,rate\n"
REST = "2,40,50,60,150,0.2\n3,70,80,90,240,0.3\n"
ONE = ("1,3,250,12,265,7.71\n", "1,3,250,15,268,7.72\n", "1,30,250,16,296,7.73\n")
OTHER = ("1,4,250,11,265,8.81\n", "1,5,250,13,268,8.82\n", "1,31,250,15,296,8.83\n")
"""What the two tell of tract 1, version for version: hidden counts and a column that is left out."""
NOW = re.compile(r"<updated>[^<]*</updated></feed>|<updated>20[2-9][5-9]-[^<]*")
"""When an empty list of search was asked for."""
METHOD = Method(("young", "middle", "old"), ("tract",), "all")


def made(folder: Path, rows: tuple[str, ...]) -> Path:
    """An archive in which a file was shown, then masked, and has had two more versions since."""
    clock = SetClock(datetime(2024, 1, 10, tzinfo=UTC))
    folder.mkdir()
    archive = init(
        folder / "archive",
        clock=clock,
        settings={"library": "A library", "address": "https://vf.example.org"},
    )
    path = folder / "cases.csv"
    path.touch()
    add(archive, str(path), name="cases", title="Cases by tract", every="daily")
    rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
    for number, row in enumerate(rows):
        path.write_text(HEAD + row + REST)
        clock.pass_time(timedelta(days=7))
        round_of(archive, ["cases"], fetching=rules)
        if number == 0:
            mask(archive, "cases", METHOD, reason="small counts")
    archive.index.close()
    return folder / "archive"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("masked")
    return made(folder / "one", ONE), made(folder / "other", OTHER)


MOMENTS = tuple(f"@202401{day}T000000Z" for day in ("17", "24", "31"))


def doors(moments: tuple[str, ...]) -> list[str]:
    found = []
    for name in ("cases-masked", "cases"):
        found += doors_of(f"/d/{name}/", moments, ("tract", "small", "rate"))
        for moment in ("", *(f"{m}/" for m in moments)):
            base = f"/d/{name}/{moment}"
            found += [
                f"{base}values{end}?column={c}"
                for end in ("/", ".csv", ".svg")
                for c in ("young", "old")
            ]
            found += [f"{base}chart{end}?column=young" for end in ("/", ".csv", ".svg")]
            found += [f"{base}row{end}?k=1" for end in ("/", ".csv")]
            found += [f"{base}changes{end}?from={MOMENTS[0][1:]}" for end in ("/", ".csv", ".json")]
            found += [f"{base}table/?less.young=11", f"{base}table/?sort=old"]
            found += [f"{base}handout/?of={of}" for of in ("dataset", "table", "changes")]
    return found


@pytest.mark.parametrize(
    ("moments", "at_most"),
    [(MOMENTS[:1], 0), pytest.param(MOMENTS, 5_000, marks=pytest.mark.slow)],
)
def test_no_door_tells_two_originals_apart_that_differ_in_hidden_counts(
    rooms, enter, tmp_path, moments, at_most
):
    said = []
    for archive in rooms:
        walk = answers_behind(enter(archive), doors(moments), "/d/cases", tmp_path, at_most)
        said.append([(address, NOW.sub("", body)) for address, body in walk])
    for one, other in zip_longest(*said):
        assert one == other
    assert len(said[0]) >= len(doors(moments))
    told = "".join(body for _, body in said[0])
    assert "1,*,250,*,265" in told
    assert "1,*,250,*,296" in told, "hidden once, hidden since"
    assert "Counts from 1 to 10 are hidden" in told
    assert "7.71" not in told


def test_the_original_is_a_tombstone_that_leads_to_its_copy(rooms, enter):
    room = enter(rooms[0])
    for moment in ("", *(f"{m}/" for m in MOMENTS)):
        answer = room.get(f"/d/cases/{moment}")
        assert "The library holds this back for now." in answer.content.decode()
        assert 'href="/d/cases-masked/"' in answer.content.decode()
        for form in ("csv", "original", "parquet", "zip"):
            assert room.get(f"/d/cases/{moment}download.{form}").status_code == 410
    assert room.get(f"/d/cases-masked/changes.csv?from={MOMENTS[0][1:]}").status_code == 200


def test_every_screen_of_a_copy_says_what_a_star_stands_for(rooms, enter):
    room = enter(rooms[0])
    for screen in ("", "table/", "changes/", "time/", "chart/", "download/", "values/?column=old"):
        assert (
            "A * stands for a count from 1 to 10"
            in room.get(f"/d/cases-masked/{screen}").content.decode()
        )
        spanish = room.get(f"/es/d/cases-masked/{screen}").content.decode()
        assert "Un * está en lugar de una cantidad de 1 a 10" in spanish
    cited = room.get("/d/cases-masked/cite/").content.decode()
    assert "counts below 11 hidden by the library" in cited
    described = room.get("/data.json").content.decode()
    assert "Counts from 1 to 10 are hidden" in described


def test_a_copy_is_said_to_be_the_library_s_own_and_not_to_wait_for_a_look(rooms, enter):
    page = enter(rooms[0]).get("/d/cases-masked/").content.decode()
    assert "Made by this library" in page
    assert "Not checked lately" not in page
    assert "has not looked itself" not in page
    time = enter(rooms[0]).get("/d/cases-masked/time/").content.decode()
    assert "We usually looked" not in time
    assert "0 checks" not in time
    assert "No gaps" not in time
