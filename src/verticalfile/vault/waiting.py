"""Lines of the journal that wait to be written to the vault together: one small file beside it.

A line is durable when `add` returns. After a crash the last one may be cut off: it was never
promised, and goes with the next. A line that is not what was written is a `VaultDamaged`; nothing
is written to the vault meanwhile. Writers hold the journal's lock; readers need none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
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


class Waiting:
    """The file of one archive; it is there only while something waits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._disk = LocalDisk()

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

    def lines(self) -> list[WaitingLine]:
        """What waits, in the order of keeping. Raises VaultDamaged."""
        try:
            whole = self.path.read_bytes()
        except FileNotFoundError:
            return []
        # what follows the last line feed was cut off by a crash
        return [self._line(n, raw) for n, raw in enumerate(whole.split(b"\n")[:-1], 1)]

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
        if self.path.exists():
            self._disk.remove_file(self.path)


def id_of(body: dict[str, object]) -> str:
    """20 hex digits of what a line says; `id` itself does not count."""
    said = {name: value for name, value in body.items() if name != "id"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
