"""The report of a day by e-mail, where the library has set who gets it.

Settings: `report_to` (addresses, with commas), `smtp` (host:port), and `report_from` if it is
another than the contact. A name and a password stand, if the server wants them, in the file of
the publishers' keys as `"smtp://host:port": {"user": "...", "password": "..."}`; they are sent
over TLS alone.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.letters import counted, shown
from verticalfile.kernel.moments import for_people
from verticalfile.services.archive import Archive
from verticalfile.services.gathering.reports import Line, Report, Told, report
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.visiting.hosts import secrets_of

SENT = "report sent"
SUBJECT = "reports"
WAIT_S = 20.0
TLS_PORT = 465
SHOWN_LINES = 100
"""Of each part; the whole report is in the reading room and in `vf report`."""


class MailNotSent(VerticalFileError):
    """The mail server did not take the report; it is tried again an hour later."""

    code = "mail-not-sent"
    exit_code = 18


def is_wanted(archive: Archive) -> bool:
    """Whether the report of yesterday is to be sent and is not yet."""
    settings = archive.settings()
    if not (settings.get("report_to") and settings.get("smtp")):
        return False
    day = _yesterday(archive)
    sent = [body["detail"] for body in archive.index.events([SUBJECT]) if body["kind"] == SENT]
    if any(isinstance(detail, dict) and detail.get("day") == day for detail in sent):
        return False
    return bool(report(archive, day).looked)


def send(archive: Archive, day: str = "") -> str:
    """Send the report of a day, by default of yesterday, and note it; returns whom it went to.

    Raises InputRefused where the settings are not enough, MailNotSent.
    """
    settings = archive.settings()
    to, server = settings.get("report_to", ""), settings.get("smtp", "")
    if not to or not server:
        raise InputRefused(
            "Nobody is set to get the report.",
            mend='put "report_to" and "smtp" (host:port) into settings.json.',
        )
    day = day or _yesterday(archive)
    message = EmailMessage()
    try:
        message["To"] = to
        message["From"] = settings.get("report_from") or settings.get("contact") or to
        message["Subject"] = f"{settings.get('library') or 'Vertical File'}: {day}"
    except (ValueError, IndexError) as error:
        raise InputRefused(
            "An address in the settings is none.", mend="look at report_to and report_from."
        ) from error
    message["Date"] = format_datetime(archive.clock.now())
    message["Message-ID"] = make_msgid(domain="verticalfile.invalid")
    message.set_content(text_of(report(archive, day)))
    _hand_over(archive, server, message)
    write_journal(archive, (), [event(archive, SENT, SUBJECT, day=day, said=f"sent to {to}")])
    return to


def text_of(found: Report) -> str:
    """A report as plain text."""
    lines = [
        f"From {for_people(found.since, UTC)} to {for_people(found.until, UTC)} UTC:"
        f" {counted(found.looked, 'file')} looked at."
    ]
    lines.append(", ".join(f"{n:,} {outcome}" for outcome, n in found.outcomes.items()))
    lines += _part("What is new:", [f"{_called(each.file)}: {each.said}" for each in found.news])
    lines += _part("What broke:", [_broken(each) for each in found.broken])
    waits = [_called(each) for each in found.waiting]
    lines += _part("A person must judge (vf accept or vf refuse):", waits)
    return "\n".join(shown(line, 2000) for line in lines) + "\n"


def _part(title: str, lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN_LINES
    told = [*lines[:SHOWN_LINES], *([f"and {more:,} others"] if more > 0 else [])]
    return ["", title, *told] if told else []


def _called(file: Told) -> str:
    return f"{file.title} ({file.name})"


def _broken(line: Line) -> str:
    return f"{_called(line.file)}: {line.said}" + (f" To mend it: {line.mend}" if line.mend else "")


def _yesterday(archive: Archive) -> str:
    here = archive.clock.now().astimezone(archive.zone)
    return (here.date() - timedelta(days=1)).isoformat()


def _hand_over(archive: Archive, server: str, message: EmailMessage) -> None:
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        raise InputRefused("The setting smtp is no server.", mend="write host:port, as in mail:25.")
    key = secrets_of(archive).get(f"smtp://{server}", {})
    try:
        with _connected(host, int(port)) as line:
            is_secret = isinstance(line, smtplib.SMTP_SSL)
            line.ehlo()
            if not is_secret and line.has_extn("starttls"):
                line.starttls(context=ssl.create_default_context())
                is_secret = True
            if key and not is_secret:
                raise MailNotSent(
                    f"{server} offers no TLS, and a password is not sent without.",
                    mend="name a server or a port with TLS, or take the password away.",
                )
            if key:
                line.login(key["user"], key["password"])
            line.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError, KeyError) as error:
        why = shown(str(error), 200)
        for secret in key.values():
            why = why.replace(secret, "...")
        raise MailNotSent(
            f"{server} did not take the report: {why}.",
            mend="look at report_to and smtp in settings.json; it is tried again.",
        ) from None


def _connected(host: str, port: int) -> smtplib.SMTP:
    if port == TLS_PORT:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=WAIT_S, context=context)
    return smtplib.SMTP(host, port, timeout=WAIT_S)
