"""The rights card: all that a reader is told of what may be done with a dataset (rights.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.moments import day_of
from verticalfile.rights.conditions import CREDIT
from verticalfile.services.archive import Archive
from verticalfile.services.known.rights_said import Period, periods
from verticalfile.services.known.statements import description_of
from verticalfile.services.known.withheld import Withholding, withholding_in
from verticalfile.services.library import library_of
from verticalfile.services.names import find_dataset
from verticalfile.services.rights.concluding import Conclusion, conclusion_of
from verticalfile.services.rights.judged import Judgement, judgements
from verticalfile.services.rights.local_contexts import Mark, marks_of
from verticalfile.services.rights.terms import Terms, terms_at
from verticalfile.services.visibility import Viewer

TERMS_CHANGED = "terms-changed"
TERMS_NOT_CAPTURED = "terms-not-captured"
MOST_TERMS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """The three layers of one version, or of today, with the history of each."""

    dataset: str
    moment: datetime | None  # None: of today
    found: Conclusion
    credit: str  # a line to copy; "" where none is asked for
    terms: tuple[Terms, ...]
    history: tuple[Period, ...]  # newest first
    judgements: tuple[Judgement, ...]  # newest first
    withholding: Withholding  # of the file at hand, or the first that is withheld
    warnings: tuple[str, ...]
    contact: str
    marks: tuple[Mark, ...] = ()  # Notices and Labels of Local Contexts, told before the licence

    @property
    def is_free(self) -> bool:
        """Whether copying and sharing are answered yes."""
        return self.found.is_free


def card_of(
    archive: Archive, name: str, *, moment: datetime | None = None, file: str = "",
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Card:  # fmt: skip
    """The card of NAME now, or of the version first seen at `moment`. Raises NotHeld."""
    resources = find_dataset(archive, name)
    dataset = resources[0].dataset
    found = conclusion_of(archive, dataset, moment=moment, file=file)
    terms = tuple(
        terms_at(archive, address, moment, viewer=viewer)
        for address in found.reading.points_to[:MOST_TERMS]
    )
    warnings = list(found.warnings)
    warnings += [TERMS_CHANGED] if any(t.has_changed for t in terms) else []
    warnings += [TERMS_NOT_CAPTURED] if any(not t.is_captured for t in terms) else []
    return Card(
        dataset, moment, found, _credit(archive, dataset, found, moment), terms,
        tuple(reversed(_history(periods(archive, dataset)))),
        tuple(reversed(judgements(archive, dataset))), _withholding(archive, resources, file),
        tuple(warnings), library_of(archive).contact, tuple(marks_of(archive, dataset)),
    )  # fmt: skip


def _history(all_periods: Sequence[Period]) -> list[Period]:
    """Periods one after the other; what several files and their listing say at once, once."""
    found: list[Period] = []
    for each in all_periods:
        last = found[-1] if found else None
        if last is not None and (last.said, last.by) == (each.said, each.by):
            ends = [p.last_seen for p in (last, each) if p.last_seen]
            until = max(ends) if len(ends) == 2 else None
            found[-1] = replace(last, last_seen=until)
        else:
            found.append(each)
    return found


def _withholding(archive: Archive, resources: Sequence[ResourceLine], file: str) -> Withholding:
    found = [
        withholding_in(archive.index.events([r.id]))
        for r in resources
        if not file or r.name == file
    ]
    return next((w for w in found if w.stands), found[0] if found else Withholding())


def _credit(archive: Archive, dataset: str, found: Conclusion, moment: datetime | None) -> str:
    """The library's line, else one made of what the licence asks for: who, what, when, licence."""
    if found.judgement is not None and found.judgement.credit:
        return found.judgement.credit
    if CREDIT not in found.conditions:
        return ""
    said = description_of(archive, dataset)
    who = found.reading.attribution or (said.publisher.value if said.publisher else "")
    day = f"as of {day_of(moment, archive.zone)}" if moment else ""
    parts = [who, said.title["en"].value, day, found.licence_id]
    return ", ".join(part for part in parts if part)
