"""What is told of the use of a dataset, on whose word: the three layers beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verticalfile.catalog.described import SaidBy
from verticalfile.rights.answers import (
    FEDERAL_ON_LOCAL,
    Answer,
    Answers,
    answers,
    warnings_for,
)
from verticalfile.rights.classify import Reading
from verticalfile.rights.conditions import of_licence
from verticalfile.rights.law import Law, law_of
from verticalfile.rights.vocabulary import NO_VERSION, OPEN, Label, of_id, rights_statement
from verticalfile.services.archive import Archive
from verticalfile.services.known.rights_said import Period, periods, said_at, said_now
from verticalfile.services.known.statements import description_of
from verticalfile.services.rights.judged import Judgement, judgements, standing


class Basis(StrEnum):
    """On whose word the answers rest."""

    LIBRARY = "library"  # a person's judgement
    PUBLISHER = "publisher"  # the publisher's words, read by rules; nobody has confirmed it
    NOBODY = "nobody"  # nothing was said that answers anything


GONE = "statement-gone"
OTHERWISE_TODAY = "said-otherwise-today"
CHANGED_SINCE_JUDGED = "changed-since-judged"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is told of a dataset, or of one version of it."""

    label: Label
    kind: str
    basis: Basis
    since: datetime | None  # of the word that it rests on
    licence_id: str
    licence_url: str
    answers: Answers
    conditions: tuple[str, ...]
    reading: Reading  # of the publisher's words alone
    said: Period | None  # when the version was captured
    today: Period | None
    judgement: Judgement | None
    law: Law | None  # None: the library has not said its state
    warnings: tuple[str, ...]

    @property
    def is_judged(self) -> bool:
        return self.judgement is not None

    @property
    def is_free(self) -> bool:
        """Whether copying and sharing are answered yes."""
        return self.answers.copy is Answer.YES and self.answers.share is Answer.YES

    @property
    def uri(self) -> str:
        """The address that machines may be told as the licence: of a named one alone, and never
        where it is doubted (rights.md 6.10)."""
        named = self.label in OPEN or self.label is Label.RESTRICTED
        doubted = {FEDERAL_ON_LOCAL, NO_VERSION} & set(self.warnings)
        if not named or doubted or not self.licence_id or self.kind == "rights-statement":
            return ""
        return self.licence_url

    @property
    def rights_uri(self) -> str:
        """A statement of RightsStatements.org where no licence can be told: looked and cannot
        tell, or not looked."""
        if self.uri:
            return ""
        if self.kind == "rights-statement" and self.licence_url:
            return self.licence_url
        unsure = self.label in (Label.UNCLEAR, Label.NO_STATEMENT)
        if self.is_judged and not unsure:
            return ""
        named = rights_statement("UND" if self.is_judged else "CNE")
        return named.url if named else ""


def conclusion_of(
    archive: Archive, dataset: str, *, moment: datetime | None = None, file: str = ""
) -> Conclusion:
    """What is told now; with `moment`, of the version that was first seen then."""
    all_periods = periods(archive, dataset)
    today = said_now(all_periods, file)
    said = said_at(all_periods, moment, file) if moment else today
    told = said.reading if said else read_nothing()
    law = law_of(archive.settings().get("state", ""))
    publisher = description_of(archive, dataset).publisher
    judgement = standing(judgements(archive, dataset))
    warnings = list(
        warnings_for(told.licence_id, told.warnings, publisher.value if publisher else "")
    )
    if said and today and said is not today and said.said != today.said:
        warnings.append(OTHERWISE_TODAY if today.said else GONE)
    if not moment and today and not today.said and _said_before(all_periods, today):
        warnings.append(GONE)
    if judgement is not None:
        if today and today.by is SaidBy.PUBLISHER and today.first_seen > judgement.at:
            warnings.append(CHANGED_SINCE_JUDGED)
        return _judged(judgement, told, said, today, law, warnings)
    answered = told.label not in (Label.UNCLEAR, Label.NO_STATEMENT)
    given = answers(told.label, told.conditions, kind=told.kind)
    if FEDERAL_ON_LOCAL in warnings:
        given = Answers(*[Answer.ASK] * 4)  # the statement cannot be right here
    return Conclusion(
        told.label, told.kind, Basis.PUBLISHER if answered else Basis.NOBODY,
        said.first_seen if said else None, told.licence_id, told.licence_url,
        given, told.conditions, told, said, today, None, law, tuple(dict.fromkeys(warnings)),
    )  # fmt: skip


def read_nothing() -> Reading:
    """The reading of no statement at all."""
    return Period((), SaidBy.PUBLISHER, datetime.min, None).reading


def _said_before(all_periods: list[Period], today: Period) -> bool:
    return any(p.said for p in all_periods if p.first_seen < today.first_seen)


def _judged(
    judgement: Judgement, told: Reading, said: Period | None, today: Period | None,
    law: Law | None, warnings: list[str],
) -> Conclusion:  # fmt: skip
    assert judgement.label is not None
    named = of_id(judgement.licence_id) if judgement.licence_id else None
    conditions = tuple(dict.fromkeys((*of_licence(judgement.licence_id), *judgement.conditions)))
    kind = named.kind if named else "judged"
    # of a judged one the doubts of the rules are no longer told, those of the licence are
    kept = [w for w in warnings if w in (GONE, OTHERWISE_TODAY, CHANGED_SINCE_JUDGED)]
    kept += [w for w in (named.warnings if named else ()) if w == NO_VERSION]
    return Conclusion(
        judgement.label, kind, Basis.LIBRARY, judgement.at, judgement.licence_id,
        named.url if named else "",
        answers(judgement.label, conditions, kind=kind), conditions, told, said, today, judgement,
        law, tuple(dict.fromkeys(kept)),
    )  # fmt: skip
