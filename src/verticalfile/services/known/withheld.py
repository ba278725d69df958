"""Whether a file is withheld: hidden by a flag until a person releases it. Folded from events.

*Flagged* is the software's event, with the columns that look like persons' data; *withheld* and
*let go* are a person's. It is of the whole file and of every version of it, also of those that a
back-fill brings later. The newest word holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso

FLAGGED, WITHHELD, LET_GO = "flagged", "withheld", "let go"
KINDS = frozenset({FLAGGED, WITHHELD, LET_GO})
HOW = "withhold"
"""As `Version.hidden` says it."""
PERSONAL = "it may hold personal data"
"""The class of reason that the public is told of a flag."""
OTHER = "a librarian looks at it"


@dataclass(frozen=True, slots=True)
class FlaggedColumn:
    """A column that looked like persons' data when it was captured; no value of it."""

    table: str
    column: str
    kind: str
    why: str
    share: float


@dataclass(frozen=True, slots=True)
class Withholding:
    """How it stands with a file. `columns` are all that were ever flagged."""

    columns: tuple[FlaggedColumn, ...] = ()
    since: datetime | None = None  # None: it is not withheld
    why: str = ""  # class of reason, for the public
    reason: str = ""  # a person's words, for staff
    let_go_at: datetime | None = None
    let_go_why: str = ""

    @property
    def stands(self) -> bool:
        return self.since is not None


def withholding_in(events: Iterable[Mapping[str, object]]) -> Withholding:
    """Fold the events of one file, oldest first."""
    found = Withholding()
    for body in events:
        detail = body.get("detail")
        if not isinstance(detail, dict):
            continue
        at = from_iso(str(body["at"]))
        match body["kind"]:
            case "flagged":
                columns = (*found.columns, *_columns(detail))
                found = replace(
                    found, columns=columns, since=found.since or at, why=found.why or PERSONAL
                )
            case "withheld":
                why = PERSONAL if detail.get("personal") else OTHER
                found = replace(
                    found,
                    since=found.since or at,
                    why=found.why or why,
                    reason=str(detail["reason"]),
                )
            case "let go":
                found = Withholding(
                    found.columns, let_go_at=at, let_go_why=str(detail.get("reason", ""))
                )
            case _:
                pass
    return found


def marked(versions: Sequence[Version], found: Withholding) -> list[Version]:
    """Versions as they may be shown while a withholding stands; a harder word stays."""
    if not found.stands:
        return list(versions)
    return [
        v if v.hidden
        else replace(v, hidden=HOW, withdrawn_at=found.since, withdrawn_why=found.why)
        for v in versions
    ]  # fmt: skip


def _columns(detail: Mapping[str, object]) -> list[FlaggedColumn]:
    told = detail.get("columns", [])
    assert isinstance(told, list)
    return [
        FlaggedColumn(
            str(each.get("table", "")), str(each["column"]), str(each["kind"]), str(each["why"]),
            float(each["share"]),
        )
        for each in told
    ]  # fmt: skip
