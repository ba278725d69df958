"""Citing: six styles as text and as files, of this version or of the dataset as a whole."""

from __future__ import annotations

import json
import re
from html import unescape

import bibtexparser
import pytest
import rispy
from pages import HIDDEN, OLD

from verticalfile.services.archive import open_archive
from verticalfile.services.citing.citing import Style, cite_version, cite_whole
from verticalfile.services.visibility import Viewer


def taken(room, address: str) -> str:
    answer = room.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("whole", [False, True])
def test_the_page_and_the_file_say_what_vf_cite_says(room, town, style, whole):
    asked = "?whole=yes" if whole else ""
    file = taken(room, f"/d/street-trees/{OLD}/cite.{style}{asked}")
    page = unescape(room.get(f"/d/street-trees/{OLD}/cite/{asked}").content.decode())
    assert file.strip() in re.sub(r"</?i>", "", page)
    archive = open_archive(town)
    if whole:
        own = cite_whole(archive, "street-trees", style=style, viewer=Viewer.PUBLIC)
    else:
        own = cite_version(archive, "street-trees", wanted="2024-01-20", style=style)
    for word in (own.cited.title, "Alder Falls Public Library"):
        assert word in file
    assert ("20240117T150000Z" in file) is not whole


@pytest.mark.parametrize(
    ("style", "media_type", "name"),
    [
        ("apa", "text/plain; charset=utf-8", "txt"),
        ("mla", "text/plain; charset=utf-8", "txt"),
        ("chicago", "text/plain; charset=utf-8", "txt"),
        ("bibtex", "application/x-bibtex; charset=utf-8", "bib"),
        ("ris", "application/x-research-info-systems; charset=utf-8", "ris"),
        ("csl-json", "application/vnd.citationstyles.csl+json", "json"),
    ],
)
def test_files_have_their_media_type_and_are_named_by_date(room, style, media_type, name):
    answer = room.get(f"/d/street-trees/{OLD}/cite.{style}")
    assert answer["Content-Type"] == media_type
    told = answer["Content-Disposition"]
    assert told == f'attachment; filename="street-trees_as-of-2024-01-17.{name}"'
    whole = room.get(f"/d/street-trees/cite.{style}?whole=yes")["Content-Disposition"]
    assert whole == f'attachment; filename="street-trees.{name}"'


def test_reference_managers_read_them(room):
    [entry] = bibtexparser.parse_string(taken(room, f"/d/street-trees/{OLD}/cite.bibtex")).entries
    assert "Street trees" in entry["title"]
    [ris] = rispy.loads(taken(room, f"/d/street-trees/{OLD}/cite.ris"))
    assert ris["urls"] == [f"http://testserver/d/street-trees/{OLD}/"]
    [csl] = json.loads(taken(room, f"/d/street-trees/{OLD}/cite.csl-json"))
    assert csl["type"] == "dataset"


def test_it_is_said_which_of_the_two_is_cited(room):
    version = room.get("/d/street-trees/cite/").content.decode()
    assert "others will see exactly what you saw" in version
    assert "This version as of 2024-04-10." in version
    assert re.search(r"[0-9a-f]{64}", version)
    whole = room.get("/d/street-trees/cite/?whole=yes").content.decode()
    assert "you mean the dataset and not what it said on one day" in whole
    assert "The dataset as a whole, with all its versions." in whole
    assert not re.search(r"[0-9a-f]{64}", whole)


def test_what_is_hidden_is_not_cited_and_no_style_of_ours_is_made_up(room):
    assert room.get(f"/d/street-trees/{HIDDEN}/cite.ris").status_code == 410
    assert room.get("/d/street-trees/cite.docx").status_code == 404
