"""The form to the library: kept without a trace of who wrote it, refused with help, bounded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import signing
from test_browser import page_of

from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import open_archive
from verticalfile.services.safe.backing_up import backup, restore
from verticalfile.services.telling import messages as box
from verticalfile.services.telling.messages import messages

HERE = {"headers": {"Sec-Fetch-Site": "same-origin"}}


def token_of(room, address: str = "/ask/") -> str:
    return re.search(r'name="token" value="([^"]+)"', room.get(address).content.decode())[1]


def send(room, told: dict[str, str], *, tongue: str = "", token: str | None = None, **how):
    body = {"token": token_of(room) if token is None else token, **told}
    encoded = "application/x-www-form-urlencoded"
    return room.post(f"{tongue}/ask/", urlencode(body), content_type=encoded, **(how or HERE))


def waiting(folder):
    archive = open_archive(folder)
    found = messages(archive)
    archive.index.close()
    return found


def test_a_message_is_kept_with_its_page_and_nothing_of_its_writer(own, enter):
    room = enter(own)
    answer = send(
        room, {"text": "The tree T-003 is an ash.\r\nNot a maple.", "about": "/d/street-trees/"},
        tongue="/es", REMOTE_ADDR="203.0.113.9",
        headers={"User-Agent": "Mozilla/Canary", "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer["Location"].startswith("/es/ask/sent/?number=")
    assert not answer.cookies
    [kept] = waiting(own)
    assert kept.text == "The tree T-003 is an ash.\nNot a maple."
    assert (kept.about, kept.language, kept.reply) == ("/d/street-trees/", "es", "")
    assert kept.id in room.get(answer["Location"]).content.decode()
    [path] = (own / "messages").glob("*.json")
    assert set(json.loads(path.read_text())) == {"id", "at", "language", "about", "text", "reply"}
    assert (own / "messages").stat().st_mode & 0o077 == 0
    for each in own.rglob("*"):
        if each.is_file():
            body = each.read_bytes()
            assert b"203.0.113.9" not in body
            assert b"Mozilla/Canary" not in body


def test_the_page_that_it_is_about_comes_along_from_each_page(room):
    for address in ("/", "/d/street-trees/table/?is.kind=OAK", "/es/changes/"):
        text = room.get(address).content.decode()
        link = re.search(r'href="((?:/es)?/ask/\?about=[^"]+)"', text)[1].replace("&amp;", "&")
        form = room.get(link).content.decode()
        assert f'name="about" value="{address}"' in form
    for foreign in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        assert (
            "evil"
            not in re.search(
                r'name="about" value="([^"]*)"',
                room.get("/ask/", {"about": foreign}).content.decode(),
            )[1]
        )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"text": "   "}, "Write your question or what is wrong."),
        ({"text": "x" * 4001}, "This is too long: 4,001 characters. Say it in at most 4,000."),
        ({"text": "a", "reply": "y" * 201}, "Say it in at most 200."),
        ({"text": "a\x00b"}, "This has signs that cannot be shown."),
        ({"text": "a", "reply": "me@x\nBcc: all@x"}, "This has signs that cannot be shown."),
        ({"text": "a", "website": "http://spam"}, "A hidden field was filled in"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_its_field_and_no_word_is_lost(own, enter, told, says):
    room = enter(own)
    answer = send(room, {"reply": "555-0101", **told})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert answer["Cache-Control"] == "no-store"
    assert says in text
    assert "<title>Error: " in text
    assert told["text"].strip() in text
    assert told.get("reply", "555-0101").split("\n")[0] in text
    assert waiting(own) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"}, {"Origin": "null"},
    ],
)  # fmt: skip
def test_a_form_of_another_site_is_not_taken_and_its_words_are_asked_for_again(own, enter, headers):
    room = enter(own)
    answer = send(room, {"text": "From elsewhere"}, headers=headers)
    assert answer.status_code == 422
    assert "From elsewhere" in answer.content.decode()
    assert waiting(own) == []


def test_a_browser_that_tells_nothing_of_itself_is_served_too(own, enter):
    assert send(enter(own), {"text": "An old browser"}, headers={}).status_code == 303
    assert (
        send(enter(own), {"text": "A"}, headers={"Origin": "http://testserver"}).status_code == 303
    )


@pytest.mark.parametrize("token", ["", "form", "form:1abc:forged", "other"])
def test_a_form_that_was_not_ours_is_not_taken(own, enter, token):
    if token == "other":
        token = signing.TimestampSigner(salt="something else").sign("form")
    assert send(enter(own), {"text": "a"}, token=token).status_code == 422
    assert waiting(own) == []


def test_a_form_that_lay_open_for_two_days_keeps_its_words_and_is_sent_by_one_more_click(
    own, enter, monkeypatch
):
    room = enter(own)
    old = token_of(room)
    monkeypatch.setattr("verticalfile.web.letters.VALID_S", -1)
    answer = send(room, {"text": "Slow typing"}, token=old)
    monkeypatch.undo()
    text = answer.content.decode()
    assert "The form was open for more than a day" in text
    fresh = re.search(r'name="token" value="([^"]+)"', text)[1]
    assert send(room, {"text": "Slow typing"}, token=fresh).status_code == 303


def test_a_flood_is_stopped_and_says_how_else_to_reach_us(own, enter, monkeypatch):
    monkeypatch.setattr(box, "MOST_AN_HOUR", 3)
    room = enter(own)
    assert [send(room, {"text": f"n {n}"}).status_code for n in range(4)] == [303, 303, 303, 503]
    answer = send(room, {"text": "What I wrote"})
    text = answer.content.decode()
    assert "So many messages came" in text
    assert "What I wrote" in text
    assert "mailto:desk@alderfalls.example" in text
    assert len(waiting(own)) == 3


def test_the_next_hour_takes_messages_again_until_the_box_is_full(own, monkeypatch):
    monkeypatch.setattr(box, "MOST_AN_HOUR", 2)
    monkeypatch.setattr(box, "MOST_WAITING", 3)
    archive = open_archive(own)
    clock = SetClock(archive.clock.now())
    archive.clock = clock
    for n in range(2):
        box.leave(archive, f"n {n}")
    with pytest.raises(box.BoxFull):
        box.leave(archive, "too soon")
    clock.pass_time(timedelta(hours=1, seconds=1))
    box.leave(archive, "an hour later")
    clock.pass_time(timedelta(hours=2))
    with pytest.raises(box.BoxFull):
        box.leave(archive, "the box is full")
    archive.index.close()


def test_only_a_small_form_is_read(own, enter):
    room = enter(own)
    files = room.post("/ask/", {"text": "a", "token": token_of(room)}, **HERE)  # multipart
    assert files.status_code == 400
    huge = send(room, {"text": "x" * 70_000})
    assert huge.status_code == 400
    assert waiting(own) == []


def test_what_somebody_wrote_is_text_on_the_page(own, enter):
    evil = '<script>alert("x")</script></textarea>'
    text = send(enter(own), {"text": evil, "reply": "r" * 300}).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_what_somebody_put_into_a_file_steers_no_terminal(own):
    archive = open_archive(own)
    kept = box.leave(archive, "a")
    archive.index.close()
    path = own / "messages" / f"{kept.id}.json"
    path.write_text(path.read_text().replace('"a"', '"\\u001b[2J\\u202eb"'))
    told = vf(own, "messages").stdout
    assert "\x1b" not in told
    assert "\u202e" not in told


def vf(archive, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "verticalfile", "--archive", str(archive), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_staff_read_what_waits_and_forget_what_is_answered(own, enter):
    room = enter(own)
    send(
        room, {"text": "First line\nsecond line", "about": "/d/street-trees/", "reply": "555-0101"}
    )
    send(room, {"text": "Nobody in particular"})
    told = vf(own, "messages").stdout
    assert "First line\n    second line\n    Answer to: 555-0101" in told
    assert "nobody; no address was given" in told
    first = json.loads(vf(own, "messages", "--json").stdout)[0]
    assert first["reply"] == "555-0101"
    done = vf(own, "messages", "--done", first["id"])
    assert done.returncode == 0
    assert "555-0101" not in vf(own, "messages").stdout
    assert vf(own, "messages", "--done", "../format").returncode != 0
    assert (own / "format.json").exists()
    assert vf(own, "messages", "--done", first["id"]).returncode != 0


def test_a_backup_has_what_waits_and_forgets_what_was_answered(own, tmp_path):
    archive = open_archive(own)
    kept, gone = box.leave(archive, "kept", reply="a@b.example"), box.leave(archive, "answered")
    backup(archive, tmp_path / "backup")
    assert len(list((tmp_path / "backup" / "messages").iterdir())) == 2
    box.answered(archive, gone.id)
    backup(archive, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    assert box.messages(open_archive(tmp_path / "again")) == [kept]
    for path in (tmp_path / "backup").rglob("*"):
        assert path.is_dir() or gone.id not in path.name
    archive.index.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_something_is_said_to_be_wrong_by_keyboard_with_and_without_scripts(
    browser, served, town, scripts
):
    with page_of(browser, served, java_script_enabled=scripts) as page:
        page.goto(f"{served}/d/street-trees/")
        page.click(".foot >> text=Something wrong here?")
        assert page.input_value("#f-about") == "/d/street-trees/"
        page.focus("#f-text")
        page.keyboard.type("The height of T-003 is in feet.")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("555-0199")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ask/sent/**")
        assert "Your message is with us" in page.inner_text("h1")
    archive = open_archive(town)
    [kept] = [m for m in messages(archive) if m.reply == "555-0199"]
    box.answered(archive, kept.id)
    archive.index.close()
    assert kept.text == "The height of T-003 is in feet."
