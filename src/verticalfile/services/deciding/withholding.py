"""Holding a file back from the public, and letting it go: what a person decides of it."""

from __future__ import annotations

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.masks import masks
from verticalfile.services.known.withheld import LET_GO, WITHHELD, Withholding, withholding_in
from verticalfile.services.names import NotHeld, find_all, name_of
from verticalfile.services.taking_in import rebuild
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.vault.notes.journal import Event

LONGEST_REASON = 600


def withholding_of(archive: Archive, resource: str) -> Withholding:
    """How it stands with a file."""
    return withholding_in(archive.index.events([resource]))


def withhold(archive: Archive, name: str, *, reason: str, personal: bool) -> list[str]:
    """Hide every version of the files of NAME until a person releases them; returns their names.

    Raises NotHeld, InputRefused.
    """
    reason = reason_given(reason)
    files = [f for f in find_all(archive, name) if not withholding_of(archive, f.id).stands]
    if not files:
        raise InputRefused(f"{name} is withheld already.", mend=f"see why with `vf rights {name}`.")
    return _decide(
        archive, files,
        [event(archive, WITHHELD, f.id, by=PERSON, reason=reason, personal=personal) for f in files],
    )  # fmt: skip


def release(archive: Archive, name: str, *, reason: str) -> list[str]:
    """Show the files of NAME that are withheld; returns their names.

    It holds for the columns that were flagged so far: another one that looks like persons' data
    withholds the file anew. Raises NotHeld, InputRefused.
    """
    reason = reason_given(reason)
    files = [f for f in find_all(archive, name) if withholding_of(archive, f.id).stands]
    if not files:
        raise NotHeld(
            f"Nothing of {name} is withheld.",
            mend="what was withdrawn is shown again by vf withdraw.",
        )
    for mask in masks(archive):
        shown = [v for v in archive.index.versions(mask.copy) if visible_to(Viewer.PUBLIC, v)]
        if shown and mask.original in {f.id for f in files}:
            raise InputRefused(
                f"{name} is withheld for its small counts, and a masked copy stands in its place.",
                mend="hide the copy first with vf withdraw --how hide, if they may be shown now.",
            )
    return _decide(
        archive, files, [event(archive, LET_GO, f.id, by=PERSON, reason=reason) for f in files]
    )


def reason_given(reason: str) -> str:
    """A reason as it is kept; raises InputRefused without one."""
    text = " ".join(reason.split())
    if not text or not text.isprintable() or len(text) > LONGEST_REASON:
        raise InputRefused(
            "A decision needs a reason of at most 600 characters.", mend="say it with --reason."
        )
    return text


def _decide(archive: Archive, files: list[ResourceLine], made: list[Event]) -> list[str]:
    write_journal(archive, (), made)
    for file in files:
        with archive.writing(file.id):
            rebuild.show_all(archive, file, derive.held(archive, file.id))
    return [name_of(archive, f) for f in files]
