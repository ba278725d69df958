"""What the archive holds: lists, one dataset, its versions with kinds of change, the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import Comparison, ResourceLine, TableLine
from verticalfile.catalog.versions import Version, readable_before
from verticalfile.kernel.letters import told_apart
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.known.as_documents import is_document
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import HOSTS, find_all, find_resource
from verticalfile.tables.changes import PAIRED


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version as `versions` shows it; `change` None for the first and for unreadable ones."""

    version: Version
    rows: int | None
    change: Comparison | None
    is_document: bool = False  # documentation that is no table, and nothing unreadable


@dataclass(frozen=True, slots=True)
class Shown:
    """One file of a dataset with its tables."""

    resource: ResourceLine
    title: str
    tables: tuple[TableLine, ...]
    columns: Mapping[str, tuple[str, ...]]  # by table, of the newest readable version
    unreadable: Version | None = None  # the newest one, where it is no table


def held(archive: Archive) -> list[tuple[str, list[ResourceLine]]]:
    """`(title, files)` of every dataset, by name; what publishers say about them is left out."""
    titles = archive.index.datasets()
    by_dataset: dict[str, list[ResourceLine]] = {name: [] for name in titles}
    for resource in archive.index.resources():
        by_dataset[resource.dataset].append(resource)
    return [(titles[name], data_of(files)) for name, files in by_dataset.items()]


def show(archive: Archive, name: str) -> list[Shown]:
    """Everything about the files of a dataset."""
    found = []
    titles = archive.index.datasets()
    for resource in find_all(archive, name):
        tables = archive.index.tables(resource.id)
        known = archive.index.versions(resource.id)
        current = [v for v in known if v.readable and not v.held and not v.destroyed]
        columns = {}
        for line in tables:
            history = TableHistory(archive, line.id, line.name)
            ordinal = history.ordinal_of(current[-1].sha256) if current else None
            if ordinal is not None:
                columns[line.name] = history.layout_of(ordinal).names
        newest = known[-1] if known and not known[-1].hidden and known[-1].reason else None
        if newest is not None and is_document(resource, newest, known):
            newest = None
        found.append(Shown(resource, titles[resource.dataset], tuple(tables), columns, newest))
    return found


def versions(archive: Archive, name: str) -> tuple[ResourceLine, list[VersionLine]]:
    """All versions of a file, oldest first, unreadable ones among them."""
    resource = find_resource(archive, name)
    found = archive.index.versions(resource.id)
    lines = archive.index.tables(resource.id)
    part = name.split("/", 2)[2] if name.count("/") >= 2 else None
    if part is not None:
        lines = [line for line in lines if line.name == part]
    histories = [TableHistory(archive, line.id, line.name) for line in lines]
    compared = {h.id: archive.index.comparisons(h.id) for h in histories}
    before = readable_before(found)
    return resource, [
        VersionLine(
            version,
            _rows(histories, version),
            joined_change(histories, compared, before.get(version.number), version),
            is_document(resource, version, found),
        )
        for version in found
    ]


def change_of(
    archive: Archive, resource: ResourceLine, all_versions: Sequence[Version], version: Version
) -> Comparison | None:
    """What changed in a version against the readable one before it, over all its tables."""
    lines = archive.index.tables(resource.id)
    histories = [TableHistory(archive, line.id, line.name) for line in lines]
    compared = {h.id: archive.index.comparisons(h.id) for h in histories}
    before = readable_before(all_versions).get(version.number)
    return joined_change(histories, compared, before, version)


def _rows(histories: Sequence[TableHistory], version: Version) -> int | None:
    if not version.readable:
        return None
    counted = [
        history.history.manifest.ordinals[ordinal - 1].rows
        for history in histories
        if (ordinal := history.ordinal_of(version.sha256)) is not None
    ]
    return sum(counted) if counted else None


def _whole_table(history: TableHistory, old: int | None, new: int | None) -> list[Comparison]:
    """A table that came into a file of several, or left it: all of its rows."""
    ordinal = new or old
    rows = history.history.manifest.ordinals[ordinal - 1].rows if ordinal else 0
    return [Comparison(rows if new else 0, rows if old else 0, 0, ("data",))] if rows else []


