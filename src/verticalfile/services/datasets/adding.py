"""Adding a dataset: what it is called, where it comes from, how often it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.spans import DAILY, range_of, span_of
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.journal_keeping import catch_up, event, write_journal
from verticalfile.services.known.statements import title_from
from verticalfile.services.names import check_slug
from verticalfile.sources.past import git_history
from verticalfile.sources.what import SourceKind, What, recognise, slug


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


def told_of_key(archive: Archive, resource: ResourceLine) -> str:
    """That the key which was told when the file was added is none of its columns, if so."""
    told = definition(archive, resource.id).get("key")
    tables = archive.index.tables(resource.id)
    if not isinstance(told, list) or not told or any(t.key_how == "given" for t in tables):
        return ""
    names = ", ".join(map(str, told))
    return f"; it has no columns for the key that was told, {names}: see vf key {resource.dataset}"


def set_interval(archive: Archive, resources: Sequence[ResourceLine], every: str) -> int:
    """Look at these so often from now on; how many were looked at otherwise. Raises InputRefused."""
    range_of(every)
    found = [
        event(archive, "interval set", r.id, by="person", every=every, before=r.every)
        for r in resources if r.every != every
    ]  # fmt: skip
    write_journal(archive, (), found)
    return len(found)
