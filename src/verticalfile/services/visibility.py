"""The one predicate of who may see what; every door asks it (design 3, *withdrawn*)."""

from __future__ import annotations

from enum import StrEnum

from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import VerticalFileError


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
        case "hide":
            return viewer is not Viewer.PUBLIC
        case "restrict":
            return viewer is Viewer.NAMED_STAFF
        case _:
            return False  # destroyed: there is nothing to show to anybody


def must_be_visible(viewer: Viewer, version: Version) -> None:
    """Raise Withdrawn when the viewer may not see the version: its tombstone."""
    if not visible_to(viewer, version):
        if not version.hidden:
            raise Withdrawn(
                f"Version v{version.number} is held for review.",
                mend="open an earlier one; this one is shown once it is released.",
            )
        how = {"hide": "hidden", "restrict": "restricted"}.get(version.hidden, "destroyed")
        raise Withdrawn(
            f"Version v{version.number} was withdrawn by the library ({how}).",
            mend="ask the library; who decided and when stands in `vf log`.",
        )
