"""NAME, V and WHEN as people write them, found in the index."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.file_names import data_of, is_alone, said_among
from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import AsOf, Version, as_of, as_of_now
from verticalfile.kernel.addresses import SLUG
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.letters import named, shown
from verticalfile.kernel.moments import for_people, last_instant
from verticalfile.services.archive import Archive

HOSTS = "hosts"
"""The subject of events about hosts of publishers: all of them are read at once."""

_NUMBER = re.compile(r"v(\d+)", re.IGNORECASE)
_DIGEST = re.compile(r"[0-9a-f]{8,64}", re.IGNORECASE)


class NotHeld(VerticalFileError):
    """The dataset, file, table or version asked for is not in this archive."""

    code = "not-held"
    exit_code = 14


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version that was asked for, and, when it was asked by time, what must be said beside it."""

    version: Version
    asked: datetime | None = None
    answer: AsOf | None = None


def check_slug(name: str) -> str:
    """A name for a dataset or file; raises InputRefused. Names never become paths."""
    if not SLUG.fullmatch(name):
        raise InputRefused(
            f"“{shown(name)}” cannot be a name.",
            mend="use lower-case letters, digits and hyphens, such as building-permits.",
        )
    return name


def find_dataset(archive: Archive, name: str) -> list[ResourceLine]:
    """The data of the dataset that NAME begins with; what its publisher says about it only where
    NAME names that file. Raises NotHeld."""
    return find_all(archive, name) if "/" in name else data_of(find_all(archive, name))


def find_all(archive: Archive, name: str) -> list[ResourceLine]:
    """All files of the dataset that NAME begins with, its documentation among them; raises NotHeld."""
    dataset, *rest = name.split("/", 2)
    resources = archive.index.resources(dataset) if SLUG.fullmatch(dataset) else []
    if not resources:
        raise _no_dataset(archive, dataset)
    if rest:
        resources = [r for r in resources if r.name == rest[0]]
        if not resources:
            names = [f"{dataset}/{r.name}" for r in archive.index.resources(dataset)]
            raise NotHeld(
                f"{dataset} has no file “{shown(rest[0])}”.", mend=f"choose {_either(names)}."
            )
    return resources


def must_be_named(archive: Archive, resource: ResourceLine) -> bool:
    """Whether an address of the file must name it beside its dataset."""
    return not is_alone(resource, archive.index.resources(resource.dataset))


def name_of(archive: Archive, resource: ResourceLine) -> str:
    """A file's name as people say it and commands take it."""
    return said_among(resource, archive.index.resources(resource.dataset))


def names_of(archive: Archive) -> dict[str, str]:
    """The names of all files that are held, by id."""
    beside: dict[str, list[ResourceLine]] = defaultdict(list)
    for each in archive.index.resources():
        beside[each.dataset].append(each)
    return {each.id: said_among(each, files) for files in beside.values() for each in files}


def said_of(archive: Archive) -> dict[str, str]:
    """The same by the whole names, DATASET/FILE, which machines are told."""
    said = names_of(archive)
    return {f"{each.dataset}/{each.name}": said[each.id] for each in archive.index.resources()}


def find_resource(archive: Archive, name: str) -> ResourceLine:
    """The one file that NAME means; raises NotHeld, InputRefused when there are several."""
    resources = find_dataset(archive, name)
    if len(resources) > 1:
        names = [f"{r.dataset}/{r.name}" for r in resources]
        raise InputRefused(
            f"{name} has {len(resources)} files.", mend=f"say which one: {_either(names)}."
        )
    return resources[0]


def find_table(archive: Archive, name: str) -> tuple[ResourceLine, TableLine]:
    """The one table that NAME means; raises NotHeld, InputRefused when there are several."""
    resource = find_resource(archive, name)
    tables = archive.index.tables(resource.id)
    parts = name.split("/", 2)
    if len(parts) == 3:
        wanted = named(parts[2], [t.name for t in tables])
        tables = [t for t in tables if t.name == wanted]
    known = [full_name(resource, t) for t in archive.index.tables(resource.id)]
    if not tables:
        if not known:
            raise NotHeld(
                f"{name} has no version that is a table.",
                mend=f"take the file itself with `vf get {name} --as original`.",
            )
        raise NotHeld(f"There is no table {shown(name)}.", mend=f"choose {_either(known)}.")
    if len(tables) > 1:
        for nameless in (t for t in tables if not t.name):  # it has no longer form than the file's
            return resource, nameless
        raise InputRefused(
            f"{name} has {len(tables)} tables.", mend=f"say which one: {_either(known)}."
        )
    return resource, tables[0]


