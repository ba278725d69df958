"""Comparing two versions, and following one row through time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import Version, readable_before
from verticalfile.history.history import RowState
from verticalfile.history.manifest import Layout
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import KeyChoice, decisions_of
from verticalfile.services.known.listings import small_bytes
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import NotHeld, find_table, find_version
from verticalfile.services.opening import capture_of, history_of, ordinal_of, read_again
from verticalfile.services.through_time.change_window import Window, changes_in_window, is_small
from verticalfile.services.through_time.changes_at_hand import at_hand, held
from verticalfile.services.visibility import Viewer, must_be_visible, visible_to
from verticalfile.tables.changes import Changes, Kind, compare
from verticalfile.tables.key_counts import Difference, difference_by_name


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a table and what is different."""

    resource: ResourceLine
    table: TableLine
    old: Version
    new: Version
    changes: Changes
    kinds: tuple[str, ...]
    order_changed: bool
    counts: Difference | None = None  # with `by_name`


def changes(
    archive: Archive,
    name: str,
    old: str | None = None,
    new: str | None = None,
    *,
    by_name: bool = False,
    window: Window | None = None,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Compared:
    """What changed between two versions; by default between the last two readable ones.

    With a window all rows are counted and, of a large table, only those in it are given.
    `by_name` reads the originals with all their columns and compares by exact names: no renames,
    nothing left out. Raises NotHeld, InputRefused, Withdrawn.
    """
    resource, line = find_table(archive, name)
    before, after = _versions(archive, resource, name, old, new)
    for version in (before, after):
        must_be_visible(viewer, version, archive.zone)
    history = history_of(archive, line)
    ordinals = (ordinal_of(history, before, name), ordinal_of(history, after, name))
    key = decisions_of(archive, line.id).key
    if by_name:
        return _by_name(archive, resource, line, before, after, key)
    cut = None
    if window and not is_small(held(history, ordinals, key), window):
        cut = changes_in_window(history, *ordinals, key, window)
    found = cut or at_hand(history, ordinals, key, lambda: history.changes(*ordinals, key))
    entries = history.history.manifest.ordinals
    reordered = entries[ordinals[0] - 1].order_sha256 != entries[ordinals[1] - 1].order_sha256
    return Compared(resource, line, before, after, found, _kinds(found, before, after), reordered)


def _kinds(found: Changes, old: Version, new: Version) -> tuple[str, ...]:
    if found.kinds or old.sha256 == new.sha256:
        return tuple(sorted(found.kinds))
    return (Kind.EXPORT_ONLY,)


def _versions(
    archive: Archive, resource: ResourceLine, name: str, old: str | None, new: str | None
) -> tuple[Version, Version]:
    """FROM and TO; FROM alone is compared with the newest."""
    versions = archive.index.versions(resource.id)
    if old is not None:
        return (
            find_version(archive, resource, old).version,
            find_version(archive, resource, new).version,
        )
    newest = find_version(archive, resource, None).version
    before = readable_before(versions).get(newest.number)
    if before is None:
        raise NotHeld(
            f"{name} has only one version that can be read.",
            mend="collect it again later, or fill in older ones with `vf backfill`.",
        )
    return before, newest


def _by_name(
    archive: Archive,
    resource: ResourceLine,
    line: TableLine,
    old: Version,
    new: Version,
    key: KeyChoice | None,
) -> Compared:
    sides = []
    for version in (old, new):
        capture = capture_of(archive, resource, version)
        original = archive.vault.restored(capture, small_bytes=small_bytes(resource.kind))
        sides.append(read_again(archive, resource, capture, original, line))
    if any(side.stored is not None for side in sides):
        raise InputRefused(
            f"v{old.number} and v{new.number} are too large to compare by name.",
            mend="compare them without --columns by-name.",
        )
    old_key, new_key = (_first_fitting(key, side.columns) for side in sides)
    found = compare(*sides, key=new_key or ())
    counts = difference_by_name(*sides, old_key=old_key, new_key=new_key)
    return Compared(resource, line, old, new, found, _kinds(found, old, new), False, counts)


def _first_fitting(key: KeyChoice | None, columns: Sequence[str]) -> tuple[str, ...] | None:
    """The choice whose names stand in these columns, also when only their case differs."""
    folded = {c.casefold(): c for c in columns}
    for choice in key.choices if key else ():
        if all(name.casefold() in folded for name in choice):
            return tuple(folded[name.casefold()] for name in choice)
    return None


@dataclass(frozen=True, slots=True)
class RowMoment:
    """What a keyed row said from one version on. No values: it was not in the table."""

    version: Version
    values: tuple[dict[str, str | None], ...]  # one per row with that key, by newest names
    changed: tuple[str, ...]  # names of columns that differ from the moment before
    not_later_than: datetime  # when the change was first seen
    not_earlier_than: datetime | None  # last sighting of what was before


@dataclass(frozen=True, slots=True)
class RowHistory:
    """One row through time."""

    resource: ResourceLine
    table: TableLine
    key: tuple[str, ...]
    moments: tuple[RowMoment, ...]


def row(
    archive: Archive, name: str, wanted: Sequence[str], *, viewer: Viewer = Viewer.NAMED_STAFF
) -> RowHistory:
    """Each state of the row with this key, and between which sightings it changed.

    Versions that the viewer may not see are passed over as if nobody had looked then.
    Raises NotHeld, InputRefused when the table has no key or KEY has another number of parts.
    """
    resource, line = find_table(archive, name)
    decided = decisions_of(archive, line.id).key
    if decided is None or not decided.choices:
        raise InputRefused(
            f"{name} has no key, so a row cannot be followed.",
            mend=f"say which columns tell rows apart: vf key {name} COL,COL.",
        )
    fitting = [choice for choice in decided.choices if len(choice) == len(wanted)]
    if not fitting:
        raise InputRefused(
            f"The key of {name} is {', '.join(decided.current)}.",
            mend=f"give {counted(len(decided.current), 'value')}.",
        )
    history = history_of(archive, line)
    versions = [v for v in archive.index.versions(resource.id) if v.readable]
    seen = [v for v in versions if visible_to(viewer, v)]
    if versions and not seen:
        must_be_visible(viewer, versions[-1], archive.zone)
    versions = seen
    moments = _moments(history, versions, fitting, wanted)
    if not moments:
        raise NotHeld(
            f"No version of {name} has a row with {', '.join(decided.current)} ="
            f" {', '.join(wanted)}.",
            mend=f"look for it with vf sql, or check the key with vf key {name}.",
        )
    return RowHistory(resource, line, fitting[0], tuple(moments))


def _moments(
    history: TableHistory,
    versions: Sequence[Version],
    choices: Sequence[tuple[str, ...]],
    wanted: Sequence[str],
) -> list[RowMoment]:
    """Counts of each content at each ordinal by running sums, laid out in the order of time."""
    states: list[RowState] = []
    for choice in choices:
        key = KeyChoice((choice,), "given", None)
        ids = next(
            (i for n in _known_ordinals(history, versions) if (i := history.key_ids(key, n))), ()
        )
        if ids:
            states += history.history.row_states(dict(zip(ids, wanted, strict=True)))
    standing = _standing(states, _known_ordinals(history, versions))
    newest_names = _newest_names(history, versions)
    moments: list[RowMoment] = []
    newest: Version | None = None
    for version in versions:
        ordinal = history.ordinal_of(version.sha256)
        if ordinal is None:
            continue
        name_of = _names_in(history.layout_of(ordinal), newest_names)
        values = []
        for state, count in standing[ordinal]:
            shown = {name: state.values.get(i) for i, name in name_of.items()}
            values += [shown] * count
        before = moments[-1].values if moments else ()
        if tuple(values) != before:
            moments.append(
                RowMoment(
                    version, tuple(values), _differing(before, values), version.seen_at,
                    newest.last_seen_at if newest else None,
                )
            )  # fmt: skip
        newest = version
    return moments


def _newest_names(history: TableHistory, versions: Sequence[Version]) -> dict[str, str]:
    """The name that each column bears newest: a row is not another because a name is."""
    found: dict[str, str] = {}
    for ordinal in _known_ordinals(history, versions):
        layout = history.layout_of(ordinal)
        found = dict(zip(layout.ids, layout.names, strict=True)) | found
    return found


def _names_in(layout: Layout, newest: Mapping[str, str]) -> dict[str, str]:
    """By column id the newest names of a layout's columns, or its own where two would be one."""
    shown = [
        (i, n) for i, n in zip(layout.ids, layout.names, strict=True) if i not in layout.dropped
    ]
    names = [newest[i] for i, _ in shown]
    if len(set(names)) < len(names):
        return dict(shown)
    return dict(zip((i for i, _ in shown), names, strict=True))


def _standing(
    states: Sequence[RowState], ordinals: Sequence[int]
) -> dict[int, list[tuple[RowState, int]]]:
    """By ordinal the contents that stand then, and how often: one pass over the events, for of a
    row that changes daily there are as many contents as versions."""
    events = sorted(
        (at, place, change) for place, s in enumerate(states) for at, change in s.events.items()
    )
    counts: dict[int, int] = {}
    found: dict[int, list[tuple[RowState, int]]] = {}
    upto = 0
    for ordinal in sorted(set(ordinals)):
        while upto < len(events) and events[upto][0] <= ordinal:
            _, place, change = events[upto]
            counts[place] = counts.get(place, 0) + change
            if not counts[place]:
                del counts[place]
            upto += 1
        found[ordinal] = [(states[place], counts[place]) for place in sorted(counts)]
    return found


def _known_ordinals(history: TableHistory, versions: Sequence[Version]) -> list[int]:
    found = (history.ordinal_of(v.sha256) for v in reversed(versions))
    return [n for n in found if n is not None]


def _differing(
    before: Sequence[dict[str, str | None]], after: Sequence[dict[str, str | None]]
) -> tuple[str, ...]:
    if len(before) != 1 or len(after) != 1:
        return ()
    return tuple(n for n, v in after[0].items() if n not in before[0] or before[0][n] != v)
