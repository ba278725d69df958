"""A folder of dated copies of one file, as scripts and people leave them.

The date is read from the path: `20200131T235959Z.csv`, `name-2020-01-31.csv`,
`2020/01/31/name.csv`. Nothing else in a file's name, and no modification time, counts as a date.
It is read as a WHEN is: by the clocks of the archive, where it names no others, and a day without
an hour is that day's last second.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path

from verticalfile.kernel.letters import is_text, shown
from verticalfile.kernel.moments import end_of_day
from verticalfile.sources.errors import SourceRefused
from verticalfile.sources.state import State

FILES_MAX = 200_000
"""More files than this under one folder is not a dated series but a mistake in the path."""

_DAY = r"((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])[-_/.]?(0[1-9]|[12]\d|3[01])"
_MOMENT = re.compile(
    rf"(?<!\d){_DAY}(?:[T_ -]?(?!{_DAY})"
    r"(?P<H>[01]\d|2[0-3])[-:_.]?(?P<M>[0-5]\d)(?:[-:_.]?(?P<S>[0-5]\d))?(?P<Z>Z)?)?(?!\d)"
)


def moment_in(path: str, zone: tzinfo) -> datetime | None:
    """The last date (and time, by the clocks of `zone` unless it ends in Z) that a relative path
    tells; None without one."""
    for found in reversed(list(_MOMENT.finditer(path))):
        told = found.groupdict()
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
        if told["H"] is None:
            return end_of_day(day, zone)
        hour = time(int(told["H"]), int(told["M"]), int(told["S"] or 0))
        at = datetime.combine(day, hour, tzinfo=UTC if told["Z"] else zone)
        return at.astimezone(UTC)
    return None


def by_date(folder: Path, zone: tzinfo = UTC) -> tuple[list[tuple[datetime, Path]], list[Path]]:
    """Files below a folder whose path tells a date, oldest first, and the others. Links are not
    followed out."""
    dated: list[tuple[datetime, Path]] = []
    undated: list[Path] = []
    for path in _files(folder):
        moment = moment_in(path.relative_to(folder).as_posix(), zone)
        if moment is None:
            undated.append(path)
        else:
            dated.append((moment, path))
    return sorted(dated), undated


def _files(folder: Path) -> Iterator[Path]:
    """In order of their paths. Hidden files and folders, links and archives of ours are left out:
    an archive that took itself in would never end."""
    if _is_archive(folder):
        raise SourceRefused(
            f"{folder} is an archive, or the copy of one.",
            mend="name a folder of data; `vf restore` makes an archive from a copy.",
        )
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_must_be_read):
        folders[:] = [
            n for n in folders if not n.startswith(".") and not _is_archive(Path(place, n))
        ]
        for each in (*folders, *names):
            if not is_text(each):
                raise SourceRefused(
                    f"The name of {shown(Path(place, each).relative_to(folder).as_posix())} is not"
                    " text in UTF-8.",
                    mend="rename the file; letters, digits and hyphens work everywhere.",
                )
        found += [Path(place, n) for n in names if not n.startswith(".")]
        if len(found) > FILES_MAX:
            raise SourceRefused(
                f"{folder} holds more than {FILES_MAX:,} files.",
                mend="name the folder of one series.",
            )
    yield from (path for path in sorted(found) if path.is_file() and not path.is_symlink())


def _is_archive(folder: Path) -> bool:
    return any((folder / "vault").glob("0=ocfl_*"))


def _must_be_read(error: OSError) -> None:
    raise SourceRefused(
        f"The folder {shown(str(error.filename), 200)} cannot be read: {error.strerror}.",
        mend="let it be read, or name a folder beside it.",
    ) from error


def states_in(folder: Path, *, zone: tzinfo, now: datetime) -> tuple[list[State], int]:
    """One state a dated file, in order of date, and how many files tell no date. What is of today
    was seen by now.

    Raises SourceRefused when none is dated.
    """
    if not folder.is_dir():
        raise SourceRefused(f"{folder} is not a folder.", mend="name the folder of dated files.")
    dated, undated = by_date(folder, zone)
    ends_today = end_of_day(now.astimezone(zone).date(), zone)
    found = sorted(
        (min(moment, now) if moment == ends_today else moment, path) for moment, path in dated
    )
    if not found:
        raise SourceRefused(
            f"No file below {folder} has a date in its name.",
            mend="name files like 2020-01-31.csv, 20200131T235959Z.csv or 2020/01/31/name.csv.",
        )
    states = [
        State(
            moment_name=path.relative_to(folder).as_posix(),
            seen_at=moment,
            seen_how="file name",
            last_seen_at=moment,
            walk=number,
            content=str(path),
            exchange={"file": path.relative_to(folder).as_posix()},
        )
        for number, (moment, path) in enumerate(found, start=1)
    ]
    return states, len(undated)
