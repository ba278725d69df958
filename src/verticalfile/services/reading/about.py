"""What the page of a dataset tells: how current it is, what changed last, its columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.kernel.spans import span_of
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.looks import LONG
from verticalfile.services.known import deliveries, masks
from verticalfile.services.known.deliveries import Delivery, delivery_of
from verticalfile.services.opening import capture_of
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.columns import (
    ColumnAwaited,
    ColumnLine,
    columns_in_hand,
    left_out,
)
from verticalfile.services.reading.timeline import TRIED
from verticalfile.services.reading.versions import VersionFacts, version_facts


@dataclass(frozen=True, slots=True)
class About:
    """Facts about the version at hand and the file around it."""

    checked_at: datetime | None
    is_fresh: bool  # looked at as lately as agreed
    last_failed: bool  # the last look got no whole answer
    first_seen_at: datetime | None
    gone_since: datetime | None
    facts: VersionFacts | None  # of the version at hand
    recent: tuple[VersionFacts, ...]  # the last few up to it, newest first
    troubles: tuple[VersionFacts, ...]  # unreadable, held or withdrawn ones, newest first
    columns: tuple[ColumnLine, ...]
    awaited: tuple[ColumnAwaited, ...]  # instead of them, where their values are being counted
    left_out: tuple[str, ...]
    key: tuple[str, ...]
    delivery: Delivery | None = None  # how the version at hand came, where it was handed over
    seen_how: str = ""  # how its date is known, where it neither was handed over nor made by us


RECENT = 5


def about(archive: Archive, here: AtHand) -> About:
    """Everything the page of a dataset shows but its rows."""
    facts = version_facts(archive, here.file, viewer=here.viewer, newest=here.newest)
    checked = here.file.checked_at
    lately = LONG * span_of(here.file.every)
    is_fresh = checked is not None and archive.clock.now() - checked <= lately
    number = here.version.number if here.version else 0
    own = next((f for f in facts if f.version.number == number), None)
    columns, awaited = columns_in_hand(here)
    upto = [f for f in facts if f.version.number <= number and f.is_open]
    return About(
        checked, is_fresh, here.file.outcome in TRIED,
        here.versions[0].seen_at if here.versions else None, here.file.absent_since, own,
        tuple(reversed(upto[-RECENT:])),
        tuple(f for f in reversed(facts) if not f.is_open or not f.version.readable),
        tuple(columns), tuple(awaited), tuple(left_out(here)),
        (here.table.key or ()) if here.table else (),
        delivery_of(archive, here.file.id, here.version) if here.version else None,
        _seen_how(archive, here),
    )  # fmt: skip


def _seen_how(archive: Archive, here: AtHand) -> str:
    if (
        here.version is None
        or here.version.destroyed
        or here.file.kind in (deliveries.KIND, masks.KIND)
    ):
        return ""
    return capture_of(archive, here.file, here.version).taken.seen_how
