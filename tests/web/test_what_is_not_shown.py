"""Of what is hidden or held only fact, date and class of reason are shown: a walk through all doors."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from made_room import SECRET, Maker, lines
from pages import FEEDS, FILES, HELD, HIDDEN, SENT_ON, every, feed
from test_pages import Reader
from walking import FORMS, answers_behind, body_of, must_not_tell

from verticalfile.services.archive import open_archive
from verticalfile.services.deciding import reviewing, withholding

AT_THE_ROOT = {"/robots.txt", "/healthz", "/data.json", "/sitemap.xml", "/sitemap-1.xml"}
SECRET_KEY = "T-070"
"""The row that stood in the hidden version alone; 64 rows then, 63 before."""


def doors() -> list[str]:
    found = [*every(), *FILES.values(), *SENT_ON.values(), "/d/street-trees/timemap.json"]
    found += [feed(base, form) for base in FEEDS for form in ("atom", "json")]
    found += [f"/search/{end}?q={word}" for end in ("", "feed.atom", "feed.json")
              for word in ("Quercus", "secretus", "Quercuss", "T-070", "trees")]  # fmt: skip
    for moment in (HIDDEN, HELD, "@20240327T150000Z", "@20240410T150000Z", ""):
        base = f"/d/street-trees/{moment}/" if moment else "/d/street-trees/"
        found += [
            base + screen
            for screen in (
                "",
                "table/",
                "time/",
                "changes/",
                "cite/",
                "cite/?whole=yes",
                "cite.bibtex",
                "cite.csl-json?whole=yes",
            )
        ]
        found += [f"{base}download.{form}" for form in FORMS]
        found += [f"{base}table.{form}" for form in FORMS]
        found += [
            f"{base}chart{end}"
            for end in ("/", ".csv", ".svg", "/?column=kind", ".csv?column=kind")
        ]
        found += [f"{base}values{end}?column=kind" for end in ("/", ".csv", ".svg")]
        found += [f"{base}values/?column=kind&by=ward", f"{base}values.csv?column=height&by=kind"]
        found += [f"{base}time{end}" for end in (".csv", ".svg")]
        found += [f"{base}handout/?of={of}" for of in ("dataset", "table", "changes")]
        found += [f"{base}row/?k={SECRET_KEY}", f"{base}table/?contains.kind=Quercus"]
        for other in (HIDDEN, HELD, "@20240327T150000Z"):
            found += [f"{base}changes{end}?from={other[1:]}" for end in ("/", ".csv", ".json")]
    for moment in (HIDDEN, HELD, "@20240410T150000Z"):
        asked = ("", "?of=table&contains.kind=Quercus", "?of=changes", "?chart=kind")
        found += [f"/d/street-trees/{moment}/handout.pdf{each}" for each in asked]
    found.append(f"/d/street-trees/handout.pdf?of=changes&from={HIDDEN[1:]}")
    return found


@pytest.mark.parametrize("at_most", [250, pytest.param(5_000, marks=pytest.mark.slow)])
def test_nothing_of_a_hidden_version_comes_through_any_door(room, tmp_path, at_most):
    """All doors with its moments, in both languages, and the links of the pages behind them."""
    spanish = [f"/es{door}" for door in doors() if door.endswith("/")]
    seen, waiting = set(), deque([*doors(), *spanish])
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        answer = room.get(address)
        assert answer.status_code in (200, 302, 400, 404, 410), address
        body = body_of(answer, tmp_path)
        assert SECRET.encode() not in body, address
        # what was asked for may stand in the answer; a row of it may not
        assert not re.search(rb">T-070</a>|\bT-070,\w", body), address
        if answer["Content-Type"].startswith("text/html") and len(seen) < at_most:
            for link in Reader(body.decode()).links:
                target = urlsplit(urljoin(f"http://testserver{address}", link))
                # charts and rows are the same from every version
                same = "/@" in target.path and re.search("/(chart|row)[/.]", target.path)
                form = target.path.endswith("/ask/")  # says nothing but the address it came from
                if target.hostname == "testserver" and not same and not form:
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    assert len(seen) > at_most or at_most == 5_000


@pytest.mark.parametrize("moment", [HIDDEN, HELD])
def test_bytes_of_what_is_not_shown_are_gone_and_its_pages_are_tombstones(room, moment):
    for form in ("csv", "excel", "jsonl", "parquet", "original"):
        assert room.get(f"/d/street-trees/{moment}/download.{form}").status_code == 410
    for form in ("csv", "json", "parquet"):
        assert room.get(f"/d/street-trees/{moment}/table.{form}").status_code == 410
    text = room.get(f"/d/street-trees/{moment}/").content.decode()
    assert "not shown" in text
    assert "rows" not in text.split('class="wrap sheet"')[1].split("</main>")[0]


def test_no_count_of_it_is_told_not_even_by_difference(room):
    """Before the hidden version stood 63 rows, after it 64 others: nothing says what lay between."""
    text = room.get("/d/street-trees/time/").content.decode()
    listed = text.split("<h3")[1]
    hidden, after = (
        re.search(rf"{day}, 2024</time></a>(.*?)</li>", listed, re.S)[1]
        for day in ("April 3", "April 10")
    )
    assert "Withdrawn by the library." in hidden
    assert "row" not in hidden
    assert "The version before it is not shown, so neither is the difference." in after
    assert "added" not in after


def test_a_whole_file_that_is_hidden_leaves_its_tombstone(own, enter):
    archive = open_archive(own)
    reviewing.withdraw(
        archive, "rent-register", version=None, how="hide", reason="privacy", authority="court"
    )
    archive.index.close()
    room = enter(own)
    for address in ("/d/rent-register/", "/d/rent-register/table/", "/d/rent-register/cite/"):
        text = room.get(address).content.decode()
        assert "The library withdrew this version." in text
    assert room.get("/d/rent-register/download.csv").status_code == 410
    assert "rent-register" in room.get("/d/").content.decode()


def test_what_is_released_is_shown_again(own, enter):
    archive = open_archive(own)
    reviewing.let_out(archive, "street-trees", None)
    reviewing.release(archive, "street-trees", accept=True)
    archive.index.close()
    room = enter(own)
    assert (
        SECRET
        in room.get(f"/d/street-trees/{HIDDEN}/table/?contains.kind=quercus").content.decode()
    )
    assert "9 rows" in room.get("/d/street-trees/table/").content.decode()


def test_machines_are_told_nothing_of_it(room):
    """No memento, no date and no number of it: neither of the hidden nor of the held version."""
    told = "".join(
        room.get(f"/d/street-trees/{end}").content.decode()
        for end in ("timemap.link", "timemap.json")
    )
    told += room.get("/d/street-trees/")["Link"] + room.get("/data.json").content.decode()
    for moment in (HIDDEN, HELD):
        assert moment not in told
        answer = room.get(f"/d/street-trees/{moment}/")
        assert "Memento-Datetime" not in answer
        assert "application/ld+json" not in answer.content.decode()
    drawn = room.get("/d/street-trees/chart.csv?column=kind")
    for line in b"".join(drawn.streaming_content).decode().splitlines():
        if line.startswith(("2024-04-03", "2024-04-17")):  # its date, and no number
            assert set(line.partition(",")[2]) <= {","}


def test_the_drawn_rows_stop_where_the_hidden_version_stood(room):
    text = room.get("/d/street-trees/time/").content.decode()
    rows = text.split('aria-labelledby="rw"')[1]
    assert "1 version is withdrawn and not drawn." in rows
    assert "1 version is held for review and not drawn." in rows
    for day in ("April 3", "April 17"):
        for told in re.findall(rf"{day}, 2024</time></th>(.*?)</tr>", rows):
            assert not re.search(r"\d", re.sub(r"<[^>]+>", "", told))


def test_what_only_a_hidden_version_had_is_found_by_no_search_and_told_by_no_register(
    tmp_path, enter
):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("a.csv", "pupils", "Pupils", key=["id"])
    maker.collect("pupils", "a.csv", lines("1,a", "2,b", head="id,school"))
    shown = lines("1,a", "2,b", "3,c", head="id,school")
    maker.collect("pupils", "a.csv", lines("1,a,x", "2,b,y", head="id,school,Zugunruhe"))
    reviewing.withdraw(
        maker.archive, "pupils", version="v2", how="hide", reason="privacy", authority="court"
    )
    maker.collect("pupils", "a.csv", shown)
    maker.archive.index.close()
    room = enter(tmp_path / "archive")
    for word in ("zugunruhe", "zugunruh", "zugunrue"):
        for tongue in ("", "/es"):
            answer = room.get(f"{tongue}/search/?q={word}").content.decode()
            assert "<li><h2>" not in answer
            assert "unruhe" not in answer.replace(word, "").lower()
    for address in ("/", "/changes/", "/changes/changed/", "/feed.atom", "/feed.json",
                    "/d/pupils/feed.atom", "/search/?q=pupils", "/search/feed.json?q=pupils"):  # fmt: skip
        text = room.get(address).content.decode()
        assert "Zugunruhe" not in text, address
    changed = room.get("/changes/changed/").content.decode()
    assert changed.count("<li id=") == 1  # the change to what is hidden stands for staff alone
    assert "A new version." in changed  # and the next one tells no numbers against it
    assert "row" not in changed.split("entries")[1].split("</ol>")[0]


def test_a_dataset_that_is_hidden_whole_is_found_by_its_label_alone(own, enter):
    archive = open_archive(own)
    reviewing.withdraw(
        archive, "street-trees", version=None, how="hide", reason="privacy", authority="court"
    )
    archive.index.close()
    room = enter(own)
    text = room.get("/search/?q=street+trees").content.decode()
    assert "Withdrawn by the library" in text
    assert "Every tree on public land" not in text
    assert "versions" not in text.split('class="hits"')[1].split("</ol>")[0]
    assert "<li><h2>" not in room.get("/search/?q=height").content.decode()
    text = room.get("/d/street-trees/feed.atom").content.decode()
    assert "Withdrawn by the library" in text
    assert "added" not in text
    registers = room.get("/changes/").content.decode()
    ours = [e for e in re.findall(r"(?s)<li id=.*?</li>", registers) if "/d/street-trees/" in e]
    assert ours
    assert all("row" not in entry for entry in ours)


PERSON = "Zebulon"
PRIVATE_HEAD = "case_no,first_name,last_name,birth_date,lat,lon"


def private(*keys: int) -> str:
    rows = [f"C-{k},{PERSON},Okonkwo{k},1961-02-0{k},43.55{k}181,-77.94{k}272" for k in keys]
    return lines(*rows, head=PRIVATE_HEAD)


def test_10_nothing_of_a_flagged_table_comes_through_any_door(tmp_path, enter):
    """Withheld from its first capture, with the version from before the persons came."""
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("c.csv", "clinic", "Clinic visits", key=["case_no"])
    maker.collect("clinic", "c.csv", lines("C-1,x", "C-2,y", head="case_no,secretus"))
    maker.collect("clinic", "c.csv", private(1, 2, 3, 4))
    maker.collect("clinic", "c.csv", private(1, 2, 3, 5))
    moments = [f"@{v.seen_at:%Y%m%dT%H%M%SZ}" for v in maker.archive.index.versions(
        maker.archive.index.resources("clinic")[0].id)]  # fmt: skip
    assert len(moments) == 3
    maker.archive.index.close()
    room = enter(tmp_path / "archive")
    screens = ("", "table/", "time/", "changes/", "cite/", "cite/?whole=yes", "cite.bibtex", "rights/",
               "cite.csl-json", "download/", "chart/", "chart/?column=last_name", "chart.csv",
               "chart.csv?column=first_name", "chart.svg?column=case_no", "time.csv", "time.svg",
               "row/?k=C-1", "row.csv?k=C-1&column=last_name", "changes.csv", "changes.json",
               "timemap.link", "timemap.json", "timegate/", f"table/?contains.first_name={PERSON}")  # fmt: skip
    every_door = [
        f"/d/clinic/{at}{screen}"
        for at in ("", *(f"{m}/" for m in moments)) for screen in screens
    ]  # fmt: skip
    every_door += [f"/d/clinic/{at}{what}.{form}" for at in ("", f"{moments[1]}/") for form in FORMS
                   for what in ("download", "table")]  # fmt: skip
    every_door += [
        f"/d/clinic/{m}/changes/?from={n[1:]}" for m in moments for n in moments if m != n
    ]
    every_door += [feed(base, form) for base in ("/feed", "/d/clinic/feed", "/changes/new/feed",
                   "/changes/changed/feed", "/changes/withdrawn/feed") for form in ("atom", "json")]  # fmt: skip
    every_door += [f"/search/{end}?q={word}" for end in ("", "feed.atom", "feed.json")
                   for word in ("clinic", "birth", "last+name", "Okonkwo1", "secretus")]  # fmt: skip
    every_door += ["/", "/d/", "/changes/", "/changes/withdrawn/", "/changes/new/",
                   "/changes/changed/", "/data.json", "/sitemap-1.xml"]  # fmt: skip
    secrets = (PERSON, "Okonkwo", "birth_date", "last_name", "43.55", "1961-02")
    for address, body in answers_behind(room, every_door, "clinic", tmp_path, at_most=600):
        must_not_tell(address, body, secrets)
        assert not re.search(r"\b4 (?:rows|filas)\b", body), address
        for moment in moments if "timemap" in address or address == "/data.json" else ():
            assert moment not in body, address
    for form in ("csv", "jsonl", "parquet", "original"):
        assert room.get(f"/d/clinic/download.{form}").status_code == 410
        assert room.get(f"/d/clinic/{moments[0]}/download.{form}").status_code == 410
    assert "holds this back" in room.get("/d/clinic/").content.decode()
    assert "clinic" in room.get("/changes/withdrawn/").content.decode().lower()


def test_10_what_is_released_comes_through_the_doors_again(tmp_path, enter):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("c.csv", "clinic", "Clinic visits", key=["case_no"])
    maker.collect("clinic", "c.csv", private(1, 2, 3, 4))
    withholding.release(maker.archive, "clinic", reason="a roll of 1961, open by law")
    maker.archive.index.close()
    room = enter(tmp_path / "archive")
    assert PERSON in room.get("/d/clinic/table/").content.decode()
    assert room.get("/d/clinic/download.csv").status_code == 200
    assert "looked for data of persons" in room.get("/d/clinic/").content.decode()
    assert "roll of 1961" not in room.get("/d/clinic/rights/").content.decode()
