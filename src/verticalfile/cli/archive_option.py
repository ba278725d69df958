"""What several commands share: the archive they work on, and the option for JSON."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from verticalfile.cli import say
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.services.archive import Archive, find_archive, open_archive

MANY_NAMES = 200
"""A shell shows no more than a screen of them."""


def complete_name(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """What a shell completes NAME[/FILE[/TABLE]] to: what is held and begins so.

    Where there is no archive it is nothing: completion never complains.
    """
    try:
        archive = open_archive(find_archive(context.find_root().params.get("archive")))
        found = _names(archive, incomplete)
        archive.index.close()
    except (VerticalFileError, OSError, sqlite3.Error):
        return []
    return [CompletionItem(each) for each in found if each.startswith(incomplete)][:MANY_NAMES]


def _names(archive: Archive, incomplete: str) -> list[str]:
    dataset, *rest = incomplete.split("/")
    if not rest:
        return list(archive.index.datasets())
    resources = archive.index.resources(dataset)
    if len(rest) == 1:
        return [f"{r.dataset}/{r.name}" for r in resources]
    tables = [(r, t) for r in resources if r.name == rest[0] for t in archive.index.tables(r.id)]
    return [f"{r.dataset}/{r.name}/{t.name}" for r, t in tables if t.name]


json_option = click.option("--json", "json_", is_flag=True, help="The answer as JSON.")


def opened(context: click.Context) -> Archive:
    """The archive of this call, its index brought up to the vault; what a waiting person should
    know is said at once."""
    named: Any = context.find_root().obj
    archive = open_archive(Path(find_archive(named)))
    archive.tell = say.beside
    say.tell_in(archive.zone)
    if archive.is_behind:
        from verticalfile.services.taking_in.catching_up import (
            bring_up,  # seldom, and slow to import
        )

        bring_up(archive)
    return archive


def opened_for_pages(context: click.Context) -> Archive:
    """The same where pages are made afterwards: Django has the site's settings from the start, also
    while the index is brought up, since it takes them only once."""
    root = Path(find_archive(context.find_root().obj)).resolve()
    open_archive(root)  # the site's settings write a key beside an archive, and into nothing else
    os.environ |= {"VF_ARCHIVE": str(root), "DJANGO_SETTINGS_MODULE": "verticalfile.site.settings"}
    import django

    django.setup()
    return opened(context)