def full_name(resource: ResourceLine, table: TableLine) -> str:
    """NAME in its longest form."""
    whole = f"{resource.dataset}/{resource.name}"
    return f"{whole}/{table.name}" if table.name else whole


def find_version(
    archive: Archive, resource: ResourceLine, wanted: str | None, *, bare_number: bool = False
) -> Chosen:
    """The version that V or WHEN means; None is the present, or the newest where the clock stands
    before all of them. Raises NotHeld, InputRefused.

    `v12` is a number; a date or time is what was current then; 8 hex digits or more are the
    beginning of the original's SHA-256. Only digits that form a date are a date.
    """
    versions = archive.index.versions(resource.id)
    now = archive.clock.now()
    if wanted is None:
        answer = as_of_now(versions, now)
        if answer.version is not None:
            return Chosen(answer.version, now, answer)
        if versions and all(v.destroyed for v in versions):
            return Chosen(versions[-1])
        return _by_time(archive, resource, versions, now)
    text = wanted.strip()
    number = _NUMBER.fullmatch(text) or (re.fullmatch(r"(\d{1,7})", text) if bare_number else None)
    if number:
        return _by_number(name_of(archive, resource), versions, int(number[1]))
    if _DIGEST.fullmatch(text) and not _is_date(text, archive, now):
        return _by_digest(name_of(archive, resource), versions, text.lower())
    moment = last_instant(text, zone=archive.zone, now=now)
    return _by_time(archive, resource, versions, moment)


def _is_date(text: str, archive: Archive, now: datetime) -> bool:
    try:
        last_instant(text, zone=archive.zone, now=now)
    except InputRefused:
        return False
    return True


def _by_number(name: str, versions: Sequence[Version], number: int) -> Chosen:
    if not 1 <= number <= len(versions):
        held = f"v1 to v{len(versions)}" if versions else "no version yet"
        raise NotHeld(
            f"{name} has no version v{number}; it has {held}.",
            mend=f"see them with `vf versions {name}`.",
        )
    return Chosen(versions[number - 1])


def _by_digest(name: str, versions: Sequence[Version], text: str) -> Chosen:
    found = {v.sha256: v for v in versions if v.sha256.startswith(text)}
    if len(found) == 1:
        return Chosen(next(iter(found.values())))
    if found:
        raise InputRefused(f"Several versions begin with {text}.", mend="give more digits.")
    raise NotHeld(
        f"No version of {name} has an original whose SHA-256 begins with {text}.",
        mend=f"see them with `vf versions {name} --all`.",
    )


def _by_time(
    archive: Archive, resource: ResourceLine, versions: Sequence[Version], moment: datetime
) -> Chosen:
    answer = as_of(versions, moment)
    if answer.version is not None:
        return Chosen(answer.version, moment, answer)
    name = name_of(archive, resource)
    if not versions:
        raise NotHeld(
            f"{name} has no version yet.",
            mend=f"collect it with `vf collect {name}`.",
        )
    first = next((v for v in versions if v.readable and not v.held), None)
    if first is None:
        raise NotHeld(
            f"{name} has no version that can be read.",
            mend=f"see why with `vf versions {name} --all`.",
        )
    raise NotHeld(
        f"{name} was not yet held at {for_people(moment, archive.zone)};"
        f" it was first seen {for_people(first.seen_at, archive.zone)}.",
        mend=f"ask for a later date, or look for older copies with `vf backfill {name}`.",
    )


def _no_dataset(archive: Archive, name: str) -> NotHeld:
    held = list(archive.index.datasets())
    if not held:
        return NotHeld(f"There is no dataset “{shown(name)}”.", mend="add one with `vf add WHAT`.")
    near = [h for h in held if h.startswith(name[:3])] or held
    return NotHeld(
        f"There is no dataset “{shown(name)}”.",
        mend=f"choose {_either(near)}." if len(near) <= 5 else "see all with `vf list`.",
    )


def _either(names: Sequence[str]) -> str:
    shown = list(names[:8])
    if len(shown) < len(names):
        shown.append(f"{len(names) - 8} more")
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
