"""Masked copies: a table of counts without its small ones stands in the place of a file that is
withheld. Folded from the events *mask set* of the copy.

The copy is a file of its own, at the moments of the original. What is withdrawn or under embargo of
the original is so of the copy, and its last sightings are those of the original.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from verticalfile.catalog.quiet_lines import QuietLines
from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.known import withheld
from verticalfile.tables.masking.method import Method
from verticalfile.vault.capture import Capture

SET, NOT_MADE = "mask set", "not masked"
KIND = "masked copy"
"""The kind of a file that nobody looks for: it is made when its original has a new version."""
EVERY = "never"


@dataclass(frozen=True, slots=True)
class Mask:
    """What stands for what, and how it is made. `name` is the original's, with its table."""

    copy: str
    original: str
    name: str
    table: str
    method: Method
    since: datetime


def mask_in(events: Iterable[Mapping[str, object]]) -> Mask | None:
    """The mask of a copy, from its events; None of any other file."""
    found = None
    for body in events:
        detail = body.get("detail")
        if body["kind"] == SET and isinstance(detail, dict):
            found = Mask(
                str(body["subject"]), str(detail["original"]), str(detail["of"]),
                str(detail["table"]), _method(detail), from_iso(str(body["at"])),
            )  # fmt: skip
    return found


def detail_of(original: str, name: str, table: str, method: Method) -> dict[str, object]:
    """The detail of the event; the inverse of `mask_in`. It holds names of columns and no value."""
    return {
        "original": original, "of": name, "table": table, "counts": list(method.counts),
        "keep": list(method.keep), "total": method.total, "groups": list(method.by),
        "total_row": method.total_row, "below": method.below, "zeros": method.zeros,
    }  # fmt: skip


def _method(detail: Mapping[str, object]) -> Method:
    return Method(
        _texts(detail["counts"]), _texts(detail["keep"]), str(detail["total"]), _texts(detail["groups"]),
        str(detail["total_row"]), int(str(detail["below"])), bool(detail["zeros"]),
    )  # fmt: skip


def _texts(listed: object) -> tuple[str, ...]:
    assert isinstance(listed, list)
    return tuple(map(str, listed))


def mask_of(archive: Archive, resource: str) -> Mask | None:
    """How a file was masked, where it is a masked copy."""
    return mask_in(archive.index.events([resource]))


def masks(archive: Archive) -> list[Mask]:
    """All masked copies, by the name of their original."""
    copies = QuietLines(archive.index).of_kind(KIND)
    found = [mask for each in copies if (mask := mask_of(archive, each)) is not None]
    return sorted(found, key=lambda mask: (mask.name, mask.copy))


def not_made(archive: Archive, mask: Mask) -> dict[datetime, str]:
    """Versions of the original, by their first sighting, of which no copy could be made, and why."""
    found: dict[datetime, str] = {}
    for body in archive.index.events([mask.copy]):
        detail = body.get("detail")
        if body["kind"] == NOT_MADE and isinstance(detail, dict):
            found[from_iso(str(detail["seen_at"]))] = str(detail["why"])
    return found


def without_withholding(versions: Sequence[Version]) -> list[Version]:
    """Versions with harder words alone: being withheld is why there is a copy of them."""
    return [
        replace(v, hidden="", withdrawn_at=None, withdrawn_why="")
        if v.hidden == withheld.HOW
        else v
        for v in versions
    ]


def marked(
    versions: Sequence[Version], captures: Sequence[Capture], originals: Sequence[Version]
) -> list[Version]:
    """Versions of a copy with what holds of those that they were made of, but a withholding."""
    seen_at = {c.id: c.taken.seen_at for c in captures}
    by_time = {v.seen_at: v for v in originals}
    found = []
    for version in versions:
        own = [by_time[at] for c in version.captures if (at := seen_at.get(c)) in by_time]
        if not own or version.hidden:
            found.append(version)
            continue
        last = own[-1]
        version = replace(
            version, last_seen_at=max(version.last_seen_at, last.last_seen_at),
            absent_from=last.absent_from, held=any(o.held for o in own),
        )  # fmt: skip
        hard = next((o for o in own if o.hidden), None)
        if hard is not None:
            hidden = "hide" if hard.hidden == "destroy" else hard.hidden
            version = replace(
                version, hidden=hidden, withdrawn_at=hard.withdrawn_at,
                withdrawn_why=hard.withdrawn_why,
            )  # fmt: skip
        found.append(version)
    return found


def method_told(method: Method) -> dict[str, str]:
    """How a table was masked, by language; no names of columns, so that it stays a sentence."""
    below = method.below
    small = {
        "en": f"Counts below {below} are hidden" if method.zeros else f"Counts from 1 to {below - 1} are hidden",
        "es": f"Se ocultan las cantidades menores que {below}" if method.zeros else f"Se ocultan las cantidades de 1 a {below - 1}",
    }  # fmt: skip
    zeros = {
        "en": "" if method.zeros else " Zeros are shown.",
        "es": "" if method.zeros else " Los ceros se muestran.",
    }
    return {
        "en": f"{small['en']}, and others with them, so that no hidden one can be worked out from"
        f" totals. All hidden cells have the same mark, *, small or not.{zeros['en']}",
        "es": f"{small['es']}, y otras con ellas, para que ninguna pueda calcularse con los totales."
        f" Todas las celdas ocultas llevan la misma marca, *, sean pequeñas o no.{zeros['es']}",
    }
