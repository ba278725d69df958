"""`vf cite`."""

from __future__ import annotations

import sys

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import json_option, opened
from verticalfile.kernel.errors import InputRefused

STYLES = ("apa", "mla", "chicago", "bibtex", "ris", "csl-json")


@click.command("cite")
@click.argument("name", metavar="NAME")
@click.option("--at", metavar="WHEN", help="What it said then: 2021, 2021-03, 2021-03-01T14:15 ...")
@click.option("--version", "version", metavar="V", help="v12, or 8 hex digits of its SHA-256.")
@click.option("--whole", is_flag=True, help="The dataset with all its versions, not one of them.")
@click.option("--style", type=click.Choice(STYLES), default="apa")
@json_option
@click.pass_context
def cite_command(
    context: click.Context,
    name: str,
    at: str | None,
    version: str | None,
    whole: bool,
    style: str,
    json_: bool,
) -> None:
    """How to cite a version, or a dataset as a whole."""
    from verticalfile.services.citing.citing import Style, cite_version, cite_whole

    if sum((at is not None, version is not None, whole)) > 1:
        raise InputRefused(
            "More than one of --at, --version and --whole was given.", mend="give one of them."
        )
    archive, chosen = opened(context), Style(style)
    if whole:
        found = cite_whole(archive, name, style=chosen)
    else:
        wanted, is_number = version or at, version is not None
        found = cite_version(archive, name, wanted=wanted, bare_number=is_number, style=chosen)
    cited = found.cited
    if json_:
        say.as_json(
            {
                "style": style, "text": found.text, "html": found.html, "whole": cited.is_whole,
                "title": cited.title, "publisher": cited.publisher or None,
                "library": cited.library or None, "address": cited.address or None,
                "version_day": cited.version_day, "collected_day": cited.collected_day,
                "sha256_begins": cited.sha256 or None,
            }
        )  # fmt: skip
        return
    sys.stdout.write(found.text if found.text.endswith("\n") else found.text + "\n")
    unset = [key for key, value in (("library", cited.library), ("address", cited.address)) if not value]  # fmt: skip
    if unset:
        say.beside(f"Not set in settings.json: {' and '.join(unset)}.")
