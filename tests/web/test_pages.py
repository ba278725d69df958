"""Every page: whole, valid, small, private, safe; in English and Spanish."""

from __future__ import annotations

import gzip
import logging
import re
from collections import deque
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import URLPattern, get_resolver
from made_room import EVIL, LIBRARY, TOLD
from pages import FAULTS, FILES, PAGES, SENT_ON, every

from verticalfile.services.archive import init
from verticalfile.web.one_sheet import one_sheet

WEB = Path(__file__).parents[2] / "src/verticalfile/web"
HTML_BYTES_MAX = 40_000
CSS_BYTES_MAX = 10_000
CHART_BYTES_MAX = 6_144
TONGUES = ("", "/es")


class Reader(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.bad: list[str] = []
        self.lang = ""
        self.title = ""
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self._in_title = tag == "title" and not self.title
        if tag == "html":
            self.lang = told.get("lang") or ""
        if "id" in told:
            self.ids.append(told["id"] or "")
        if tag == "a" and told.get("href"):
            self.links.append(told["href"] or "")
        ours = told == {"src": "/static/room/copy.js", "defer": None}  # nothing is written inline
        is_script = tag == "script" and told.get("type") != "application/ld+json" and not ours
        if "style" in told or any(name.startswith("on") for name in told) or is_script:
            self.bad.append(f"{tag} {told}")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        self._in_title = False


def names_of_addresses() -> set[str]:
    found: set[str] = set()

    def walk(patterns) -> None:
        for each in patterns:
            if isinstance(each, URLPattern):
                found.add(each.name or str(each.pattern))
            else:
                walk(each.url_patterns)

    walk(get_resolver().url_patterns)
    return found


def test_every_address_of_the_resolver_is_tried_here():
    assert names_of_addresses() == {*PAGES, *FILES, *SENT_ON}


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("address", every())
def test_a_page_is_whole_small_and_keeps_to_the_rules(room, address, tongue):
    answer = room.get(tongue + address)
    assert answer.status_code == FAULTS.get(address, 200)
    text = answer.content.decode()
    page = Reader(text)
    assert page.lang == (tongue.strip("/") or "en")
    assert page.tags.count("h1") == 1
    assert page.tags.count("main") == 1
    assert " · " in page.title
    assert not page.bad
    assert len(page.ids) == len(set(page.ids))
    assert len(answer.content) <= HTML_BYTES_MAX
    assert len(page.tags) <= 3_500
    assert not answer.cookies
    policy = answer["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in answer
    assert "Cookie" not in answer.get("Vary", "")


def test_dated_filtered_and_compared_pages_are_not_for_search_engines(room):
    for address in (
        "/d/street-trees/@20240117T150000Z/",
        "/d/street-trees/table/?sort=kind",
        "/d/street-trees/changes/?from=20240117T150000Z",
    ):
        assert '<meta name="robots" content="noindex">' in room.get(address).content.decode()
    assert "noindex" not in room.get("/d/street-trees/").content.decode()


def test_the_style_sheet_is_one_small_file():
    css = one_sheet().encode()
    assert b".c-svg" in css
    assert len(gzip.compress(css)) <= CSS_BYTES_MAX


def test_no_template_has_a_script_a_style_attribute_or_a_foreign_address():
    for path in (WEB / "templates").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        alone = path.name == "cite.html"  # the one script, a file of our own
        scripts = re.findall(r"<script[^>]*>", text)
        assert scripts == ["""<script src="{% static 'room/copy.js' %}" defer>"""] * alone, (
            path.name
        )
        assert " style=" not in text, path.name
        assert "safe" not in re.findall(r"\|(\w+)", text), path.name
        assert not re.search(r"(?:src|href)=[\"']https?:", text), path.name


@pytest.mark.parametrize("at_most", [300, pytest.param(5_000, marks=pytest.mark.slow)])
def test_every_link_leads_somewhere_here(room, at_most):
    """A crawler follows every link from the first page, breadth first, in both languages."""
    waiting, seen = deque(["/", "/es/"]), set()
    while waiting:
        address = waiting.popleft()
        if address in seen or len(seen) > at_most:
            continue
        seen.add(address)
        answer = room.get(address)
        assert answer.status_code in (200, 302), (address, answer.status_code)
        if answer.status_code == 302:
            waiting.append(answer["Location"])
            continue
        if not answer["Content-Type"].startswith("text/html"):
            b"".join(answer.streaming_content) if answer.streaming else answer.content
            continue
        for link in Reader(answer.content.decode()).links:
            if link.startswith(("mailto:", "#")):
                continue
            target = urlsplit(urljoin(f"http://testserver{address}", link))
            if link in TOLD:  # addresses that somebody told of a dataset lead to others
                continue
            if link.startswith("http://127.0.0.1:"):  # the portal that the library follows
                continue
            assert target.hostname == "testserver", (address, link)
            if "/@" in target.path and re.search("/(chart|row)[/.]", target.path):
                continue  # the same from every version
            waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    assert len(seen) > 200


@pytest.mark.parametrize("address", [*FILES.values(), *SENT_ON.values()])
def test_what_is_no_page_is_answered_too(room, address):
    answer = room.get(address)
    assert answer.status_code == (302 if address in SENT_ON.values() else 200)


def drawings_of(text: str) -> list[str]:
    return re.findall(r'<svg[^>]*class="c-.*?</svg>', text, re.S)


def test_every_drawing_is_small_and_has_its_sentence_and_its_numbers(room):
    seen = 0
    for address in (*PAGES["chart"], *PAGES["time"], *PAGES["row"]):
        for tongue in TONGUES:
            text = room.get(tongue + address).content.decode()
            found = drawings_of(text)
            seen += len(found)
            assert all(len(one.encode()) <= CHART_BYTES_MAX for one in found)
            assert all('role="img"' in one for one in found)
            assert text.count('class="c-summary"') == text.count("<figure") == len(found) / 2
    assert seen > 30


def test_what_comes_from_outside_is_text_on_every_page(room):
    seen = 0
    for address in (
        "/", "/d/", "/changes/", "/d/hostile/", "/d/hostile/table/", "/d/hostile/time/",
        "/d/hostile/changes/", "/d/hostile/cite/", "/d/hostile/download/",
        f"/d/hostile/table/?is.{EVIL}=1", f"/d/street-trees/table/?from.height={EVIL}",
        f"/d/street-trees/row/?k={EVIL}", f"/d/street-trees/{EVIL}/", f"/{EVIL}",
        f"/d/street-trees/@2024/?on={EVIL}", f"/d/street-trees/table/?sort={EVIL}",
        "/d/hostile/row/?k=x", f"/search/?q={EVIL}", "/search/?q=hostile", f"/search/?place={EVIL}",
        f"/search/?sort={EVIL}", "/shelves/", "/shelves/evil/", "/changes/changed/",
    ):  # fmt: skip
        for tongue in TONGUES:
            text = room.get(tongue + address, follow=True).content.decode()
            assert EVIL not in text, address
            assert 'href="javascript:' not in text
            seen += "&lt;script&gt;" in text
    assert seen > 10


@pytest.mark.parametrize(
    "address",
    [
        "/d/../../format.json", "/d/%2e%2e/%2e%2e/settings.json", "/static/../settings.json",
        "/static/%2e%2e/secret-key", "/d/street-trees/../../secret-key", "//etc/passwd",
        "/d/street-trees/download.%2e%2e", "/d/street-trees/table.exe",
    ],
)  # fmt: skip
def test_nothing_outside_of_the_room_can_be_asked_for(room, address):
    answer = room.get(address)
    assert answer.status_code in (400, 404)


def test_nothing_about_readers_is_logged(room, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        for address in ("/d/street-trees/table/?is.kind=my-secret-question", "/my-secret-question"):
            room.get(address, HTTP_USER_AGENT="my-secret-question")
    out, err = capfd.readouterr()
    assert "my-secret-question" not in caplog.text + out + err


def test_what_nobody_expected_is_a_page_with_a_number_and_a_log_line_without_words(
    own, caplog, monkeypatch, enter
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("my-secret-question")

    monkeypatch.setattr("verticalfile.web.reader.shelf.every_dataset", broken)
    answer = enter(own).get("/d/?my-secret-question")
    assert answer.status_code == 500
    number = re.search(r"number: <b>([0-9a-f]{8})</b>", answer.content.decode())
    assert number
    assert number[1] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "my-secret-question" not in caplog.text


def test_a_damaged_history_is_a_page_too(own, enter):
    for manifest in own.glob("history/*/manifest.json"):
        manifest.write_text("{")
    answer = enter(own).get("/d/street-trees/table/")
    assert answer.status_code == 500
    assert b"Traceback" not in answer.content


def test_an_empty_archive_shows_how_to_begin(tmp_path, enter):
    init(tmp_path / "new", settings=LIBRARY)
    room = enter(tmp_path / "new")
    assert room.get("/healthz").status_code == 200
    for tongue in TONGUES:
        for address in ("/", "/d/", "/changes/", "/shelves/", "/search/?q=a", "/about/"):
            assert room.get(tongue + address).status_code == 200
        assert "vf add" in room.get(f"{tongue}/").content.decode()


def test_an_unchanged_page_is_not_sent_twice(room):
    first = room.get("/d/street-trees/table/")
    again = room.get("/d/street-trees/table/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304
    assert first["Cache-Control"] == "no-cache"


def test_a_mistyped_name_is_answered_with_the_ones_that_are_nearly_so(room):
    for address in ("/d/street-tree/", "/es/d/streettrees/table/", "/d/Street-Trees/@2024/"):
        answer = room.get(address)
        assert answer.status_code == 404
        text = answer.content.decode()
        assert any(link.endswith("/d/street-trees/") for link in Reader(text).links)
        assert 'name="q"' in text  # and one can search from here
    text = room.get("/d/xyzzy/").content.decode()
    assert "Did you mean one of these?" not in text
    assert room.get("/d/" + "x" * 900 + "/").status_code == 404


def test_a_page_is_packed_for_who_can_unpack_it_and_known_again(room):
    plain = room.get("/d/street-trees/table/")
    packed = room.get("/d/street-trees/table/", HTTP_ACCEPT_ENCODING="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    asked = {"HTTP_ACCEPT_ENCODING": "gzip", "HTTP_IF_NONE_MATCH": packed["ETag"]}
    assert room.get("/d/street-trees/table/", **asked).status_code == 304


def test_a_file_that_is_taken_away_is_not_packed(room):
    taken = room.get("/d/street-trees/table.csv", HTTP_ACCEPT_ENCODING="gzip")
    assert "Content-Encoding" not in taken
