"""The feeds, read by a program that is not ours."""

from __future__ import annotations

import json
from datetime import datetime
from xml.etree import ElementTree

import feedparser
import pytest
from django.utils.html import escape
from made_room import EVIL, SECRET
from pages import FEEDS, feed
from test_pages import TONGUES, Reader

from verticalfile.services.archive import init, open_archive
from verticalfile.services.deciding import reviewing

ATOM = "{http://www.w3.org/2005/Atom}"


def read(answer):
    """What an independent reader finds in an Atom feed."""
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("base", FEEDS)
def test_an_atom_feed_has_all_that_rfc_4287_asks_for(room, base, tongue):
    answer = room.get(tongue + feed(base, "atom"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    for name in ("id", "title", "updated"):  # 4.1.1: exactly one of each
        assert len(root.findall(ATOM + name)) == 1
    assert root.findall(f"{ATOM}author/{ATOM}name")[0].text == "Alder Falls Public Library"
    own = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert [link.get("href") for link in own] == [f"http://testserver{tongue}{feed(base, 'atom')}"]
    entries = root.findall(ATOM + "entry")
    ids = [entry.find(ATOM + "id").text for entry in entries]
    assert len(ids) == len(set(ids))
    for entry in entries:
        for name in ("id", "title", "updated"):  # 4.1.2
            assert len(entry.findall(ATOM + name)) == 1
        datetime.fromisoformat(entry.find(ATOM + "updated").text)
    found = read(answer)
    assert len(found.entries) == len(entries)
    assert found.feed.link.startswith("http://testserver/")


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("base", FEEDS)
def test_a_json_feed_says_the_same_as_the_atom_feed(room, base, tongue):
    answer = room.get(tongue + feed(base, "json"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    told = json.loads(answer.content)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["language"] == (tongue.strip("/") or "en")
    assert told["feed_url"] == f"http://testserver{tongue}{feed(base, 'json')}"
    atom = read(room.get(tongue + feed(base, "atom")))
    assert [(i["id"], i["url"], i["title"]) for i in told["items"]] == [
        (e.id, e.link, e.title) for e in atom.entries
    ]
    assert [i["content_text"] for i in told["items"]] == [
        Text(e.summary).said for e in atom.entries
    ]


class Text(Reader):
    """The text of a summary, which Atom has as HTML."""

    def __init__(self, text: str) -> None:
        self.said = ""
        super().__init__(text)
        assert not self.tags

    def handle_data(self, data: str) -> None:
        self.said += data


def test_each_entry_leads_to_its_own_page_which_is_there(room):
    found = read(room.get("/feed.atom"))
    assert len(found.entries) >= 12
    for entry in found.entries:
        answer = room.get(entry.link.removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert escape(entry.title.split(":")[0]) in answer.content.decode()


def test_entries_keep_their_ids_whatever_the_host_the_language_and_later_news(own, enter):
    room = enter(own)
    before = {e.id for e in read(room.get("/feed.atom")).entries}
    elsewhere = room.get("/es/feed.atom", HTTP_HOST="data.library.example")
    assert {e.id for e in read(elsewhere).entries} == before
    archive = open_archive(own)
    reviewing.release(archive, "street-trees", accept=True)
    archive.index.close()
    after = {e.id for e in read(room.get("/feed.atom")).entries}
    assert after > before


def test_a_feed_that_did_not_change_is_not_sent_twice(room):
    first = room.get("/feed.atom")
    assert room.get("/feed.atom", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


def test_a_feed_tells_of_its_dataset_shelf_register_or_question_alone(room):
    def datasets(address):
        return {e.title.split(":")[0] for e in read(room.get(address)).entries}

    assert datasets("/d/library-branches/feed.atom") == {"Library branches"}
    assert datasets("/shelves/streets/feed.atom") == {"Street trees", "Rent register"}
    assert datasets("/search/feed.atom?q=rent") == {"Rent register"}
    assert datasets("/changes/vanished/feed.atom") == {"Rent register"}
    assert datasets("/search/feed.atom?q=xyzzy") == set()


def test_what_comes_from_outside_is_text_in_feeds(room):
    for base in ("/feed", "/d/hostile/feed", "/shelves/evil/feed", f"/search/feed?q={EVIL}"):
        text = room.get(feed(base, "atom")).content.decode()
        assert EVIL not in text
        found = read(room.get(feed(base, "atom")))
        for entry in found.entries:
            assert not Reader(entry.summary).tags
    assert "Hostile" in text or "script" in text


@pytest.mark.parametrize("base", FEEDS)
def test_no_feed_tells_of_what_is_hidden(room, base):
    for form in ("atom", "json"):
        text = room.get(feed(base, form)).content.decode()
        assert SECRET not in text
        assert "T-070" not in text


def test_pages_name_their_feeds(room):
    for address, expected in (
        ("/", "/feed.atom"),
        ("/d/street-trees/", "/d/street-trees/feed.atom"),
        ("/shelves/streets/", "/shelves/streets/feed.json"),
        ("/changes/vanished/", "/changes/vanished/feed.atom"),
        ("/search/?q=trees", "/search/feed.atom?q=trees"),
    ):
        page = room.get(address).content.decode()
        assert f'href="{expected}"' in page
        assert 'rel="alternate" type="application/atom+xml"' in page


def test_a_form_that_is_none_is_not_there(room):
    assert room.get("/feed.rss").status_code == 404
    assert room.get("/d/nothing/feed.atom").status_code == 404
    assert room.get("/changes/nothing/feed.atom").status_code == 404


def test_a_feed_of_an_empty_archive_is_a_feed(tmp_path, enter):
    init(tmp_path / "new")
    room = enter(tmp_path / "new")
    assert read(room.get("/feed.atom")).entries == []
    assert json.loads(room.get("/feed.json").content)["items"] == []
