"""The journal: what was seen at each check and what was decided, as append-only JSON lines.

Objects `journal/2026-11`, then `journal/2026-11-2`, ... by the month of keeping, or a later one
where the clock went back since; each append is
one OCFL version with `<nnnn>/observations.jsonl` and `<nnnn>/events.jsonl` (PREMIS Events). An
object closes at 64 OCFL versions. The month is found again without a list: every month since
FIRST_MONTH is asked for, one `stat` each. A program that looks often lets lines wait (`waiting.py`)
and writes them together; whoever appends next writes them first, so that the order of keeping holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.vault.disk import LocalDisk, Store
from verticalfile.vault.inventory import object_path
from verticalfile.vault.notes.waiting import KINDS, NAME, Waiting, WaitingLine, id_of
from verticalfile.vault.ocfl_object import OcflObject

OBJECT_VERSIONS = 64
ID_BYTES = 10
"""An id is 20 hex digits."""
FIRST_MONTH = (1990, 1)
"""No clock of a working machine stands before this; earlier moments are kept under it."""
LAST_MONTH = (2099, 12)
_MONTHS = tuple((y, m) for y in range(FIRST_MONTH[0], LAST_MONTH[0] + 1) for m in range(1, 13))


@dataclass(frozen=True, slots=True)
class Observation:
    """What one check saw of a resource. `outcome` is a word of design 3: unchanged, absent, ..."""

    resource: str
    source: str
    at: datetime
    outcome: str
    capture: str | None = None
    moment_name: str = ""
    seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    detail: Mapping[str, object] = field(default_factory=dict)

    def to_body(self) -> dict[str, object]:
        body = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("at", "seen_at", "last_seen_at"):
            body[name] = to_iso(body[name]) if body[name] else None
        return {name: value for name, value in body.items() if value not in (None, "", {})}

    @classmethod
    def from_body(cls, body: dict[str, object]) -> Observation:
        return cls(**_with_moments(body, ("at", "seen_at", "last_seen_at")))  # type: ignore[arg-type]  # as written


@dataclass(frozen=True, slots=True)
class Event:
    """A PREMIS Event: an act on what we hold, by a person or by the software."""

    kind: str
    at: datetime
    agent: str
    subject: str
    outcome: str = "done"
    detail: Mapping[str, object] = field(default_factory=dict)

    def to_body(self) -> dict[str, object]:
        body = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**body, "at": to_iso(self.at)}

    @classmethod
    def from_body(cls, body: dict[str, object]) -> Event:
        return cls(**_with_moments(body, ("at",)))  # type: ignore[arg-type]  # as written


def _with_moments(body: dict[str, object], names: Sequence[str]) -> dict[str, object]:
    read = {name: value for name, value in body.items() if name != "id"}
    return read | {name: from_iso(str(read[name])) for name in names if name in read}


WAITS = "waiting/"
"""In a position, before the id of a line that was taken while it waited."""


class Journal:
    """All observations and events of an archive. What writes needs the journal's lock."""

    def __init__(self, vault_root: Path, store: Store | None = None) -> None:
        self._root, self._prefix = vault_root, f"{vault_root}/"
        self.waiting = Waiting(vault_root.parent / NAME)
        self._store: Store = store or LocalDisk()
        self._ids: dict[tuple[str, str], bytes] = {}  # of files, which never change once written
        self._sound: dict[tuple[int, int, int], tuple[int, ...]] = {}  # as this process left them

    def _object(self, year: int, month: int, number: int) -> OcflObject:
        return OcflObject(self._root, _object_id(year, month, number), self._store)

    def _numbers(self) -> Iterator[tuple[int, int, int]]:
        """(year, month, number) of all journal objects, oldest month first."""
        return (each for each, exists in self._begun() if exists)

    def _begun(self) -> Iterator[tuple[tuple[int, int, int], bool]]:
        """Journal objects that exist, and after a month's last the one that may have been begun."""
        folders = set(os.listdir(self._root)) if self._root.is_dir() else set()
        months = _months_of_folders()
        for year, month in sorted(each for f in folders & months.keys() for each in months[f]):
            number, exists = 1, True
            while exists and _place(year, month, number).partition("/")[0] in folders:
                exists = os.path.exists(self._path(year, month, number))
                yield (year, month, number), exists
                number += 1

    def _path(self, year: int, month: int, number: int) -> str:
        """As text: hundreds of places are asked for at every note."""
        return self._prefix + _place(year, month, number)

    def objects(self) -> Iterator[OcflObject]:
        """All journal objects, oldest month first."""
        return (self._object(*each) for each in self._numbers())

    def is_ahead(self, position: Mapping[str, int]) -> bool:
        """Whether `since` would find more after a position; no inventory is read for it."""
        return any(WAITS + line.id not in position for line in self.waiting.lines()) or any(
            os.path.exists(f"{self._path(*each)}/v{position.get(_object_id(*each), 0) + 1}")
            for each in self._numbers()
        )

    def wait(
        self, observations: Sequence[Observation], events: Sequence[Event], *, at: datetime
    ) -> None:
        """Let records wait, durable on return, until the next `append`. Raises VaultFull."""
        records = [("observations", each.to_body()) for each in observations]
        self.waiting.add([*records, *(("events", each.to_body()) for each in events)], at=at)

    def append(
        self,
        observations: Sequence[Observation] = (),
        events: Sequence[Event] = (),
        *,
        at: datetime,
    ) -> None:
        """Add what waits, then records, durable on return; what the open object holds is not added
        again.

        A clock that went back opens no earlier month: the journal stands in the order of keeping.
        """
        *_, newest = ((*FIRST_MONTH, 1), *self._numbers())
        year, month = min(LAST_MONTH, max(newest[:2], (at.year, at.month)))
        number = newest[2] if newest[:2] == (year, month) else 1
        target = self._object(year, month, number)
        if target.inventory.head >= OBJECT_VERSIONS:
            number += 1
            target = self._object(year, month, number)
        lines: dict[str, list[tuple[bytes, str]]] = {kind: [] for kind in KINDS}
        for line in self._not_yet_written():
            lines[line.kind].append(line_of(line.body))
        for kind, records in (("observations", observations), ("events", events)):
            lines[kind] += [line_of(record.to_body()) for record in records]
        held = self._among({found for each in lines.values() for _, found in each}, [target])
        content: dict[str, list[bytes]] = {}
        name = f"{target.inventory.head + 1:04d}"
        for kind, each in lines.items():
            if fresh := [line for line, found in dict(each).items() if found not in held]:
                content[f"{name}/{kind}.jsonl"] = fresh
        if content:
            target.add_version(content, created=at, message="journal")
            self._note_sound((year, month, number))
        self.waiting.clear()

    def _not_yet_written(self) -> list[WaitingLine]:
        """What waits, without what a crash, or a backup put back, left there after it was written."""
        waiting = self.waiting.lines(anew=True)
        if not waiting:
            return []
        moments = [from_iso(str(line.body["at"])) for line in waiting]
        *_, newest = (FIRST_MONTH, *((y, m) for y, m, _ in self._numbers()))
        since = min(newest, *((at.year, at.month) for at in moments))
        places = (self._object(*place) for place in self._numbers() if place[:2] >= since)
        written = self._among({line.id for line in waiting}, places)
        return [line for line in waiting if line.id not in written]

    def _among(self, wanted: Collection[str], objects: Iterable[OcflObject]) -> set[str]:
        """Those of these ids whose lines stand in the objects. Each file is read once: a month of
        a large archive has hundreds of thousands of lines, and is asked for at every append."""
        asked = {bytes.fromhex(each): each for each in wanted}
        found: set[str] = set()
        for each in objects:
            for name in each.names():
                ids = self._ids_in(each, name)
                there = (ids[at : at + ID_BYTES] for at in range(0, len(ids), ID_BYTES))
                found |= {asked[one] for one in there if one in asked}
        return found

    def _ids_in(self, each: OcflObject, name: str) -> bytes:
        """Ids of the lines of a file, one behind the other."""
        place = (each.object_id, name)
        if place not in self._ids:
            self._ids[place] = b"".join(map(_id_in, _lines(each, name)))
        return self._ids[place]

    def _last_written(self) -> set[str]:
        """Ids of what was written last: where a crash left lines waiting after that, these are they."""
        places = list(self._numbers())
        if not places:
            return set()
        last = self._object(*places[-1])
        newest = [n for n in last.names() if n.startswith(f"{last.inventory.head:04d}/")]
        ids = b"".join(self._ids_in(last, name) for name in newest)
        return {ids[at : at + ID_BYTES].hex() for at in range(0, len(ids), ID_BYTES)}

    def observations(self) -> Iterator[Observation]:
        """All observations in the order of keeping; digests are checked."""
        for body in self._records("observations"):
            yield Observation.from_body(body)

    def events(self) -> Iterator[Event]:
        """All events in the order of keeping; digests are checked."""
        for body in self._records("events"):
            yield Event.from_body(body)

    def _records(self, kind: str) -> Iterator[dict[str, object]]:
        waiting = {line.id: line.body for line in self.waiting.lines() if line.kind == kind}
        for found in self.objects():
            for name in found.names():
                if name.endswith(f"/{kind}.jsonl"):
                    for line in _lines(found, name):
                        body = json.loads(line)
                        waiting.pop(body["id"], None)
                        yield body
        yield from waiting.values()

    def since(
        self, position: Mapping[str, int]
    ) -> tuple[list[dict[str, object]], list[dict[str, object]], dict[str, int]]:
        """Observations and events (as they stand in the journal) appended after a position,
        `{object id: OCFL versions known}` with the ids of what was taken while it waited, and the
        position reached."""
        waiting = {line.id: line for line in self.waiting.lines()}  # first: it may be written now
        found: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
        reached = {name: head for name, head in position.items() if not name.startswith(WAITS)}
        for place in self._numbers():
            known = position.get(_object_id(*place), 0)
            if known and not os.path.exists(f"{self._path(*place)}/v{known + 1}"):
                continue  # nothing new: no inventory is read for it
            each = self._object(*place)
            if each.inventory.head <= known:
                continue
            for name in each.names():
                number, _, kind = name.removesuffix(".jsonl").partition("/")
                if int(number) > known and kind in found:
                    found[kind] += [json.loads(line) for line in _lines(each, name)]
            reached[each.object_id] = each.inventory.head
        written = {body["id"] for bodies in found.values() for body in bodies}
        if waiting:
            written |= self._last_written()
        for line in waiting.values():
            if line.id not in written:
                found[line.kind].append(line.body)
                reached[WAITS + line.id] = 1
        fresh = {
            kind: [body for body in bodies if f"{WAITS}{body['id']}" not in position]
            for kind, bodies in found.items()
        }
        return fresh["observations"], fresh["events"], reached

    def recover(self) -> list[str]:
        """Put right what a crash can leave; call it under the lock.

        Only the newest object is ever written to, or one after it that was just begun.
        """
        places = list(self._begun())
        written = [each for each, exists in places if exists][-2:]
        begun = [
            each
            for each, exists in places
            if not exists and each >= max(written, default=each) and self._may_be_begun(*each)
        ]
        done = []
        for each in [*written, *begun]:
            if each not in self._sound or self._sound[each] != _stamp(self._path(*each)):
                done += self._object(*each).recover()
                self._note_sound(each)
        waiting = {line.id for line in self.waiting.lines()}
        if waiting and waiting <= self._last_written():
            self.waiting.clear()
            done.append("forgot what waited and had been written")
        return done

    def _note_sound(self, place: tuple[int, int, int]) -> None:
        """Nothing is to be put right in an object until somebody else writes to it."""
        stamp = _stamp(self._path(*place))
        if stamp is not None:
            self._sound[place] = stamp

    def _may_be_begun(self, year: int, month: int, number: int) -> bool:
        """Whether folders on the way to an object that is not there may have been made for it.

        In a large archive the first of them is there for nearly every month that may ever come.
        """
        first, second, *_ = _place(year, month, number).split("/")
        folder = self._root / first
        return os.path.exists(folder / second) or not os.listdir(folder)


