"""An index that is behind the vault: yesterday's copy put back, deleted, or a command that was killed."""

from __future__ import annotations

import sqlite3

from verticalfile.kernel.errors import VerticalFileError
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import catch_up
from verticalfile.services.known import derive
from verticalfile.services.taking_in import rebuild


def bring_up(archive: Archive) -> None:
    """Show in the index what the journal knows and the index does not.

    What stands in the way is said and stops nobody: a damaged archive must open to be mended.
    """
    try:
        _bring_up(archive)
    except (VerticalFileError, OSError, sqlite3.Error) as error:
        archive.tell(f"The index is behind the vault and could not be brought up to it: {error}")


def _bring_up(archive: Archive) -> None:
    with archive.writing("journal"):
        # another command may have been between the journal and the index just now
        archive.journal.recover()
        all_of_it = archive.index.lacks_documents
        if all_of_it:
            archive.tell("The index is of an older program; search is made ready, once.")
        position = archive.index.journal_position()
        observations, events, _ = archive.journal.since(position)
        catch_up(archive)
    concerned = {str(body["resource"]) for body in observations}
    concerned |= {str(body["subject"]) for body in events}
    for resource in archive.index.resources():
        tables = {table.id for table in archive.index.tables(resource.id)}
        if all_of_it or concerned & {resource.id, *tables}:
            with archive.writing(resource.id):
                rebuild.recover(archive, resource)
                rebuild.show_all(archive, resource, derive.held(archive, resource.id))
