"""What several commands share: the archive they work on, and the option for JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from verticalfile.cli import say
from verticalfile.services.archive import Archive, find_archive, open_archive

json_option = click.option("--json", "json_", is_flag=True, help="The answer as JSON.")


def opened(context: click.Context) -> Archive:
    """The archive of this call, its index brought up to the vault; what a waiting person should
    know is said at once."""
    named: Any = context.find_root().obj
    archive = open_archive(Path(find_archive(named)))
    archive.tell = say.beside
    if archive.is_behind:
        from verticalfile.services.catching_up import bring_up  # seldom, and slow to import

        bring_up(archive)
    return archive
