"""`vf receive`: a file that was handed over, with its covering letter."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import opened
from verticalfile.kernel.moments import day_of, last_instant
from verticalfile.services.archive import Archive
from verticalfile.services.names import name_of


@click.command("receive")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--from", "sender", default="", help="The office it is from; no person.")
@click.option("--name", default="", help="The dataset it belongs to, or what to call a new one.")
@click.option("--title", default="", help="Of a new dataset: a title for people.")
@click.option("--letter", type=click.Path(path_type=Path), help="The letter that came with it.")
@click.option("--attachment", default="", help="Of an e-mail (.eml): the file in it that is meant.")
@click.option("--received", default="today", help="The day on which it came.")
@click.option("--as-of", "as_of", default="", help="The day that the letter tells of the data.")
@click.option("--how", default="", help="Such as: by e-mail, on a stick.")
@click.option("--request", default="", help="The number of the records request.")
@click.option("--law", default="", help="The law under which it was released.")
@click.option("--limits", default="", help="What the letter says of use, word for word.")
@click.pass_context
def receive_command(
    context: click.Context, file: Path, sender: str, name: str, title: str, letter: Path | None,
    attachment: str, received: str, as_of: str, how: str, request: str, law: str, limits: str,
) -> None:  # fmt: skip
    """Take in a file that came by e-mail, on a stick, by a records request.

    The letter is kept beside it and withheld until `vf release`. Of an e-mail that was saved as
    .eml the attachment is the data and the whole mail the letter. A later delivery of the same
    dataset is received with its --name.
    """
    from verticalfile.services.collecting.mail import is_mail, receive_mail
    from verticalfile.services.collecting.receiving import receive
    from verticalfile.services.known.deliveries import Told

    archive = opened(context)
    told = Told(
        sender, _day(archive, received), _day(archive, as_of) if as_of else None, how, request,
        law, limits,
    )  # fmt: skip
    if is_mail(file) and letter is None:
        done = receive_mail(archive, file, told, attachment=attachment, name=name, title=title)
    else:
        done = receive(archive, file, told, letter=letter, name=name, title=title)
    whole = name_of(archive, done.resource)
    if not done.is_new:
        say.out(f"{whole}: this delivery is held already, as v{done.version.number}.")
    else:
        kept = f"kept as v{done.version.number}"
        if not done.version.readable:
            kept += f", not readable: {done.version.reason.replace('_', ' ')}"
        say.out(f"{whole}: {kept}, as of {_shown(archive, done.version.seen_at)}.")
    if done.delivery.letter:
        held = f"{done.resource.dataset}/{done.delivery.letter}"
        say.out(f"{held}: the letter is kept and withheld; vf release {held} shows it.")
    if done.version.hidden:
        say.beside(f"It is withheld: see why with vf rights {done.resource.dataset}.")


def _day(archive: Archive, when: str) -> datetime:
    """When a day begins in the archive's time zone, so that the same day is the same moment."""
    day = last_instant(when, zone=archive.zone, now=archive.clock.now()).astimezone(archive.zone)
    return datetime.combine(day.date(), time(), tzinfo=archive.zone).astimezone(UTC)


def _shown(archive: Archive, moment: datetime) -> str:
    return day_of(moment, archive.zone)
