"""What is told of a delivery: a file that somebody handed to the library, by e-mail, on a stick, by
a records request. Folded from the events *delivered* of a file.

The facts stand in an event beside the capture and in its evidence; what a letter says of use is a
statement like any other (`rights/`). Names and addresses of persons belong in the letter, which is
kept and withheld, and never here: all of this is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.services.archive import Archive

DELIVERED = "delivered"
KIND = "delivery"
"""The kind of a file that nobody looks for: the next one is handed over again."""
EVERY = "never"
FORM = "delivery"
"""The form of the metadata of such a capture; its one member is what the letter says of use."""
LIMITS = "covering letter"
"""The member, and the field that readers are told the statement stood in."""
UNREAD = "a covering letter is kept and not read"
LONGEST = 200
LONGEST_LIMITS = 4_000
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")
"""An e-mail address or a telephone number of this country."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a person tells of a delivery; what is not known is ""."""

    sender: str  # an office, never a person
    received_at: datetime
    as_of: datetime | None = None  # of the data, where the letter says it
    how: str = ""  # by e-mail, on a stick
    request: str = ""  # the number of the records request
    law: str = ""  # under which it was released
    limits: str = ""  # what the letter says of use, word for word


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it is shown. `letter` is the name of the file that holds the letter."""

    told: Told
    letter: str = ""
    captures: tuple[str, ...] = ()

    @property
    def seen_at(self) -> datetime:
        """Where it stands in time: by its data where that is told, else by its delivery."""
        return self.told.as_of or self.told.received_at


def is_letter(resource: ResourceLine) -> bool:
    """Whether a file holds a covering letter. It is never read as a table: what it says of persons
    would become names of columns and keys."""
    return resource.kind == KIND and not resource.is_data


def checked(told: Told, now: datetime) -> Told:
    """What is told, tidied; raises InputRefused where it cannot be, or names how to reach a person."""
    if not told.sender.strip():
        raise InputRefused(
            "A delivery needs to say which office it is from.", mend="name it with --from."
        )
    if told.received_at > now:
        raise InputRefused(
            f"A delivery cannot be received in the future ({to_iso(told.received_at)[:10]}).",
            mend="give the day on which it came with --received.",
        )
    if told.as_of is not None and told.as_of > told.received_at:
        raise InputRefused(
            "The data cannot be of a later day than the one on which it was received.",
            mend="give the day that the letter tells of the data with --as-of, or leave it out.",
        )
    words = {
        name: _line(name, getattr(told, name), LONGEST_LIMITS if name == "limits" else LONGEST)
        for name in ("sender", "how", "request", "law", "limits")
    }
    return Told(received_at=told.received_at, as_of=told.as_of, **words)


def _line(name: str, text: str, longest: int) -> str:
    text = " ".join(text.split())
    option = "from" if name == "sender" else name
    if len(text) > longest or not text.isprintable():
        raise InputRefused(
            f"What is told with --{option} is too long, or no plain text.",
            mend=f"say it in at most {longest} characters; the letter holds the rest.",
        )
    if _PERSONAL.search(text):
        raise InputRefused(
            f"What is told with --{option} has an e-mail address or a telephone number, and readers"
            " will see it.",
            mend="name the office alone; whom it came from stands in the letter.",
        )
    return text


def detail_of(told: Told, letter: str, captures: Sequence[str]) -> dict[str, object]:
    """The detail of the event; the inverse of `deliveries_in`. Limits stand with the capture, so
    that they are shown and withdrawn with it."""
    body: dict[str, object] = {
        "sender": told.sender, "received": to_iso(told.received_at),
        "as_of": to_iso(told.as_of) if told.as_of else "", "how": told.how,
        "request": told.request, "law": told.law, "letter": letter,
    }  # fmt: skip
    return {name: value for name, value in body.items() if value} | {"captures": list(captures)}


def deliveries_in(events: Iterable[Mapping[str, object]]) -> list[Delivery]:
    """The deliveries of one file, as they were recorded."""
    found = []
    for body in events:
        detail = body.get("detail")
        if body["kind"] != DELIVERED or not isinstance(detail, dict):
            continue
        as_of = str(detail.get("as_of", ""))
        told = Told(
            str(detail["sender"]), from_iso(str(detail["received"])),
            from_iso(as_of) if as_of else None, str(detail.get("how", "")),
            str(detail.get("request", "")), str(detail.get("law", "")),
        )  # fmt: skip
        captures = detail.get("captures", [])
        assert isinstance(captures, list)
        found.append(Delivery(told, str(detail.get("letter", "")), tuple(map(str, captures))))
    return found


def deliveries_of(archive: Archive, resource: str) -> list[Delivery]:
    """The deliveries of a file."""
    return deliveries_in(archive.index.events([resource]))


def delivery_of(archive: Archive, resource: str, version: Version) -> Delivery | None:
    """How a version came, where it was handed over; the first time, where the same came again."""
    own = [d for d in deliveries_of(archive, resource) if set(d.captures) & set(version.captures)]
    return min(own, key=lambda d: d.told.received_at, default=None)
