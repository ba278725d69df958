"""What readers write to the library by the form of the reading room, until somebody answered.

A message is what its writer typed, the page it is about and the day: no address unless one was
given, nothing of the browser. It is no part of the record: once answered it is forgotten, here and
at the next `vf backup` there too.
"""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from verticalfile.kernel.errors import InputRefused, LimitReached
from verticalfile.kernel.letters import is_text
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.names import NotHeld
from verticalfile.vault.disk import LocalDisk

FOLDER = "messages"
MOST_WAITING = 500
"""More than a desk reads in a year; a flood stops here and costs two megabytes."""
MOST_AN_HOUR = 30
"""Of all readers together: nothing is kept by which they could be told apart."""
LONGEST = {"text": 4_000, "about": 300, "reply": 200}
"""Characters: a page of text, an address of ours, an e-mail address or a number."""
_one_at_a_time = threading.Lock()


class BoxFull(LimitReached):
    """So many messages came, or wait for an answer, that no more are taken."""

    code = "box-full"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `reply` is how to answer, where its writer gave it; else ""."""

    id: str
    at: datetime
    language: str
    about: str
    text: str
    reply: str


def leave(
    archive: Archive, text: str, *, about: str = "", reply: str = "", language: str = "en"
) -> Message:
    """Keep a message until it is answered. On return it is on the disk.

    Raises InputRefused (`facts["field"]` says of which field), BoxFull.
    """
    told = {
        "text": text.replace("\r\n", "\n").strip(),
        "about": about.strip(),
        "reply": reply.strip(),
    }
    _must_be_short(told)
    now = archive.clock.now()
    with _one_at_a_time:
        waiting = messages(archive)
        lately = [m for m in waiting if m.at > now - timedelta(hours=1)]
        if len(waiting) >= MOST_WAITING or len(lately) >= MOST_AN_HOUR:
            raise BoxFull("Too many messages came just now.", mend="write or call instead.")
        made = Message(
            secrets.token_hex(4), now, language, told["about"], told["text"], told["reply"]
        )
        body = json.dumps(_record(made), ensure_ascii=False, indent=1).encode() + b"\n"
        folder = archive.root / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)  # people may have given their addresses
        LocalDisk().write_new(folder / f"{made.id}.json", [body])
    return made


def messages(archive: Archive) -> list[Message]:
    """Those that wait for an answer, oldest first."""
    found = [_read(path) for path in (archive.root / FOLDER).glob("*.json")]
    return sorted((each for each in found if each), key=lambda each: (each.at, each.id))


def answered(archive: Archive, number: str) -> Message:
    """Forget a message that somebody has seen to. Raises NotHeld."""
    for each in messages(archive):
        if each.id == number:
            (archive.root / FOLDER / f"{each.id}.json").unlink(missing_ok=True)
            return each
    raise NotHeld("No message of that number waits.", mend="see them with `vf messages`.")


def follow(source: Path, target: Path) -> None:
    """Make the messages below `target` those below `source`: answered ones are forgotten there too."""
    theirs, ours = target / FOLDER, source / FOLDER
    names = {path.name for path in ours.glob("*.json")}
    for path in theirs.glob("*.json"):
        if path.name not in names:
            path.unlink()
    if names:
        theirs.mkdir(mode=0o700, exist_ok=True)
    for name in sorted(names):
        if not (theirs / name).exists():
            LocalDisk().write_new(theirs / name, [(ours / name).read_bytes()])


def _must_be_short(told: dict[str, str]) -> None:
    if not told["text"]:
        raise InputRefused("The message is empty.", mend="write it.", field="text", why="empty")
    for field, text in told.items():
        if len(text) > LONGEST[field]:
            raise InputRefused(
                f"It has {len(text)} characters.", mend=f"say it in at most {LONGEST[field]}.",
                field=field, why="long", most=LONGEST[field], has=len(text),
            )  # fmt: skip
        lines = "\n\t" if field == "text" else ""
        if not is_text(text) or any(not c.isprintable() and c not in lines for c in text):
            raise InputRefused(
                "It has characters that cannot be shown.", mend="type it as plain text.",
                field=field, why="strange",
            )  # fmt: skip


def _record(message: Message) -> dict[str, str]:
    return {
        "id": message.id, "at": to_iso(message.at), "language": message.language,
        "about": message.about, "text": message.text, "reply": message.reply,
    }  # fmt: skip


def _read(path: Path) -> Message | None:
    """None for one that is just being removed, or that somebody else put there."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Message(
            path.stem, from_iso(told["at"]), told["language"], told["about"], told["text"],
            told["reply"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
