"""Shelves: subjects, places and series that staff name, and the datasets on them."""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.catalog.described import DescribedLines, Shelf
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import NotHeld, check_slug, find_dataset
from verticalfile.vault.notes.journal import Event

KINDS = ("subject", "place", "series")
LONGEST_TITLE = 120


def shelves(archive: Archive) -> list[Shelf]:
    """All shelves with what stands on them: subjects, places, series, each by title."""
    found = DescribedLines(archive.index).shelves()
    return sorted(found, key=lambda each: KINDS.index(each.kind))


def shelf(archive: Archive, name: str) -> Shelf:
    """One shelf. Raises NotHeld."""
    found = shelves(archive)
    for each in found:
        if each.name == name:
            return each
    known = ", ".join(s.name for s in found[:8])
    mend = f"choose among: {known}." if known else f"make it with `vf shelf {name} --make subject`."
    raise NotHeld(f"There is no shelf “{name}”.", mend=mend)


def make_shelf(
    archive: Archive, name: str, kind: str, *, title: str = "", title_es: str = ""
) -> Shelf:
    """Make a shelf, or give one that is there another kind or title. Raises InputRefused."""
    check_slug(name)
    if kind not in KINDS:
        raise InputRefused(f"“{kind}” is no kind of shelf.", mend=f"use {' or '.join(KINDS)}.")
    known = next((s for s in shelves(archive) if s.name == name), None)
    title = _title(title) or (known.title if known else name.replace("-", " ").capitalize())
    title_es = _title(title_es) or (known.title_es if known else "")
    _write(
        archive,
        event(
            archive, "shelf made", _subject(name), by="person", shelf=name, kind=kind, title=title,
            title_es=title_es,
        ),
    )  # fmt: skip
    return shelf(archive, name)


def remove_shelf(archive: Archive, name: str) -> Shelf:
    """Take a shelf away; its datasets stay where else they stand. Raises NotHeld."""
    removed = shelf(archive, name)
    _write(archive, event(archive, "shelf removed", _subject(name), by="person", shelf=name))
    return removed


def put_on_shelf(archive: Archive, name: str, datasets: Sequence[str]) -> Shelf:
    """Put datasets on a shelf; one that stands there already stays. Raises NotHeld."""
    return _move(archive, name, "shelved", datasets)


def take_off_shelf(archive: Archive, name: str, datasets: Sequence[str]) -> Shelf:
    """Take datasets off a shelf. Raises NotHeld."""
    return _move(archive, name, "unshelved", datasets)


def _move(archive: Archive, name: str, kind: str, datasets: Sequence[str]) -> Shelf:
    on = set(shelf(archive, name).datasets)
    names = [find_dataset(archive, each)[0].dataset for each in datasets]
    if kind == "unshelved":
        for each in names:
            if each not in on:
                raise NotHeld(f"{each} is not on {name}.", mend=f"see it with `vf shelf {name}`.")
    wanted = [n for n in dict.fromkeys(names) if (n in on) == (kind == "unshelved")]
    made = [
        event(archive, kind, _subject(name), by="person", shelf=name, dataset=each)
        for each in wanted
    ]
    write_journal(archive, (), made)
    return shelf(archive, name)


def _subject(name: str) -> str:
    return short_id("shelf", name)


def _write(archive: Archive, made: Event) -> None:
    write_journal(archive, (), [made])


def _title(text: str) -> str:
    shown = " ".join(text.split())
    if len(shown) > LONGEST_TITLE or not shown.isprintable():
        raise InputRefused(
            f"The title of a shelf is a line of at most {LONGEST_TITLE} characters.",
            mend="say it shorter.",
        )
    return shown
