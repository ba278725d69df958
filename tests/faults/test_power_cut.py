"""Reliability 4.2: a power cut may undo or tear whatever was not yet synced, in any order.

What the vault asks of the disk is recorded (writes, fsync, link, rename, unlink, mkdir, rmdir, fsync
of a folder). From the record every state is built that a disk may show after the cut: for every
prefix, each name change that its folder had not synced is there or not, and each file that was not
synced is whole, empty, half, short by a byte, or zeros. (The idea is that of ALICE, OSDI 2014.)
"""

from __future__ import annotations

import builtins
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from verticalfile.kernel import limits
from verticalfile.vault import disk
from verticalfile.vault.capture import Taken
from verticalfile.vault.copies.check import check
from verticalfile.vault.destroy import destroy
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.notes.journal import Event, Journal
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)
MOST_STATES = 2_000
ALL_SUBSETS_OF = 6
FOLDER = -1  # the "file number" of a folder
Tree = dict[str, bytes | None]  # path: bytes, None for a folder
Op = tuple[Any, ...]


def an_original(n: int) -> bytes:
    return "".join(f"{i},{i * 7 + n}\n" for i in range(60)).encode()


def an_offer(n: int):
    body = an_original(n)
    at = START + timedelta(days=n)
    taken = Taken("r", "s", str(n), at, "own visit", sha256_of(body), len(body))
    return taken, lambda: body


def tree_of(root: Path) -> Tree:
    """All but the locks: nothing rests on what is in them, and they are not written by the disk."""
    return {
        p.relative_to(root).as_posix(): p.read_bytes() if p.is_file() else None
        for p in root.rglob("*")
        if p.relative_to(root).parts[0] != "locks"
    }


def build(tree: Tree, root: Path) -> None:
    root.mkdir(parents=True)
    for path, body in sorted(tree.items()):
        if body is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(body)