def _stamp(folder: str) -> tuple[int, ...] | None:
    """Another one where a version was begun in an object or its inventory replaced since."""
    try:
        whole, listed = os.stat(folder), os.stat(f"{folder}/inventory.json")
    except FileNotFoundError:
        return None
    return whole.st_ino, whole.st_nlink, whole.st_mtime_ns, listed.st_ino, listed.st_mtime_ns


def _object_id(year: int, month: int, number: int) -> str:
    return f"journal/{year:04d}-{month:02d}" + ("" if number == 1 else f"-{number}")


@lru_cache(maxsize=4_000)
def _place(year: int, month: int, number: int) -> str:
    return str(object_path(_object_id(year, month, number)))


@lru_cache(maxsize=1)
def _months_of_folders() -> dict[str, list[tuple[int, int]]]:
    """By folder, the months whose first journal object would stand in it."""
    found: dict[str, list[tuple[int, int]]] = {}
    for year, month in _MONTHS:
        found.setdefault(_place(year, month, 1).partition("/")[0], []).append((year, month))
    return found


def line_of(body: dict[str, object]) -> tuple[bytes, str]:
    """A record as a line with its id: 20 hex digits of what it says."""
    found = id_of(body)
    whole = json.dumps({"id": found, **body}, ensure_ascii=False, separators=(",", ":"))
    return (whole + "\n").encode(), found


def _id_in(line: bytes) -> bytes:
    """The id of a line, which stands first where we wrote it."""
    plain = line[7:27] if line.startswith(b'{"id":"') else json.loads(line)["id"].encode()
    return bytes.fromhex(plain.decode())


def _lines(found: OcflObject, name: str) -> list[bytes]:
    return found.read_checked(name).splitlines()
