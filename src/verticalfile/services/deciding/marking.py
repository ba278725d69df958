"""Putting Notices and Labels of Local Contexts on a dataset, and taking them off."""

from __future__ import annotations

import re
from contextlib import suppress

from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.deciding.withholding import reason_given, withhold
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import NotHeld, find_dataset
from verticalfile.services.rights.local_contexts import (
    NOTICE_TITLES,
    PUT,
    TAKEN_OFF,
    Mark,
    Notice,
    marks_of,
)

_PROJECT = re.compile(
    r"https://localcontextshub\.org/projects/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/?", re.I
)
LONGEST_TITLE = 120
LONGEST_TEXT = 2_000


def put_notice(archive: Archive, name: str, notice: Notice, *, project: str = "") -> list[Mark]:
    """Put a Notice on a dataset. Raises NotHeld, InputRefused."""
    dataset = find_dataset(archive, name)[0].dataset
    if project:
        _must_be_project(project)
    return _put(archive, dataset, title=NOTICE_TITLES[notice], notice=str(notice), project=project)


def put_label(
    archive: Archive, name: str, title: str, *, community: str, project: str, text: str = "",
    not_for_public: bool = False,
) -> list[Mark]:  # fmt: skip
    """Record a Label that a community gave, by its project in the Hub.

    What its community does not want in public view is withheld first. Raises NotHeld, InputRefused.
    """
    dataset = find_dataset(archive, name)[0].dataset
    title, community = " ".join(title.split()), " ".join(community.split())
    text = " ".join(text.split())
    for each, longest in ((title, LONGEST_TITLE), (community, LONGEST_TITLE), (text, LONGEST_TEXT)):
        if len(each) > longest or not each.isprintable():
            raise InputRefused(
                "The words of a Label are too long, or no plain text.",
                mend=f"give at most {longest} characters.",
            )
    if not title or not community:
        raise InputRefused(
            "A Label needs its name and the community that gave it.",
            mend="say both with --label and --community; an institution itself may put a --notice.",
        )
    _must_be_project(project)
    if not_for_public:
        with suppress(InputRefused):  # all of it is withheld already
            withhold(archive, dataset, reason=f"{community}: {title}"[:600], personal=False)
    return _put(
        archive, dataset, title=title, community=community, project=project, text=text,
        not_for_public=not_for_public,
    )  # fmt: skip


def take_off(archive: Archive, name: str, title: str, *, reason: str) -> list[Mark]:
    """Take a Notice or a Label off; the event of it stays. Raises NotHeld, InputRefused."""
    dataset = find_dataset(archive, name)[0].dataset
    held = {mark.title for mark in marks_of(archive, dataset)}
    if title not in held:
        raise NotHeld(
            f"{dataset} has no “{title}”.",
            mend=f"it has: {', '.join(sorted(held)) or 'none'}.",
        )
    made = event(
        archive, TAKEN_OFF, short_id("dataset", dataset), by=PERSON, dataset=dataset, title=title,
        reason=reason_given(reason),
    )  # fmt: skip
    write_journal(archive, (), [made])
    return marks_of(archive, dataset)


def _must_be_project(project: str) -> None:
    if not _PROJECT.fullmatch(project):
        raise InputRefused(
            "A Label is given through a project of the Local Contexts Hub.",
            mend="give its address, https://localcontextshub.org/projects/ and the project's id.",
        )


def _put(archive: Archive, dataset: str, **detail: object) -> list[Mark]:
    told = {name: value for name, value in detail.items() if value}
    made = event(archive, PUT, short_id("dataset", dataset), by=PERSON, dataset=dataset, **told)
    write_journal(archive, (), [made])
    return marks_of(archive, dataset)
