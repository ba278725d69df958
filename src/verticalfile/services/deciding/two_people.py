"""Destroying takes two people: one says what, why and on whose authority, another confirms it.

Between the two nothing is destroyed. Both names stand in the event, for staff; the public is told
that two people decided. The command line knows no accounts: it takes the names it is told.
"""

from __future__ import annotations

import unicodedata

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.limits import DESTRUCTION_WAITS_DAYS
from verticalfile.services.archive import Archive
from verticalfile.services.deciding import destroying
from verticalfile.services.deciding.reviewing import must_have_authority, versions_meant, withdraw
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.destructions import ASKED, Asked, asked_in
from verticalfile.services.names import NotHeld
from verticalfile.vault.notes.journal import Event

LONGEST_NAME = 120


def ask(
    archive: Archive, name: str, *, version: str | None, by: str, reason: str, authority: str,
    hide: bool = False,
) -> Asked:  # fmt: skip
    """Ask for a version, or all of a file, to be destroyed; with `hide` it is hidden at once.

    Raises InputRefused, NotHeld, Withdrawn.
    """
    by = _name_of(by)
    must_have_authority(reason, authority)
    resource, versions = versions_meant(archive, name, version)
    if hide:
        withdraw(
            archive, name, version=version, how="hide", reason=reason, authority=authority
        )  # first out of sight: a crash then leaves too little shown, not too much
    made = event(
        archive, ASKED, resource.id, by=PERSON, asked_by=by, reason=reason, authority=authority,
        originals=sorted({v.sha256 for v in versions}),
    )  # fmt: skip
    write_journal(archive, (), [made])
    return waiting(archive, resource)[-1]


def confirm(archive: Archive, name: str, *, version: str | None, by: str) -> list[Version]:
    """Destroy what another person asked for. Every capture of the same bytes goes with it; safe to
    repeat after a crash. Raises InputRefused, NotHeld, Withdrawn."""
    by = _name_of(by)
    resource, versions = versions_meant(archive, name, version)
    originals = {v.sha256 for v in versions}
    asked = [
        each
        for each in waiting(archive, resource)
        if each.originals & originals and (version is None or originals <= each.originals)
    ]
    if not asked:
        raise NotHeld(
            f"Nobody asked within {DESTRUCTION_WAITS_DAYS} days for this of {name} to be destroyed.",
            mend="one person asks for it, without --confirm; another confirms it.",
        )
    newest = asked[-1]
    if _alike(newest.by) == _alike(by):
        raise InputRefused(
            f"{by} asked for it and cannot confirm it as well.",
            mend="somebody else confirms it, with a name of their own.",
        )
    chosen = [v for v in versions if v.sha256 in newest.originals]
    known = archive.index.versions(resource.id)
    told = destroying.order(derive.held(archive, resource.id), known, chosen)
    told |= {
        "how": "destroy", "reason": newest.reason, "authority": newest.authority,
        "asked_by": newest.by, "confirmed_by": by,
    }  # fmt: skip
    write_journal(
        archive, (), [Event("withdrawn", archive.clock.now(), PERSON, resource.id, detail=told)]
    )
    with archive.writing(resource.id):
        destroying.finish(archive, resource)
    return chosen


def waiting(archive: Archive, resource: ResourceLine) -> list[Asked]:
    """What was asked for of a file and waits for a second person."""
    return asked_in(archive.index.events([resource.id]), archive.clock.now())


def _name_of(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise InputRefused(
            "Destroying needs two people, each with a name.",
            mend="say who you are with --by; it stands in the log, for staff.",
        )
    return name


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
