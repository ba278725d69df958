"""What is known from copies of a portal's list alone says so: on its page, in registers and feeds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import feedparser
from test_search_page import said

from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting import backfill
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.sources.kind import Recognised

TITLE = "Old <b>Trees</b>"


def a_list(*titles: str) -> bytes:
    return json.dumps({
        "dataset": [
            {
                "identifier": f"https://county.example.org/{title}", "title": title,
                "distribution": [{"downloadURL": f"https://county.example.org/{n}.csv"}],
            }
            for n, title in enumerate(titles)
        ]
    }).encode()  # fmt: skip


def test_pages_registers_and_feeds_say_that_it_is_known_from_copies(tmp_path, enter):
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2026, 1, 5, tzinfo=UTC)))
    where = Recognised("dcat-us", "https://county.example.org/data.json", "The county")
    listing = add_source(archive, where, Selection(), name="county")
    copies = tmp_path / "copies"
    copies.mkdir()
    (copies / "2019-01-01.json").write_bytes(a_list("Parks", TITLE))
    for day in ("2019-06-01", "2019-07-01", "2019-08-01"):
        (copies / f"{day}.json").write_bytes(a_list("Parks", *(["Roads"] if day > "2019-07" else [])))  # fmt: skip
    backfill.from_folder(archive, lambda: listing, copies)
    reader = enter(archive.root)
    page = said(reader.get("/sources/county/?state=vanished"))
    assert "known from copies that another archive made" in page
    assert "Known from a copy that another archive made." in page
    entry = said(reader.get("/changes/vanished/"))
    assert "once stood on this portal's list. Nothing of it is kept here." in entry
    assert "Last seen on January 1, 2019." in entry
    assert "Known from copies that another archive made." in entry
    assert "Se sabe por copias que hizo otra institución." in said(
        reader.get("/es/changes/vanished/")
    )
    raw = reader.get("/changes/vanished/").content
    assert b"<b>Trees" not in raw
    (told,) = feedparser.parse(reader.get("/changes/vanished/feed.atom").content).entries
    assert "Known from copies that another archive made." in told.summary
