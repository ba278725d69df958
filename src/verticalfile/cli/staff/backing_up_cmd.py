"""`vf backup`, `restore`: a second copy, and an archive made from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import opened
from verticalfile.cli.staff.keeping_cmd import DAMAGE_EXIT

if TYPE_CHECKING:
    from verticalfile.services.safe.backing_up import BackedUp


@click.command("backup")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--verify", is_flag=True, help="Compare every byte of the backup too; mend it.")
@click.option(
    "--destroy-there-too", is_flag=True, help="What was destroyed by law leaves the backup as well."
)
@click.pass_context
def backup_command(
    context: click.Context, folder: Path, verify: bool, destroy_there_too: bool
) -> int:
    """Make a second copy of the archive in a folder, or bring it up to date.

    Only what is new is copied, each byte compared; nothing that the backup keeps is written over.
    Killed, run it again. Others may work on the archive meanwhile.
    """
    from verticalfile.services.safe.backing_up import backup

    archive = opened(context)
    with say.progress("Backing up") as step:
        done = backup(
            archive, folder, verify=verify, destroy_there_too=destroy_there_too, progress=step
        )
    for each in done.mended:
        say.out(say.clean(f"{each.path}: {each.what}"))
    say.out(
        f"Backed up to {folder}: {len(done.heads):,} objects,"
        f" {done.files:,} new files ({say.size(done.size_bytes)})."
    )
    return _told(done)


@click.command("restore")
@click.argument("backup", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def restore_command(backup: Path, folder: Path) -> int:
    """Make an archive in a new folder from a backup; what is derived is made again.

    Every byte is compared. Killed, run it again.
    """
    from verticalfile.services.safe.backing_up import NOT_THERE, restore

    with say.progress("Restoring") as step:
        done = restore(backup, folder, progress=step)
    say.out(f"Made an archive in {folder} from {backup}: {len(done.heads):,} objects.")
    say.beside(NOT_THERE)
    for difference in done.differences:
        say.out(say.clean(f"Differs from what was recorded: {difference}"))
    return _told(done) or (DAMAGE_EXIT if done.differences else 0)


def _told(done: BackedUp) -> int:
    """Say what was in the way; the exit code."""
    for finding in done.findings:
        say.out(say.clean(f"{finding.path}: {finding.what}"))
        say.out(f"    To mend it: {finding.mend}")
    return DAMAGE_EXIT if done.findings else 0
