"""The report of a day by e-mail, with a real SMTP server on the loopback."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.running import mailing
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.services.visiting.hosts import credentials_of

START = datetime(2024, 1, 1, 8, tzinfo=UTC)
SECRET = "very-secret-word"


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every letter, unless it is told to refuse; knows no TLS."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[str] = []
        self.said: list[str] = []
        self.refuses = False

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example")
        while line := self.rfile.readline().decode().strip():
            self.server.said.append(line)
            word = line.split()[0].upper()
            if word == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.letters.append(b"".join(lines).decode())
            elif word == "QUIT":
                self._say("221 bye")
                return
            self._say("550 no such person" if self.server.refuses and word == "RCPT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def archive(tmp_path: Path, mail: MailServer) -> Archive:
    told = {"report_to": "librarian@library.example", "smtp": mail.place, "library": "Alder Falls"}
    made = init(tmp_path / "archive", clock=SetClock(START), settings=told)
    for name in ("trees", "gone"):
        (tmp_path / f"{name}.csv").write_text("id,kind\n1,oak\n")
        add(made, str(tmp_path / f"{name}.csv"), name=name)
    (tmp_path / "gone.csv").unlink()
    collect(made, made.index.resources(), fetching=Fetching(Rules()))
    return made


def next_day(archive: Archive) -> None:
    assert isinstance(archive.clock, SetClock)
    archive.clock.pass_time(timedelta(days=1))


def test_the_report_of_yesterday_is_sent_once(archive: Archive, mail: MailServer) -> None:
    assert not mailing.is_wanted(archive)  # the day is not over
    next_day(archive)
    assert mailing.is_wanted(archive)
    assert mailing.send(archive) == "librarian@library.example"
    [letter] = mail.letters
    assert "Subject: Alder Falls: 2024-01-01" in letter
    assert "To: librarian@library.example" in letter
    assert "2 files looked at" in letter
    assert "Trees (trees): kept as v1" in letter
    assert not mailing.is_wanted(archive)
    next_day(archive)
    assert not mailing.is_wanted(archive)  # nothing was looked at that day


def test_what_was_not_taken_is_wanted_again(archive: Archive, mail: MailServer) -> None:
    next_day(archive)
    mail.refuses = True
    with pytest.raises(mailing.MailNotSent, match="did not take the report"):
        mailing.send(archive)
    assert mailing.is_wanted(archive)
    mail.refuses = False
    mailing.send(archive)
    assert len(mail.letters) == 1


def test_a_password_is_never_sent_without_tls_and_never_told(
    archive: Archive, mail: MailServer
) -> None:
    next_day(archive)
    keys = archive.root / "secret-keys.json"
    keys.write_text(json.dumps({f"smtp://{mail.place}": {"user": "vf", "password": SECRET}}))
    keys.chmod(0o600)
    with pytest.raises(mailing.MailNotSent, match="no TLS") as refused:
        mailing.send(archive)
    assert SECRET not in str(refused.value) + "".join(mail.said)
    assert not mail.letters
    assert credentials_of(archive).for_origin("https://data.example.gov") == []


def test_a_line_feed_in_a_setting_adds_no_header(archive: Archive, mail: MailServer) -> None:
    path = archive.root / "settings.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "report_to": "a@b.example\nBcc: c@d.example"}))
    next_day(archive)
    with pytest.raises(InputRefused):
        mailing.send(archive)
    assert not mail.letters


def test_without_the_settings_nothing_is_sent(tmp_path: Path) -> None:
    archive = init(tmp_path / "other", clock=SetClock(START))
    assert not mailing.is_wanted(archive)
    with pytest.raises(InputRefused, match="Nobody is set"):
        mailing.send(archive)
