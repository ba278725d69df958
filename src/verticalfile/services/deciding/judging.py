"""Judging the rights of a dataset: what a person of the library concludes, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.kernel.errors import InputRefused
from verticalfile.rights.conditions import CONDITIONS
from verticalfile.rights.vocabulary import Label, of_id
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.deciding.withholding import reason_given
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import NotHeld, find_dataset
from verticalfile.services.rights.judged import KIND, judgements, standing

LONGEST_CREDIT = 300


def judge(
    archive: Archive,
    name: str,
    label: Label,
    *,
    reason: str,
    licence_id: str = "",
    credit: str = "",
    conditions: Sequence[str] = (),
) -> None:
    """Say what the library concludes; it replaces an earlier judgement, which stays in history.

    Raises NotHeld, InputRefused: for a licence that is not known, or one of another label.
    """
    named = of_id(licence_id) if licence_id else None
    if licence_id and named is None:
        raise InputRefused(
            f"“{licence_id}” is no licence that is known here.",
            mend="give an id such as CC-BY-4.0, CC0-1.0, ODbL-1.0 or US-GOV, or none.",
        )
    if named is not None and named.label is not label:
        raise InputRefused(
            f"{named.licence_id} is {named.label}, not {label}.",
            mend=f"say --judge {named.label}, or leave the licence out.",
        )
    unknown = [each for each in conditions if each not in CONDITIONS]
    if unknown:
        raise InputRefused(f"“{unknown[0]}” is no condition.", mend=f"use {', '.join(CONDITIONS)}.")
    credit = " ".join(credit.split())
    if len(credit) > LONGEST_CREDIT or not credit.isprintable():
        raise InputRefused(
            f"The credit line has {len(credit)} characters.",
            mend="say it in at most 300, as plain text.",
        )
    _write(
        archive, name, label=str(label), licence_id=named.licence_id if named else "",
        credit=credit, conditions=list(dict.fromkeys(conditions)), reason=reason_given(reason),
    )  # fmt: skip


def take_back(archive: Archive, name: str, *, reason: str) -> None:
    """Take the judgement back: the publisher's words stand alone again. Raises NotHeld."""
    dataset = find_dataset(archive, name)[0].dataset
    if standing(judgements(archive, dataset)) is None:
        raise NotHeld(
            f"Nobody has judged the rights of {name}.", mend=f"see what is said: vf rights {name}."
        )
    _write(archive, name, label="", reason=reason_given(reason))


def _write(archive: Archive, name: str, **detail: object) -> None:
    dataset = find_dataset(archive, name)[0].dataset
    made = event(archive, KIND, short_id("dataset", dataset), by=PERSON, dataset=dataset, **detail)
    write_journal(archive, (), [made])
