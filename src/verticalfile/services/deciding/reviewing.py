"""What people decide: keys, renames and volatile columns, what is held, what is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import named, shown, told_apart
from verticalfile.services.archive import Archive
from verticalfile.services.deciding import destroying
from verticalfile.services.decisions import PERSON, Decisions, decisions_of
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.names import NotHeld, find_resource, find_table, find_version
from verticalfile.services.opening import history_of
from verticalfile.services.taking_in import rebuild
from verticalfile.services.taking_in.evidence import Decider
from verticalfile.services.taking_in.masked_copies import bring_all_up
from verticalfile.services.visibility import Viewer, must_be_visible
from verticalfile.tables.key_counts import duplicates
from verticalfile.vault.notes.journal import Event

HOW = ("hide", "restrict")


@dataclass(frozen=True, slots=True)
class KeyState:
    """The key of a table, all that was decided of its columns, and how it does in the newest."""

    resource: ResourceLine
    table: TableLine
    decisions: Decisions
    columns: tuple[str, ...]
    rows: int
    repeated: int  # key values on more than one row of the newest readable version
    events: tuple[dict[str, object], ...]


def key_state(archive: Archive, name: str) -> KeyState:
    """The key, how sure and why; raises NotHeld."""
    resource, line = find_table(archive, name)
    decided = decisions_of(archive, line.id)
    history = history_of(archive, line)
    version = find_version(archive, resource, None).version
    ordinal = history.ordinal_of(version.sha256)
    table = history.shown_at(ordinal) if ordinal is not None else None
    current = decided.key.current if decided.key else ()
    fits = table is not None and bool(current) and set(current) <= set(table.columns)
    repeated = duplicates(table, current)[0] if table is not None and fits else 0
    return KeyState(
        resource, line, decided, table.columns if table else (),
        table.rows.num_rows if table else 0, repeated, tuple(archive.index.events([line.id])),
    )  # fmt: skip


def set_key(archive: Archive, name: str, columns: Sequence[str] | None) -> KeyState:
    """Set the key; None means that there is none. Storage does not change: comparisons do."""
    resource, line = find_table(archive, name)
    state = key_state(archive, name)
    found = [named(c, state.columns) for c in columns or ()]
    if None in found:
        raise InputRefused(
            f"The newest version has no column “{shown((columns or ())[found.index(None)])}”.",
            mend=f"choose among: {', '.join(told_apart(state.columns)[:40])}.",
        )
    chosen = [found] if found else []
    write_journal(
        archive,
        (),
        [
            event(
                archive, "key set", line.id, by="person", resource=resource.id, choices=chosen,
                how="given", evidence=["Set by a person."],
            )
        ],
    )  # fmt: skip
    compare_again(archive, resource, line)
    return key_state(archive, name)


def find_key_again(archive: Archive, name: str) -> KeyState:
    """Forget the key that a person set and look for it by evidence."""
    resource, line = find_table(archive, name)
    write_journal(archive, (), [event(archive, "key forgotten", line.id, by="person")])
    decider = Decider(archive, resource.id)
    decider.look_for_key(history_of(archive, line), archive.index.versions(resource.id))
    write_journal(archive, (), decider.take_events())
    compare_again(archive, resource, line)
    return key_state(archive, name)


def compare_again(archive: Archive, resource: ResourceLine, line: TableLine) -> None:
    """Comparisons of the index under the decisions that hold now."""
    with archive.writing(resource.id):
        with archive.index.writing():
            archive.index.forget_comparisons(line.id)
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))


def undo(archive: Archive, name: str, column: str) -> str:
    """Undo the newest rename into `column`, or its being volatile; the history is made again.

    Raises InputRefused when nothing was decided about the column.
    """
    resource, line = find_table(archive, name)
    decided = decisions_of(archive, line.id)
    if column in decided.volatile:
        made = event(archive, "volatile undone", line.id, by="person", column=column)
        said = f"{column} is compared again."
    else:
        originals = [sha for sha, names in decided.renamed.items() if column in names]
        if not originals:
            raise InputRefused(
                f"Nothing was decided about a column “{column}”.",
                mend=f"see what was with `vf key {name}`.",
            )
        old = decided.renamed[originals[-1]][column]
        made = event(
            archive, "rename undone", line.id, by="person", original=originals[-1], new=column,
            old=old,
        )  # fmt: skip
        said = f"{column} is not {old} any more."
    _decide(archive, resource, made)
    return said


def call_volatile(archive: Archive, name: str, column: str) -> str:
    """Leave a column out of comparisons and of the history; originals keep it."""
    resource, line = find_table(archive, name)
    found = named(column, key_state(archive, name).columns)
    if found is None:
        raise InputRefused(
            f"The newest version has no column “{shown(column)}”.",
            mend=f"see them with `vf show {name}`.",
        )
    _decide(archive, resource, event(archive, "volatile", line.id, by="person", column=found))
    return f"{found} is left out of comparisons; originals keep it."


def call_renamed(archive: Archive, name: str, old: str, new: str) -> str:
    """Say that `old` became `new`: taken from the first original that has `new` and not `old`."""
    resource, line = find_table(archive, name)
    history = history_of(archive, line)
    manifest = history.history.manifest
    for number, ordinal in enumerate(manifest.ordinals, start=1):
        names = history.layout_of(number).names
        if new in names and old not in names:
            made = event(
                archive, "renamed", line.id, by="person", original=ordinal.original_sha256,
                renamed={new: old}, found=[],
            )  # fmt: skip
            _decide(archive, resource, made)
            return f"{old} is called {new} since then."
    raise InputRefused(
        f"No version has “{new}” in place of “{old}”.", mend=f"see them with `vf show {name}`."
    )


def _decide(archive: Archive, resource: ResourceLine, made: Event) -> None:
    write_journal(archive, (), [made])
    with archive.writing(resource.id):
        rebuild.rebuild_resource(archive, resource)


def release(archive: Archive, name: str, *, accept: bool) -> list[Version]:
    """Accept what is held as surprising, or refuse it for good; bytes stay in both cases."""
    resource = find_resource(archive, name)
    held = [v for v in archive.index.versions(resource.id) if v.held]
    if not held:
        raise NotHeld(f"Nothing of {name} is held.", mend=f"see its versions: vf versions {name}.")
    captures = [c for v in held for c in v.captures]
    kind = "accepted" if accept else "refused"
    made = event(archive, kind, resource.id, by="person", captures=captures)
    write_journal(archive, (), [made])
    with archive.writing(resource.id):
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
    bring_all_up(archive)
    return held


def versions_meant(
    archive: Archive, name: str, version: str | None
) -> tuple[ResourceLine, list[Version]]:
    """A file and its versions that are not destroyed: those of the same bytes as one that is named,
    else all. Raises NotHeld, Withdrawn."""
    resource = find_resource(archive, name)
    with archive.writing(resource.id):  # what a crash interrupted comes first
        destroying.put_right(archive, resource)
    versions = [v for v in archive.index.versions(resource.id) if not v.destroyed]
    if version is not None:
        wanted = find_version(archive, resource, version, bare_number=True).version
        if wanted.destroyed:
            must_be_visible(Viewer.NAMED_STAFF, wanted, archive.zone)
        versions = [v for v in versions if v.sha256 == wanted.sha256]
    if not versions:
        raise NotHeld(f"{name} has no versions.", mend="see what is held with `vf list`.")
    return resource, versions


def withdraw(
    archive: Archive,
    name: str,
    *,
    version: str | None,
    how: str,
    reason: str,
    authority: str,
) -> list[Version]:
    """Take a version, or all of a file, out of view; destroying takes two people (`two_people`).

    Every capture of the same bytes goes with it. Leaves a tombstone with reason and authority.
    Raises InputRefused, NotHeld.
    """
    if how not in HOW:
        raise InputRefused(f"“{how}” is no way to withdraw.", mend="use hide or restrict.")
    must_have_authority(reason, authority)
    resource, versions = versions_meant(archive, name, version)
    told: dict[str, object] = {
        "originals": sorted({v.sha256 for v in versions}),
        "captures": [c for v in versions for c in v.captures],
    }
    told = {"how": how, "reason": reason, "authority": authority, **told}
    made = Event("withdrawn", archive.clock.now(), PERSON, resource.id, detail=told)
    write_journal(archive, (), [made])
    with archive.writing(resource.id):
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
    return versions


def must_have_authority(reason: str, authority: str) -> None:
    """Raise InputRefused where one of the two is not said."""
    if not reason.strip() or not authority.strip():
        raise InputRefused(
            "A withdrawal needs a reason and an authority.",
            mend="say both with --reason and --authority.",
        )


def let_out(archive: Archive, name: str, version: str | None) -> list[Version]:
    """Undo a hiding or restricting."""
    resource = find_resource(archive, name)
    versions = [v for v in archive.index.versions(resource.id) if v.hidden in ("hide", "restrict")]
    if version is not None:
        wanted = find_version(archive, resource, version, bare_number=True).version
        versions = [v for v in versions if v.sha256 == wanted.sha256]
    if not versions:
        raise NotHeld(f"Nothing of {name} is hidden.", mend=f"see `vf log {name}`.")
    made = event(
        archive,
        "released",
        resource.id,
        by="person",
        originals=sorted({v.sha256 for v in versions}),
    )
    write_journal(archive, (), [made])
    with archive.writing(resource.id):
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
    bring_all_up(archive)
    return versions