class RecordingDisk:
    """Watches what happens below `root` through the calls that `vault/disk.py` makes."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.log = root, list[Op]()
        self._numbers: dict[int, int] = {}  # inode: file number
        self._fresh = itertools.count()
        patch.setattr(disk, "open", self._open, raising=False)
        for name, arguments in (("link", 2), ("unlink", 1), ("rename", 2), ("replace", 2),
                                ("mkdir", 1), ("rmdir", 1)):  # fmt: skip
            patch.setattr(os, name, self._watched(name, getattr(os, name), arguments))
        patch.setattr(os, "fsync", self._watched_fsync(os.fsync))

    def note(self, *what: object) -> None:
        self.log.append(what)

    def _inside(self, path: object) -> str | None:
        found = Path(os.fspath(path))
        return found.relative_to(self.root).as_posix() if self.root in found.parents else None

    def _watched(self, name: str, real: Callable[..., Any], arguments: int) -> Callable[..., Any]:
        def act(*given: Any, **options: Any) -> Any:
            paths = [self._inside(path) for path in given[:arguments]]
            done = real(*given, **options)
            if None not in paths:
                self.note("rename" if name == "replace" else name, *paths)
            return done

        return act

    def _open(self, path: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
        handle = builtins.open(path, mode, *more, **options)  # noqa: SIM115  # closed by who asked
        name = self._inside(path)
        if name is not None and mode[0] in "xw":
            number = next(self._fresh)
            self._numbers[os.fstat(handle.fileno()).st_ino] = number
            self.note("create", name, number)
            real = handle.write

            def write(body: bytes | memoryview) -> int:
                self.note("write", number, bytes(body))
                return int(real(body))

            return _Written(handle, write)
        return handle

    def _watched_fsync(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def act(handle: int) -> None:
            real(handle)
            place = Path(os.readlink(f"/proc/self/fd/{handle}"))
            if place.is_dir():
                if place == self.root or self.root in place.parents:
                    self.note("sync_folder", place.relative_to(self.root).as_posix())
            else:
                self.note("sync", self._numbers[os.fstat(handle).st_ino])

        return act


@dataclass
class _Written:
    """An open file whose writes are told."""

    handle: Any
    write: Callable[[bytes | memoryview], int]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handle, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self.handle.close()


@dataclass
class Model:
    """What the disk holds for sure, and what only the machine's memory knew."""

    names: dict[str, dict[str, int]] = field(default_factory=lambda: {".": {}})  # durable
    pending: list[tuple[int, str, str, int | None]] = field(
        default_factory=list
    )  # op, folder, name
    seen: dict[str, dict[str, int]] = field(default_factory=lambda: {".": {}})  # what programs see
    bodies: dict[int, bytes] = field(default_factory=dict)
    torn: set[int] = field(default_factory=set)
    ops: int = 0

    @classmethod
    def of(cls, tree: Tree) -> Model:
        model = cls()
        for number, (path, body) in enumerate(sorted(tree.items()), start=1_000_000):
            folder, name = _split(path)
            kind = FOLDER if body is None else number
            model.names[folder][name] = model.seen[folder][name] = kind
            if body is None:
                model.names[path], model.seen[path] = {}, {}
            else:
                model.bodies[number] = body
        return model

    def apply(self, op: Op) -> None:
        self.ops += 1
        kind, *facts = op
        if kind == "write":
            self.bodies[facts[0]] += facts[1]
            self.torn.add(facts[0])
        elif kind == "sync":
            self.torn.discard(facts[0])
        elif kind == "sync_folder":
            mine = [p for p in self.pending if p[1] == facts[0]]
            self.pending = [p for p in self.pending if p[1] != facts[0]]
            _act(self.names, mine)
        elif kind == "create":
            self.bodies[facts[1]] = b""
            self._change((facts[0], facts[1]))
        elif kind == "link":
            self._change((facts[1], self._at(facts[0])))
        elif kind == "mkdir":
            self.names.setdefault(facts[0], {})
            self.seen.setdefault(facts[0], {})
            self._change((facts[0], FOLDER))
        elif kind == "rename":
            self._moved(facts[0], facts[1])
            self._change((facts[1], self._at(facts[0])), (facts[0], None))
        else:
            self._change((facts[0], None))

    def _moved(self, old: str, new: str) -> None:
        """A folder keeps what is in it under its new path; both paths lead to the same."""
        for tables in (self.names, self.seen):
            for folder in [f for f in tables if f == old or f.startswith(old + "/")]:
                tables[new + folder[len(old) :]] = tables[folder]

    def _at(self, path: str) -> int:
        folder, name = _split(path)
        return self.seen[folder][name]

    def _change(self, *changes: tuple[str, int | None]) -> None:
        for path, number in changes:
            folder, name = _split(path)
            self.pending.append((self.ops, folder, name, number))
            _act(self.seen, [self.pending[-1]])

    def states(self) -> Iterator[Tree]:
        """All that the disk may show if the power goes now."""
        groups = sorted({(p[0], p[1]) for p in self.pending})  # one op in one folder is atomic
        for chosen in _choices(groups):
            names = {folder: dict(held) for folder, held in self.names.items()}
            aliased = _shared(self.names, names)
            _act(aliased, [p for p in self.pending if (p[0], p[1]) in chosen])
            for cut in self._cuts():
                yield _tree(aliased, self.bodies | cut)

    def _cuts(self) -> Iterator[dict[int, bytes]]:
        yield {}
        for number in self.torn:
            body = self.bodies[number]
            for left in (b"", body[: len(body) // 2], body[:-1], bytes(len(body))):
                yield {number: left}


def _choices(groups: list[tuple[int, str]]) -> Iterator[set[tuple[int, str]]]:
    """Every subset; of many, those that miss or have at most one (a folder being removed)."""
    if len(groups) <= ALL_SUBSETS_OF:
        for size in range(len(groups) + 1):
            yield from map(set, itertools.combinations(groups, size))
        return
    whole = set(groups)
    yield from (set(), whole)
    for one in groups:
        yield from ({one}, whole - {one})


def _shared(old: dict[str, dict[str, int]], new: dict[str, dict[str, int]]) -> Any:
    """A copy in which folders that were one under two paths are one again."""
    first: dict[int, dict[str, int]] = {}
    return {folder: first.setdefault(id(held), new[folder]) for folder, held in old.items()}


def _act(names: dict[str, dict[str, int]], pending: list[tuple[int, str, str, int | None]]) -> None:
    for _, folder, name, number in pending:
        if number is None:
            names[folder].pop(name, None)
        else:
            names[folder][name] = number


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder or ".", name


def _tree(names: dict[str, dict[str, int]], bodies: dict[int, bytes]) -> Tree:
    """What is reached from the root."""
    found: Tree = {}
    waiting = ["."]
    while waiting:
        folder = waiting.pop()
        for name, number in names[folder].items():
            path = name if folder == "." else f"{folder}/{name}"
            found[path] = None if number == FOLDER else bodies[number]
            if number == FOLDER:
                waiting.append(path)
    return found


def crash_states(before: Tree, log: list[Op]) -> Iterator[tuple[int, Tree]]:
    """`(operations done, state)`, each different state once for the same promises given."""
    model = Model.of(before)
    acknowledged, known = 0, set[tuple[int, frozenset[tuple[str, bytes | None]]]]()
    for op in [("begin",), *log]:
        if op[0] == "ack":
            acknowledged = op[1]
        elif op[0] != "begin":
            model.apply(op)
        for tree in model.states():
            mark = (acknowledged, frozenset(tree.items()))
            if mark not in known:
                known.add(mark)
                yield acknowledged, tree
    assert len(known) < MOST_STATES


def recorded(
    root: Path, patch: pytest.MonkeyPatch, work: Callable[[RecordingDisk], None]
) -> tuple[Tree, list[Op]]:
    """The tree before the work, and what the work did to the disk."""
    before = tree_of(root)
    with patch.context() as inner:
        recording = RecordingDisk(root, inner)
        work(recording)
    model = Model.of(before)
    for op in recording.log:
        if op[0] != "ack":
            model.apply(op)
    after = tree_of(root)
    seen = {
        path: body
        for path, body in _tree(model.seen, model.bodies).items()
        if path.split("/")[0] != "locks"
    }
    assert seen == after, "something was written past the record"
    assert not model.torn, "a file was left unsynced"
    return before, recording.log


@pytest.mark.parametrize(
    ("first", "frames"), [(0, 64), (2, 64), (2, 2), (1, 3)],
    ids=["empty vault", "a volume with room", "a full volume", "over two volumes"],
)  # fmt: skip
def test_a_power_cut_while_keeping_leaves_whole_captures_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, frames: int
) -> None:
    monkeypatch.setattr(limits, "VOLUME_FRAMES", frames)
    root = tmp_path / "archive" / "vault"
    vault = Vault.create(root)
    for n in range(first):
        vault.keep("r", [an_offer(n)], kept_at=START)

    def work(recording: RecordingDisk) -> None:
        vault.keep("r", [an_offer(n) for n in range(first, first + 3)], kept_at=START)
        recording.note("ack", 1)

    before, log = recorded(root, monkeypatch, work)
    last = first + 3
    whole = {first, last, *(n for n in range(first, last) if n % frames == 0)}
    number = 0
    for number, (acknowledged, tree) in enumerate(crash_states(before, log)):
        place = tmp_path / str(number) / "vault"
        build(tree, place)
        Vault(place).recover("r")
        assert list(check(place)) == []
        held = [Vault(place).original(c) for c in Vault(place).captures("r")]
        assert held == [an_original(n) for n in range(len(held))]
        assert len(held) in whole
        if acknowledged:
            assert len(held) == first + 3, "what was said to be kept is kept"
        if number % 20 == 0:
            Vault(place).keep("r", [an_offer(n) for n in range(first + 3)], kept_at=START)
            assert len(Vault(place).captures("r")) == first + 3
            assert list(check(place)) == []
        shutil.rmtree(place.parent)
    assert number > 50, "there were states to try"


def test_a_power_cut_while_journalling_loses_no_record_that_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "archive" / "vault"
    Vault.create(root)

    def an_event(n: int) -> Event:
        return Event("added", START + timedelta(hours=n), "test", f"r{n}")

    def work(recording: RecordingDisk) -> None:
        for n in range(2):
            Journal(root).append((), [an_event(n)], at=START)
            recording.note("ack", n + 1)

    before, log = recorded(root, monkeypatch, work)
    for number, (acknowledged, tree) in enumerate(crash_states(before, log)):
        place = tmp_path / str(number) / "vault"
        build(tree, place)
        Journal(place).recover()
        assert list(check(place)) == []
        held = list(Journal(place).events())
        assert held == [an_event(n) for n in range(len(held))]
        assert acknowledged <= len(held) <= acknowledged + 1
        shutil.rmtree(place.parent)


def test_a_power_cut_while_destroying_loses_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "archive" / "vault"
    vault = Vault.create(root)
    vault.keep("r", [an_offer(n) for n in range(3)], kept_at=START)

    def work(recording: RecordingDisk) -> None:
        destroy(vault, "r", {sha256_of(an_original(1))}, at=START)
        recording.note("ack", 1)

    before, log = recorded(root.parent, monkeypatch, work)
    for number, (acknowledged, tree) in enumerate(crash_states(before, log)):
        place = tmp_path / str(number) / "vault"
        build(tree, place.parent)
        Vault(place).recover("r")
        assert list(check(place)) == []
        held = [Vault(place).original(c) for c in Vault(place).captures("r")]
        without = [an_original(0), an_original(2)]
        assert held == without or (not acknowledged and held == [an_original(n) for n in range(3)])
        shutil.rmtree(place.parent)