def joined_change(
    histories: Sequence[TableHistory],
    compared: Mapping[str, Mapping[tuple[int, int], Comparison]],
    old: Version | None,
    new: Version,
) -> Comparison | None:
    """The changes of all tables of a file as one; kinds are the union without *export only*
    where anything else changed."""
    if old is None or not new.readable:
        return None
    found = []
    for history in histories:
        pair = (history.ordinal_of(old.sha256), history.ordinal_of(new.sha256))
        if pair[0] is None or pair[1] is None:
            found += _whole_table(history, *pair) if len(histories) > 1 else []
            continue
        if pair[0] == pair[1]:
            found.append(Comparison(0, 0, 0, ("export only",)))
        elif (one := compared[history.id].get((pair[0], pair[1]))) is not None:
            found.append(one)
    if not found:
        return None
    kinds = {kind for one in found for kind in one.kinds}
    if len(kinds) > 1:
        kinds.discard("export only")
    if "data" in kinds:
        kinds.discard("format only")
    return Comparison(
        sum(one.added for one in found),
        sum(one.removed for one in found),
        sum(one.changed for one in found),
        tuple(sorted(kinds)),
        tuple(said for one in found for said in one.said),
    )


def told_of_columns(found: Comparison) -> list[str]:
    """Sentences about columns and keys from the short notes of a comparison."""
    told = []
    for note in found.said:
        if note.startswith("+"):
            told.append(f"column {note[1:]} came")
        elif note.startswith("-"):
            told.append(f"column {note[1:]} went")
        elif " -> " in note:
            old, new = told_apart(note.split(" -> ", 1))
            told.append(f"column {old} is called {new}")
        elif note.startswith("key "):
            told.append(f"the key changed its form; rows were paired {PAIRED[note[4:]]}")
    return told


def log(archive: Archive, name: str | None) -> list[dict[str, object]]:
    """Events and checks, oldest first, of one dataset or of all; bodies as in the journal."""
    resources = archive.index.resources() if name is None else find_all(archive, name)
    subjects = [r.id for r in resources]
    names = {r.id: f"{r.dataset}/{r.name}" for r in resources}
    names |= {short_id("dataset", r.dataset): r.dataset for r in resources}
    subjects += [short_id("dataset", name) for name in {r.dataset for r in resources}]
    for resource in resources:
        for line in archive.index.tables(resource.id):
            subjects.append(line.id)
            whole = f"{names[resource.id]}/{line.name}" if line.name else names[resource.id]
            names[line.id] = whole
    wanted = set(subjects)
    datasets = {r.dataset for r in resources}
    found = [
        {**body, "name": names.get(str(body["subject"])) or _named(body)}
        for body in archive.index.events()
        if body["subject"] in wanted
        or _on_shelf(body, datasets, every=name is None)
        or (name is None and body["subject"] == HOSTS)
    ]
    for resource in resources:
        found += [
            {**body, "name": names[resource.id], "kind": "check"}
            for body in _marked(archive.index.observations(resource.id))
        ]
    return sorted(found, key=lambda body: str(body["at"]))


def _named(body: Mapping[str, object]) -> str:
    """What an event is about that is no dataset, file or table."""
    if body["subject"] == HOSTS:
        return f"host {_shelf(body)['host']}"
    return f"shelf {_shelf(body)['shelf']}"


def _on_shelf(body: Mapping[str, object], datasets: set[str], *, every: bool) -> bool:
    """Whether an event is of a shelf, and of one of these datasets unless every shelf counts."""
    detail = _shelf(body)
    return "shelf" in detail and (every or detail.get("dataset") in datasets)


def _shelf(body: Mapping[str, object]) -> Mapping[str, object]:
    detail = body.get("detail", {})
    assert isinstance(detail, dict)
    return detail


def _marked(checks: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Checks in the order of keeping; where the clock went back, when the one before was."""
    found = []
    before = ""
    for body in checks:
        at = str(body["at"])
        back = bool(before) and from_iso(at) < from_iso(before)
        found.append({**body, "clock_back_from": before} if back else body)
        before = at
    return found
