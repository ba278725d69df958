"""Adding a dataset: what it is called, where it comes from, how often it is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path, PurePosixPath

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import shown
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.journal_keeping import catch_up, event, write_journal
from verticalfile.services.known.statements import title_from
from verticalfile.services.names import check_slug
from verticalfile.sources.past import git_history
from verticalfile.sources.what import SourceKind, What, recognise, slug

DAILY = "daily"
"""How often a file is looked at where nothing is said."""
NEVER = "never"
NAMED_SPANS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    NEVER: timedelta(days=36_500),
}
"""*Never* is a hundred years: only who names the file looks at it."""
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", re.IGNORECASE)


def span_of(every: str) -> timedelta:
    """How often at least: the span, or the longer one of a range such as `daily..monthly`.

    Raises InputRefused.
    """
    return range_of(every)[1]


def range_of(every: str) -> tuple[timedelta, timedelta]:
    """The shortest and the longest span; both are the same where no range is given.

    Raises InputRefused.
    """
    often, dots, seldom = every.partition("..")
    if dots and NEVER in (often, seldom):
        raise _no_span(every)  # who never looks does not look more or less often
    shortest = _one_span(often)
    longest = _one_span(seldom) if dots else shortest
    if longest < shortest:
        raise InputRefused(
            f"“{shown(every)}” begins with the longer span.",
            mend=f"say the shorter one first: {shown(seldom)}..{shown(often)}.",
        )
    return shortest, longest


def _one_span(every: str) -> timedelta:
    """Daily, weekly, monthly, hourly or an ISO 8601 duration such as PT12H."""
    if every in NAMED_SPANS:
        return NAMED_SPANS[every]
    found = _DURATION.fullmatch(every)
    if found and any(found.groups()):
        weeks, days, hours, minutes = (int(g or 0) for g in found.groups())
        with suppress(OverflowError):  # more days than a calendar has
            span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
            if span >= timedelta(minutes=5):
                return span
    raise _no_span(every)


def _no_span(every: str) -> InputRefused:
    return InputRefused(
        f"“{shown(every)}” does not say how often.",
        mend="use daily, weekly, monthly, never, a duration of at least PT5M such as PT12H or P2D, or a"
        " range such as daily..monthly.",
    )


def add(
    archive: Archive,
    what: str,
    *,
    name: str = "",
    title: str = "",
    path: str = "",
    branch: str = "",
    key: Sequence[str] = (),
    every: str = "",
) -> list[ResourceLine]:
    """Add what a person points at as a dataset, or as further files of the dataset `name`.

    Nothing is fetched yet. Adding the same again changes nothing. Raises InputRefused, and
    SourceRefused for a path that no commit of a repository on this disk has.
    """
    every = every or DAILY
    span_of(every)
    found = recognise(what, path=path)
    for each in found:
        if each.kind is SourceKind.GIT and Path(each.location).is_dir():
            git_history.must_have(Path(each.location), each.path, branch=branch or "HEAD")
    dataset = check_slug(name or _name_for(found, what))
    held = {r.name: r for r in archive.index.resources(dataset)}
    by_location = {r.location: r for r in held.values()}
    events = []
    ids = []
    for each in found:
        known = by_location.get(_location(each))
        resource = known.name if known else check_slug(each.name)
        known = held.get(resource)
        if known is not None and known.location != _location(each):
            raise InputRefused(
                f"{dataset}/{resource} is held already, from {known.location}.",
                mend="give the new one another --name.",
            )
        ids.append(short_id("resource", dataset, resource))
        if known is None:
            shown = title or archive.index.datasets().get(dataset) or title_from(dataset)
            events.append(
                event(
                    archive, "added", ids[-1], by="person", dataset=dataset, title=shown,
                    resource=resource, kind=str(each.kind), location=_location(each),
                    branch=branch, every=every, key=list(key),
                )
            )  # fmt: skip
    catch_up(archive)
    write_journal(archive, (), events)
    return [r for r in archive.index.resources(dataset) if r.id in ids]


def _name_for(found: Sequence[What], what: str) -> str:
    return found[0].name if len(found) == 1 else slug(PurePosixPath(what.rstrip("/")).name)


def _location(what: What) -> str:
    return f"{what.location}#{what.path}" if what.kind is SourceKind.GIT else what.location


def definition(archive: Archive, resource: str) -> dict[str, object]:
    """What was said when the file was added."""
    found: dict[str, object] = {}
    for body in archive.index.events([resource]):
        if body["kind"] in ("added", "moved"):
            detail = body["detail"]
            assert isinstance(detail, dict)
            found |= detail
    return found
