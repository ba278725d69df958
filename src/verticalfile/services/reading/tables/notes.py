"""What a file says above its table: a title, a date, what the figures mean (decision 0078)."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.kernel.originals import chunks_of
from verticalfile.services.archive import Archive
from verticalfile.services.known.listings import small_bytes
from verticalfile.services.opening import capture_of
from verticalfile.services.reading.at_hand import AtHand, must_be_table
from verticalfile.tables.read.above import lines_above
from verticalfile.vault.capture import Capture

ORIGINAL_BYTES = 8 << 20
"""An original above it is not restored for some lines: its page would wait."""
HEAD_BYTES = 64 << 10
TEXTS = 40
TEXT_CHARS = 1_000
"""So much of a text is shown, and so many texts; the original has all."""


@dataclass(frozen=True, slots=True)
class NotesAbove:
    """Texts above a table. `lines` 0: there are none; `is_whole`: `texts` has all of them."""

    lines: int = 0
    texts: tuple[str, ...] = ()
    is_whole: bool = True


def notes_above(archive: Archive, here: AtHand) -> NotesAbove:
    """What stands above the table of the version at hand; its original is read for it where it
    has such lines, and is neither large nor packed. Raises NotOnShelf, SeveralFiles."""
    must_be_table(here)
    assert here.version is not None
    capture = capture_of(archive, here.file, here.version)
    facts = capture.taken.read.get("facts")
    if not isinstance(facts, dict) or not facts.get("lines_above"):
        return NotesAbove()
    lines = int(facts["lines_above"])
    head = _head(archive, capture, small_bytes(here.file.kind))
    if head is None:
        return NotesAbove(lines, (), is_whole=False)
    encoding = str(capture.taken.read.get("encoding", "utf-8"))
    texts = lines_above(head, encoding, str(facts.get("delimiter", ",")), lines)
    shown = tuple(text[:TEXT_CHARS] for text in texts[:TEXTS])
    if not shown:
        return NotesAbove()  # delimiters alone
    return NotesAbove(lines, shown, is_whole=shown == texts)


def _head(archive: Archive, capture: Capture, small: int | None) -> bytes | None:
    """Where the original begins, if that is text and is had at once."""
    if capture.taken.size_bytes > ORIGINAL_BYTES:
        return None
    head = b"".join(chunks_of(archive.vault.restored(capture, small_bytes=small)))[:HEAD_BYTES]
    return None if head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")) else head
