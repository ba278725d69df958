"""Notices and Labels of Local Contexts on a dataset (localcontexts.org), above its licence.

A *Notice* is an institution's own: it says that indigenous peoples have an interest in the data, or
that attribution is missing, and stands until a community's Label takes its place. A *Label* is given
by a community, through its project in the Local Contexts Hub, and in its own words: a library
records one that it was given, and picks none. There is no list of Labels here for that reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive, short_id

PUT, TAKEN_OFF = "local contexts", "local contexts taken off"


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
