"""The one predicate of who may see what; every door asks it (design 3, *withdrawn*)."""

from __future__ import annotations

from datetime import tzinfo
from enum import StrEnum

from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import day_of


class Viewer(StrEnum):
    """Who asks. The command line and the Python API are staff and say so."""

    PUBLIC = "public"
    STAFF = "staff"
    NAMED_STAFF = "named staff"


class Withdrawn(VerticalFileError):
    """The library took this out of view; only that fact is told."""

    code = "withdrawn"
    exit_code = 40


def visible_to(viewer: Viewer, version: Version) -> bool:
    """Whether the rows and bytes of a version may be shown to this viewer.

    What is held as surprising is for staff until it is released.
    """
    match version.hidden:
        case "":
            return viewer is not Viewer.PUBLIC or not version.held
        case "hide" | "withhold" | "embargo":  # until a person releases it; until its day
            return viewer is not Viewer.PUBLIC
        case "restrict":
            return viewer is Viewer.NAMED_STAFF
        case _:
            return False  # destroyed: there is nothing to show to anybody


def must_be_visible(viewer: Viewer, version: Version, zone: tzinfo) -> None:
    """Raise Withdrawn when the viewer may not see the version: its tombstone, by the clocks of `zone`."""
    if not visible_to(viewer, version):
        if not version.hidden:
            raise Withdrawn(
                f"Version v{version.number} is held for review.",
                mend="open an earlier one; this one is shown once it is released.",
            )
        is_or_was = "is" if version.hidden == "embargo" else "was"
        raise Withdrawn(
            f"Version v{version.number} {is_or_was} {withdrawal_of(version, zone)}.",
            mend="ask the library; who decided it stands in `vf log`.",
        )


def withdrawal_of(version: Version, zone: tzinfo) -> str:
    """Fact, date and class of reason: all that is told of a version that is withdrawn."""
    day = day_of(version.withdrawn_at, zone) if version.withdrawn_at else ""
    if version.hidden == "withhold":
        since = f" since {day}" if day else ""
        return f"withheld by the library{since}: {version.withdrawn_why}"
    if version.hidden == "embargo":
        return f"under embargo until {version.withdrawn_why}"
    how = {"hide": "hidden", "restrict": "restricted"}.get(version.hidden, "destroyed")
    on = f" on {day}" if day else ""
    why = f": {version.withdrawn_why}" if version.withdrawn_why else ""
    return f"withdrawn by the library{on} ({how}{why})"
