"""A password for the mail server goes over TLS that is checked, and nowhere else."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.running import mailing

# Made for these tests alone: for 127.0.0.1, from 2020 to 2120.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBljCCATygAwIBAgIBATAKBggqhkjOPQQDAjAxMS8wLQYDVQQDDCZtYWRlLXVw
IG1haWwgc2VydmVyIGZvciBsb29wYmFjayB0ZXN0czAgFw0yMDAxMDEwMDAwMDBa
GA8yMTIwMDEwMTAwMDAwMFowMTEvMC0GA1UEAwwmbWFkZS11cCBtYWlsIHNlcnZl
ciBmb3IgbG9vcGJhY2sgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQk
62/6MdNUbA6k0jbXwd3mjiwPVJ+uE/VWk/3GvjWpqKOIMlTnoBWqIcFQ8bF7OCmW
AgkpCYYcSglpYGU1+oPUo0MwQTAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaH
BH8AAAEwHQYDVR0OBBYEFPttQmyrQ2GH11E8eo/QQdDO4B71MAoGCCqGSM49BAMC
A0gAMEUCIBUeVnvYdp3Bql+PIT+yNZY8LefwHgeHxHRjY5l1hQ5FAiEAzB7spuA/
CKoWWuMz/SXOwJiKuMOdjZ43Q6stRyiQ2g0=
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8++6ZLl9yD3DguVR
Wl7FPJGzFEHZj+2RtPfwxH0kWf2hRANCAAQk62/6MdNUbA6k0jbXwd3mjiwPVJ+u
E/VWk/3GvjWpqKOIMlTnoBWqIcFQ8bF7OCmWAgkpCYYcSglpYGU1+oPU
-----END PRIVATE KEY-----
"""
USER, PASSWORD = "vf", "a very secret word"


class MailServer(socketserver.ThreadingTCPServer):
    """Takes letters of whom logged in; speaks TLS at once or when it is asked to."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext, *, at_once: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.context, self.at_once = context, at_once
        self.in_clear: list[str] = []
        self.under_tls: list[str] = []
        self.letters: list[str] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.BaseRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.is_secret = False
        self.lines = self.request.makefile("rb")
        try:
            if self.server.at_once:
                self._begin_tls()
            self._talk()
        except OSError:
            pass  # the client does not believe the certificate

    def _begin_tls(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.lines, self.is_secret = self.request.makefile("rb"), True

    def _talk(self) -> None:
        self._say("220 mail.example")
        while line := self.lines.readline().decode().strip():
            (self.server.under_tls if self.is_secret else self.server.in_clear).append(line)
            match line.split()[0].upper():
                case "EHLO" if self.is_secret:
                    self._say("250-mail.example\r\n250 AUTH PLAIN")
                case "EHLO":
                    self._say("250-mail.example\r\n250 STARTTLS")
                case "STARTTLS":
                    self._say("220 go on")
                    self._begin_tls()
                case "AUTH":
                    told = base64.b64decode(line.split()[-1]).decode().split("\0")[1:]
                    self._say("235 welcome" if told == [USER, PASSWORD] else "535 no")
                case "DATA":
                    self._say("354 go on")
                    self.server.letters.append(
                        b"".join(iter(self.lines.readline, b".\r\n")).decode()
                    )
                    self._say("250 ok")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _say(self, line: str) -> None:
        self.request.sendall(line.encode() + b"\r\n")


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "mail.pem"
    path.write_text(CERTIFICATE + KEY)
    return path


@pytest.fixture(params=[False, True], ids=["STARTTLS", "TLS at once"])
def mail(
    request: pytest.FixtureRequest, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with MailServer(context, at_once=request.param) as server:
        if request.param:
            monkeypatch.setattr(mailing, "TLS_PORT", server.server_address[1])  # 465 is root's
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def archive(tmp_path: Path, mail: MailServer) -> Archive:
    told = {"report_to": "librarian@library.example", "smtp": mail.place}
    now = SetClock(datetime(2024, 1, 2, 8, tzinfo=UTC))
    made = init(tmp_path / "archive", clock=now, settings=told)
    keys = made.root / "secret-keys.json"
    keys.write_text(json.dumps({f"smtp://{mail.place}": {"user": USER, "password": PASSWORD}}))
    keys.chmod(0o600)
    return made


def test_the_report_is_sent_after_a_login_under_tls(
    archive: Archive, mail: MailServer, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert mailing.send(archive) == "librarian@library.example"
    [letter] = mail.letters
    assert "To: librarian@library.example" in letter
    assert any(line.startswith("AUTH PLAIN") for line in mail.under_tls)
    assert not [line for line in mail.in_clear if line.split()[0].upper() not in ("EHLO", "STARTTLS")]  # fmt: skip


def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_password_nor_letter(
    archive: Archive, mail: MailServer
) -> None:
    with pytest.raises(mailing.MailNotSent, match="certificate") as refused:
        mailing.send(archive)
    assert PASSWORD not in str(refused.value)
    assert not mail.letters
    assert not [line for line in (*mail.in_clear, *mail.under_tls) if line.startswith("AUTH")]


def test_a_wrong_password_is_told_without_it(
    archive: Archive, pem: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    keys = archive.root / "secret-keys.json"
    keys.write_text(json.dumps({f"smtp://{mail.place}": {"user": USER, "password": "wrong word"}}))
    with pytest.raises(mailing.MailNotSent, match="535") as refused:
        mailing.send(archive)
    assert "wrong word" not in str(refused.value)
    assert not mail.letters
