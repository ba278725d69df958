"""A delivery that is an e-mail: its attachment is the data, the mail itself is the covering letter."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_binary_file, policy
from email.message import EmailMessage
from pathlib import Path, PurePosixPath

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import shown
from verticalfile.kernel.scratch import working_folder
from verticalfile.services.archive import Archive
from verticalfile.services.collecting.receiving import Received, must_be_letter, receive
from verticalfile.services.known.deliveries import Told
from verticalfile.sources.what import slug

ENDING = ".eml"
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail; its name is the sender's, with nothing in it that leads to another folder."""

    name: str
    body: bytes


def is_mail(path: Path) -> bool:
    """Whether a file is an e-mail as mail programs save it (RFC 5322)."""
    return path.suffix.lower() == ENDING


def receive_mail(
    archive: Archive, mail: Path, told: Told, *, attachment: str = "", name: str = "",
    title: str = "",
) -> Received:  # fmt: skip
    """Take in an attachment of a mail, with the whole mail as its letter, withheld.

    `attachment` names the one that is meant where there are several. Raises as `receive`.
    """
    must_be_letter(mail)
    chosen = _chosen(attachments_in(mail), attachment)
    with working_folder(archive.scratch) as scratch:
        data = scratch / chosen.name
        data.write_bytes(chosen.body)
        return receive(
            archive, data, told, letter=mail, name=name or slug(chosen.name), title=title
        )


def attachments_in(mail: Path) -> list[Attachment]:
    """The files of a mail and of the mails inside of it, in their order. Raises InputRefused."""
    try:
        with open(mail, "rb") as file:
            message = message_from_binary_file(file, policy=policy.default)
        return [found for part in message.walk() if (found := _attachment(part)) is not None]
    except Exception as error:  # the parser fails in many ways on what is no mail
        raise InputRefused(
            f"{shown(mail.name)} cannot be read as an e-mail.",
            mend="save the attachment from your mail program and receive that; the mail is its --letter.",
        ) from error


def _attachment(part: EmailMessage) -> Attachment | None:
    name = part.get_filename("")
    if not name or part.is_multipart():
        return None
    body = part.get_payload(decode=True)
    plain = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(c for c in plain if c.isprintable() and c != ":").strip(" .")[-NAME_LENGTH:]
    return Attachment(plain, body) if plain and isinstance(body, bytes) else None


def _chosen(found: list[Attachment], wanted: str) -> Attachment:
    named = [each for each in found if each.name == wanted] if wanted else found
    if len(named) == 1:
        return named[0]
    if not found:
        raise InputRefused(
            "The e-mail has no attachment.",
            mend="receive the file that came, and give the mail with --letter.",
        )
    names = ", ".join(f"“{shown(each.name)}”" for each in found[:12])
    raise InputRefused(
        f"The e-mail has no single attachment of that name: {names}." if wanted
        else f"The e-mail has several attachments: {names}.",
        mend="name one with --attachment, and run it once for each that is data.",
    )  # fmt: skip
