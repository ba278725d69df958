"""What was handed over, as readers see it: how it came, and no word of the letter by any door."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from made_room import Maker
from test_search_page import said
from walking import body_of, doors_of, nothing_tells

from verticalfile.services.collecting.receiving import receive
from verticalfile.services.deciding import withholding
from verticalfile.services.known.deliveries import Told

LETTER = b"Dear Ms Rossi,\n\nhere is the list, as asked.\n\nZebulon Okonkwo, 12 Elm Street\n"
SECRETS = ("Rossi", "Zebulon", "Okonkwo", "Elm Street", "okonkwo")
NAME = "letter-2024-01-08"


@pytest.fixture
def desk(tmp_path):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    data, letter = tmp_path / "sidewalks.csv", tmp_path / "okonkwo.txt"
    data.write_bytes(b"id,kind\n1,brick\n2,concrete\n")
    letter.write_bytes(LETTER)
    told = Told(
        "Alder County Assessor", datetime(2024, 1, 8, 5, tzinfo=UTC),
        datetime(2023, 12, 31, 5, tzinfo=UTC), "on a stick", "VF-2024-0007",
        "the state's public records law", "The list may not be sold.",
    )  # fmt: skip
    receive(maker.archive, data, told, letter=letter, name="sidewalks", title="Sidewalks")
    return maker


def test_the_page_tells_how_it_came_in_both_languages(desk, enter):
    desk.archive.index.close()
    room = enter(desk.archive.root)
    text = said(room.get("/d/sidewalks/"))
    for told in ("Received on January 8, 2024 from Alder County Assessor", "VF-2024-0007",
                 "The state's public records law", "December 31, 2023", "A release by law is no licence",
                 "It is not from a portal", "may not be sold", "Covering letter: kept, and not shown"):  # fmt: skip
        assert told in text, told
    assert "Not checked lately" not in text
    spanish = said(room.get("/es/d/sidewalks/"))
    assert "Se recibió el 8 de enero de 2024" in spanish
    assert "VF-2024-0007" in spanish
    assert "VF-2024-0007" in said(room.get("/d/sidewalks/cite/"))


def test_no_word_of_a_withheld_letter_comes_through_any_door(desk, enter, tmp_path):
    desk.archive.index.close()
    room = enter(desk.archive.root)
    base = f"/d/sidewalks/{NAME}/"
    doors = doors_of(base, ["@20240108T050000Z"], ["Rossi", "sidewalks"])
    doors += ["/d/sidewalks/", "/d/sidewalks/download.zip", "/d/sidewalks/feed.json"]
    nothing_tells(room, doors, SECRETS, "sidewalks", tmp_path)
    assert room.get(f"{base}download.original").status_code == 410
    assert room.get("/d/sidewalks/download.csv").status_code == 200


def test_a_letter_that_is_released_is_our_copy_beside_the_data(desk, enter, tmp_path):
    withholding.release(desk.archive, f"sidewalks/{NAME}", reason="the office agrees")
    desk.archive.index.close()
    room = enter(desk.archive.root)
    body = room.get("/d/sidewalks/").content.decode()
    assert f'href="/d/sidewalks/{NAME}/"' in body
    assert "kept, and not shown" not in body
    assert body_of(room.get(f"/d/sidewalks/{NAME}/download.original"), tmp_path) == LETTER


def test_hostile_words_of_a_delivery_stay_text(tmp_path, enter):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    data = tmp_path / "x.csv"
    data.write_bytes(b"id\n1\n")
    evil = '<script>alert("x")</script>'
    told = Told(evil, datetime(2024, 1, 8, tzinfo=UTC), None, evil, evil, evil, evil)
    receive(maker.archive, data, told, name="x")
    maker.archive.index.close()
    for address in ("/d/x/", "/es/d/x/", "/d/x/rights/", "/d/x/cite/"):
        body = enter(tmp_path / "archive").get(address).content.decode()
        assert "<script>alert" not in body, address
