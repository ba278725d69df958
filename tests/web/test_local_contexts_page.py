"""Notices and Labels on the page, before the licence, in both languages; their words are text."""

from __future__ import annotations

from made_room import EVIL, Maker, lines
from test_search_page import said

from verticalfile.services.deciding.marking import put_label, put_notice
from verticalfile.services.rights.local_contexts import Notice

PROJECT = "https://localcontextshub.org/projects/0b5c1f1e-0000-4000-8000-00000000abcd"


def test_they_stand_before_the_licence_and_hostile_words_stay_text(tmp_path, enter):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("p.csv", "plans", "Plans")
    maker.collect("plans", "p.csv", lines("1,park", head="id,kind"))
    for notice in Notice:
        put_notice(maker.archive, "plans", notice)
    put_label(maker.archive, "plans", f"TK {EVIL}", community=EVIL, project=PROJECT, text=EVIL)
    maker.archive.index.close()
    room = enter(tmp_path / "archive")
    for address in ("/d/plans/", "/d/plans/rights/"):
        body = room.get(address).content.decode()
        assert EVIL not in body
        assert f'href="{PROJECT}" rel="noopener nofollow"' in body
        text = said(room.get(address))
        assert text.index("Attribution Incomplete Notice") < text.index("Nothing is said on what")
        assert "A Label given by" in text
        spanish = said(room.get(f"/es{address}"))
        assert "Attribution Incomplete Notice" in spanish
        assert "Una etiqueta dada por" in spanish
