"""Lines of the journal that wait to be written to the vault together: one small file beside it.

A line is durable when `add` returns. After a crash the last one may be cut off: it was never
promised, and goes with the next. A line that is not what was written is a `VaultDamaged`; nothing
is written to the vault meanwhile. Writers hold the journal's lock; readers need none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import VaultDamaged

NAME = "waiting.jsonl"
KINDS = ("observations", "events")


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of one of the journal's files, and since when it waits."""

    kind: str
    since: datetime
    id: str
    body: dict[str, object]  # as it will stand in the journal, its id in it


Stamp = tuple[int, int, int]
"""Inode, size and time of change: another one where somebody else has written."""


@dataclass(slots=True)
class _Read:
    """What was read of the file before: whoever looks often reads only what is new."""

    inode: int = 0
    end: int = 0
    last: bytes = b""  # the last line that was read: by it we know that it is the same file
    lines: list[WaitingLine] = field(default_factory=list)


class Waiting:
    """The file of one archive; it is there only while something waits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._disk = LocalDisk()
        self._read = _Read()

    def add(self, kinds: Sequence[tuple[str, dict[str, object]]], *, at: datetime) -> None:
        """Let these wait, (kind, body without id) each. Raises VaultFull, and then adds none."""
        held = {line.id for line in self.lines()}
        told = b""
        for kind, body in kinds:
            found = id_of(body)
            if found not in held:
                held.add(found)
                line = {"kind": kind, "since": to_iso(at), "line": {"id": found, **body}}
                told += json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if told:
            self._disk.add_lines(self.path, told)

    def add_one(self, kind: str, body: dict[str, object], *, at: datetime) -> dict[str, object]:
        """Let one wait that is known not to wait yet; returns its body with its id."""
        body = {"id": id_of(body), **body}
        line = {"kind": kind, "since": to_iso(at), "line": body}
        told = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._disk.add_lines(self.path, told)
        return body

    def stamp(self) -> Stamp | None:
        """Tells one state of the file from another; None where nothing waits."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def lines(self, *, anew: bool = False) -> list[WaitingLine]:
        """What waits, in the order of keeping; `anew`: every byte is read. Raises VaultDamaged."""
        try:
            handle = open(self.path, "rb")  # noqa: SIM115  # closed below
        except FileNotFoundError:
            self._read = _Read()
            return []
        with handle:
            inode = os.fstat(handle.fileno()).st_ino
            known = self._read
            handle.seek(max(0, known.end - len(known.last)))
            whole = handle.read()
            if anew or inode != known.inode or not whole.startswith(known.last):
                known = _Read(inode)
                handle.seek(0)
                whole = handle.read()
        # what follows the last line feed was cut off by a crash
        fresh = whole[len(known.last) :].split(b"\n")[:-1]
        number = len(known.lines) + 1
        lines = known.lines + [self._line(n, raw) for n, raw in enumerate(fresh, number)]
        end = known.end + sum(len(raw) + 1 for raw in fresh)
        last = fresh[-1] + b"\n" if fresh else known.last
        self._read = _Read(inode, end, last, lines)
        return list(lines)

    def _line(self, number: int, raw: bytes) -> WaitingLine:
        try:
            told = json.loads(raw)
            body = told["line"]
            line = WaitingLine(told["kind"], from_iso(told["since"]), body["id"], body)
            sound = line.kind in KINDS and line.id == id_of(body)
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            raise VaultDamaged(
                f"Line {number} of {self.path.name} is not what was written.",
                mend=f"move {self.path} to another place, then run `vf rebuild`; its other lines"
                " are observations of the last hour, readable as text.",
            )
        return line

    def clear(self) -> None:
        """Forget all; what waited stands in the journal."""
        self._read = _Read()
        if self.path.exists():
            self._disk.remove_file(self.path)


def id_of(body: dict[str, object]) -> str:
    """20 hex digits of what a line says; `id` itself does not count."""
    said = {name: value for name, value in body.items() if name != "id"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
