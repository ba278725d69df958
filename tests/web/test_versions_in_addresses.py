"""Permanent addresses are moments: exact ones open, shorter ones lead to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pages import HELD, HIDDEN, OLD, UNREADABLE

from verticalfile.catalog.versions import Sighting, versions_of
from verticalfile.services.addresses import moment_of, version_named


@pytest.mark.parametrize(
    ("asked", "exact"),
    [
        ("2024-01-17", OLD), ("2024-01", "@20240131T150000Z"), ("20240120", OLD),
        ("2024-02-20", "@20240131T150000Z"), ("2024-01-18T10:00Z", OLD),
    ],
)  # fmt: skip
@pytest.mark.parametrize("screen", ["", "table/", "time/", "changes/", "cite/", "download/"])
def test_a_shorter_date_is_sent_on_to_the_exact_moment_on_the_same_screen(
    room, asked, exact, screen
):
    answer = room.get(f"/d/street-trees/@{asked}/{screen}")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/d/street-trees/{exact}/{screen}?on=")
    assert room.get(answer["Location"]).status_code == 200


def test_the_day_asked_for_is_answered_beside_the_version_that_stood(room):
    text = room.get("/es/d/street-trees/@2024-02-20/", follow=True).content.decode()
    assert "Está leyendo una versión anterior" in text
    assert "20 de febrero de 2024" in text
    assert "31 de enero de 2024" in text


def test_before_the_first_version_we_say_that_we_do_not_know(room):
    answer = room.get("/d/street-trees/@2023-12-31/")
    assert answer.status_code == 404
    text = answer.content.decode()
    assert "We did not have it yet on that day" in text
    assert f"/d/street-trees/{OLD}/" in text


def test_where_the_publisher_did_not_offer_it_we_say_so(room):
    text = room.get("/d/rent-register/").content.decode()
    assert "The publisher no longer offers this" in text


def test_a_form_leads_to_an_address(room):
    asked = {"year": "2024", "month": "1", "day": "20", "screen": "table"}
    answer = room.get("/d/street-trees/as-of/", asked)
    assert answer["Location"] == "/d/street-trees/@2024-01-20/table/"
    answer = room.get("/d/street-trees/as-of/", {**asked, "day": "40"})
    assert answer["Location"] == "/d/street-trees/time/?refused=day#pick"
    answer = room.get("/es/d/street-trees/as-of/", {"year": "2024"})
    assert answer["Location"] == "/es/d/street-trees/@2024/"


def test_every_link_of_an_old_version_stays_in_it(room):
    text = room.get(f"/d/street-trees/{OLD}/table/").content.decode()
    tabs = text.split('aria-label="This dataset"')[1].split("</nav>")[0]
    assert tabs.count(f"/d/street-trees/{OLD}/") == 6


def test_numbers_of_versions_stand_in_no_address_and_no_file_name(room):
    import re

    for screen in ("time/", "changes/", "", "cite/", "download/"):
        text = room.get(f"/d/street-trees/{screen}").content.decode()
        assert not re.search(r'(?:href|value)="[^"]*\bv\d', text)
    name = room.get(f"/d/street-trees/{OLD}/table.csv")["Content-Disposition"]
    assert name == 'attachment; filename="street-trees_as-of-2024-01-17.csv"'


def test_what_is_not_shown_has_an_address_that_tells_why(room):
    for moment, said in ((HIDDEN, "withdrew"), (HELD, "held for review"), (UNREADABLE, "web page")):
        text = room.get(f"/d/street-trees/{moment}/table/").content.decode()
        assert said in text


def test_of_two_versions_in_one_second_the_earlier_is_told_apart_by_its_digest():
    at = datetime(2024, 1, 1, tzinfo=UTC)
    later = at + timedelta(milliseconds=5)
    found = versions_of(
        [
            Sighting("a", at, at, 0, "1f" * 32, 1),
            Sighting("b", later, later, 0, "2e" * 32, 1),
        ],
        [],
    )
    names = [moment_of(v, found).bare for v in found]
    assert names == ["20240101T000000Z~1f1f1f1f", "20240101T000000Z"]
    assert [version_named(n, found) for n in names] == found
    assert version_named("20240101T000000Z~ffffffff", found) is None
    assert version_named("2024-01-01", found) is None


def test_a_file_called_like_a_screen_has_all_its_pages(room):
    text = room.get("/d/library-branches/").content.decode()
    assert 'href="/d/library-branches/table/about/"' in text
    about = room.get("/d/library-branches/table/about/").content.decode()
    assert 'href="/d/library-branches/table/table/"' in about
    assert "oak" in room.get("/d/library-branches/table/table/").content.decode()
    assert "This dataset has 3 files." in room.get("/d/library-branches/table/").content.decode()
