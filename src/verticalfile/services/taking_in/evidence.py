"""Deciding by evidence: renames when columns change, the key and volatile columns over versions.

What is sure (0.9 and above) is taken and written to the journal as an event of the software, with
its evidence, so that a person can see and undo it; what is less sure is proposed in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verticalfile.catalog.index import Comparison
from verticalfile.catalog.versions import Version
from verticalfile.history.manifest import Layout
from verticalfile.kernel.letters import named
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.adding import definition
from verticalfile.services.decisions import Decisions, Word, decisions_of, word_of
from verticalfile.services.journal_keeping import event
from verticalfile.services.known.table_history import TableHistory
from verticalfile.tables.keys import KeyFinding, find_key
from verticalfile.tables.reading import ReadTable
from verticalfile.tables.renames import Rename, find_renames
from verticalfile.tables.stored import HEAD_ROWS
from verticalfile.tables.volatile import find_volatile
from verticalfile.vault.notes.journal import Event

SURE = 0.9
"""From this confidence on a finding is taken without asking (design 6)."""
SAMPLES = 24
"""Versions read to find a key: enough to see what stays, few enough to be quick."""
ALL_SHARE = 0.9
LOOK_AGAIN_GROWTH = 4
SAMPLE_ROWS = 2_000_000
"""Rows of all samples together; bounds time and memory for tables of a million rows."""
"""The key is looked for again when there are so many times more versions than at the last look."""


class Decider:
    """Decisions of one taking in; its events are written once the originals are kept."""

    def __init__(self, archive: Archive, resource: str, *, many: bool = False) -> None:
        """`many`: versions come in at once, so that renames are judged before a key is found;
        then their order of coming in makes no difference."""
        self.archive, self.resource, self.many = archive, resource, many
        self._decisions: dict[str, Decisions] = {}
        self._words: dict[str, Word] = {}
        self._events: list[Event] = []
        self.volatile_found = False

    def decisions(self, table: str) -> Decisions:
        if table not in self._decisions:
            self._decisions[table] = decisions_of(self.archive, table)
        return self._decisions[table]

    def word(self, table: str) -> Word:
        if table not in self._words:
            self._words[table] = word_of(self.archive.index.events([table]))
        return self._words[table]

    def take_events(self) -> list[Event]:
        """Events decided since the last call; reading them again sees them in force."""
        events, self._events = self._events, []
        self._decisions = {}
        return events

    def volatile(self, table: str) -> frozenset[str]:
        return self.decisions(table).volatile

    def renames(
        self,
        history: TableHistory,
        sha256: str,
        table: ReadTable,
        before: Layout | None,
        old: ReadTable | None,
    ) -> Mapping[str, str]:
        """`{new name: old name}` of an original, decided now or before."""
        decided = self.decisions(history.id)
        if sha256 in decided.asked:
            return decided.renamed.get(sha256, {})
        if before is None or not table.rows.num_rows or set(before.names) == set(table.columns):
            return {}
        if old is None:
            old = newest_with(history, before)
        if old is None or not old.rows.num_rows:
            return {}
        key = self._key_for_renames(decided, old)
        found = find_renames(old, table, key=key)
        word = self.word(history.id)
        sure = {
            r.new: r.old for r in found if r.confidence >= SURE and not word.denies(r.old, r.new)
        }
        sure |= {
            new: old
            for old, new in word.renamed
            if old in before.names and new in table.columns and new not in before.names
        }
        if found or sure:
            self._events.append(self._renamed(history.id, sha256, sure, found))
        return sure

    def _key_for_renames(self, decided: Decisions, old: ReadTable) -> list[str]:
        if self.many or decided.key is None:
            told = (named(column, old.columns) for column in self._told_key())
            return [column for column in told if column is not None]
        return [column for column in decided.key.current if column in old.columns]

    def _told_key(self) -> list[str]:
        """The key that was told when the file was added."""
        told = definition(self.archive, self.resource).get("key", ())
        assert isinstance(told, list | tuple)
        return list(told)

    def _renamed(
        self, table: str, sha256: str, sure: Mapping[str, str], found: Sequence[Rename]
    ) -> Event:
        return event(
            self.archive, "renamed", table, original=sha256, renamed=dict(sure),
            resource=self.resource,
            found=[
                {
                    "old": r.old, "new": r.new, "confidence": round(r.confidence, 3),
                    "evidence": list(r.evidence), "taken": r.new in sure,
                }
                for r in found
            ],
        )  # fmt: skip

    def look_for_key(
        self, history: TableHistory, versions: Sequence[Version], *, again: bool = False
    ) -> None:
        """Find the key when it was never looked for, or not for long, or `again`; a person's word
        stays."""
        decided = self.decisions(history.id)
        ordinals = _ordinals(history, versions)
        if not ordinals or (decided.key is not None and decided.key.how == "given"):
            return
        if not decided.key_by_person and self._given(history, ordinals):
            return
        grown = len(ordinals) >= LOOK_AGAIN_GROWTH * max(1, decided.looked_at_versions)
        fits = decided.key is not None and bool(history.key_ids(decided.key, ordinals[-1]))
        well = decided.key is not None and not grown and (fits or not decided.key.choices)
        if well and not (again and len(ordinals) != decided.looked_at_versions):
            return
        samples = _samples(history, ordinals)
        found = key_over(samples)
        evidence = (
            found[0].evidence if found else ("No column, and no two or three, tell rows apart.",)
        )
        self._events.append(
            event(
                self.archive, "key found", history.id, resource=self.resource,
                choices=[list(k.columns) for k in found],
                how="found" if found else "none",
                confidence=round(found[0].confidence, 3) if found else None,
                evidence=[*evidence, *self._key_not_there(decided)],
                versions=len(ordinals),
            )
        )  # fmt: skip
        if found and found[0].columns != (decided.key.current if decided.key else ()):
            with self.archive.index.writing():
                self.archive.index.forget_comparisons(history.id)
        self._take_volatile(history, samples, found[0].columns if found else ())

    def _key_not_there(self, decided: Decisions) -> list[str]:
        """That the key which was told with the file is none of its columns, if so."""
        told = [] if decided.key_by_person else self._told_key()
        return (
            [
                f"The key told when the file was added, {', '.join(told)}, is taken once the file has"
                " such columns; so far it has not."
            ]
            if told
            else []
        )

    def _given(self, history: TableHistory, ordinals: Sequence[int]) -> bool:
        """Take the key that was told when the file was added, once a version has its columns:
        whatever came before it, and in whatever order."""
        told = self._told_key()
        layouts = {history.layout_of(n): None for n in reversed(ordinals)} if told else {}
        found = ([named(column, layout.names) for column in told] for layout in layouts)
        columns = next((each for each in found if None not in each), None)
        if columns is None:
            return False
        self._events.append(
            event(
                self.archive, "key set", history.id, resource=self.resource, choices=[columns], how="given", evidence=["Told when the file was added."],
            )
        )  # fmt: skip
        if self.decisions(history.id).key is not None:
            with self.archive.index.writing():
                self.archive.index.forget_comparisons(history.id)
        return True

    def look_where_all_changed(
        self,
        history: TableHistory,
        pairs: Sequence[tuple[int, int]],
        known: Mapping[tuple[int, int], Comparison],
    ) -> None:
        """Where a step changed all rows, look whether a volatile column did it."""
        rows = [o.rows for o in history.history.manifest.ordinals]
        whole = [
            pair
            for pair in pairs
            if (found := known.get(pair)) is not None
            and rows[pair[1] - 1] > 1
            and max(found.changed, min(found.added, found.removed)) >= ALL_SHARE * rows[pair[1] - 1]
        ]
        key = self.decisions(history.id).key
        for old, new in whole[-3:]:
            names = dict(zip(history.layout_of(new).ids, history.layout_of(new).names, strict=True))
            names = (
                dict(zip(history.layout_of(old).ids, history.layout_of(old).names, strict=True))
                | names
            )
            tables = [_named(history.sample_at(n), names) for n in (old, new)]
            self._take_volatile(history, tables, key.current if key else ())

    def _take_volatile(
        self, history: TableHistory, samples: Sequence[ReadTable], key: Sequence[str]
    ) -> None:
        decided = self.decisions(history.id)
        for each in find_volatile(samples, key):
            said = each.column in self.word(history.id).not_volatile
            if each.confidence >= SURE and each.column not in decided.volatile and not said:
                self.volatile_found = True
                self._events.append(
                    event(
                        self.archive, "volatile", history.id, resource=self.resource,
                        column=each.column, confidence=round(each.confidence, 3),
                        evidence=list(each.evidence),
                    )
                )  # fmt: skip


def newest_with(history: TableHistory, layout: Layout) -> ReadTable | None:
    """Rows of the last original that came in with this layout and had any, under its names."""
    manifest = history.history.manifest
    for number in range(len(manifest.ordinals), 0, -1):
        rows = manifest.ordinals[number - 1].rows
        if rows and manifest.layout_of(number) == layout:
            many = rows > SAMPLE_ROWS
            return history.shown_at(number, limit=HEAD_ROWS if many else None)
    return None


def key_over(samples: Sequence[ReadTable]) -> list[KeyFinding]:
    """Keys of a table, the newest first: where the key's column left, what came after or before
    it is looked at by itself."""
    if not samples:
        return []
    whole = find_key(samples)
    if whole is None:
        return []
    has = [set(whole.columns) <= set(table.columns) for table in samples]
    found = [whole]
    last = max((n for n, held in enumerate(has) if held), default=-1)
    first = next((n for n, held in enumerate(has) if held), 0)
    if samples[last + 1 :] and (later := find_key(samples[last + 1 :])) is not None:
        found.insert(0, later)
    if samples[:first] and (earlier := find_key(samples[:first])) is not None:
        found.append(earlier)
    return found


def _ordinals(history: TableHistory, versions: Sequence[Version]) -> list[int]:
    """Ordinals of the readable versions in the order of time."""
    found = (history.ordinal_of(v.sha256) for v in versions if v.readable)
    return [n for n in found if n is not None]


def _samples(history: TableHistory, ordinals: Sequence[int]) -> list[ReadTable]:
    """Versions with rows spread over time, always the first and the last, in neighbouring pairs;
    names are those that each column bears newest."""
    rows = [o.rows for o in history.history.manifest.ordinals]
    filled = [n for n in ordinals if rows[n - 1]]
    while len(filled) > 2 and sum(rows[n - 1] for n in filled[:SAMPLES]) > SAMPLE_ROWS:
        filled = filled[len(filled) // 2 :]  # of a large table the newest versions say enough
    if len(filled) > SAMPLES:
        half = SAMPLES // 2
        starts = [round(k * (len(filled) - 2) / (half - 1)) for k in range(half)]
        picks = sorted({p for start in starts for p in (start, start + 1)})
        filled = [filled[p] for p in picks]
    name_of: dict[str, str] = {}
    for number in ordinals:
        layout = history.layout_of(number)
        name_of.update(zip(layout.ids, layout.names, strict=True))
    found = (_named(history.sample_at(n), name_of) for n in filled)
    return [table for table in found if table.rows.num_rows]


def _named(table: ReadTable, name_of: Mapping[str, str]) -> ReadTable:
    names: list[str] = []
    for column in table.columns:
        name = name_of[column]
        names.append(name if name not in names else f"{name}\x1f{column}")
    return ReadTable(table.name, tuple(names), table.rows)
