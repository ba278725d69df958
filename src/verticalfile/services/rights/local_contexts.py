"""Notices and Labels of Local Contexts on a dataset (localcontexts.org), above its licence.

A *Notice* is an institution's own: it says that indigenous peoples have an interest in the data, or
that attribution is missing, and stands until a community's Label takes its place. A *Label* is given
by a community, through its project in the Local Contexts Hub, and in its own words: a library
records one that it was given, and picks none. There is no list of Labels here for that reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import NotHeld, find_dataset
from verticalfile.services.withholding import reason_given, withhold

PUT, TAKEN_OFF = "local contexts", "local contexts taken off"
_PROJECT = re.compile(
    r"https://localcontextshub\.org/projects/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/?", re.I
)
LONGEST_TITLE = 120
LONGEST_TEXT = 2_000


class Notice(StrEnum):
    """The four Notices."""

    TRADITIONAL_KNOWLEDGE = "tk"
    BIOCULTURAL = "bc"
    ATTRIBUTION_INCOMPLETE = "attribution-incomplete"
    OPEN_TO_COLLABORATE = "open-to-collaborate"


NOTICE_TITLES = {
    Notice.TRADITIONAL_KNOWLEDGE: "TK (Traditional Knowledge) Notice",
    Notice.BIOCULTURAL: "BC (Biocultural) Notice",
    Notice.ATTRIBUTION_INCOMPLETE: "Attribution Incomplete Notice",
    Notice.OPEN_TO_COLLABORATE: "Open to Collaborate Notice",
}
"""Names, which are not translated."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A Notice or a Label on a dataset. `notice` None: a Label, with its community's words."""

    title: str
    notice: Notice | None
    project: str  # its page in the Hub; "" for a Notice that was made without one
    at: datetime
    community: str = ""
    text: str = ""
    not_for_public: bool = False


def marks_in(events: Iterable[Mapping[str, object]]) -> list[Mark]:
    """What stands on a dataset: Labels first, then Notices, each in the order of coming."""
    found: dict[str, Mark] = {}
    for body in events:
        detail = body.get("detail")
        if not isinstance(detail, dict):
            continue
        if body["kind"] == TAKEN_OFF:
            found.pop(str(detail["title"]), None)
        elif body["kind"] == PUT:
            notice = str(detail.get("notice", ""))
            mark = Mark(
                str(detail["title"]), Notice(notice) if notice else None,
                str(detail.get("project", "")), from_iso(str(body["at"])),
                str(detail.get("community", "")), str(detail.get("text", "")),
                bool(detail.get("not_for_public")),
            )  # fmt: skip
            found[mark.title] = mark
    return sorted(found.values(), key=lambda mark: mark.notice is not None)


def marks_of(archive: Archive, dataset: str) -> list[Mark]:
    """What stands on a dataset that is held."""
    return marks_in(archive.index.events([short_id("dataset", dataset)]))


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
