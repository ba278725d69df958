"""What a dataset is: what people say of it over what its publisher says, folded for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from verticalfile.catalog.described import DescribedLines, SaidBy, Shelf, Statement
from verticalfile.catalog.versions import Version
from verticalfile.services.archive import Archive
from verticalfile.services.known.deliveries import FORM
from verticalfile.services.known.received import rights_told, said_by, said_in
from verticalfile.services.known.rights_said import gone_on, lines_of, periods_in, series_of
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.sources.kind import Entry
from verticalfile.vault.capture import Capture

LANGUAGES = ("en", "es")


class Field(StrEnum):
    """What can be said of a dataset."""

    TITLE = "title"
    DESCRIPTION = "description"  # one sentence
    PUBLISHER = "publisher"
    PLACE = "place"
    LANDING_PAGE = "landing_page"  # the publisher's own page of it
    SUBJECT = "subject"
    FREQUENCY = "frequency"
    CONTACT = "contact"
    LICENCE = "licence"  # as found; what it means is a question of rights


IN_LANGUAGES = (Field.TITLE, Field.DESCRIPTION)
LISTS = (Field.PLACE, Field.SUBJECT)


@dataclass(frozen=True, slots=True)
class Said:
    """A value, who says it (None: nobody, it was made from the name), and since when."""

    value: str
    by: SaidBy | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Description:
    """A dataset as it is described now; `title` has English always, which is the publisher's own
    where that is in another language alone; others where somebody said."""

    dataset: str
    title: Mapping[str, Said]
    description: Mapping[str, Said] = field(default_factory=dict)
    publisher: Said | None = None
    places: tuple[Said, ...] = ()
    landing_page: Said | None = None
    subjects: tuple[Said, ...] = ()
    frequency: Said | None = None
    contact: Said | None = None
    licence: Said | None = None
    shelves: tuple[Shelf, ...] = ()


def description_of(archive: Archive, dataset: str) -> Description:
    """Fold what is said of a dataset: a person's word outranks the publisher's."""
    lines = DescribedLines(archive.index)
    said: dict[tuple[str, str], list[Statement]] = {}
    for each in lines.statements(dataset):
        said.setdefault((each.field, each.language), []).append(each)

    def all_of(name: Field, language: str = "") -> tuple[Said, ...]:
        found = said.get((name, language), [])
        # statements come sorted, so those of a person stand first, then one file after the other
        chosen = [s for s in found if (s.said_by, s.source) == (found[0].said_by, found[0].source)]
        return tuple(Said(s.value, s.said_by, s.since) for s in chosen)

    def one_of(name: Field) -> Said | None:
        return next(iter(all_of(name)), None)

    def by_language(name: Field) -> dict[str, Said]:
        codes = (*LANGUAGES, *(code for named, code in said if named == name))
        return {code: told[0] for code in codes if (told := all_of(name, code))}

    title = by_language(Field.TITLE)
    if "en" not in title:
        published = next((t for t in title.values() if t.by is SaidBy.PUBLISHER), None)
        made = Said(title_from(dataset), None, archive.index.added_at(dataset))
        title["en"] = published or made
    return Description(
        dataset, title, by_language(Field.DESCRIPTION), one_of(Field.PUBLISHER),
        all_of(Field.PLACE), one_of(Field.LANDING_PAGE), all_of(Field.SUBJECT),
        one_of(Field.FREQUENCY), one_of(Field.CONTACT), one_of(Field.LICENCE),
        tuple(lines.shelves_of(dataset)),
    )  # fmt: skip


def title_from(name: str) -> str:
    """A title for a dataset of which nobody said one."""
    return name.replace("-", " ").capitalize()


def take_in_received(
    archive: Archive, resource: str, dataset: str, captures: Sequence[Capture],
    versions: Sequence[Version],
) -> bool:  # fmt: skip
    """Show in the index what the newest metadata of a file says, since when it has said so.

    What came with a version that is held or hidden waits with it. The caller writes. Returns
    whether anything is said otherwise than before.
    """
    shown = {c for v in versions if visible_to(Viewer.PUBLIC, v) for c in v.captures}
    order = sorted(captures, key=lambda c: (c.taken.seen_at, c.taken.walk, c.id))
    held = [c for c in order if c.id in shown and c.taken.metadata]
    held = [c for c in held if c.taken.metadata.get("form") != FORM]  # it speaks of use alone
    series = [(c.taken.seen_at, said_in(c.taken.metadata)) for c in held]
    found: list[Statement] = []
    for (name, language), values in (series[-1][1] if series else {}).items():
        since = series[-1][0]
        for at, earlier in reversed(series):
            if earlier.get((name, language)) != values:
                break
            since = at
        found += [
            Statement(dataset, name, language, n, value, SaidBy.PUBLISHER, since, resource)
            for n, value in enumerate(values)
        ]
    periods = periods_in(series_of(captures, versions, shown), "")
    found += lines_of(dataset, resource, periods)
    return DescribedLines(archive.index).put_received(resource, found)


def take_in_listed(
    archive: Archive, source: str, dataset: str, entry: Entry, at: datetime,
    record: Mapping[str, object],
) -> bool:  # fmt: skip
    """Show in the index what the listing of a portal says of a dataset from this moment on.

    `source` names the listing and the entry; `record` is the entry as it came. What it said
    before goes on since then. The caller writes. Returns whether anything is said otherwise than before.
    """
    lines = DescribedLines(archive.index)
    held = {
        (s.field, s.language, s.value): s.since
        for s in lines.statements(dataset)
        if s.source == source
    }
    found = [
        Statement(
            dataset, name, language, n, value, SaidBy.PUBLISHER,
            held.get((name, language, value), at), source,
        )
        for (name, language), values in said_by(entry).items()
        for n, value in enumerate(values)
    ]  # fmt: skip
    told = rights_told(record, entry)
    found += lines_of(dataset, source, gone_on(archive, dataset, source, at, told))
    return lines.put_received(source, found)
