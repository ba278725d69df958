"""Saying what a dataset is: title, one sentence, publisher, places, landing page, subjects, ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.urls import must_have_no_secret
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.received import web_address
from verticalfile.services.known.statements import (
    IN_LANGUAGES,
    LANGUAGES,
    LISTS,
    Description,
    Field,
    description_of,
)
from verticalfile.services.names import find_dataset

LONGEST = {Field.TITLE: 200, Field.DESCRIPTION: 600, Field.LICENCE: 2_000}
LONGEST_OTHER = 300
"""Characters of a value: a title is a line, a description a sentence, not a page."""
MOST_VALUES = 40


def described(archive: Archive, name: str) -> Description:
    """What a dataset is said to be, by whom and since when. Raises NotHeld."""
    return description_of(archive, find_dataset(archive, name)[0].dataset)


def describe(
    archive: Archive, name: str, said: Mapping[Field, Sequence[str]], *, language: str = "en"
) -> Description:
    """Say what a dataset is; a field without values takes back what a person said of it.

    Title and description are of a language, the rest of none. It outranks what the publisher says
    and is an event in the journal. Raises NotHeld, InputRefused.
    """
    dataset = find_dataset(archive, name)[0].dataset
    if language not in LANGUAGES:
        raise InputRefused(f"“{language}” is no language of this archive.", mend="use en or es.")
    lines = [
        {
            "field": str(field),
            "language": language if field in IN_LANGUAGES else "",
            "values": [_checked(field, value) for value in values if value.strip()],
        }
        for field, values in said.items()
    ]
    for line in lines:
        many = line["values"]
        most = MOST_VALUES if Field(str(line["field"])) in LISTS else 1
        if len(many) > most:
            raise InputRefused(
                f"{len(many)} values were given for {line['field']}.", mend=f"give at most {most}."
            )
    if lines:
        made = event(
            archive, "described", short_id("dataset", dataset), by="person", dataset=dataset,
            said=lines,
        )  # fmt: skip
        write_journal(archive, (), [made])
    return description_of(archive, dataset)


def _checked(field: Field, value: str) -> str:
    text = " ".join(value.split())
    longest = LONGEST.get(field, LONGEST_OTHER)
    if len(text) > longest:
        raise InputRefused(
            f"The {field.replace('_', ' ')} has {len(text)} characters.",
            mend=f"say it in at most {longest}.",
        )
    if not text.isprintable():
        raise InputRefused(
            f"The {field.replace('_', ' ')} has characters that cannot be shown.",
            mend="type it as plain text.",
        )
    must_have_no_secret(text)
    if field is Field.LANDING_PAGE and not web_address(text):
        raise InputRefused(
            f"“{text}” is not the address of a page.", mend="begin it with https:// or http://."
        )
    return text
