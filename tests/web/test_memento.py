"""Memento (RFC 7089): the grammar of RFC 8288 judges the links, a strict reader of it below and, as
somebody else's, that of httpx. A client asks in `test_memento_client.py`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from pages import HELD, HIDDEN, OLD, UNREADABLE

HOST = "http://testserver"
TREES = f"{HOST}/d/street-trees/"
MEMENTOS = ["20240117T150000Z", "20240131T150000Z", "20240320T150000Z", "20240327T150000Z", "20240410T150000Z"]  # fmt: skip
"""What a date can lead to: neither the web page of February, nor the withdrawn, nor the held one."""
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
PARAMETER = re.compile(rf'[ \t]*;[ \t]*({TOKEN})="((?:[^"\\]|\\.)*)"')
TARGET = re.compile(r"[ \t\r\n]*<([^<>\s]*)>")
FIXDATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d:\d\d GMT"
)


def links(text: str) -> list[tuple[str, dict[str, str]]]:
    """`#( "<" URI ">" *( ";" token "=" quoted-string ) )`, and nothing else."""
    found, at = [], 0
    while True:
        target = TARGET.match(text, at)
        assert target, text[at : at + 40]
        at, told = target.end(), {}
        while parameter := PARAMETER.match(text, at):
            assert parameter[1] not in told
            told[parameter[1]] = parameter[2]
            at = parameter.end()
        found.append((target[1], told))
        rest = text[at:].strip()
        if not rest:
            return found
        assert rest[0] == ","
        at = text.index(",", at) + 1


def by_rel(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for target, told in links(text):
        for rel in told["rel"].split():
            found.setdefault(rel, []).append(target)
        if "datetime" in told:
            assert FIXDATE.fullmatch(told["datetime"])
            moment = parsedate_to_datetime(told["datetime"])
            assert f"@{moment:%Y%m%dT%H%M%SZ}" in target
    return found


def test_a_permanent_address_is_a_memento(room):
    answer = room.get(f"/d/street-trees/@{MEMENTOS[2]}/")
    assert answer["Memento-Datetime"] == "Wed, 20 Mar 2024 15:00:00 GMT"
    found = by_rel(answer["Link"])
    assert found["original"] == [TREES]
    assert found["timegate"] == [f"{TREES}timegate/"]
    assert found["timemap"] == [f"{TREES}timemap.link", f"{TREES}timemap.json"]
    for rel, place in (("first", 0), ("prev", 1), ("next", 3), ("last", 4)):
        assert found[rel] == [f"{TREES}@{MEMENTOS[place]}/"]
    assert f"{TREES}@{MEMENTOS[2]}/" in found["memento"]


def test_the_first_has_none_before_it_and_the_last_none_after(room):
    first = by_rel(room.get(f"/d/street-trees/@{MEMENTOS[0]}/")["Link"])
    last = by_rel(room.get(f"/d/street-trees/@{MEMENTOS[4]}/")["Link"])
    assert "prev" not in first
    assert first["first"] == [f"{TREES}@{MEMENTOS[0]}/"]
    assert "next" not in last


def test_somebody_elses_reader_of_links_finds_the_same(room):
    told = room.get(f"/d/street-trees/@{MEMENTOS[2]}/")["Link"]
    read = httpx.Response(200, headers={"Link": told}).links
    assert read["original"]["url"] == TREES
    assert read["timegate"]["url"] == f"{TREES}timegate/"
    assert read["prev memento"]["datetime"] == "Wed, 31 Jan 2024 15:00:00 GMT"


@pytest.mark.parametrize("moment", [HIDDEN, HELD, UNREADABLE])
def test_what_no_date_leads_to_is_no_memento(room, moment):
    assert "Memento-Datetime" not in room.get(f"/d/street-trees/{moment}/")


def test_the_newest_under_its_changing_address_is_the_original_and_no_memento(room):
    answer = room.get("/d/street-trees/")
    assert "Memento-Datetime" not in answer
    found = by_rel(answer["Link"])
    assert found["timegate"] == [f"{TREES}timegate/"]
    assert "memento" not in found


@pytest.mark.parametrize(
    ("asked", "moment"),
    [
        ("Wed, 17 Jan 2024 15:00:00 GMT", MEMENTOS[0]),
        ("Wed, 31 Jan 2024 14:59:59 GMT", MEMENTOS[0]),
        ("Wed, 31 Jan 2024 15:00:00 GMT", MEMENTOS[1]),
        ("Wed, 07 Feb 2024 16:00:00 GMT", MEMENTOS[1]),
        ("Sun, 01 Jan 2017 00:00:00 GMT", MEMENTOS[0]),
        ("Thu, 04 Apr 2024 00:00:00 GMT", HIDDEN[1:]),
        ("Fri, 01 Jan 2038 00:00:00 GMT", MEMENTOS[4]),
        (None, MEMENTOS[4]),
    ],
)
def test_the_timegate_leads_to_the_closest_that_is_not_after(room, asked, moment):
    answer = room.get("/d/street-trees/timegate/", **({"HTTP_ACCEPT_DATETIME": asked} if asked else {}))  # fmt: skip
    assert answer.status_code == 302
    assert answer["Location"] == f"{TREES}@{moment}/"
    assert "accept-datetime" in answer["Vary"].lower()
    assert "Memento-Datetime" not in answer
    found = by_rel(answer["Link"])
    assert found["original"] == [TREES]
    assert (found["first"], found["last"]) == (
        [f"{TREES}@{MEMENTOS[0]}/"],
        [f"{TREES}@{MEMENTOS[4]}/"],
    )
    chosen = {f"{TREES}@{moment}/"} & {f"{TREES}@{each}/" for each in MEMENTOS}
    assert chosen <= set(found["memento"])


def test_a_date_that_is_none_is_refused(room):
    for asked in ("yesterday", "2024-03-01", "Wed, 40 Jan 2024 15:00:00 GMT"):
        answer = room.get("/d/street-trees/timegate/", HTTP_ACCEPT_DATETIME=asked)
        assert answer.status_code == 400
    assert room.get("/d/never-collected/timegate/").status_code == 404


def test_the_time_map_lists_every_memento_in_order(room):
    answer = room.get("/d/street-trees/timemap.link")
    assert answer["Content-Type"].startswith("application/link-format")
    text = answer.content.decode()
    found = by_rel(text)
    assert found["original"] == [TREES]
    assert found["self"] == [f"{TREES}timemap.link"]
    assert found["memento"] == [f"{TREES}@{moment}/" for moment in MEMENTOS]
    assert found["first"] == [f"{TREES}@{MEMENTOS[0]}/"]
    assert found["last"] == [f"{TREES}@{MEMENTOS[-1]}/"]
    [own] = [told for _, told in links(text) if told["rel"] == "self"]
    assert own["from"] == "Wed, 17 Jan 2024 15:00:00 GMT"
    assert own["until"] == "Wed, 10 Apr 2024 15:00:00 GMT"


def test_the_time_map_in_json_says_the_same(room):
    body = room.get("/d/street-trees/timemap.json").json()
    assert body["original_uri"] == TREES
    assert [m["uri"] for m in body["mementos"]["list"]] == [f"{TREES}@{m}/" for m in MEMENTOS]
    first = datetime.fromisoformat(body["mementos"]["first"]["datetime"])
    assert first == datetime(2024, 1, 17, 15, tzinfo=UTC)
    assert room.get("/d/street-trees/timemap.xml").status_code == 404


def test_every_memento_of_the_map_says_that_it_is_one(room):
    for target, told in links(room.get("/es/d/street-trees/timemap.link").content.decode()):
        if "memento" in told["rel"].split():
            answer = room.get(target.removeprefix(HOST))
            assert answer["Memento-Datetime"] == told["datetime"]
            assert target.startswith(f"{HOST}/es/")


def test_of_one_version_the_map_has_one_that_is_first_and_last(room):
    text = room.get("/d/rent-register/timemap.link").content.decode()
    [told] = [told for _, told in links(text) if "memento" in told["rel"]]
    assert set(told["rel"].split()) == {"first", "last", "memento"}
    assert OLD not in text
