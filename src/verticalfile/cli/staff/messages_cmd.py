"""`vf messages`."""

from __future__ import annotations

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import json_option, opened


@click.command("messages")
@click.option("--done", metavar="ID", help="It is answered: forget it.")
@json_option
@click.pass_context
def messages_command(context: click.Context, done: str | None, json_: bool) -> None:
    """What readers wrote by the form of the reading room and nobody has answered yet."""
    from verticalfile.services.telling.messages import answered, messages

    archive = opened(context)
    if done is not None:
        answered(archive, done)
        say.out(f"Message {done} is forgotten; the next vf backup forgets it too.")
        return
    found = messages(archive)
    if json_:
        say.as_json(
            [
                {"id": m.id, "at": m.at, "language": m.language, "about": m.about, "text": m.text,
                 "reply": m.reply or None}
                for m in found
            ]
        )  # fmt: skip
        return
    for m in found:
        at = m.at.astimezone(archive.zone)
        say.out(f"{m.id}  {say.day(at)}  {m.language}  {say.clean(m.about)}".rstrip())
        for line in m.text.split("\n"):
            say.out(f"    {say.clean(line)}")
        say.out(
            f"    Answer to: {say.clean(m.reply) if m.reply else 'nobody; no address was given'}"
        )
    say.beside(f"{len(found)} wait." if found else "No message waits.")
