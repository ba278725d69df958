"""A key that stopped telling rows apart is said wherever changes are shown, with the version."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from made_room import Maker

from verticalfile.services.through_time import key_told

HEAD = "name,kind,n"
FIRST = ["Ana,oak,1", "Bob,elm,2", "Cid,ash,3", "Dan,fir,4"]


def plain(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", answer.content.decode())).split())


def kept(maker: Maker, *versions: list[str], key: list[str]) -> None:
    maker.add("k.csv", "k", "Trees by name", key=key)
    for rows in versions:
        maker.collect("k", "k.csv", "\n".join([HEAD, *rows]) + "\n")


def test_since_which_version_rows_share_their_key_is_said(tmp_path, enter) -> None:
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    shared = [*FIRST, "Bob,yew,8"]
    kept(maker, FIRST, shared, [*shared, "Eve,oak,9"], [*FIRST, "Eve,oak,9"], key=["name"])
    room = enter(maker.archive.root)
    moments = [v.seen_at.date().isoformat() for v in maker.archive.index.versions(
        maker.archive.index.resources("k")[0].id)]  # fmt: skip
    pages = {
        n: plain(room.get(f"/d/k/@{moment}/changes/", follow=True))
        for n, moment in enumerate(moments[1:], start=2)
    }
    said = "Since the version of January 24, 2024, some rows share their name: a change in these may be shown on the wrong one of them."
    assert said in pages[2]
    assert said in pages[3]
    assert "In the version of January 31, 2024, some rows share their name:" in pages[4]
    spanish = plain(room.get(f"/es/d/k/@{moments[2]}/changes/", follow=True))
    assert "Desde la versión del 24 de enero de 2024, algunas filas comparten su name" in spanish


def test_of_a_key_that_never_told_rows_apart_no_version_is_blamed(tmp_path, enter) -> None:
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    twice = [*FIRST, "Bob,yew,8"]
    kept(maker, twice, [*twice, "Eve,oak,9"], FIRST, key=["name"])
    room = enter(maker.archive.root)
    first, second, last = (
        v.seen_at.date().isoformat()
        for v in maker.archive.index.versions(maker.archive.index.resources("k")[0].id)
    )
    page = plain(room.get(f"/d/k/@{second}/changes/", follow=True))
    assert "Some rows share their name, as in all versions before:" in page
    page = plain(room.get(f"/d/k/@{last}/changes/", follow=True))
    assert "In the version of January 24, 2024, some rows share their name:" in page
    assert first < second


def a_key_that_stopped(folder: Path) -> Maker:
    maker = Maker(folder / "archive", folder / "sources")
    kept(maker, FIRST, [*FIRST, "Bob,yew,8"], key=["name"])
    return maker


def test_a_hand_out_of_the_change_says_it_in_both_languages(tmp_path, enter) -> None:
    room = enter(a_key_that_stopped(tmp_path).archive.root)
    sheet = plain(room.get("/d/k/handout/?of=changes", follow=True))
    assert (
        "Rows were matched by name. Since the version of January 24, 2024, some rows share" in sheet
    )
    sheet = plain(room.get("/es/d/k/handout/?of=changes", follow=True))
    assert "Desde la versión del 24 de enero de 2024, algunas filas comparten su name" in sheet


def test_the_changes_taken_as_json_say_it(tmp_path, enter) -> None:
    room = enter(a_key_that_stopped(tmp_path).archive.root)
    page = room.get("/d/k/changes/", follow=True).content.decode()
    taken = room.get(unescape(re.search(r'href="([^"]+changes\.json[^"]*)"', page)[1]), follow=True)
    told = json.loads(b"".join(taken.streaming_content))
    moment = "2024-01-24T15:00:00Z"
    assert told["key_shared"] == {"version": moment, "since": moment}


def test_of_a_table_too_large_to_look_it_is_said_that_nobody_looked(
    tmp_path, enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_told, "MOST_ROWS", 3)
    room = enter(a_key_that_stopped(tmp_path).archive.root)
    page = plain(room.get("/d/k/changes/", follow=True))
    assert "Rows were matched by name. The table is too large to look whether rows share" in page


def test_where_each_row_has_its_own_key_nothing_is_said(tmp_path, enter) -> None:
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    kept(maker, FIRST, [*FIRST, "Eve,oak,9"], key=["name"])
    page = plain(enter(maker.archive.root).get("/d/k/changes/"))
    assert "Rows were matched by name." in page
    assert "share their" not in page
