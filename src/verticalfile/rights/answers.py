"""The four questions of a reader: may I copy, share, sell, change it? And why a label may be wrong.

An answer is yes, no, ask or not known; nothing is answered *yes* that no licence, dedication or own
words of the publisher, or judgement of a person, allow.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from verticalfile.rights import conditions as c
from verticalfile.rights.vocabulary import NO_PORTS, NO_VERSION, TEXT_UNKNOWN, Label


class Answer(StrEnum):
    """What a reader is told."""

    YES = "yes"
    NO = "no"
    ASK = "ask"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the four questions."""

    copy: Answer
    share: Answer
    sell: Answer
    change: Answer


def answers(label: Label, conditions: Collection[str], *, kind: str = "") -> Answers:
    """What may be done under a label with conditions.

    Own words that allow use are a *yes* only for what they speak of; of the rest one must ask. A
    copy for oneself is *ask*, not *no*, under a ban on passing on: bans speak of others.
    """
    match label:
        case Label.OPEN_LICENCE | Label.PUBLIC_DOMAIN:
            found = Answers(Answer.YES, Answer.YES, Answer.YES, Answer.YES)
        case Label.CUSTOM_OPEN if kind in ("mixed", "standard-name"):
            found = Answers(Answer.ASK, Answer.ASK, Answer.ASK, Answer.ASK)
        case Label.CUSTOM_OPEN:
            found = Answers(Answer.YES, Answer.YES, Answer.ASK, Answer.ASK)
        case Label.RESTRICTED:
            return _restricted(conditions, kind)
        case _:
            return Answers(*[Answer.NOT_KNOWN] * 4)
    return found


def _restricted(conditions: Collection[str], kind: str) -> Answers:
    """A licence with NC or ND lets one copy and share; other bans leave one to ask."""
    if kind == "standard-name" and {c.NON_COMMERCIAL, c.NO_DERIVATIVES} & set(conditions):
        return Answers(
            Answer.YES, Answer.YES,
            Answer.NO if c.NON_COMMERCIAL in conditions else Answer.YES,
            Answer.NO if c.NO_DERIVATIVES in conditions else Answer.YES,
        )  # fmt: skip
    return Answers(
        Answer.ASK,
        Answer.NO if c.NO_REDISTRIBUTION in conditions else Answer.ASK,
        Answer.NO if {c.NON_COMMERCIAL, c.NO_RESALE} & set(conditions) else Answer.ASK,
        Answer.NO if c.NO_DERIVATIVES in conditions else Answer.ASK,
    )


FEDERAL_ON_LOCAL = "federal-statement-on-local-data"
LICENCE_TEXT_UNKNOWN = TEXT_UNKNOWN
SOFTWARE_LICENCE = "software-licence"
ALSO_GRANTS = "also-grants"
_FEDERAL = re.compile(
    r"\b(?:u\.?s\.?|united states|federal|national|census bureau|noaa|usgs|epa|fema|usda|cdc)\b",
    re.I,
)
_LOCAL = re.compile(
    r"\b(?:city|county|town|township|village|borough|parish|municipal\w*|state|commonwealth|district"
    r"|school|library|metro\w*|regional|ciudad|condado|municipio)\b",
    re.I,
)
_SOFTWARE = ("GFDL", "AGPL", "GPL", "LGPL", "MIT", "Apache", "BSD", "MirOS")


def warnings_for(licence_id: str, found: Collection[str], publisher: str) -> tuple[str, ...]:
    """Why a label may not be right: those of the statement, and those that the publisher gives.

    17 USC 105 frees works of the federal government; a city or county is none.
    """
    warnings = list(found)
    if licence_id == "US-GOV" and not (_FEDERAL.search(publisher) and not _LOCAL.search(publisher)):
        warnings.append(FEDERAL_ON_LOCAL)
    if licence_id.startswith(_SOFTWARE):
        warnings.append(SOFTWARE_LICENCE)
    return tuple(dict.fromkeys(warnings))


WARNING_SENTENCES = {
    NO_VERSION: "The version of the licence is not given.",
    NO_PORTS: "The licence is called by a country's version that does not exist; its plain version is meant.",
    FEDERAL_ON_LOCAL: "The statement is that of the U.S. federal government. It does not reach a city,"
    " county or state, so it may not hold here.",
    LICENCE_TEXT_UNKNOWN: "A general word was chosen from a list; the text of the terms is not known.",
    SOFTWARE_LICENCE: "This licence is made for software; what it means for data is not settled.",
    ALSO_GRANTS: "The statement also has words that allow use. What forbids is taken to hold.",
}
