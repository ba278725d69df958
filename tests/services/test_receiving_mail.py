"""An e-mail that was saved as a file: its attachment is the data, the mail itself the letter."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.mail import attachments_in, receive_mail
from verticalfile.services.deciding.withholding import withholding_of
from verticalfile.services.known.deliveries import Told

TOLD = Told("Example County Assessor", datetime(2026, 11, 24, 7, tzinfo=UTC), how="by e-mail")
ROWS = b"id,street\r\n1,C\xf4te\r\n"


def a_mail(*files: tuple[str, bytes]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Tom Baker <tom@county.example>", "Your request"
    mail.set_content("Here it is.\nTom Baker, 555-123-4567\n")
    for name, body in files:
        mail.add_attachment(body, maintype="text", subtype="csv", filename=name)
    return mail


def saved(folder: Path, mail: EmailMessage) -> Path:
    path = folder / "answer.eml"
    path.write_bytes(mail.as_bytes())
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return init(tmp_path / "archive", clock=SetClock(datetime(2026, 11, 28, 15, tzinfo=UTC)))


def test_the_attachment_is_kept_byte_for_byte_and_the_mail_is_withheld(
    archive: Archive, tmp_path: Path
) -> None:
    mail = saved(tmp_path, a_mail(("Side walks.csv", ROWS)))
    done = receive_mail(archive, mail, TOLD)
    assert (done.resource.dataset, done.version.readable) == ("side-walks", True)
    files = {r.name: r for r in archive.index.resources("side-walks")}
    letter = files[done.delivery.letter]
    assert withholding_of(archive, letter.id).stands
    (data,) = archive.vault.captures(files["side-walks"].id)
    (whole,) = archive.vault.captures(letter.id)
    assert archive.vault.original(data) == ROWS
    assert archive.vault.original(whole) == mail.read_bytes()
    assert not receive_mail(archive, mail, TOLD).is_new


def test_of_several_attachments_one_is_named(archive: Archive, tmp_path: Path) -> None:
    mail = saved(tmp_path, a_mail(("a.csv", ROWS), ("logo.png", b"x"), ("b.csv", ROWS + ROWS)))
    with pytest.raises(InputRefused, match=r"several attachments: “a\.csv”, “logo\.png”, “b\.csv”"):
        receive_mail(archive, mail, TOLD)
    with pytest.raises(InputRefused, match="no single attachment of that name"):
        receive_mail(archive, mail, TOLD, attachment="c.csv")
    assert archive.index.datasets() == {}
    done = receive_mail(archive, mail, TOLD, attachment="b.csv")
    assert done.version.size_bytes == 2 * len(ROWS)


def test_a_mail_inside_a_mail_gives_its_attachment(tmp_path: Path) -> None:
    forwarded = a_mail()
    forwarded.add_attachment(a_mail(("a.csv", ROWS)))
    assert [(f.name, f.body) for f in attachments_in(saved(tmp_path, forwarded))] == [
        ("a.csv", ROWS)
    ]


def test_a_mail_without_an_attachment_or_that_is_none_is_refused(
    archive: Archive, tmp_path: Path
) -> None:
    with pytest.raises(InputRefused, match="no attachment"):
        receive_mail(archive, saved(tmp_path, a_mail()), TOLD)
    (tmp_path / "answer.eml").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(InputRefused, match="no attachment"):
        receive_mail(archive, tmp_path / "answer.eml", TOLD)
    assert archive.index.datasets() == {}


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\x.csv", "/etc/x.csv", "a\x00b\n.csv", "." * 300, "x" * 900 + ".csv"])  # fmt: skip
def test_no_name_leads_out_of_the_folder(archive: Archive, tmp_path: Path, name: str) -> None:
    mail = saved(tmp_path, a_mail())
    head = "Content-Type: text/csv\nContent-Disposition: attachment; filename*=utf-8''"
    coded = "".join(f"%{b:02X}" for b in name.encode())
    text = f"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{head}{coded}\n\nid\n1\n--b--\n"
    mail.write_text(text)
    found = attachments_in(mail)
    assert all(f.name == Path(f.name).name and len(f.name) <= 120 and f.name not in ("", ".", "..") for f in found)  # fmt: skip
    if found:
        receive_mail(archive, mail, TOLD, name="got")
        assert archive.index.datasets() == {"got": "Got"}


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=4))
def test_whatever_is_attached_comes_out_as_it_was(tmp_path_factory, bodies: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("mail")
    mail = saved(folder, a_mail(*((f"{n}.bin", body) for n, body in enumerate(bodies))))
    assert [f.body for f in attachments_in(mail)] == bodies


HEAD = b"Content-Type: multipart/mixed; boundary=b\nSubject: =?utf-8?q?x?=\n\n--b\n"
PIECES = [
    b"Content-Disposition: attachment; filename", b'="a.csv"', b"*=utf-8''%ff", b"*0*=", b"\n", b"\n\n",
    b"--b", b"--b--", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"=?x?b?", b"?=", b";",
    b"Content-Type: message/rfc822", b"Content-Type: text/csv; charset=", b"%00", b"\xff\x00", b"<", b">", b'"',
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)), max_size=30))
def test_whatever_stands_in_a_mail_it_is_read_or_refused_in_a_sentence(
    tmp_path_factory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("mail") / "x.eml"
    path.write_bytes(HEAD + b"".join(pieces))
    with suppress(InputRefused):
        assert all(f.name and "/" not in f.name for f in attachments_in(path))
