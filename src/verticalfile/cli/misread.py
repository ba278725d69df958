"""A command line that could not be understood, told like every other error."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

import click

from verticalfile.kernel.errors import VerticalFileError


class NotUnderstood(VerticalFileError):
    """The command line could not be understood: a word is missing, unknown or not one of those offered."""

    code = "not-understood"
    exit_code = 2


def misread(error: click.UsageError, commands: Collection[str]) -> NotUnderstood:
    """What click found wrong, with how the command is written as the mend."""
    if isinstance(error, click.NoSuchCommand):
        near = get_close_matches(error.command_name, commands, n=1)
        meant = f"it may be `vf {near[0]}`; " if near else ""
        return NotUnderstood(
            f"There is no command “{error.command_name}”.",
            mend=f"{meant}`vf --help` shows all of them.",
        )
    said = error.format_message()
    if said.rstrip(")")[-1] not in ".?":
        said += "."
    context = error.ctx
    if context is None:
        return NotUnderstood(said, mend="`vf --help` shows how it is written.")
    path = context.command_path
    written = " ".join([path, *context.command.collect_usage_pieces(context)])
    return NotUnderstood(said, mend=f"write `{written}`; `{path} --help` explains each word.")
